//! Small programs on the engine of this build.

use selvedge::sync::model::{self, Event, Oracle, Settings};
use selvedge::sync::{Choice, Reuse};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

/// Nothing special.
pub fn plain() -> Settings {
    Settings::default()
}

/// The `nth` choice of this kind is turned.
pub fn turned(choice: Choice, nth: usize) -> impl Fn() -> Settings + Send + Sync {
    move || Settings { oracle: Oracle::Nth(choice, nth), ..Settings::default() }
}

/// Freed addresses come back like this.
pub fn reusing(reuse: Reuse) -> impl Fn() -> Settings + Send + Sync {
    move || Settings { reuse, ..Settings::default() }
}

/// Runs `program` in all executions that loom has for it, or in some hundred of shuttle's.
pub fn explore(
    settings: impl Fn() -> Settings + Send + Sync + 'static,
    program: impl Fn() + Send + Sync + 'static,
) {
    let execution = move || {
        model::begin(settings());
        program();
        if let Err(leak) = model::end() {
            panic!("{leak}");
        }
    };
    #[cfg(loom)]
    loom::model(execution);
    #[cfg(shuttle)]
    {
        let mut config = shuttle::Config::new();
        config.silence_warnings = true;
        config.failure_persistence = shuttle::FailurePersistence::None;
        let scheduler = shuttle::scheduler::RandomScheduler::new_from_seed(7, 400);
        shuttle::Runner::new(scheduler, config).run(execution);
    }
}

/// The answers that `program` gives in its executions.
pub fn outcomes<T: Ord + Send + 'static>(
    settings: impl Fn() -> Settings + Send + Sync + 'static,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> BTreeSet<T> {
    let seen: Arc<Mutex<BTreeSet<T>>> = Arc::default();
    let put = Arc::clone(&seen);
    explore(settings, move || {
        let answer = program();
        put.lock().unwrap().insert(answer);
    });
    std::mem::take(&mut seen.lock().unwrap())
}

/// The only answer of a program with one course.
#[track_caller]
pub fn outcome<T: Ord + Send + std::fmt::Debug + 'static>(
    settings: impl Fn() -> Settings + Send + Sync + 'static,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> T {
    let mut seen = outcomes(settings, program);
    let only = seen.pop_first().expect("an execution");
    assert!(seen.is_empty(), "one course was expected: {only:?}, {seen:?}");
    only
}

/// The log of a program with one thread.
pub fn log(program: impl Fn() + Send + Sync + 'static) -> Vec<Event> {
    let seen: Arc<Mutex<Vec<Event>>> = Arc::default();
    let put = Arc::clone(&seen);
    explore(plain, move || {
        program();
        *put.lock().unwrap() = model::events();
    });
    std::mem::take(&mut seen.lock().unwrap())
}

/// What the first failing execution of `program` says.
#[track_caller]
pub fn failure(
    settings: impl Fn() -> Settings + Send + Sync + 'static,
    program: impl Fn() + Send + Sync + 'static,
) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| explore(settings, program)));
    let panic = panic.expect_err("no execution failed");
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string())).expect("a panic with a text")
}
