//! What a model's run must show to count.

#[cfg(loom)]
use crate::child::{child, is_child};
use crate::panic_of;
use crate::specs::{Count::Add, Counter};
#[cfg(any(loom, shuttle))]
use selvedge::check::Choice;
use selvedge::check::{Engine, Model, Scenario};
#[cfg(any(loom, shuttle))]
use selvedge::sync::atomic::{AtomicU64, Ordering};

const WRONG: Counter = Counter { atomic: false };
const RIGHT: Counter = Counter { atomic: true };

fn adders() -> Scenario<crate::specs::Count> {
    Scenario::new().thread([Add, Add]).thread([Add, Add]).after([Add])
}

#[test]
fn a_control_must_demand_something_of_somebody() {
    let said = panic_of(|| drop(Model::of(WRONG, adders()).kills("a lost update", [], [])));
    assert_eq!(said, "the control for a lost update demands nothing of any engine");
    let _ = Model::of(WRONG, adders()).kills("a lost update", [Engine::Stress], []);
}

#[test]
fn what_is_right_holds() {
    Model::of(RIGHT, adders()).check("harness::models::what_is_right_holds");
}

#[test]
fn what_is_wrong_is_found() {
    let model = Model::of(WRONG, adders());
    let said = panic_of_check(model, "harness::models::what_is_wrong_is_found");
    assert!(said.is_none_or(|said| said.contains("no order of these calls")));
}

#[test]
fn a_control_passes_if_its_defect_is_found() {
    let model = Model::of(WRONG, adders()).kills(
        "a lost update",
        Engine::HERE.iter().copied(),
        ["no order of these calls"],
    );
    model.check("harness::models::a_control_passes_if_its_defect_is_found");
}

#[test]
fn a_control_fails_if_its_defect_survives() {
    let model = Model::of(RIGHT, adders()).kills("a lost update", Engine::HERE.iter().copied(), []);
    let said = panic_of_check(model, "harness::models::a_control_fails_if_its_defect_survives");
    assert!(said.is_none_or(|said| said.contains("a lost update survived ")));
}

#[test]
fn a_control_fails_if_something_else_is_found() {
    let by = Engine::HERE.iter().copied();
    let model = Model::of(WRONG, adders()).kills("a lost update", by, ["use after free"]);
    let said = panic_of_check(model, "harness::models::a_control_fails_if_something_else_is_found");
    assert!(said.is_none_or(|said| said.contains("a lost update should say one of [\"use after free\"]")));
}

#[test]
fn a_control_asks_nothing_of_engines_that_it_does_not_name() {
    let elsewhere = if cfg!(loom) { Engine::ShuttlePct2 } else { Engine::LoomPlain };
    let model = Model::of(RIGHT, adders()).kills("a lost update", [elsewhere], []);
    model.check("harness::models::a_control_asks_nothing_of_engines_that_it_does_not_name");
}

/// The complaint of a check that must fail; `None` in the child that loom's engines run in.
#[track_caller]
fn panic_of_check(model: Model, path: &str) -> Option<String> {
    if std::env::var_os("SELVEDGE_CHILD_ENGINE").is_some() {
        model.check(path);
        return None;
    }
    Some(panic_of(|| model.check(path)))
}

#[cfg(any(loom, shuttle))]
fn lonely(property: &str) -> Model {
    let program = || _ = AtomicU64::new(0).fetch_add(1, Ordering::Relaxed);
    Model::program("counter", property, program)
}

#[cfg(any(loom, shuttle))]
#[test]
fn a_model_in_which_nothing_overlaps_is_vacuous() {
    let said =
        panic_of_check(lonely("nothing"), "harness::models::a_model_in_which_nothing_overlaps_is_vacuous");
    assert!(said.is_none_or(|said| said.contains("vacuous: no two operations overlapped in ")));
}

#[cfg(any(loom, shuttle))]
#[test]
fn a_model_of_one_thread_may_say_so() {
    lonely("nothing").sequential().check("harness::models::a_model_of_one_thread_may_say_so");
}

/// A structure that no engine can see into: it is written against `std`, by mistake.
#[cfg(any(loom, shuttle))]
mod beside_the_facade {
    use super::*;
    use crate::specs::Count;
    use selvedge::check::{Spec, Structure};
    use std::sync::atomic::AtomicU64 as Hidden;

    struct Beside;

    impl Spec for Beside {
        type Op = Count;
        type Ret = u64;
        type State = u64;
        fn initial(&self) -> u64 {
            0
        }
        fn step(&self, state: &mut u64, op: &Count) -> u64 {
            RIGHT.step(state, op)
        }
    }

    impl Structure for Beside {
        type Sut = Hidden;
        fn create(&self) -> Hidden {
            Hidden::new(0)
        }
        fn apply(&self, sut: &Hidden, op: &Count) -> u64 {
            // Wrong as `WRONG` is, and nothing to be seen of it.
            let old = sut.load(Ordering::SeqCst);
            sut.store(old + u64::from(*op == Add), Ordering::SeqCst);
            old
        }
    }

    fn is_vacuous(model: Model, path: &str) {
        let said = panic_of_check(model, path);
        assert!(
            said.is_none_or(|said| said.contains("vacuous: no operation took a step that could be seen"))
        );
    }

    #[test]
    fn is_vacuous_in_one_scenario() {
        let path = "harness::models::beside_the_facade::is_vacuous_in_one_scenario";
        is_vacuous(Model::of(Beside, adders()), path);
    }

    /// Different scenarios have different orders of calls, without a single interleaving.
    #[test]
    fn is_vacuous_in_many_scenarios() {
        let path = "harness::models::beside_the_facade::is_vacuous_in_many_scenarios";
        is_vacuous(Model::random(Beside), path);
    }
}

/// Treats a weak exchange as a strong one.
#[cfg(any(loom, shuttle))]
fn impatient() -> Model {
    let program = || {
        let x = AtomicU64::new(0);
        x.compare_exchange_weak(0, 1, Ordering::AcqRel, Ordering::Acquire).expect("nobody else is here");
    };
    Model::program("counter", "weak exchanges", program).sequential()
}

#[cfg(any(loom, shuttle))]
#[test]
fn engines_turn_the_choices_that_they_may_make() {
    let said = panic_of_check(impatient(), "harness::models::engines_turn_the_choices_that_they_may_make");
    assert!(
        said.is_none_or(|said| said.contains("nobody else is here") && said.contains("spurious failure"))
    );
}

#[cfg(any(loom, shuttle))]
#[test]
fn engines_leave_other_choices_alone() {
    let others = [Choice::SpuriousWakeUp, Choice::TimeOut];
    impatient().choices(others).check("harness::models::engines_leave_other_choices_alone");
}

#[cfg(any(loom, shuttle))]
#[test]
fn a_leak_is_a_failure() {
    let program = || _ = selvedge::sync::heap::alloc(1_u8);
    let model = Model::program("heap", "no leaks", program).sequential();
    let said = panic_of_check(model, "harness::models::a_leak_is_a_failure");
    assert!(said.is_none_or(|said| {
        said.contains("leak: 1 never freed: node 0 allocated by thread 0 at tests/harness/models.rs")
    }));
}

/// A model of 924 histories and some 2,500 executions, of which loom may make so many.
#[cfg(loom)]
fn stopped_at(most: u64) -> Model {
    let adds = || vec![Add; 6];
    Model::of(RIGHT, Scenario::new().thread(adds()).thread(adds())).at_most(most)
}

#[cfg(loom)]
#[test]
fn a_run_that_was_stopped_is_incomplete() {
    let name = "models::a_run_that_was_stopped_is_incomplete";
    if is_child(name) {
        return stopped_at(500).check(&format!("harness::{name}"));
    }
    let (passed, said) = child(name, &[]);
    assert!(!passed && said.contains("incomplete: stopped before the end"), "{said}");
}

#[cfg(loom)]
#[test]
fn a_model_may_say_that_it_is_too_large() {
    let name = "models::a_model_may_say_that_it_is_too_large";
    if is_child(name) {
        return stopped_at(500).capped().check(&format!("harness::{name}"));
    }
    let (passed, said) = child(name, &[]);
    assert!(passed && said.contains("499 executions") && said.contains(", incomplete, "), "{said}");
}

#[cfg(loom)]
#[test]
fn a_run_that_came_to_its_end_is_complete() {
    let name = "models::a_run_that_came_to_its_end_is_complete";
    if is_child(name) {
        return stopped_at(10_000).check(&format!("harness::{name}"));
    }
    let (passed, said) = child(name, &[]);
    assert!(passed && said.contains("924 histories, complete, "), "{said}");
}

/// loom's engines run in a child that finds its test by the path: a wrong one must not pass for a run.
#[cfg(loom)]
#[test]
fn a_child_that_runs_nothing_is_a_failure() {
    let said = panic_of(|| Model::of(RIGHT, adders()).check("harness::models::there_is_no_such_test"));
    assert!(said.contains("left no result"), "{said}");
}

#[cfg(loom)]
#[test]
fn a_bound_on_preemptions_is_told() {
    let name = "models::a_bound_on_preemptions_is_told";
    if is_child(name) {
        return Model::of(RIGHT, adders()).preemptions(1).check(&format!("harness::{name}"));
    }
    let (passed, said) = child(name, &[]);
    assert!(passed && said.contains("complete up to 1 preemptions"), "{said}");
}

/// One lost update in a schedule of bytes.
#[cfg(shuttle)]
#[test]
fn schedules_made_of_bytes_find_it_too() {
    use selvedge::check::{Shape, fuzz_schedule};
    let shape = Shape { before: 0, threads: 2, operations: 2, after: 1 };
    let bytes = |seed: u64| -> Vec<u8> {
        let next = |x: &u64| Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        std::iter::successors(Some(seed), next).skip(1).take(64).map(|x| (x >> 33) as u8).collect()
    };
    let caught = (0..100).filter(|&seed| {
        fuzz_schedule(RIGHT, &bytes(seed), shape);
        std::panic::catch_unwind(|| fuzz_schedule(WRONG, &bytes(seed), shape)).is_err()
    });
    let caught = caught.count();
    assert!((5..95).contains(&caught), "{caught} of 100 schedules show it");
    // A schedule without bytes comes to its end.
    fuzz_schedule(RIGHT, &[], shape);
}
