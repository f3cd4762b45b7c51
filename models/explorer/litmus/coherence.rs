//! One location: all threads agree on the order of its writes, whatever the orderings. Then two locations, of
//! which one thread reads and another writes: S and LB.

use super::*;

pub fn tests() -> Vec<Litmus> {
    vec![
        test("CoRR", "two reads of one thread do not go back")
            .thread([store(X, 1, RLX)])
            .thread([load(X, RLX), load(X, RLX)])
            .both(&["- | 0 0 ; 1", "- | 0 1 ; 1", "- | 1 1 ; 1"])
            .never(&["- | 1 0 ; 1"]),
        test("CoRR+one-writer", "nor do they see the writes of a thread out of program order")
            .thread([store(X, 1, RLX), store(X, 2, RLX)])
            .thread([load(X, RLX), load(X, RLX)])
            .both(&["- | 0 0 ; 2", "- | 0 1 ; 2", "- | 0 2 ; 2", "- | 1 1 ; 2", "- | 1 2 ; 2", "- | 2 2 ; 2"])
            .never(&["- | 2 1 ; 2", "- | 1 0 ; 2"]),
        test("CoRR+two-writers", "what is read tells the modification order")
            .thread([store(X, 1, RLX)])
            .thread([store(X, 2, RLX)])
            .thread([load(X, RLX), load(X, RLX)])
            .both(&[
                "- | - | 0 0 ; 1",
                "- | - | 0 0 ; 2",
                "- | - | 0 1 ; 1",
                "- | - | 0 1 ; 2",
                "- | - | 0 2 ; 1",
                "- | - | 0 2 ; 2",
                "- | - | 1 1 ; 1",
                "- | - | 1 1 ; 2",
                "- | - | 1 2 ; 2",
                "- | - | 2 1 ; 1",
                "- | - | 2 2 ; 1",
                "- | - | 2 2 ; 2",
            ])
            .never(&["- | - | 1 2 ; 1", "- | - | 2 1 ; 2", "- | - | 1 0 ; 1"]),
        test("CoRR2", "two readers agree on the order of two writes")
            .thread([store(X, 1, RLX)])
            .thread([store(X, 2, RLX)])
            .thread([load(X, RLX), load(X, RLX)])
            .thread([load(X, RLX), load(X, RLX)])
            .both_by_rule(two_readers())
            .never(&["- | - | 1 2 | 2 1 ; 1", "- | - | 1 2 | 2 1 ; 2", "- | - | 2 1 | 1 2 ; 1"]),
        test("CoWW", "two writes of one thread are in program order")
            .thread([store(X, 1, RLX), store(X, 2, RLX)])
            .thread([load(X, RLX)])
            .both(&["- | 0 ; 2", "- | 1 ; 2", "- | 2 ; 2"])
            .never(&["- | 0 ; 1", "- | 1 ; 1", "- | 2 ; 1"]),
        test("CoRW", "a thread does not read what it writes later")
            .thread([load(X, RLX), store(X, 1, RLX)])
            .thread([store(X, 2, RLX)])
            .both(&["0 | - ; 1", "0 | - ; 2", "2 | - ; 1"])
            .never(&["1 | - ; 1", "1 | - ; 2", "2 | - ; 2"]),
        test("CoWR", "a thread does not read what its own write has overwritten")
            .thread([store(X, 1, RLX), load(X, RLX)])
            .thread([store(X, 2, RLX)])
            .both(&["1 | - ; 1", "1 | - ; 2", "2 | - ; 2"])
            .never(&["0 | - ; 1", "0 | - ; 2", "2 | - ; 1"]),
        test("CoWW+hb", "writes that are ordered by happens-before are in modification order")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, ACQ), store(X, 2, RLX)])
            .both(&["- | 0 ; 1 1", "- | 0 ; 2 1", "- | 1 ; 2 1"])
            .never(&["- | 1 ; 1 1"]),
        test("S", "the modification order may go against what is read")
            .thread([store(X, 2, RLX), store(Y, 1, RLX)])
            .thread([load(Y, RLX), store(X, 1, RLX)])
            .both(&["- | 0 ; 1 1", "- | 0 ; 2 1", "- | 1 ; 1 1"])
            .weak_only(&["- | 1 ; 2 1"]),
        test("S+rel+acq", "CoWW across threads")
            .thread([store(X, 2, RLX), store(Y, 1, REL)])
            .thread([load(Y, ACQ), store(X, 1, RLX)])
            .both(&["- | 0 ; 1 1", "- | 0 ; 2 1", "- | 1 ; 1 1"])
            .never(&["- | 1 ; 2 1"]),
        test("S+rel+data", "no dependency orders anything, except that no value comes out of thin air")
            .thread([store(X, 3, RLX), store(Y, 1, REL)])
            .thread([load(Y, RLX), store_last(X, RLX)])
            .both(&["- | 0 ; 1 1", "- | 0 ; 3 1", "- | 1 ; 2 1"])
            .weak_only(&["- | 1 ; 3 1"]),
        test("S+fences", "with fences")
            .thread([store(X, 2, RLX), fence(REL), store(Y, 1, RLX)])
            .thread([load(Y, RLX), fence(ACQ), store(X, 1, RLX)])
            .both(&["- | 0 ; 1 1", "- | 0 ; 2 1", "- | 1 ; 1 1"])
            .never(&["- | 1 ; 2 1"]),
        test("LB", "load buffering: C11 allows it, RC11 does not, as po ∪ rf must be acyclic")
            .thread([load(X, RLX), store(Y, 1, RLX)])
            .thread([load(Y, RLX), store(X, 1, RLX)])
            .both(&["0 | 0 ; 1 1", "0 | 1 ; 1 1", "1 | 0 ; 1 1"])
            .never(&["1 | 1 ; 1 1"]),
        test("LB+data", "thin air: no value can be its own reason")
            .thread([load(X, RLX), store_last(Y, RLX)])
            .thread([load(Y, RLX), store_last(X, RLX)])
            .both(&["0 | 0 ; 1 1", "0 | 1 ; 2 1", "1 | 0 ; 1 2"])
            .never(&["1 | 1 ; 2 2", "2 | 1 ; 2 3", "2 | 2 ; 3 3"]),
        test("LB+update", "nor can a read-modify-write read from its own future")
            .thread([add(X, 1, RLX), store(Y, 1, RLX)])
            .thread([load(Y, RLX), store(X, 1, RLX)])
            .both(&["0 | 1 ; 1 1", "0 | 0 ; 1 1", "1 | 0 ; 2 1"])
            .never(&["1 | 1 ; 2 1"]),
    ]
}

/// Either write is the last. Of the initial value and the two writes, in their order, each reader reads two, the second
/// not before the first.
fn two_readers() -> Vec<String> {
    let mut outcomes = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1]] {
        let pairs = (0..3).flat_map(|first| (first..3).map(move |second| (order[first], order[second])));
        for (a, b) in pairs.clone() {
            outcomes.extend(pairs.clone().map(|(c, d)| format!("- | - | {a} {b} | {c} {d} ; {}", order[2])));
        }
    }
    outcomes
}
