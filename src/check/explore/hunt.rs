//! From a program to its failure: explore, look for the simplest failing execution, tell it step by step.

use super::Memory;
use super::clock::THREADS;
use super::driver::Driver;
use super::graph::{Graph, Id};
use super::linear;
use super::machine::Rules;
use super::progress::Demand;
use super::script::Script;
use super::search::{self, Search, Seen};
use crate::check::failure::{Failure, catching::catch};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A program to explore: called on the main thread of each execution, told whether its steps are wanted.
pub(in crate::check) type Program = Rc<dyn Fn(bool)>;

/// Not what is looked for; switches; steps that are not by default; steps.
type Weight = (bool, usize, usize, usize);

/// The most failing executions that are compared: each ends shuttle's run, and the next begins a new one.
const FAILURES: u64 = 100;

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
    pub(in crate::check) fn hunt(&self, program: &Program, wanted: &dyn Fn(&Failure) -> bool) -> Hunted {
        let driver = search::driver(self.rules(), self.progress.stuck());
        let search = Rc::new(RefCell::new(Search::new()));
        let limit = Rc::new(Cell::new(self.cap));
        let mut simplest: Option<(Weight, Script, Failure)> = None;
        let mut found: Option<Seen> = None;
        loop {
            let (at_most, body) = (Rc::clone(&limit), Rc::clone(program));
            let go_on = move |search: &mut Search| search.seen.runs() < at_most.get();
            let explore = || search::explore(&driver, &search, go_on, move || body(false));
            let Some(failure) = catch(explore, Box::new(|_| ())) else { break };
            let script = self.script_of_failure(&driver);
            let mut search = search.borrow_mut();
            let run = &mut *driver.run.borrow_mut();
            search.seen.failed += 1;
            search.seen.share += run.graph.share;
            search.stack.append(&mut run.out.left);
            limit.set(self.cap.min(search.seen.runs() + self.more));
            let wanted = wanted(&failure);
            found = found.or(wanted.then_some(search.seen));
            let weight = (!wanted, script.switches(), script.oddities(), script.steps());
            if simplest.as_ref().is_none_or(|(other, ..)| weight < *other) {
                simplest = Some((weight, script, failure));
            }
            if search.seen.failed >= FAILURES {
                break;
            }
        }
        let search = search.borrow();
        let failure = simplest.map(|(_, script, failure)| self.tell(program, &script, failure));
        let longest = *driver.longest.borrow();
        Hunted { seen: found.unwrap_or(search.seen), complete: search.stack.is_empty(), failure, longest }
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
        let body = Rc::clone(program);
        let once = |search: &mut Search| search.seen.runs() == 0;
        catch(|| search::explore(&driver, &search, once, move || body(true)), Box::new(|_| ()))
    }
}
