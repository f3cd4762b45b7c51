//! What other engines got wrong: the shapes of tokio-rs/loom's open issues.
//!
//! Issues 166 and 392: a load of a thread hides what others do, so executions are missing. Issues 254, 282
//! and 389: a store gets between the two halves of an update, so there are executions that are impossible.
//! Issue 180: `SeqCst` accesses are taken for `AcqRel`; that is SB+sc, IRIW+sc, RWC+sc, R+sc and 2+2W+sc.

use super::*;

pub fn tests() -> Vec<Litmus> {
    vec![
        test("loom 166, cas", "a load before the compare-exchange must not hide that it may come first")
            .thread([load(X, RLX)])
            .thread([load(X, RLX), cas(X, 0, 1, RLX, RLX)])
            .both(&["0 | 0 0 1 ; 1", "1 | 0 0 1 ; 1"]),
        test("loom 166", "the redundant load of x in the middle must not hide executions")
            .thread([store(X, 1, SC), store(Y, 1, SC), store(Y, 2, SC), load(X, SC), store(X, 2, SC)])
            .thread([load(Y, SC), load(X, SC)])
            .both(&[
                "1 | 1 1 ; 2 2",
                "1 | 1 2 ; 2 2",
                "1 | 0 2 ; 2 2",
                "1 | 0 0 ; 2 2",
                "1 | 0 1 ; 2 2",
                "1 | 2 1 ; 2 2",
                "1 | 2 2 ; 2 2",
            ])
            .never(&["1 | 1 0 ; 2 2", "1 | 2 0 ; 2 2"]),
        test("loom 392", "the load at the start of a thread must not hide its store")
            .thread([load(X, RLX), store(X, 1, RLX)])
            .thread([load(X, RLX)])
            .both(&["0 | 0 ; 1", "0 | 1 ; 1"]),
        test("loom 254", "the store is before or after the swap, so 0 cannot be both read and left")
            .thread([swap(X, 0, RLX)])
            .thread([store(X, 1, RLX)])
            .both(&["0 | - ; 1", "1 | - ; 0"])
            .never(&["0 | - ; 0", "1 | - ; 1"]),
        test("loom 254, add", "nor can the store be lost")
            .thread([add(X, 1, RLX)])
            .thread([store(X, 2, RLX)])
            .both(&["0 | - ; 2", "2 | - ; 3"])
            .never(&["0 | - ; 1", "2 | - ; 2"]),
        test("loom 254, cas", "a compare-exchange that succeeded was not overtaken")
            .thread([cas(X, 0, 1, AR, ACQ)])
            .thread([store(X, 2, REL)])
            .both(&["0 1 | - ; 2", "2 0 | - ; 2"])
            .never(&["0 1 | - ; 1", "2 0 | - ; 1"]),
        test("loom 389", "a later load of the swapping thread agrees with the modification order")
            .thread([swap(X, 2, RLX), load(X, RLX)])
            .thread([store(X, 1, RLX)])
            .both(&["0 1 | - ; 1", "0 2 | - ; 1", "1 2 | - ; 2"])
            .never(&["0 2 | - ; 2", "1 1 | - ; 1", "1 1 | - ; 2", "0 0 | - ; 1"]),
        test("loom 282", "who sees 1 before 2 knows that the swap read 1")
            .thread([store(X, 1, RLX)])
            .thread([swap(X, 2, RLX)])
            .thread([load(X, RLX), load(X, RLX)])
            .both(&[
                "- | 0 | 0 0 ; 1",
                "- | 0 | 0 1 ; 1",
                "- | 0 | 0 2 ; 1",
                "- | 0 | 1 1 ; 1",
                "- | 0 | 2 1 ; 1",
                "- | 0 | 2 2 ; 1",
                "- | 1 | 0 0 ; 2",
                "- | 1 | 0 1 ; 2",
                "- | 1 | 0 2 ; 2",
                "- | 1 | 1 1 ; 2",
                "- | 1 | 1 2 ; 2",
                "- | 1 | 2 2 ; 2",
            ])
            .never(&["- | 0 | 1 2 ; 2", "- | 0 | 1 2 ; 1", "- | 1 | 2 1 ; 2"]),
        test("loom 282, data", "so the swapping thread has the data")
            .thread([store(Y, 1, RLX), store(X, 1, REL)])
            .thread([swap(X, 2, AR), load(Y, RLX)])
            .thread([load(X, RLX), load(X, RLX)])
            .both(&[
                "- | 0 0 | 0 0 ; 1 1",
                "- | 0 0 | 0 2 ; 1 1",
                "- | 0 0 | 0 1 ; 1 1",
                "- | 0 0 | 2 2 ; 1 1",
                "- | 0 0 | 2 1 ; 1 1",
                "- | 0 0 | 1 1 ; 1 1",
                "- | 0 1 | 0 0 ; 1 1",
                "- | 0 1 | 0 2 ; 1 1",
                "- | 0 1 | 0 1 ; 1 1",
                "- | 0 1 | 2 2 ; 1 1",
                "- | 0 1 | 2 1 ; 1 1",
                "- | 0 1 | 1 1 ; 1 1",
                "- | 1 1 | 0 0 ; 2 1",
                "- | 1 1 | 0 1 ; 2 1",
                "- | 1 1 | 0 2 ; 2 1",
                "- | 1 1 | 1 1 ; 2 1",
                "- | 1 1 | 1 2 ; 2 1",
                "- | 1 1 | 2 2 ; 2 1",
            ])
            .never(&["- | 1 0 | 1 2 ; 2 1", "- | 0 0 | 1 2 ; 2 1", "- | 0 0 | 1 2 ; 1 1"]),
    ]
}
