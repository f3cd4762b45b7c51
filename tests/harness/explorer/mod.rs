//! The explorer as a part of the harness: what it finds, what it refuses, what it writes down.

mod livelocks;
mod pasted;
mod real_time;
mod traces;
mod waiting;

use crate::child::{child, is_child};
use crate::panic_of;
use crate::specs::{Count, Count::Add, Count::Get, Counter};
use pasted::{Op, Torn, torn};
use selvedge::check::explore::Memory;
use selvedge::check::{Engine, Failure, Model, Outcome, Progress, Record, Scenario};
use selvedge::sync::atomic::{AtomicU64, Ordering};
use selvedge::sync::thread;
use std::sync::Arc;
use std::sync::atomic::AtomicU64 as Hidden;

const EXPLORERS: [Engine; 2] = [Engine::ExplorerSc, Engine::ExplorerWeak];
const WRONG: Counter = Counter { atomic: false };
const RIGHT: Counter = Counter { atomic: true };

fn adders() -> Scenario<Count> {
    Scenario::new().thread([Add, Add]).thread([Add, Add]).after([Add])
}

/// Runs `test` of this file in a process of its own: whether it passed, what it said, and the explorer's records.
fn records(test: &str) -> (bool, String, [Record; 2]) {
    let folder = tempfile::tempdir().expect("a folder");
    let (passed, said) = child(test, &[("SELVEDGE_REPORT", folder.path().to_str().expect("a plain name"))]);
    let record = |engine: Engine| {
        let name = format!("{}.{engine}.json", test.replace("::", "--")).replace(' ', "-");
        let text = std::fs::read_to_string(folder.path().join(&name));
        serde_json::from_str(&text.unwrap_or_else(|why| panic!("{name}: {why}\n{said}"))).expect("a record")
    };
    (passed, said.clone(), EXPLORERS.map(record))
}

#[track_caller]
fn failure(record: &Record) -> &Failure {
    let Outcome::Failed(failure) = &record.outcome else { panic!("{record}: it held") };
    failure
}

#[test]
fn a_planted_bug_is_found_under_both_memory_models() {
    let said = panic_of(|| {
        Model::of(WRONG, adders())
            .written("Model::of(WRONG, adders())", module_path!())
            .check("harness::explorer::a_planted_bug_is_found_under_both_memory_models");
    });
    for engine in EXPLORERS {
        let begin = said.find(&format!("{engine}, execution ")).unwrap_or_else(|| panic!("{engine}: {said}"));
        let of_it = &said[begin..];
        for words in ["not linearizable", "│ thread 1", "tests/harness/specs.rs:", "schedule: ", "#[test]"]
        {
            assert!(of_it.contains(words), "{engine} does not say {words:?}: {of_it}");
        }
    }
}

#[test]
fn what_is_right_is_complete_and_says_so() {
    let name = "explorer::what_is_right_is_complete_and_says_so";
    if is_child(name) {
        return Model::of(RIGHT, adders()).check(&format!("harness::{name}"));
    }
    let (passed, said, records) = records(name);
    assert!(passed, "{said}");
    for record in records {
        // Two threads add twice each: that is 6 orders, and 6 histories.
        assert_eq!((record.executions, record.histories, record.pruned), (6, 6, 0), "{record}");
        assert!(record.to_string().contains("0 pruned, complete, "), "{record}");
    }
}

/// A model whose executions number `20! / (10! 10!)`.
fn too_large() -> Model {
    let adds = || vec![Add; 10];
    Model::of(RIGHT, Scenario::new().thread(adds()).thread(adds())).at_most(50)
}

#[test]
fn a_run_that_was_stopped_is_incomplete() {
    let name = "explorer::a_run_that_was_stopped_is_incomplete";
    if is_child(name) {
        return too_large().check(&format!("harness::{name}"));
    }
    let (passed, said, records) = records(name);
    assert!(!passed, "{said}");
    for record in records {
        assert!(record.to_string().contains(", incomplete, "), "{record}");
        let fault = record.fault.as_deref().expect("a fault");
        assert!(fault.starts_with("incomplete: stopped before the end"), "{fault}");
        assert_eq!(record.executions, 50);
    }
}

#[test]
fn a_model_may_say_that_it_is_too_large() {
    let name = "explorer::a_model_may_say_that_it_is_too_large";
    if is_child(name) {
        return too_large().capped().check(&format!("harness::{name}"));
    }
    let (passed, said, records) = records(name);
    assert!(passed, "{said}");
    for record in records {
        assert!(record.to_string().contains(", incomplete, ") && record.fault.is_none(), "{record}");
    }
}

fn both_say(model: Model, test: &str, words: &str) {
    let said = panic_of(|| model.check(&format!("harness::explorer::{test}")));
    for engine in EXPLORERS {
        assert!(said.contains(&format!("{engine}: {words}")), "{engine} does not say {words:?}: {said}");
    }
}

#[test]
fn nothing_that_overlaps_is_vacuous() {
    let program = || _ = AtomicU64::new(0).fetch_add(1, Ordering::Relaxed);
    let model = Model::program("counter", "nothing", program);
    both_say(
        model,
        "nothing_that_overlaps_is_vacuous",
        "vacuous: no two operations overlapped in 1 executions",
    );
}

#[test]
fn nothing_that_is_touched_is_vacuous() {
    let program = || _ = thread::spawn(|| ()).join();
    let model = Model::program("counter", "nothing", program);
    both_say(
        model,
        "nothing_that_is_touched_is_vacuous",
        "vacuous: no operation took a step that could be seen",
    );
}

/// A progress that nobody was asked for is shown of nobody.
#[test]
fn progress_without_anybody_who_stops_is_vacuous() {
    let name = "progress_without_anybody_who_stops_is_vacuous";
    let words = "vacuous: no thread was stopped";
    let alone = || Model::of(RIGHT, Scenario::new().thread([Add, Add]));
    both_say(alone().progress(Progress::LockFree), name, words);
    both_say(alone().progress(Progress::WaitFree(100)), name, words);
    both_say(Model::of(RIGHT, adders()).progress(Progress::LockFree).stopping([]), name, words);
}

#[test]
fn who_is_to_stop_has_to_be_there() {
    let model = Model::of(RIGHT, adders()).progress(Progress::LockFree).stopping([0, 7]);
    let said = panic_of(|| model.check("harness::explorer::who_is_to_stop_has_to_be_there"));
    assert!(said.contains("thread 7 is to stop, and takes no step"), "{said}");
}

#[test]
fn a_control_that_survives_is_told() {
    let model = Model::of(RIGHT, adders()).kills("a lost update", EXPLORERS, []);
    both_say(model, "a_control_that_survives_is_told", "a lost update survived 6 executions");
}

/// What it does depends on how often it ran: memory beside the facade.
#[test]
fn a_program_that_is_not_deterministic_is_told() {
    static RUNS: Hidden = Hidden::new(0);
    let program = || {
        let x = Arc::new(AtomicU64::new(0));
        let other = Arc::clone(&x);
        let other = thread::spawn(move || other.store(1, Ordering::Relaxed));
        if RUNS.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            x.load(Ordering::Relaxed);
        } else {
            x.store(2, Ordering::Relaxed);
        }
        other.join().expect("no panic");
    };
    let model = Model::program("counter", "the same each time", program);
    let said = panic_of(|| model.check("harness::explorer::a_program_that_is_not_deterministic_is_told"));
    for engine in EXPLORERS {
        assert!(said.contains(&format!("{engine}, execution ")), "{said}");
    }
    assert_eq!(said.matches("the program is not deterministic").count(), EXPLORERS.len(), "{said}");
}

/// For a trace that tells of stores in another file.
fn write_twice(data: &AtomicU64) {
    data.store(1, Ordering::Relaxed);
    data.store(2, Ordering::Relaxed);
}

/// A torn counter, in a scenario of which most has nothing to do with it.
#[test]
fn a_failure_is_made_small_and_is_a_test_that_can_be_pasted() {
    let name = "explorer::a_failure_is_made_small_and_is_a_test_that_can_be_pasted";
    if is_child(name) {
        return torn().check(&format!("harness::{name}"));
    }
    let (passed, said, records) = records(name);
    assert!(!passed, "{said}");
    // What was pasted from it is compiled with this file, and runs.
    let file = include_str!("pasted.rs");
    for (record, module) in records.iter().zip(["mod sc {", "mod weak {"]) {
        let test = failure(record).test.as_ref().expect("a test");
        // Nothing is left but two threads that add at the same time.
        let add = "thread([crate::explorer::pasted::Op::Add])";
        let smallest = format!("Scenario::new().{add}.{add})\n");
        assert!(test.contains(&smallest), "{}: not the smallest: {test}", record.engine);
        let pasted = file.split(module).nth(1).expect("a module").split("\n}\n").next().expect("its end");
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join("");
        assert!(flat(pasted).contains(&flat(test)), "{}: paste this into pasted.rs:\n{test}", record.engine);
    }
}

#[test]
fn a_schedule_can_be_run_again() {
    let name = "explorer::a_schedule_can_be_run_again";
    if is_child(name) {
        return torn().check(&format!("harness::{name}"));
    }
    let (_, _, records) = records(name);
    let smallest = || Scenario::new().thread([Op::Add]).thread([Op::Add]);
    let small = || Model::of(Torn { by: 3 }, smallest());
    for (record, memory) in records.iter().zip([Memory::Sc, Memory::Weak]) {
        let Failure { message, trace, schedule, .. } = failure(record);
        let schedule = schedule.as_ref().expect("a schedule");
        let again = panic_of(|| small().replay(memory, schedule));
        assert!(again.contains(message), "{memory:?}: {again}\nfirst it was\n{message}");
        assert!(again.contains(trace), "{memory:?}: {again}\nfirst it was\n{trace}");
        // The steps come from the schedule: one thread after the other is right.
        small().replay(memory, "");
    }
}

#[test]
fn a_model_is_put_on_another_scenario_of_its_own_operations() {
    Model::of(RIGHT, adders()).on(Scenario::new().thread([Add]).thread([Get])).replay(Memory::Sc, "");
    let said = panic_of(|| drop(Model::of(RIGHT, adders()).on(Scenario::new().thread([Op::Add]))));
    assert!(said.contains("knows nothing of Op"), "{said}");
    let said = panic_of(|| drop(Model::program("none", "none", || ()).on(adders())));
    assert!(said.contains("knows nothing of Count"), "{said}");
}

/// What is slow is slow again: the bound on steps is in the test that is written.
#[test]
fn a_bound_on_steps_is_written_down() {
    let name = "explorer::a_bound_on_steps_is_written_down";
    let bound = || Model::of(RIGHT, adders()).progress(Progress::WaitFree(0));
    if is_child(name) {
        let model = bound().written("bound()", module_path!());
        return model.check(&format!("harness::{name}"));
    }
    let (passed, _, records) = records(name);
    assert!(!passed);
    for (record, memory) in records.iter().zip([Memory::Sc, Memory::Weak]) {
        let Failure { message, test, schedule, .. } = failure(record);
        assert!(message.contains("not wait-free"), "{message}");
        assert!(test.as_ref().expect("a test").contains("let model = bound();"), "{test:?}");
        let again = panic_of(|| bound().replay(memory, schedule.as_ref().expect("a schedule")));
        assert!(again.contains("not wait-free"), "{again}");
    }
}

#[test]
fn a_schedule_that_is_none_is_refused() {
    let adders = || Scenario::new().before([Get]).thread([Add]).thread([Add]);
    let said = panic_of(|| Model::of(RIGHT, adders()).replay(Memory::Sc, "0:1 x"));
    assert!(said.contains("`x` in a schedule"), "{said}");
    let said = panic_of(|| Model::of(RIGHT, adders()).replay(Memory::Sc, "0:r5"));
    assert!(said.contains("the schedule does not fit the program"), "{said}");
}
