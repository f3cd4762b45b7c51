//! Read-modify-writes: atomicity, compare-exchange, and release sequences.

use super::*;

pub fn tests() -> Vec<Litmus> {
    vec![
        test("two adds", "no two updates read the same write")
            .thread([add(X, 1, RLX)])
            .thread([add(X, 1, RLX)])
            .both(&["0 | 1 ; 2", "1 | 0 ; 2"])
            .never(&["0 | 0 ; 1", "0 | 0 ; 2"]),
        test("three adds", "every ticket is given once")
            .thread([add(X, 1, RLX)])
            .thread([add(X, 1, RLX)])
            .thread([add(X, 1, RLX)])
            .both(&[
                "0 | 1 | 2 ; 3",
                "0 | 2 | 1 ; 3",
                "1 | 0 | 2 ; 3",
                "1 | 2 | 0 ; 3",
                "2 | 0 | 1 ; 3",
                "2 | 1 | 0 ; 3",
            ])
            .never(&["0 | 0 | 1 ; 2", "0 | 1 | 1 ; 2", "0 | 1 | 1 ; 3"]),
        test("two swaps", "each takes the other's value or the initial one")
            .thread([swap(X, 1, RLX)])
            .thread([swap(X, 2, RLX)])
            .both(&["0 | 1 ; 2", "2 | 0 ; 1"])
            .never(&["0 | 0 ; 1", "0 | 0 ; 2", "2 | 1 ; 1"]),
        test("two cas", "one of them wins, and the other one sees it")
            .thread([cas(X, 0, 1, RLX, RLX)])
            .thread([cas(X, 0, 2, RLX, RLX)])
            .both(&["0 1 | 1 0 ; 1", "2 0 | 0 1 ; 2"])
            .never(&["0 1 | 0 1 ; 1", "0 1 | 0 1 ; 2"]),
        test("cas, stale failure", "a failed compare-exchange may see an old value, like any load")
            .thread([store(X, 1, RLX), store(Y, 1, RLX)])
            .thread([load(Y, RLX), cas(X, 1, 2, RLX, RLX)])
            .both(&["- | 0 0 0 ; 1 1", "- | 0 1 1 ; 2 1", "- | 1 1 1 ; 2 1"])
            .weak_only(&["- | 1 0 0 ; 1 1"]),
        test("cas, no stale success", "a successful one comes right after what it read")
            .thread([store(X, 1, RLX), store(X, 2, RLX)])
            .thread([cas(X, 1, 3, RLX, RLX)])
            .both(&["- | 0 0 ; 2", "- | 1 1 ; 2", "- | 2 0 ; 2"])
            .never(&["- | 1 1 ; 3"]),
        test("cas, weak", "it may fail although it sees what it expects")
            .thread([cas_weak(X, 0, 1, RLX, RLX)])
            .thread([load(X, RLX)])
            .both(&["0 0 | 0 ; 0", "0 1 | 0 ; 1", "0 1 | 1 ; 1"])
            .never(&["0 0 | 1 ; 1"]),
        test("cas, weak, twice", "the second attempt may succeed")
            .thread([cas_weak(X, 0, 1, RLX, RLX), cas_weak(X, 0, 1, RLX, RLX)])
            .thread([load(X, RLX)])
            .both(&["0 0 0 1 | 1 ; 1", "0 1 1 0 | 0 ; 1", "0 0 0 1 | 0 ; 1", "0 1 1 0 | 1 ; 1"])
            .never(&["0 1 0 0 | 0 ; 1"]),
        test("cas, weak failure acquires", "a spurious failure is a load with the failure ordering")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([cas_weak(Y, 1, 2, RLX, ACQ), load(X, RLX)])
            .both(&["- | 0 0 0 ; 1 1", "- | 0 0 1 ; 1 1", "- | 1 0 1 ; 1 1", "- | 1 1 1 ; 1 2"])
            .weak_only(&["- | 1 1 0 ; 1 2"])
            .never(&["- | 1 0 0 ; 1 1"]),
        test("release sequence", "a relaxed update continues it, of whatever thread")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([add(Y, 1, RLX)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&[
                "- | 0 | 1 0 ; 1 1",
                "- | 0 | 0 0 ; 1 1",
                "- | 0 | 0 1 ; 1 1",
                "- | 0 | 1 1 ; 1 1",
                "- | 1 | 0 0 ; 1 2",
                "- | 1 | 0 1 ; 1 2",
                "- | 1 | 1 1 ; 1 2",
                "- | 1 | 2 1 ; 1 2",
            ])
            .never(&["- | 1 | 2 0 ; 1 2"]),
        test("release sequence, chain", "so do many in a row")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([add(Y, 1, RLX)])
            .thread([add(Y, 1, RLX)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both_by_rule(a_store_and_two_adds())
            .never(&["- | 1 | 2 | 3 0 ; 1 3", "- | 2 | 1 | 3 0 ; 1 3", "- | 1 | 2 | 2 0 ; 1 3"]),
        test("release sequence, fence", "a release fence heads one at the first store after it")
            .thread([store(X, 1, RLX), fence(REL), store(Y, 1, RLX)])
            .thread([add(Y, 1, RLX)])
            .thread([load(Y, RLX), fence(ACQ), load(X, RLX)])
            .both(&[
                "- | 0 | 1 0 ; 1 1",
                "- | 0 | 0 0 ; 1 1",
                "- | 0 | 0 1 ; 1 1",
                "- | 0 | 1 1 ; 1 1",
                "- | 1 | 0 0 ; 1 2",
                "- | 1 | 0 1 ; 1 2",
                "- | 1 | 1 1 ; 1 2",
                "- | 1 | 2 1 ; 1 2",
            ])
            .never(&["- | 1 | 2 0 ; 1 2"]),
        test("release sequence, cas", "a successful compare-exchange is an update")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([cas(Y, 1, 2, RLX, RLX)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&[
                "- | 0 0 | 0 0 ; 1 1",
                "- | 0 0 | 0 1 ; 1 1",
                "- | 0 0 | 1 1 ; 1 1",
                "- | 1 1 | 0 0 ; 1 2",
                "- | 1 1 | 0 1 ; 1 2",
                "- | 1 1 | 1 1 ; 1 2",
                "- | 1 1 | 2 1 ; 1 2",
            ])
            .never(&["- | 1 1 | 2 0 ; 1 2"]),
        test("release sequence, own update", "also of the thread that began it")
            .thread([store(X, 1, RLX), store(Y, 1, REL), add(Y, 1, RLX)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&["1 | 0 0 ; 1 2", "1 | 0 1 ; 1 2", "1 | 1 1 ; 1 2", "1 | 2 1 ; 1 2"])
            .never(&["1 | 2 0 ; 1 2"]),
        test("release sequence, own store", "since C++20 a plain store of the same thread ends it (P0982R1)")
            .thread([store(X, 1, RLX), store(Y, 1, REL), store(Y, 2, RLX)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&["- | 0 0 ; 1 2", "- | 0 1 ; 1 2", "- | 1 1 ; 1 2", "- | 2 1 ; 1 2"])
            .weak_only(&["- | 2 0 ; 1 2"])
            .never(&["- | 1 0 ; 1 2"]),
        test("release sequence, other's store", "a plain store of another thread has always ended it")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, RLX), store(Y, 2, RLX)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&[
                "- | 0 | 0 0 ; 1 1",
                "- | 0 | 0 1 ; 1 1",
                "- | 0 | 1 1 ; 1 1",
                "- | 0 | 2 0 ; 1 1",
                "- | 0 | 2 1 ; 1 1",
                "- | 0 | 0 0 ; 1 2",
                "- | 0 | 0 1 ; 1 2",
                "- | 0 | 1 1 ; 1 2",
                "- | 0 | 2 1 ; 1 2",
                "- | 1 | 0 0 ; 1 2",
                "- | 1 | 0 1 ; 1 2",
                "- | 1 | 1 1 ; 1 2",
                "- | 1 | 2 1 ; 1 2",
            ])
            .weak_only(&["- | 0 | 2 0 ; 1 2", "- | 1 | 2 0 ; 1 2"]),
        test("update releases nothing of its own", "it passes on what the head released, no more")
            .thread([store(Y, 1, REL)])
            .thread([store(X, 1, RLX), add(Y, 1, RLX)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&[
                "- | 0 | 0 0 ; 1 1",
                "- | 0 | 0 1 ; 1 1",
                "- | 0 | 1 1 ; 1 1",
                "- | 1 | 0 0 ; 1 2",
                "- | 1 | 0 1 ; 1 2",
                "- | 1 | 1 0 ; 1 2",
                "- | 1 | 1 1 ; 1 2",
                "- | 1 | 2 1 ; 1 2",
            ])
            .weak_only(&["- | 1 | 2 0 ; 1 2", "- | 0 | 1 0 ; 1 1"]),
        test("update, release", "as head of a sequence of its own it does")
            .thread([store(Y, 1, REL)])
            .thread([store(X, 1, RLX), add(Y, 1, REL)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&[
                "- | 0 | 0 0 ; 1 1",
                "- | 0 | 0 1 ; 1 1",
                "- | 0 | 1 1 ; 1 1",
                "- | 1 | 0 0 ; 1 2",
                "- | 1 | 0 1 ; 1 2",
                "- | 1 | 1 0 ; 1 2",
                "- | 1 | 1 1 ; 1 2",
                "- | 1 | 2 1 ; 1 2",
            ])
            .weak_only(&["- | 0 | 1 0 ; 1 1"])
            .never(&["- | 1 | 2 0 ; 1 2"]),
        test("update, acquire", "the read half acquires")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([add(Y, 1, ACQ), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 2"])
            .never(&["- | 1 0 ; 1 2"]),
        test("update, release does not acquire", "the read half of a Release update is relaxed")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([add(Y, 1, REL), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 2"])
            .weak_only(&["- | 1 0 ; 1 2"]),
        test("store last", "one more than the last value read, 1 if there is none")
            .thread([store_last(X, RLX), load(X, RLX), store_last(Y, RLX)])
            .thread([load(Y, RLX)])
            .both(&["1 | 0 ; 1 2", "1 | 2 ; 1 2"]),
    ]
}

/// The store of 1 comes before the two adds, between them, or after them; either add is the first. Who reads the store, or
/// an add after it, knows the message; who reads the 1 of an add before it may have read that one.
fn a_store_and_two_adds() -> Vec<String> {
    let mut outcomes = Vec::new();
    // What the adds read, the last value, and the first value that cannot be read without the message, if there is one.
    for (adds, last, knows) in [([1, 2], 3, 1), ([0, 1], 2, 2), ([0, 1], 1, 3)] {
        for [a, b] in [adds, [adds[1], adds[0]]] {
            for flag in 0..=last.max(adds[1] + 1) {
                let messages = if flag >= knows { 1..=1 } else { 0..=1 };
                outcomes.extend(messages.map(|x| format!("- | {a} | {b} | {flag} {x} ; 1 {last}")));
            }
        }
    }
    outcomes
}
