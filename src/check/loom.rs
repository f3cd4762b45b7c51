//! loom: runs a model to loom's end, or to its cap.

use super::body::Body;
use super::budget::Budget;
use super::execute::{Context, Respect};
use super::failure::{Failure, catching::catch};
use super::history::Order;
use super::model::{Engine, Model};
use super::record::Coverage;
use super::run::Run;
use super::tally::Tally;
use crate::sync::Choice;
use crate::sync::host::{Arc, Mutex};
use crate::sync::model::{self, Limits, Oracle, Settings, Strength};
use std::path::PathBuf;

/// The most executions of one exploration in a normal run.
const CAP: u64 = 400_000;

/// The most preemptions of an execution in a quick run.
const QUICK_PREEMPTIONS: usize = 2;

/// How many choices of one kind are turned, one at a time: loom itself cannot choose.
const TURNED: usize = 2;

/// Runs `model` in this process. loom may abort it: see `subprocess`.
///
/// `told` hears of a failure before anything is unwound.
pub(super) fn run_here(
    model: &Model,
    engine: Engine,
    progress: Option<PathBuf>,
    told: impl Fn(Run) + Clone + 'static,
) -> Run {
    let tally = Tally::new(progress);
    let most = if Budget::get() == Budget::Long { Budget::Long.scale(CAP) } else { CAP };
    let cap = model.executions.map_or(most, |own| own.min(most));
    let mut failure = None;
    let mut finished = true;
    for (nth, body) in model.bodies.iter().enumerate() {
        let seen: Arc<Mutex<Vec<Choice>>> = Arc::default();
        let explore = |plan: Option<(Choice, usize)>| {
            let one = Exploration { model, engine, body, nth, plan, tally: &tally, seen: &seen, cap };
            one.run(told.clone())
        };
        let mut plans = vec![None];
        while let Some(plan) = plans.pop() {
            let (ended, failed) = explore(plan);
            finished &= ended;
            failure = failure.or(failed);
            if failure.is_some() {
                break;
            }
            if plan.is_none() {
                // Each kind of choice came up so often in some execution: now turn the first few.
                let seen = seen.lock().expect("no panic under this lock").clone();
                for choice in model.allowed_choices() {
                    let times = seen.iter().filter(|kind| **kind == choice).count();
                    plans.extend((0..times.min(TURNED)).map(|nth| Some((choice, nth))));
                }
            }
        }
    }
    // A failure is where loom stopped.
    Run::new(&tally, coverage(model, finished && failure.is_none()), failure)
}

/// The bound on preemptions: the model's own, and a small one for a quick run.
fn preemptions(model: &Model) -> Option<usize> {
    match Budget::get() {
        Budget::Quick => Some(model.preemptions.map_or(QUICK_PREEMPTIONS, |own| own.min(QUICK_PREEMPTIONS))),
        Budget::Normal | Budget::Long => model.preemptions,
    }
}

fn coverage(model: &Model, finished: bool) -> Coverage {
    match (finished, preemptions(model)) {
        (false, _) => Coverage::Capped,
        (true, Some(most)) => Coverage::Bounded(most),
        (true, None) => Coverage::Complete,
    }
}

struct Exploration<'a> {
    model: &'a Model,
    engine: Engine,
    body: &'a Body,
    /// Which of the model's bodies.
    nth: usize,
    plan: Option<(Choice, usize)>,
    tally: &'a Tally,
    /// The choices that came up: of each kind as many as in the execution that met most.
    seen: &'a Arc<Mutex<Vec<Choice>>>,
    cap: u64,
}

impl Exploration<'_> {
    /// Whether loom came to its end, and what it found.
    fn run(&self, told: impl Fn(Run) + 'static) -> (bool, Option<Failure>) {
        let strength = match self.engine {
            Engine::LoomStrong => Strength::Strong,
            _ => Strength::Plain,
        };
        let order = match strength {
            Strength::Strong => Respect::Order(Order::RealTime),
            Strength::Plain => Respect::Order(Order::Program),
        };
        let context = Context { order, tally: self.tally.clone(), body: self.nth };
        let (body, seen) = (self.body.clone(), Arc::clone(self.seen));
        let (plan, reuse) = (self.plan, self.model.reuse);
        let execution = move || {
            context.tally.begin();
            let oracle = plan.map_or(Oracle::Undisturbed, |(choice, nth)| Oracle::Nth(choice, nth));
            model::begin(Settings { strength, oracle, reuse, step_limit: 0, silent: false });
            body.run(&context);
            super::close_execution(&context.tally);
            let met = model::choices();
            let mut seen = seen.lock().expect("no panic under this lock");
            let count = |of: &[Choice], kind| of.iter().filter(|choice| **choice == kind).count();
            for &kind in &met {
                if count(&met, kind) > count(&seen, kind) {
                    seen.push(kind);
                }
            }
        };
        let before = self.tally.counts().executions;
        let limits = Limits { preemptions: preemptions(self.model), executions: self.cap };
        let tally = self.tally.clone();
        let told = move |failure: &Failure| {
            told(Run::new(&tally, Coverage::Capped, Some(failure.clone())));
        };
        let failure = catch(|| model::explore(limits, execution), Box::new(told));
        // loom stops *before* the execution with the number of its limit: one that it was about to begin.
        let begun = self.tally.counts().executions - before;
        (begun + 1 < self.cap, failure)
    }
}
