//! From a program to its failure: explore, look for the simplest failing execution, tell it step by step.

use super::Memory;
use super::clock::THREADS;
use super::driver::Driver;
use super::graph::{Graph, Id};
use super::linear;
use super::machine::Rules;
use super::progress::Demand;
use super::running::Running;
use super::script::Script;
use super::search::{self, Search, Seen};
use super::team::{Failed, Job, Limits};
use crate::check::failure::{Failure, catching::catch};
use crate::sync::host::Arc;
use std::cell::RefCell;
use std::rc::Rc;

/// A program to explore: called on the main thread of each execution, told whether its steps are wanted.
pub(in crate::check) type Program = Arc<dyn Fn(bool) + Send + Sync>;

/// Not what is looked for; switches; steps that are not by default; steps.
type Weight = (bool, usize, usize, usize);

/// The most failing executions that are compared: each ends shuttle's run, and the next begins a new one.
const FAILURES: usize = 100;

/// How a program is explored.
#[derive(Clone, Copy, Debug)]
pub(in crate::check) struct Plan {
    pub memory: Memory,
    /// The most executions.
    pub cap: u64,
    /// After a failure, so many more runs look for a simpler one.
    pub more: u64,
    /// The most disturbances of an execution: see [`Explorer::disturbances`](super::Explorer::disturbances).
    pub disturbances: usize,
    /// Weak compare-exchanges may fail for no reason.
    pub weak_fails: bool,
    /// Threads that stop for ever, and what the others must do all the same.
    pub progress: Demand,
}

/// What came of it.
#[derive(Debug)]
pub(in crate::check) struct Hunted {
    /// What was seen, up to the first failure that was wanted.
    pub seen: Seen,
    /// Nothing is left to explore.
    pub complete: bool,
    /// The simplest failing execution that was met.
    pub failure: Option<Failure>,
    /// The most events that each thread had.
    pub longest: [u16; THREADS],
}

impl Plan {
    fn rules(&self) -> Rules {
        let failures = if self.weak_fails { self.disturbances } else { 0 };
        Rules {
            memory: self.memory,
            disturbances: self.disturbances,
            failures,
            stops: self.progress.stops,
            steps: self.progress.steps,
            broken: None,
        }
    }

    /// Explores `program`. Among failures those that are `wanted` come first, then those with few switches.
    pub(in crate::check) fn hunt(
        &self,
        program: &Program,
        wanted: &(dyn Fn(&Failure) -> bool + Sync),
    ) -> Hunted {
        self.hunt_with(program, wanted, &Running::default())
    }

    /// The same, run like this.
    pub(in crate::check) fn hunt_with(
        &self,
        program: &Program,
        wanted: &(dyn Fn(&Failure) -> bool + Sync),
        running: &Running,
    ) -> Hunted {
        let (rules, stuck, own) = (self.rules(), self.progress.stuck(), Arc::clone(program));
        let job = Job {
            driver: &|| search::driver(rules, stuck),
            failed: &|driver, failure| (self.script_of_failure(driver), wanted(failure)),
            body: Arc::new(move || own(false)),
        };
        let limits = Limits { runs: self.cap, more: self.more, failures: FAILURES };
        let left = running.explore(&job, self.memory, limits).unwrap_or_else(|why| panic!("{why}"));
        let complete = left.stacks.is_empty();
        let found = left.failures.iter().find(|failed| failed.wanted);
        let seen = found.map_or(left.seen, |failed| failed.seen);
        let weight = |Failed { script, wanted, .. }: &Failed| -> Weight {
            (!wanted, script.switches(), script.oddities(), script.steps())
        };
        let simplest = left.failures.into_iter().min_by_key(weight);
        let failure = simplest.map(|failed| self.tell(program, &failed.script, failed.failure));
        Hunted { seen, complete, failure, longest: left.longest }
    }

    /// The steps of the execution that has just failed, in an order with few switches.
    fn script_of_failure(&self, driver: &Driver) -> Script {
        let run = driver.run.borrow();
        let after: Vec<(Id, Id)> = driver.real_time.borrow().clone();
        let graph: &Graph = &run.graph;
        let ran = |id: Id| run.past.has(id);
        self.progress.with_stops(linear::script(graph, self.memory, &after, &ran))
    }

    /// Runs the execution once more, with its steps written down.
    fn tell(&self, program: &Program, script: &Script, failure: Failure) -> Failure {
        let schedule = Some(script.to_string());
        match self.replay(program, script) {
            Some(told) => Failure { schedule, ..told },
            None => Failure { trace: "(the execution could not be repeated)".into(), schedule, ..failure },
        }
    }

    /// Runs one execution, with its steps written down: how it fails, if it does.
    pub(in crate::check) fn replay(&self, program: &Program, script: &Script) -> Option<Failure> {
        // Which threads stop, the script says.
        let stops = Demand::NONE.stops;
        let driver = search::driver(Rules { stops, ..self.rules() }, script.stuck());
        driver.run.borrow_mut().script = Some(script.0.iter().copied().collect());
        let search = Rc::new(RefCell::new(Search::new()));
        let body = Rc::new(Arc::clone(program));
        let once = |search: &mut Search| search.seen.runs() == 0;
        catch(|| search::explore(&driver, &search, once, move || body(true)), Box::new(|_| ()))
    }
}
