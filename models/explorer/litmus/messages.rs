//! Passing messages: a flag announces data, directly or through other threads.
//!
//! What happens before the write of the flag must be seen by who reads the flag, if the two synchronise.

use super::*;

pub fn tests() -> Vec<Litmus> {
    vec![
        test("MP", "nothing orders the accesses of either thread")
            .thread([store(X, 1, RLX), store(Y, 1, RLX)])
            .thread([load(Y, RLX), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+rel+acq", "the flag's release store synchronises with the acquire load that reads it")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("MP+rel", "a relaxed load of the flag acquires nothing")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, RLX), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+acq", "a relaxed store of the flag releases nothing")
            .thread([store(X, 1, RLX), store(Y, 1, RLX)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+rel-data", "a release store of the data publishes only what was before the data")
            .thread([store(X, 1, REL), store(Y, 1, RLX)])
            .thread([load(Y, ACQ), load(X, ACQ)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+sc-flag", "SeqCst is release and acquire, too")
            .thread([store(X, 1, RLX), store(Y, 1, SC)])
            .thread([load(Y, SC), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("MP+sc-data", "SeqCst accesses of the data do nothing for a relaxed flag")
            .thread([store(X, 1, SC), store(Y, 1, RLX)])
            .thread([load(Y, RLX), load(X, SC)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+fences", "a release fence before the flag's store, an acquire fence after its load")
            .thread([store(X, 1, RLX), fence(REL), store(Y, 1, RLX)])
            .thread([load(Y, RLX), fence(ACQ), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("MP+relfence+acq", "a release fence synchronises with an acquire load")
            .thread([store(X, 1, RLX), fence(REL), store(Y, 1, RLX)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("MP+rel+acqfence", "a release store synchronises with an acquire fence")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, RLX), fence(ACQ), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("MP+arfences", "an AcqRel fence is both")
            .thread([store(X, 1, RLX), fence(AR), store(Y, 1, RLX)])
            .thread([load(Y, RLX), fence(AR), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("MP+scfences", "a SeqCst fence is both, too")
            .thread([store(X, 1, RLX), fence(SC), store(Y, 1, RLX)])
            .thread([load(Y, RLX), fence(SC), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("MP+relfence", "one side alone does not synchronise")
            .thread([store(X, 1, RLX), fence(REL), store(Y, 1, RLX)])
            .thread([load(Y, RLX), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+acqfence", "one side alone does not synchronise")
            .thread([store(X, 1, RLX), store(Y, 1, RLX)])
            .thread([load(Y, RLX), fence(ACQ), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+scfence", "not even if it is SeqCst")
            .thread([store(X, 1, RLX), fence(SC), store(Y, 1, RLX)])
            .thread([load(Y, RLX), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+wrongfences", "an acquire fence does not release, a release fence does not acquire")
            .thread([store(X, 1, RLX), fence(ACQ), store(Y, 1, RLX)])
            .thread([load(Y, RLX), fence(REL), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+earlyfence", "a release fence publishes what is before it, not what comes after")
            .thread([fence(REL), store(X, 1, RLX), store(Y, 1, RLX)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+latefence", "an acquire fence orders what comes after it, not what was before")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, RLX), load(X, RLX), fence(ACQ)])
            .both(&["- | 0 0 ; 1 1", "- | 0 1 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test(
            "MP+onefence-two-flags",
            "a release fence makes every later store of its thread a releasing one",
        )
        .thread([store(X, 1, RLX), fence(REL), store(Y, 1, RLX), store(Z, 1, RLX)])
        .thread([load(Z, RLX), fence(ACQ), load(X, RLX), load(Y, RLX)])
        .both(&[
            "- | 0 0 0 ; 1 1 1",
            "- | 0 0 1 ; 1 1 1",
            "- | 0 1 0 ; 1 1 1",
            "- | 0 1 1 ; 1 1 1",
            "- | 1 1 1 ; 1 1 1",
        ])
        .weak_only(&["- | 1 1 0 ; 1 1 1"])
        .never(&["- | 1 0 0 ; 1 1 1", "- | 1 0 1 ; 1 1 1"]),
        test("MP+guard", "the fence may stand behind the branch that looks at the flag")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, RLX), guard(1), fence(ACQ), load(X, RLX)])
            .both(&["- | 0 ; 1 1", "- | 1 1 ; 1 1"])
            .never(&["- | 1 0 ; 1 1"]),
        test("MP+guard-no-fence", "a control dependency orders no reads")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, RLX), guard(1), load(X, RLX)])
            .both(&["- | 0 ; 1 1", "- | 1 1 ; 1 1"])
            .weak_only(&["- | 1 0 ; 1 1"]),
        test("MP+cas-failure", "a failed compare-exchange is a load with the failure ordering")
            .thread([store(X, 1, RLX), store(Y, 2, REL)])
            .thread([cas(Y, 0, 3, RLX, ACQ), load(X, RLX)])
            .both(&["- | 0 1 0 ; 1 2", "- | 0 1 1 ; 1 2", "- | 2 0 1 ; 1 2"])
            .never(&["- | 2 0 0 ; 1 2"]),
        test("MP+cas-failure-relaxed", "the success ordering says nothing about a failure")
            .thread([store(X, 1, RLX), store(Y, 2, REL)])
            .thread([cas(Y, 0, 3, SC, RLX), load(X, RLX)])
            .both(&["- | 0 1 0 ; 1 2", "- | 0 1 1 ; 1 2", "- | 2 0 1 ; 1 2"])
            .weak_only(&["- | 2 0 0 ; 1 2"]),
        test("WRC", "causality through a third thread is not for free")
            .thread([store(X, 1, RLX)])
            .thread([load(X, RLX), store(Y, 1, RLX)])
            .thread([load(Y, RLX), load(X, RLX)])
            .both(&[
                "- | 0 | 0 0 ; 1 1",
                "- | 0 | 0 1 ; 1 1",
                "- | 0 | 1 0 ; 1 1",
                "- | 0 | 1 1 ; 1 1",
                "- | 1 | 0 0 ; 1 1",
                "- | 1 | 0 1 ; 1 1",
                "- | 1 | 1 1 ; 1 1",
            ])
            .weak_only(&["- | 1 | 1 0 ; 1 1"]),
        test("WRC+rel+acq", "happens-before is transitive")
            .thread([store(X, 1, REL)])
            .thread([load(X, ACQ), store(Y, 1, REL)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&[
                "- | 0 | 0 0 ; 1 1",
                "- | 0 | 0 1 ; 1 1",
                "- | 0 | 1 0 ; 1 1",
                "- | 0 | 1 1 ; 1 1",
                "- | 1 | 0 0 ; 1 1",
                "- | 1 | 0 1 ; 1 1",
                "- | 1 | 1 1 ; 1 1",
            ])
            .never(&["- | 1 | 1 0 ; 1 1"]),
        test("WRC+flag", "the two reads of the data are ordered by hb, so read-read coherence is enough")
            .thread([store(X, 1, RLX)])
            .thread([load(X, RLX), store(Y, 1, REL)])
            .thread([load(Y, ACQ), load(X, RLX)])
            .both(&[
                "- | 0 | 0 0 ; 1 1",
                "- | 0 | 0 1 ; 1 1",
                "- | 0 | 1 0 ; 1 1",
                "- | 0 | 1 1 ; 1 1",
                "- | 1 | 0 0 ; 1 1",
                "- | 1 | 0 1 ; 1 1",
                "- | 1 | 1 1 ; 1 1",
            ])
            .never(&["- | 1 | 1 0 ; 1 1"]),
        test("ISA2+rel+acq", "two messages in a row: happens-before is transitive")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, ACQ), store(Z, 1, REL)])
            .thread([load(Z, ACQ), load(X, RLX)])
            .both(&[
                "- | 0 | 0 0 ; 1 1 1",
                "- | 0 | 0 1 ; 1 1 1",
                "- | 0 | 1 0 ; 1 1 1",
                "- | 0 | 1 1 ; 1 1 1",
                "- | 1 | 0 0 ; 1 1 1",
                "- | 1 | 0 1 ; 1 1 1",
                "- | 1 | 1 1 ; 1 1 1",
            ])
            .never(&["- | 1 | 1 0 ; 1 1 1"]),
        test("ISA2+rlx", "the thread in the middle did not acquire, so it cannot pass on")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, RLX), store(Z, 1, REL)])
            .thread([load(Z, ACQ), load(X, RLX)])
            .both(&[
                "- | 0 | 0 0 ; 1 1 1",
                "- | 0 | 0 1 ; 1 1 1",
                "- | 0 | 1 0 ; 1 1 1",
                "- | 0 | 1 1 ; 1 1 1",
                "- | 1 | 0 0 ; 1 1 1",
                "- | 1 | 0 1 ; 1 1 1",
                "- | 1 | 1 1 ; 1 1 1",
            ])
            .weak_only(&["- | 1 | 1 0 ; 1 1 1"]),
        test("ISA2+fence", "one fence in the middle both acquires and releases")
            .thread([store(X, 1, RLX), store(Y, 1, REL)])
            .thread([load(Y, RLX), fence(AR), store(Z, 1, RLX)])
            .thread([load(Z, ACQ), load(X, RLX)])
            .both(&[
                "- | 0 | 0 0 ; 1 1 1",
                "- | 0 | 0 1 ; 1 1 1",
                "- | 0 | 1 0 ; 1 1 1",
                "- | 0 | 1 1 ; 1 1 1",
                "- | 1 | 0 0 ; 1 1 1",
                "- | 1 | 0 1 ; 1 1 1",
                "- | 1 | 1 1 ; 1 1 1",
            ])
            .never(&["- | 1 | 1 0 ; 1 1 1"]),
    ]
}
