//! Stores that are late: what only `SeqCst` forbids, and how far it goes.
//!
//! Release and acquire never order a store before a later load of the same thread. `SeqCst` accesses and
//! fences do, within the limits of RC11's `psc`, which forbids less than C11 did in some places and more in
//! others ("Repairing Sequential Consistency in C/C++11").

use super::*;

/// What IRIW may do in any model: all but that the two readers see the writes in different orders.
const IRIW: [&str; 15] = [
    "- | - | 0 0 | 0 0 ; 1 1",
    "- | - | 0 0 | 0 1 ; 1 1",
    "- | - | 0 0 | 1 0 ; 1 1",
    "- | - | 0 0 | 1 1 ; 1 1",
    "- | - | 0 1 | 0 0 ; 1 1",
    "- | - | 0 1 | 0 1 ; 1 1",
    "- | - | 0 1 | 1 0 ; 1 1",
    "- | - | 0 1 | 1 1 ; 1 1",
    "- | - | 1 0 | 0 0 ; 1 1",
    "- | - | 1 0 | 0 1 ; 1 1",
    "- | - | 1 0 | 1 1 ; 1 1",
    "- | - | 1 1 | 0 0 ; 1 1",
    "- | - | 1 1 | 0 1 ; 1 1",
    "- | - | 1 1 | 1 0 ; 1 1",
    "- | - | 1 1 | 1 1 ; 1 1",
];

pub fn tests() -> Vec<Litmus> {
    vec![
        test("SB", "store buffering: each store may come late")
            .thread([store(X, 1, RLX), load(Y, RLX)])
            .thread([store(Y, 1, RLX), load(X, RLX)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .weak_only(&["0 | 0 ; 1 1"]),
        test("SB+rel+acq", "nobody reads from anybody, so there is nothing to synchronise")
            .thread([store(X, 1, REL), load(Y, ACQ)])
            .thread([store(Y, 1, REL), load(X, ACQ)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .weak_only(&["0 | 0 ; 1 1"]),
        test("SB+sc", "SeqCst accesses are more than AcqRel (tokio-rs/loom issue 180)")
            .thread([store(X, 1, SC), load(Y, SC)])
            .thread([store(Y, 1, SC), load(X, SC)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .never(&["0 | 0 ; 1 1"]),
        test("SB+scfences", "what SeqCst fences are for")
            .thread([store(X, 1, RLX), fence(SC), load(Y, RLX)])
            .thread([store(Y, 1, RLX), fence(SC), load(X, RLX)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .never(&["0 | 0 ; 1 1"]),
        test("SB+scfence", "one fence has no partner")
            .thread([store(X, 1, RLX), fence(SC), load(Y, RLX)])
            .thread([store(Y, 1, RLX), load(X, RLX)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .weak_only(&["0 | 0 ; 1 1"]),
        test("SB+arfences", "AcqRel fences do not order a store before a load")
            .thread([store(X, 1, RLX), fence(AR), load(Y, RLX)])
            .thread([store(Y, 1, RLX), fence(AR), load(X, RLX)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .weak_only(&["0 | 0 ; 1 1"]),
        test("SB+scfence+sc", "a fence on one side, SeqCst accesses on the other: psc_base connects them")
            .thread([store(X, 1, RLX), fence(SC), load(Y, RLX)])
            .thread([store(Y, 1, SC), load(X, SC)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .never(&["0 | 0 ; 1 1"]),
        test("SB+scfence+sc-store", "the relaxed load after the SeqCst store is not in psc")
            .thread([store(X, 1, RLX), fence(SC), load(Y, RLX)])
            .thread([store(Y, 1, SC), load(X, RLX)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .weak_only(&["0 | 0 ; 1 1"]),
        test("SB+scfence+sc-load", "nor is the relaxed store before the SeqCst load")
            .thread([store(X, 1, RLX), fence(SC), load(Y, RLX)])
            .thread([store(Y, 1, RLX), load(X, SC)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .weak_only(&["0 | 0 ; 1 1"]),
        test("SB+sc-stores", "SeqCst stores alone: relaxed loads may come first")
            .thread([store(X, 1, SC), load(Y, RLX)])
            .thread([store(Y, 1, SC), load(X, RLX)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .weak_only(&["0 | 0 ; 1 1"]),
        test("SB+sc-loads", "SeqCst loads alone")
            .thread([store(X, 1, REL), load(Y, SC)])
            .thread([store(Y, 1, REL), load(X, SC)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .weak_only(&["0 | 0 ; 1 1"]),
        test("SB+sc-swaps", "a SeqCst read-modify-write is no fence, although it is one on x86")
            .thread([swap(X, 1, SC), load(Y, RLX)])
            .thread([swap(Y, 1, SC), load(X, RLX)])
            .both(&["0 0 | 0 1 ; 1 1", "0 1 | 0 0 ; 1 1", "0 1 | 0 1 ; 1 1"])
            .weak_only(&["0 0 | 0 0 ; 1 1"]),
        test("SB+updates", "two AcqRel updates of one location: the second reads the first and synchronises")
            .thread([store(X, 1, RLX), add(Z, 1, AR), load(Y, RLX)])
            .thread([store(Y, 1, RLX), add(Z, 1, AR), load(X, RLX)])
            .both(&["0 0 | 1 1 ; 1 1 2", "0 1 | 1 1 ; 1 1 2", "1 1 | 0 0 ; 1 1 2", "1 1 | 0 1 ; 1 1 2"])
            .never(&["0 0 | 1 0 ; 1 1 2", "1 0 | 0 0 ; 1 1 2"]),
        test("SB+locks", "so do two critical sections, even empty ones")
            .thread([store(X, 1, RLX), lock(0), unlock(0), load(Y, RLX)])
            .thread([store(Y, 1, RLX), lock(0), unlock(0), load(X, RLX)])
            .both(&["0 | 1 ; 1 1", "1 | 0 ; 1 1", "1 | 1 ; 1 1"])
            .never(&["0 | 0 ; 1 1"]),
        test("RWC", "read-to-write causality")
            .thread([store(X, 1, RLX)])
            .thread([load(X, ACQ), load(Y, RLX)])
            .thread([store(Y, 1, RLX), load(X, RLX)])
            .both(&[
                "- | 0 0 | 0 ; 1 1",
                "- | 0 0 | 1 ; 1 1",
                "- | 0 1 | 0 ; 1 1",
                "- | 0 1 | 1 ; 1 1",
                "- | 1 0 | 1 ; 1 1",
                "- | 1 1 | 0 ; 1 1",
                "- | 1 1 | 1 ; 1 1",
            ])
            .weak_only(&["- | 1 0 | 0 ; 1 1"]),
        test("RWC+sc", "all SeqCst")
            .thread([store(X, 1, SC)])
            .thread([load(X, SC), load(Y, SC)])
            .thread([store(Y, 1, SC), load(X, SC)])
            .both(&[
                "- | 0 0 | 0 ; 1 1",
                "- | 0 0 | 1 ; 1 1",
                "- | 0 1 | 0 ; 1 1",
                "- | 0 1 | 1 ; 1 1",
                "- | 1 0 | 1 ; 1 1",
                "- | 1 1 | 0 ; 1 1",
                "- | 1 1 | 1 ; 1 1",
            ])
            .never(&["- | 1 0 | 0 ; 1 1"]),
        test("RWC+syncs", "SeqCst fences were too weak in C11; RC11 has `hb ; eco ; hb` between them")
            .thread([store(X, 1, RLX)])
            .thread([load(X, RLX), fence(SC), load(Y, RLX)])
            .thread([store(Y, 1, RLX), fence(SC), load(X, RLX)])
            .both(&[
                "- | 0 0 | 0 ; 1 1",
                "- | 0 0 | 1 ; 1 1",
                "- | 0 1 | 0 ; 1 1",
                "- | 0 1 | 1 ; 1 1",
                "- | 1 0 | 1 ; 1 1",
                "- | 1 1 | 0 ; 1 1",
                "- | 1 1 | 1 ; 1 1",
            ])
            .never(&["- | 1 0 | 0 ; 1 1"]),
        test("W+RWC", "a message, then read-to-write causality")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, ACQ), load(Z, RLX)])
            .thread([store(Z, 1, RLX), load(X, RLX)])
            .both(&[
                "- | 0 0 | 0 ; 1 1 1",
                "- | 0 0 | 1 ; 1 1 1",
                "- | 0 1 | 0 ; 1 1 1",
                "- | 0 1 | 1 ; 1 1 1",
                "- | 1 0 | 1 ; 1 1 1",
                "- | 1 1 | 0 ; 1 1 1",
                "- | 1 1 | 1 ; 1 1 1",
            ])
            .weak_only(&["- | 1 0 | 0 ; 1 1 1"]),
        test("W+RWC+syncs", "too weak in C11, forbidden in RC11, as RWC+syncs")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, ACQ), fence(SC), load(Z, RLX)])
            .thread([store(Z, 1, RLX), fence(SC), load(X, RLX)])
            .both(&[
                "- | 0 0 | 0 ; 1 1 1",
                "- | 0 0 | 1 ; 1 1 1",
                "- | 0 1 | 0 ; 1 1 1",
                "- | 0 1 | 1 ; 1 1 1",
                "- | 1 0 | 1 ; 1 1 1",
                "- | 1 1 | 0 ; 1 1 1",
                "- | 1 1 | 1 ; 1 1 1",
            ])
            .never(&["- | 1 0 | 0 ; 1 1 1"]),
        test("W+RWC+sc", "hb between SeqCst accesses counts if it begins and ends with po between locations")
            .thread([store(X, 1, SC), store(Y, 1, REL)])
            .thread([load(Y, ACQ), load(Z, SC)])
            .thread([store(Z, 1, SC), load(X, SC)])
            .both(&[
                "- | 0 0 | 0 ; 1 1 1",
                "- | 0 0 | 1 ; 1 1 1",
                "- | 0 1 | 0 ; 1 1 1",
                "- | 0 1 | 1 ; 1 1 1",
                "- | 1 0 | 1 ; 1 1 1",
                "- | 1 1 | 0 ; 1 1 1",
                "- | 1 1 | 1 ; 1 1 1",
            ])
            .never(&["- | 1 0 | 0 ; 1 1 1"]),
        test("IRIW", "two readers may see two independent writes in different orders")
            .thread([store(X, 1, RLX)])
            .thread([store(Y, 1, RLX)])
            .thread([load(X, RLX), load(Y, RLX)])
            .thread([load(Y, RLX), load(X, RLX)])
            .both(&IRIW)
            .weak_only(&["- | - | 1 0 | 1 0 ; 1 1"]),
        test("IRIW+rel+acq", "also with release and acquire: C11 is not multi-copy atomic")
            .thread([store(X, 1, REL)])
            .thread([store(Y, 1, REL)])
            .thread([load(X, ACQ), load(Y, ACQ)])
            .thread([load(Y, ACQ), load(X, ACQ)])
            .both(&IRIW)
            .weak_only(&["- | - | 1 0 | 1 0 ; 1 1"]),
        test("IRIW+sc", "all SeqCst")
            .thread([store(X, 1, SC)])
            .thread([store(Y, 1, SC)])
            .thread([load(X, SC), load(Y, SC)])
            .thread([load(Y, SC), load(X, SC)])
            .both(&IRIW)
            .never(&["- | - | 1 0 | 1 0 ; 1 1"]),
        test("IRIW+scfences", "fences between relaxed reads restore SC in RC11, which C11 did not")
            .thread([store(X, 1, RLX)])
            .thread([store(Y, 1, RLX)])
            .thread([load(X, RLX), fence(SC), load(Y, RLX)])
            .thread([load(Y, RLX), fence(SC), load(X, RLX)])
            .both(&IRIW)
            .never(&["- | - | 1 0 | 1 0 ; 1 1"]),
        test("IRIW+scfence", "one fence has no partner")
            .thread([store(X, 1, RLX)])
            .thread([store(Y, 1, RLX)])
            .thread([load(X, RLX), fence(SC), load(Y, RLX)])
            .thread([load(Y, ACQ), load(X, ACQ)])
            .both(&IRIW)
            .weak_only(&["- | - | 1 0 | 1 0 ; 1 1"]),
        test("IRIW-acq-sc", "RC11 allows what C11 forbade: hb that begins with sw is not in psc")
            .thread([store(X, 1, SC)])
            .thread([store(Y, 1, SC)])
            .thread([load(X, ACQ), load(Y, SC)])
            .thread([load(Y, ACQ), load(X, SC)])
            .both(&IRIW)
            .weak_only(&["- | - | 1 0 | 1 0 ; 1 1"]),
        test("IRIW+sc-reads", "rb ; rf through a relaxed write is not in psc; C++20 has all of eco there")
            .thread([store(X, 1, RLX)])
            .thread([store(Y, 1, RLX)])
            .thread([load(X, SC), load(Y, SC)])
            .thread([load(Y, SC), load(X, SC)])
            .both(&IRIW)
            .weak_only(&["- | - | 1 0 | 1 0 ; 1 1"]),
    ]
}
