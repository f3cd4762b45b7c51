//! Real time under the explorer: operations that touch different atomics are in no order that the execution graph
//! knows of. Under sequential consistency each interleaving has a time all the same; under weak memory nobody can
//! tell one from the other as long as nothing synchronizes.

use super::{EXPLORERS, failure, records};
use crate::child::is_child;
use selvedge::check::{Arbitrary, Engine, Model, Record, Scenario, Spec, Structure};
use selvedge::sync::atomic::{AtomicU64, Ordering::SeqCst};

#[derive(Clone, Copy, Debug, PartialEq, Arbitrary)]
enum Op {
    /// Counts the left and returns.
    Left,
    /// Counts the right and returns.
    Right,
    /// Whether both were counted.
    Both,
}

use Op::{Both, Left, Right};

/// Two counters, of which readers look at copies that nobody brings up to date.
#[derive(Clone, Copy)]
struct Counted {
    stale: bool,
}

#[derive(Default)]
struct Atomics {
    left: AtomicU64,
    right: AtomicU64,
    copy: AtomicU64,
}

impl Spec for Counted {
    type Op = Op;
    type Ret = bool;
    type State = (bool, bool);

    fn initial(&self) -> (bool, bool) {
        (false, false)
    }

    fn step(&self, state: &mut (bool, bool), op: &Op) -> bool {
        match op {
            Left => state.0 = true,
            Right => state.1 = true,
            Both => return state.0 && state.1,
        }
        true
    }
}

impl Structure for Counted {
    type Sut = Atomics;

    fn create(&self) -> Atomics {
        Atomics::default()
    }

    fn apply(&self, sut: &Atomics, op: &Op) -> bool {
        match op {
            Left => sut.left.fetch_add(1, SeqCst) < u64::MAX,
            Right => sut.right.fetch_add(1, SeqCst) < u64::MAX,
            Both if self.stale => sut.copy.load(SeqCst) > 0,
            // Twice the left: else `Both` would be of two moments, and right nonetheless, since they only grow.
            Both => sut.left.load(SeqCst) > 0 && sut.right.load(SeqCst) > 0,
        }
    }
}

const STALE: Counted = Counted { stale: true };
const RIGHT: Counted = Counted { stale: false };

/// What the two engines of the explorer made of a model: SC, weak.
fn explored(test: &str, model: impl FnOnce() -> Model) -> Option<[Record; 2]> {
    let name = format!("explorer::real_time::{test}");
    if is_child(&name) {
        // The others may find it, too.
        model().kills("a stale answer", [Engine::LoomPlain], []).check(&format!("harness::{name}"));
        return None;
    }
    let (passed, said, records) = records(&name);
    assert!(passed, "{said}");
    Some(records)
}

/// One operation writes one atomic, the other reads another: there is a single execution, and the violation is in
/// one of its two interleavings.
#[test]
fn what_had_returned_before_must_be_seen_under_sc_alone() {
    let scenario = Scenario::new().before([Left]).thread([Right]).thread([Both]);
    let test = "what_had_returned_before_must_be_seen_under_sc_alone";
    let Some([sc, weak]) = explored(test, || Model::of(STALE, scenario)) else { return };
    let failure = failure(&sc);
    assert!(failure.message.contains("what had ended before what: "), "{failure}");
    assert!(failure.message.contains("Right of thread 0 before Both of thread 1"), "{failure}");
    // The trace is of that interleaving: the writer's step comes first.
    let step = |what: &str| failure.trace.find(what).unwrap_or_else(|| panic!("no {what}: {failure}"));
    assert!(step("└ Right") < step("┌ Both"), "{failure}");
    assert_eq!((sc.executions, weak.executions), (1, 1));
    assert_eq!(weak.outcome, selvedge::check::Outcome::Held, "{weak}");
}

/// Each of the two writers may have returned before, and the answer is right: only both at once refute it.
#[test]
fn two_precedences_at_once_are_tried() {
    let scenario = Scenario::new().thread([Left]).thread([Right]).thread([Both]);
    let test = "two_precedences_at_once_are_tried";
    let Some([sc, weak]) = explored(test, || Model::of(STALE, scenario)) else { return };
    let failure = failure(&sc);
    for words in ["Left of thread 0 before Both of thread 2", "Right of thread 1 before Both of thread 2"] {
        assert!(failure.message.contains(words), "{words}: {failure}");
    }
    assert_eq!(weak.outcome, selvedge::check::Outcome::Held, "{weak}");
}

/// A join is what orders it: then weak memory has to see it, too.
#[test]
fn what_happens_before_must_be_seen_under_weak_memory_too() {
    let scenario = Scenario::new().thread([Left]).thread([Right]).after([Both]);
    let test = "what_happens_before_must_be_seen_under_weak_memory_too";
    let Some(records) = explored(test, || Model::of(STALE, scenario)) else { return };
    records.iter().for_each(|record| {
        failure(record);
    });
}

/// The same scenarios on a structure that looks at the counters themselves.
#[test]
fn the_right_structure_is_explained_in_each_interleaving() {
    let scenarios = [
        Scenario::new().before([Left]).thread([Right]).thread([Both]),
        Scenario::new().thread([Left]).thread([Right]).thread([Both]),
        Scenario::new().thread([Left]).thread([Right]).after([Both]),
    ];
    for scenario in scenarios {
        Model::of(RIGHT, scenario)
            .check("harness::explorer::real_time::the_right_structure_is_explained_in_each_interleaving");
    }
    assert_eq!(EXPLORERS.len(), 2);
}
