//! The explorer for everybody: a program in, what came of all of its executions out.

use super::Memory;
use super::driver::Stuck;
use super::machine::{Broken, Rules};
use super::progress::Demand;
use super::search::{self, Search, Seen};
use crate::check::failure::{Failure, catching::catch};
use crate::sync::Reuse;
use crate::sync::host::{Arc, Mutex};
use crate::sync::model::{self, Oracle, Settings, Strength};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A thread that takes more steps than this in one execution makes no progress.
const STEP_LIMIT: u64 = 2_000;

/// Explores all executions of a program.
#[derive(Clone, Debug)]
#[must_use = "an explorer explores nothing until it is told what"]
pub struct Explorer {
    memory: Memory,
    disturbances: usize,
    deadlocks: bool,
    broken: Option<Broken>,
}

/// What came of a program.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explored<T> {
    /// What the executions returned, and how many each.
    pub outcomes: BTreeMap<T, u64>,
    /// Executions that came to their end. No two have the same events, reads-from relation and modification
    /// orders.
    pub executions: u64,
    /// Runs in which some thread could not go on, for ever.
    pub blocked: u64,
    /// Runs that were given up, since they only repeated a turn of a loop that waits.
    pub redundant: u64,
    /// The first failure. Nothing is explored after it.
    pub failure: Option<Failure>,
}

impl Explorer {
    /// An explorer for this memory model.
    pub fn new(memory: Memory) -> Self {
        Explorer { memory, disturbances: 1, deadlocks: false, broken: None }
    }

    /// In each execution at most so many things happen that nobody can count on: a weak compare-exchange that
    /// fails for no reason, a wake-up that nobody sent, a time-out. Without this: one.
    pub fn disturbances(self, most: usize) -> Self {
        Explorer { disturbances: most, ..self }
    }

    /// A deadlock is no failure, and its execution has no outcome.
    pub fn allow_deadlocks(self) -> Self {
        Explorer { deadlocks: true, ..self }
    }

    /// An explorer that is wrong in this way, for the tests of its tests.
    #[doc(hidden)]
    pub fn broken(self, broken: Broken) -> Self {
        Explorer { broken: Some(broken), ..self }
    }

    /// Explores `program`, which runs as the main thread of each execution.
    pub fn explore<T: Ord + Send + 'static>(
        &self,
        program: impl Fn() -> T + Send + Sync + 'static,
    ) -> Explored<T> {
        let Explorer { memory, disturbances, broken, .. } = *self;
        let (stops, steps) = (Demand::NONE.stops, None);
        let rules = Rules { memory, disturbances, failures: disturbances, stops, steps, broken };
        let driver = search::driver(rules, if self.deadlocks { Stuck::Allowed } else { Stuck::Fails });
        let search = Rc::new(RefCell::new(Search::new()));
        let outcomes: Arc<Mutex<BTreeMap<T, u64>>> = Arc::default();
        let (seen, program) = (Arc::clone(&outcomes), Arc::new(program));
        let body = move || {
            let oracle = Oracle::Engine(Box::new(|_, answers| model::choose(answers)));
            let (strength, reuse) = (Strength::Plain, Reuse::Never);
            model::begin(Settings { strength, oracle, reuse, step_limit: STEP_LIMIT, silent: true });
            let outcome = program();
            if let Err(leak) = model::end() {
                panic!("{leak}");
            }
            *seen.lock().expect("no panic under this lock").entry(outcome).or_default() += 1;
        };
        let failure = catch(|| search::explore(&driver, &search, |_| true, body), Box::new(|_| ()));
        let Seen { executions, blocked, redundant, .. } = search.borrow().seen;
        let outcomes = std::mem::take(&mut *outcomes.lock().expect("no panic under this lock"));
        Explored { outcomes, executions, blocked, redundant, failure }
    }
}
