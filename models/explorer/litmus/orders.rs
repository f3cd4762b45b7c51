//! Stores to one location by several threads: does modification order order anything else?

use super::*;

pub fn tests() -> Vec<Litmus> {
    vec![
        test("Z6.U", "RC11 allows what C11 forbade, as code compiled for Power does it")
            .thread([store(X, 1, SC), store(Y, 1, REL)])
            .thread([add(Y, 1, SC), load(Y, RLX)])
            .thread([store(Y, 3, SC), load(X, SC)])
            .both(&[
                "- | 0 1 | 0 ; 1 1",
                "- | 0 3 | 0 ; 1 1",
                "- | 0 1 | 1 ; 1 1",
                "- | 0 3 | 1 ; 1 1",
                "- | 0 1 | 1 ; 1 3",
                "- | 0 3 | 1 ; 1 3",
                "- | 1 2 | 0 ; 1 2",
                "- | 1 2 | 1 ; 1 2",
                "- | 1 2 | 1 ; 1 3",
                "- | 1 3 | 1 ; 1 3",
                "- | 3 4 | 1 ; 1 4",
                "- | 3 4 | 0 ; 1 1",
                "- | 3 1 | 0 ; 1 1",
                "- | 3 4 | 1 ; 1 1",
                "- | 3 1 | 1 ; 1 1",
            ])
            .weak_only(&[
                "- | 0 1 | 0 ; 1 3",
                "- | 0 3 | 0 ; 1 3",
                "- | 1 2 | 0 ; 1 3",
                "- | 1 3 | 0 ; 1 3",
                "- | 3 4 | 0 ; 1 4",
            ]),
        test("Z6.3+rel+acq", "modification order is no synchronisation")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([store(Y, 2, REL), store(Z, 1, REL)])
            .thread([load(Z, ACQ), load(X, RLX)])
            .both(&[
                "- | - | 0 0 ; 1 1 1",
                "- | - | 0 0 ; 1 2 1",
                "- | - | 0 1 ; 1 1 1",
                "- | - | 0 1 ; 1 2 1",
                "- | - | 1 0 ; 1 1 1",
                "- | - | 1 1 ; 1 1 1",
                "- | - | 1 1 ; 1 2 1",
            ])
            .weak_only(&["- | - | 1 0 ; 1 2 1"]),
        test("Z6.3+scfences", "SeqCst fences see modification order")
            .thread([store(X, 1, RLX), fence(SC), store(Y, 1, RLX)])
            .thread([store(Y, 2, RLX), fence(SC), store(Z, 1, RLX)])
            .thread([load(Z, RLX), fence(SC), load(X, RLX)])
            .both(&[
                "- | - | 1 0 ; 1 1 1",
                "- | - | 0 0 ; 1 1 1",
                "- | - | 0 0 ; 1 2 1",
                "- | - | 0 1 ; 1 1 1",
                "- | - | 0 1 ; 1 2 1",
                "- | - | 1 1 ; 1 1 1",
                "- | - | 1 1 ; 1 2 1",
            ])
            .never(&["- | - | 1 0 ; 1 2 1"]),
        test("R+rel+acq", "a late store against modification order")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([store(Y, 2, REL), load(X, ACQ)])
            .both(&["- | 0 ; 1 1", "- | 1 ; 1 1", "- | 1 ; 1 2"])
            .weak_only(&["- | 0 ; 1 2"]),
        test("R+sc", "all SeqCst")
            .thread([store(X, 1, SC), store(Y, 1, SC)])
            .thread([store(Y, 2, SC), load(X, SC)])
            .both(&["- | 0 ; 1 1", "- | 1 ; 1 1", "- | 1 ; 1 2"])
            .never(&["- | 0 ; 1 2"]),
        test("R+scfences", "SeqCst fences see modification order")
            .thread([store(X, 1, RLX), fence(SC), store(Y, 1, RLX)])
            .thread([store(Y, 2, RLX), fence(SC), load(X, RLX)])
            .both(&["- | 0 ; 1 1", "- | 1 ; 1 1", "- | 1 ; 1 2"])
            .never(&["- | 0 ; 1 2"]),
        test("2+2W", "the modification orders of two locations may cross")
            .thread([store(X, 1, RLX), store(Y, 2, RLX)])
            .thread([store(Y, 1, RLX), store(X, 2, RLX)])
            .both(&["- | - ; 1 2", "- | - ; 2 1", "- | - ; 2 2"])
            .weak_only(&["- | - ; 1 1"]),
        test("2+2W+rel", "release stores order no modification orders")
            .thread([store(X, 1, REL), store(Y, 2, REL)])
            .thread([store(Y, 1, REL), store(X, 2, REL)])
            .both(&["- | - ; 1 2", "- | - ; 2 1", "- | - ; 2 2"])
            .weak_only(&["- | - ; 1 1"]),
        test("2+2W+sc", "all SeqCst")
            .thread([store(X, 1, SC), store(Y, 2, SC)])
            .thread([store(Y, 1, SC), store(X, 2, SC)])
            .both(&["- | - ; 1 2", "- | - ; 2 1", "- | - ; 2 2"])
            .never(&["- | - ; 1 1"]),
        test("2+2W+scfences", "SeqCst fences see modification order")
            .thread([store(X, 1, RLX), fence(SC), store(Y, 2, RLX)])
            .thread([store(Y, 1, RLX), fence(SC), store(X, 2, RLX)])
            .both(&["- | - ; 1 2", "- | - ; 2 1", "- | - ; 2 2"])
            .never(&["- | - ; 1 1"]),
        test("2+2W+scfence", "one fence has no partner")
            .thread([store(X, 1, RLX), fence(SC), store(Y, 2, RLX)])
            .thread([store(Y, 1, RLX), store(X, 2, RLX)])
            .both(&["- | - ; 1 2", "- | - ; 2 1", "- | - ; 2 2"])
            .weak_only(&["- | - ; 1 1"]),
        test("2+2W+scfence+sc", "a fence on one side, SeqCst accesses on the other")
            .thread([store(X, 1, RLX), fence(SC), store(Y, 2, RLX)])
            .thread([store(Y, 1, SC), store(X, 2, SC)])
            .both(&["- | - ; 1 2", "- | - ; 2 1", "- | - ; 2 2"])
            .never(&["- | - ; 1 1"]),
    ]
}
