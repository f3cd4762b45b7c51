//! The explorer: runs a model to its end, makes what fails small, and writes it down as a test.

use super::body::Body;
use super::budget::Budget;
use super::execute::{Context, Respect};
use super::explore::{self, Demand, Hunted, Memory, Plan, Program, Running, STEP_LIMIT, Script, Seen};
use super::failure::Failure;
use super::model::{Engine, Expect, Model};
use super::parts::Parts;
use super::progress::Progress;
use super::record::Coverage;
use super::run::Run;
use super::tally::Tally;
use crate::sync::host::Arc;
use crate::sync::model::{self, Oracle, Settings, Strength};
use crate::sync::{Choice, Reuse};
use std::path::PathBuf;
use std::rc::Rc;

/// The most executions of one body in a normal run; a tenth of it must do for the models of a quick one.
const CAP: u64 = 6_000_000;

/// After a failure, so many more runs look for a simpler one, and so many failing executions are compared.
const MORE: u64 = 2_000;
const FAILURES: usize = 100;

/// The most runs that are spent on a smaller scenario, and on the smallest: mostly all of its executions. Of that, so many
/// failing ones are compared.
const SMALLER: u64 = 20_000;
const SMALLEST_FAILURES: usize = 2_000;

fn memory(engine: Engine) -> Memory {
    if engine == Engine::ExplorerSc { Memory::Sc } else { Memory::Weak }
}

fn program(body: Body, nth: usize, choices: Vec<Choice>, reuse: Reuse, tally: Tally) -> Program {
    let context = Context { order: Respect::Graph, tally, body: nth };
    Arc::new(move |recorded| {
        context.tally.begin();
        let allowed = choices.clone();
        let oracle = Oracle::Engine(Rc::new(move |choice, answers| {
            if allowed.contains(&choice) { model::choose(choice, answers) } else { 0 }
        }));
        let (strength, step_limit, silent) = (Strength::Plain, STEP_LIMIT, !recorded);
        model::begin(Settings { strength, oracle, reuse, step_limit, silent });
        body.run(&context);
        if explore::is_execution() {
            super::close_execution(&context.tally);
        }
    })
}

fn plan(model: &Model, engine: Engine, cap: u64) -> Plan {
    let weak_fails = model.allowed_choices().contains(&Choice::SpuriousFailure);
    let steps = model.progress.and_then(Progress::steps);
    let progress = Demand { steps, ..Demand::NONE };
    let memory = memory(engine);
    Plan { memory, cap, more: MORE, failures: FAILURES, disturbances: 1, weak_fails, progress }
}

/// Runs `model`.
pub(super) fn run(model: &Model, path: &str, engine: Engine, progress: Option<PathBuf>) -> Run {
    let tally = Tally::new(progress);
    let parts = Parts::of_environment(path, engine);
    let bodies = if parts.has_nothing_of(model) { &[] } else { model.explored_bodies() };
    let cap = Budget::get().scale(CAP).min(model.executions.unwrap_or(u64::MAX));
    let mut complete = true;
    for (nth, body) in bodies.iter().enumerate() {
        let of = |body: &Body, tally: &Tally| {
            program(body.clone(), nth, model.allowed_choices(), model.reuse, tally.clone())
        };
        let plan = plan(model, engine, cap);
        let running = parts.running(model, nth, describe(model, path, &plan, body), &tally);
        let Hunted { complete: ended, failure, longest, .. } =
            hunt(&plan, model, &of(body, &tally), &tally, &running);
        complete &= ended;
        if let Some(failure) = failure {
            let (body, failure) = make_smaller(model, engine, body.clone(), failure, &of);
            let failure = write_test(model, engine, &body, failure);
            parts.remove(bodies.len());
            return Run::new(&tally, Coverage::Capped, Some(failure));
        }
        // Where a thread stops matters to the failure, so the scenario stays as it is.
        let stopping = model.stopping.as_deref();
        let demands = model.progress.map(|level| level.demands(&longest, stopping)).unwrap_or_default();
        let all = demands.len();
        tally.stops(all as u64);
        let stopped = demands.into_iter().enumerate().find_map(|(stop, progress)| {
            let running = parts.stopping(model, nth, stop, all, &tally);
            let Hunted { complete: ended, failure, .. } =
                hunt(&Plan { progress, ..plan }, model, &of(body, &tally), &tally, &running);
            complete &= ended;
            failure
        });
        if let Some(failure) = stopped {
            let body = body.clone();
            let failure = write_test(model, engine, &body, failure);
            parts.remove(bodies.len());
            return Run::new(&tally, Coverage::Capped, Some(failure));
        }
    }
    if !complete {
        // What is left may be explored with a larger budget.
        return Run::new(&tally, Coverage::Capped, None);
    }
    parts.remove(bodies.len());
    Run::new(&tally, parts.coverage(), None)
}

/// What tells the exploration of a body from others.
fn describe(model: &Model, path: &str, plan: &Plan, body: &Body) -> String {
    let Plan { disturbances, weak_fails, progress, .. } = plan;
    let (choices, reuse) = (model.allowed_choices(), model.reuse);
    let source = body.declared.as_ref().map(|declared| declared.source(None));
    let weakened = std::env::var("SELVEDGE_WEAKEN");
    format!(
        "{path}, {source:?}, {choices:?}, {reuse:?}, {disturbances}, {weak_fails}, {progress:?}, {weakened:?}"
    )
}

/// Explores, and counts what is seen up to the first failure that is wanted.
fn hunt(plan: &Plan, model: &Model, program: &Program, tally: &Tally, running: &Running) -> Hunted {
    let wanted = |failure: &Failure| {
        let wanted = is_wanted(model, failure);
        if wanted {
            // The rest only looks for a simpler one.
            tally.close();
        }
        wanted
    };
    let hunted = plan.hunt_with(program, &wanted, running);
    let Seen { executions, failed, blocked, redundant, .. } = hunted.seen;
    // Where a thread is to stop, that it does is no lost run.
    let (ended, lost) =
        if plan.progress.stops_a_thread() { (executions + blocked, 0) } else { (executions, blocked) };
    tally.settle(ended + failed, lost + redundant);
    hunted
}

/// Whether the failure is what the model is about: a control's own defect, or any.
fn is_wanted(model: &Model, failure: &Failure) -> bool {
    match &model.expect {
        Expect::Holds => true,
        Expect::Fails { saying, .. } => {
            saying.is_empty() || saying.iter().any(|words| failure.message.contains(words))
        }
    }
}

/// What the failure is, without what it is about: its message up to a colon.
fn kind(failure: &Failure) -> &str {
    failure.message.split(':').next().unwrap_or(&failure.message)
}

/// The smallest body that still fails in the same way, and how.
fn make_smaller(
    model: &Model,
    engine: Engine,
    mut body: Body,
    mut failure: Failure,
    of: &dyn Fn(&Body, &Tally) -> Program,
) -> (Body, Failure) {
    let plan = plan(model, engine, SMALLER);
    if !is_wanted(model, &failure) {
        return (body, failure);
    }
    let kind = kind(&failure).to_string();
    // With less in it others may wait for what nobody does: that would be no failure.
    let waits = ["deadlock", "no progress"].contains(&kind.as_str());
    let wanted = |failure: &Failure| is_wanted(model, failure) && self::kind(failure) == kind;
    loop {
        let all = body.declared.as_ref().map(|declared| declared.smaller()).unwrap_or_default();
        let may_wait = |body: &Body| body.declared.as_ref().is_some_and(|it| it.may_wait_for_ever());
        let mut all = all.into_iter().filter(|less| !(waits && may_wait(less)));
        let smaller = all.find_map(|less| {
            let Hunted { failure, .. } = plan.hunt(&of(&less, &Tally::new(None)), &wanted);
            Some((less, failure.filter(wanted)?))
        });
        let Some(smaller) = smaller else { break };
        (body, failure) = smaller;
    }
    let all = Plan { more: SMALLER, failures: SMALLEST_FAILURES, ..plan };
    let Hunted { complete, failure: simplest, .. } = all.hunt(&of(&body, &Tally::new(None)), &wanted);
    let simplest = simplest.filter(wanted).map(|simplest| Failure { fewest: complete, ..simplest });
    (body, simplest.unwrap_or(failure))
}

/// The failing execution as a `#[test]` that can be pasted.
fn write_test(model: &Model, engine: Engine, body: &Body, failure: Failure) -> Failure {
    let test = failure.schedule.as_ref().and_then(|schedule| {
        let (memory, name) = match memory(engine) {
            Memory::Sc => ("Sc", "as_found_under_sc"),
            Memory::Weak => ("Weak", "as_found_under_weak"),
        };
        let model = written(model, body)?;
        Some(format!(
            "#[test]\n#[cfg(shuttle)]\nfn {name}() {{\n    use selvedge::check::explore::Memory;\n    \
             {model}.replay(Memory::{memory}, \"{schedule}\");\n}}\n"
        ))
    });
    Failure { test, ..failure }
}

/// The model, of which this body failed, as it would be written down, up to a call: the expression that it comes from, if
/// that is known, and the scenario in place of its own.
fn written(model: &Model, body: &Body) -> Option<String> {
    let (expression, within) = model.source?;
    let expression = expression.replace("$crate", "selvedge");
    let on = body.declared.as_ref().map(|declared| {
        let scenario = declared.source(Some(within));
        format!("\n        .on({scenario})\n        ")
    });
    Some(format!("let model = {expression};\n    model{}", on.unwrap_or_default()))
}

impl Model {
    /// Runs one execution: the one that a failure of the explorer tells as its schedule.
    ///
    /// # Panics
    /// If the execution fails, with its trace; or if `schedule` is no schedule.
    #[track_caller]
    pub fn replay(self, memory: Memory, schedule: &str) {
        let script: Script = schedule.parse().unwrap_or_else(|why| panic!("{why}"));
        let engine = if memory == Memory::Sc { Engine::ExplorerSc } else { Engine::ExplorerWeak };
        for (nth, body) in self.bodies.iter().enumerate() {
            let tally = Tally::new(None);
            let program = program(body.clone(), nth, self.allowed_choices(), self.reuse, tally);
            if let Some(failure) = plan(&self, engine, 1).replay(&program, &script) {
                panic!("{failure}");
            }
        }
    }
}
