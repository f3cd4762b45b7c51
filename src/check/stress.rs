//! Real threads: what the hardware itself does. A run that passes says little.

use super::body::Body;
use super::budget::Budget;
use super::execute::{Context, Respect};
use super::failure::{Failure, attempt_of, message_of};
use super::history::Order;
use super::model::{Engine, Model, test_name};
use super::picture::Execution;
use super::record::{Coverage, progress_file};
use super::run::Run;
use super::scenario::short_name;
use super::scenario::{Scenario, Shape};
use super::spec::Structure;
use super::tally::Tally;
use crate::sync::host::Arc;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// Executions of one model in a normal run.
const EXECUTIONS: u64 = 3_000;

/// Random scenarios of one structure in a normal run.
const SCENARIOS: u64 = 1_000;

fn repeat(bodies: impl Iterator<Item = Body>, progress: Option<PathBuf>) -> Run {
    let tally = Tally::new(progress);
    let context = Context { order: Respect::Order(Order::RealTime), tally: tally.clone(), body: 0 };
    let failure = bodies.into_iter().find_map(|body| {
        tally.begin();
        let panic = catch_unwind(AssertUnwindSafe(|| body.run(&context))).err()?;
        let failure = Failure::new(message_of(&*panic), String::new());
        let Some(attempt) = attempt_of(&*panic) else { return Some(failure) };
        Some(failure.recorded(Execution::of_history(attempt)))
    });
    Run::new(&tally, Coverage::Sampled, failure)
}

/// Runs `model` on real threads, again and again.
pub(super) fn run(model: &Model, path: &str, engine: Engine) -> Run {
    let progress = progress_file(path, &engine.to_string());
    let bodies = model.bodies.iter().cycle().cloned();
    repeat(bodies.take(Budget::get().scale(EXECUTIONS) as usize), progress)
}

/// Random scenarios on real threads: up to 4 threads with up to 24 operations each, every history judged.
///
/// # Panics
/// If a history is not linearizable.
pub fn stress<S: Structure>(structure: S, path: &str) {
    let path = test_name(path);
    let budget = Budget::get();
    let structure = Arc::new(structure);
    let seed = budget.seed();
    let bodies = (0..budget.scale(SCENARIOS)).map(|nth| {
        let shape = Shape { before: 8, threads: 2 + nth as usize % 3, operations: 24, after: 8 };
        Body::of(Arc::clone(&structure), Scenario::random(seed ^ nth, shape))
    });
    let model = Model::program(&short_name::<S::Sut>(), "linearizable", || ());
    let run = repeat(bodies, progress_file(path, "stress"));
    if let Some(fault) = run.close(&model, path, Engine::Stress) {
        panic!("\n{fault}");
    }
}
