//! Waiting: locks, and reads that wait for a value.

use super::*;

pub fn tests() -> Vec<Litmus> {
    vec![
        test("lock, counter", "critical sections exclude each other")
            .thread([lock(0), load(X, RLX), store_last(X, RLX), unlock(0)])
            .thread([lock(0), load(X, RLX), store_last(X, RLX), unlock(0)])
            .both(&["0 | 1 ; 2", "1 | 0 ; 2"])
            .never(&["0 | 0 ; 1", "1 | 1 ; 2"]),
        test("lock, two mutexes", "different mutexes exclude nothing")
            .thread([lock(0), load(X, RLX), store_last(X, RLX), unlock(0)])
            .thread([lock(1), load(X, RLX), store_last(X, RLX), unlock(1)])
            .both(&["0 | 0 ; 1", "0 | 1 ; 2", "1 | 0 ; 2"]),
        test("lock, both seen", "what was written in a critical section is there in the next")
            .thread([lock(0), store(X, 1, RLX), store(Y, 1, RLX), unlock(0)])
            .thread([lock(0), load(Y, RLX), load(X, RLX), unlock(0)])
            .both(&["- | 0 0 ; 1 1", "- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1", "- | 0 1 ; 1 1"]),
        test("lock, one side", "who does not lock may see anything")
            .thread([lock(0), store(X, 1, RLX), store(Y, 1, RLX), unlock(0)])
            .thread([load(Y, RLX), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("lock, late", "who has seen what the other one did holds the mutex after it")
            .thread([lock(0), store(X, 1, RLX), store(Y, 1, RLX), unlock(0)])
            .thread([load(Y, RLX), lock(0), load(X, RLX), unlock(0)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("lock, opposite orders", "each may hold what the other one needs")
            .thread([lock(0), lock(1), add(X, 1, RLX), unlock(1), unlock(0)])
            .thread([lock(1), lock(0), add(X, 1, RLX), unlock(0), unlock(1)])
            .blocked()
            .both(&["0 | 1 ; 2", "1 | 0 ; 2"]),
        test("lock, same order", "no deadlock if all take them in the same order")
            .thread([lock(0), lock(1), add(X, 1, RLX), unlock(1), unlock(0)])
            .thread([lock(0), lock(1), add(X, 1, RLX), unlock(1), unlock(0)])
            .both(&["0 | 1 ; 2", "1 | 0 ; 2"]),
        test("lock, held for ever", "a thread that ends with the mutex leaves it locked")
            .thread([lock(0), load(X, RLX)])
            .thread([store(X, 1, RLX), lock(0), unlock(0)])
            .blocked()
            .both(&["1 | - ; 1"])
            .never(&["0 | - ; 1"]),
        test("await, rlx", "waiting orders nothing")
            .thread([store(X, 1, RLX), store(Y, 1, RLX)])
            .thread([wait(Y, 1, RLX), load(X, RLX)])
            .both(&["- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("await, rel+acq", "MP with a wait for the flag")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([wait(Y, 1, ACQ), load(X, RLX)])
            .both(&["- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("await, acqfence", "with a fence after the wait")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([wait(Y, 1, RLX), fence(ACQ), load(X, RLX)])
            .both(&["- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("await, never", "nobody writes the value: no execution is complete")
            .thread([store(X, 1, RLX)])
            .thread([load(X, RLX), wait(X, 2, RLX)])
            .blocked()
            .never(&["- | 0 2 ; 1", "- | 1 2 ; 1"]),
        test("await, overwritten", "who comes too late waits for ever")
            .thread([store(X, 1, RLX), store(X, 2, RLX)])
            .thread([wait(X, 1, RLX)])
            .blocked()
            .both(&["- | 1 ; 2"]),
        test("await, each other", "LB with waits: nobody begins")
            .thread([wait(X, 1, RLX), store(Y, 1, RLX)])
            .thread([wait(Y, 1, RLX), store(X, 1, RLX)])
            .blocked()
            .never(&["1 | 1 ; 1 1"]),
        test("await, ping-pong", "two waits that hand over to each other")
            .thread([store(X, 1, REL), wait(Y, 1, ACQ), load(Z, RLX)])
            .thread([wait(X, 1, ACQ), store(Z, 1, RLX), store(Y, 1, REL)])
            .both(&["1 1 | 1 ; 1 1 1"])
            .never(&["1 0 | 1 ; 1 1 1"]),
        test("await, in a critical section", "the value would have to come from who waits for the mutex")
            .thread([lock(0), wait(X, 1, RLX), unlock(0)])
            .thread([lock(0), store(X, 1, RLX), unlock(0)])
            .blocked()
            .both(&["1 | - ; 1"]),
    ]
}
