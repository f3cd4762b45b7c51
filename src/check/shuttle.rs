//! shuttle: random schedules, uniform and by probabilistic concurrency testing.

use super::body::Body;
use super::budget::Budget;
use super::execute::{Context, Respect};
use super::failure::catching::catch;
use super::history::Order;
use super::model::{Engine, Model};
use super::record::{Coverage, progress_file};
use super::run::Run;
use super::scenario::{Scenario, Shape};
use super::spec::Structure;
use super::tally::Tally;
use crate::sync::host::Arc;
use crate::sync::model::{self, Oracle, Schedules, Settings, Strength};
use crate::sync::{Choice, Reuse};
use arbitrary::Unstructured;
use std::rc::Rc;

/// Executions of one model under one engine in a normal run.
const EXECUTIONS: u64 = 20_000;

/// No thread of a model needs so many steps: one that takes them makes no progress.
const STEP_LIMIT: u64 = 20_000;

/// One disturbance in so many choices.
const RARELY: u64 = 8;

/// A choice by the schedule's own random numbers, so that a replayed schedule makes it again.
fn oracle(allowed: Vec<Choice>) -> Oracle {
    Oracle::Engine(Rc::new(move |choice, answers| {
        if !allowed.contains(&choice) {
            return 0;
        }
        let drawn = model::random();
        if drawn.is_multiple_of(RARELY) { 1 + (drawn / RARELY) as usize % (answers - 1) } else { 0 }
    }))
}

fn execution(
    body: Body,
    nth: usize,
    choices: Vec<Choice>,
    reuse: Reuse,
    tally: Tally,
) -> impl Fn() + Send + Sync {
    let context = Context { order: Respect::Order(Order::RealTime), tally, body: nth };
    // Address reuse is asked for by the setting, so the oracle may always choose it.
    let allowed: Vec<Choice> = choices.into_iter().chain([Choice::AddressReuse]).collect();
    move || {
        context.tally.begin();
        let oracle = oracle(allowed.clone());
        let strength = Strength::Plain;
        model::begin(Settings { strength, oracle, reuse, step_limit: STEP_LIMIT, silent: false });
        body.run(&context);
        super::close_execution(&context.tally);
    }
}

/// Runs `model` under `engine`.
pub(super) fn run(model: &Model, path: &str, engine: Engine) -> Run {
    let progress = progress_file(path, &engine.to_string());
    if Engine::EXPLORERS.contains(&engine) {
        return super::explored::run(model, path, engine, progress);
    }
    let tally = Tally::new(progress);
    let budget = Budget::get();
    let executions = (budget.scale(EXECUTIONS) / model.bodies.len() as u64).max(1);
    let schedules = match engine {
        // Where there is one thread there are no priorities: shuttle's PCT refuses to run it.
        _ if !model.concurrent => Schedules::Random { seed: budget.seed(), executions },
        Engine::ShuttlePct2 => Schedules::Pct { depth: 2, seed: budget.seed(), executions },
        Engine::ShuttlePct3 => Schedules::Pct { depth: 3, seed: budget.seed(), executions },
        _ => Schedules::Random { seed: budget.seed(), executions },
    };
    let failure = model.bodies.iter().enumerate().find_map(|(nth, body)| {
        let one = execution(body.clone(), nth, model.allowed_choices(), model.reuse, tally.clone());
        catch(|| model::sample(schedules.clone(), one), Box::new(|_| ()))
    });
    Run::new(&tally, Coverage::Sampled, failure)
}

/// One execution whose scenario and whose schedule are both the bytes of a fuzzer.
///
/// # Panics
/// If something goes wrong in it: with the trace and the history.
pub fn fuzz_schedule<S: Structure>(structure: S, bytes: &[u8], shape: Shape) {
    let mut bytes = Unstructured::new(bytes);
    let Ok(scenario) = Scenario::<S::Op>::decode(&mut bytes, shape) else { return };
    let rest = bytes.take_rest().to_vec();
    let structure = Arc::new(structure);
    let body = Body::of(structure, scenario);
    let choices = vec![Choice::SpuriousFailure, Choice::SpuriousWakeUp, Choice::TimeOut];
    let one = execution(body, 0, choices, Reuse::Never, Tally::new(None));
    if let Some(failure) = catch(|| model::sample(Schedules::Bytes(rest), one), Box::new(|_| ())) {
        panic!("{failure}");
    }
}
