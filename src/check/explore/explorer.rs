//! The explorer for everybody: a program in, what came of all of its executions out.

use super::Memory;
use super::checkpoint::{Books, Checkpoint, CheckpointError};
use super::driver::Stuck;
use super::machine::{Broken, Rules};
use super::progress::Demand;
use super::running::{Kept, Running};
use super::script::Script;
use super::search::{self, Seen};
use super::shard::Shard;
use super::team::{Job, Left, Limits};
use crate::check::failure::Failure;
use crate::sync::Reuse;
use crate::sync::host::{Arc, Mutex};
use crate::sync::model::{self, Oracle, Settings, Strength};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fmt;

/// A thread that takes more steps than this in one execution makes no progress.
const STEP_LIMIT: u64 = 2_000;

/// Explores all executions of a program.
///
/// ```
/// use selvedge::check::explore::{Explorer, Memory};
/// use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
/// use selvedge::sync::{Arc, thread};
///
/// let explored = Explorer::new(Memory::Weak).workers(2).explore(|| {
///     let shared = Arc::new(AtomicU64::new(0));
///     let other = Arc::clone(&shared);
///     let writer = thread::spawn(move || other.store(1, Relaxed));
///     let seen = shared.load(Relaxed);
///     writer.join().unwrap();
///     seen
/// });
/// assert!(explored.complete && explored.failure.is_none());
/// assert_eq!(explored.outcomes.into_iter().collect::<Vec<_>>(), [(0, 1), (1, 1)]);
/// ```
#[derive(Clone)]
#[must_use = "an explorer explores nothing until it is told what"]
pub struct Explorer {
    memory: Memory,
    disturbances: usize,
    deadlocks: bool,
    broken: Option<Broken>,
    at_most: u64,
    running: Running,
}

impl fmt::Debug for Explorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Explorer");
        debug.field("memory", &self.memory).field("disturbances", &self.disturbances);
        debug.field("deadlocks", &self.deadlocks).field("at_most", &self.at_most).finish_non_exhaustive()
    }
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
    /// Nothing is left to explore: no failure and no limit has ended the exploration before.
    pub complete: bool,
}

impl Explorer {
    /// An explorer for this memory model.
    pub fn new(memory: Memory) -> Self {
        let running = Running::default();
        Explorer { memory, disturbances: 1, deadlocks: false, broken: None, at_most: u64::MAX, running }
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

    /// After so many runs it ends, complete or not. Runs that are blocked or redundant count as well. Without
    /// this: no limit.
    pub fn at_most(self, runs: u64) -> Self {
        Explorer { at_most: runs, ..self }
    }

    /// So many threads of the operating system explore, each other executions. What they see together does not
    /// depend on their number, except for which failure is the first. Without this: as many as the environment
    /// variable `SELVEDGE_WORKERS` says, or one.
    ///
    /// # Panics
    /// If `workers` is 0.
    pub fn workers(self, workers: usize) -> Self {
        assert!(workers > 0, "without a worker nothing is explored");
        Explorer { running: Running { workers: Some(workers), ..self.running }, ..self }
    }

    /// While it explores, `watch` is told what has been seen so far: about ten times a second, and at the end.
    /// It is called between runs, and the exploration waits for it.
    pub fn watch(self, watch: impl Fn(Seen) + Send + Sync + 'static) -> Self {
        Explorer { running: Running { watch: Some(Arc::new(watch)), ..self.running }, ..self }
    }

    /// Only one part of several is explored, the one with the number `index`, from 0. The parts have no execution in
    /// common, and together they are the whole: for machines that share no memory. All must be of the same program
    /// and of the same settings. A limit on the runs is on those of this part; where the parts separate is not up
    /// to it, so part 0, which counts the runs before that, may make some more.
    ///
    /// # Panics
    /// If `index` is not below `of`.
    pub fn shard(self, index: usize, of: usize) -> Self {
        let shard = Shard::new(index, of).unwrap_or_else(|| panic!("there is no shard {index} of {of}"));
        Explorer { running: Running { shard: Some(shard), ..self.running }, ..self }
    }

    /// Explores `program`, which runs as the main thread of each execution.
    ///
    /// # Panics
    /// If `SELVEDGE_WORKERS` is needed, and is no number from 1.
    pub fn explore<T: Ord + Send + 'static>(
        &self,
        program: impl Fn() -> T + Send + Sync + 'static,
    ) -> Explored<T> {
        let outcomes = Outcomes::default();
        let left = self.run(&self.running, &outcomes, program);
        // Only what is kept in a file can fail.
        outcomes.explored(left.unwrap_or_else(|why| panic!("{why}")))
    }

    /// Explores `program`, and writes what is left of it to a file from time to time. If the file is there
    /// already, goes on from it: nothing is lost, and nothing is counted twice, whenever it was stopped, by
    /// whatever. When nothing is left, or something has failed, the file is removed; when a limit is reached
    /// ([`at_most`](Self::at_most), which counts all runs from the beginning), it stays.
    ///
    /// # Errors
    /// If the file cannot be read or written, is damaged, or is not of this search: of another version, of
    /// another binary, of another program, or of other settings. What a program has captured is not compared: it
    /// must be the same.
    ///
    /// # Panics
    /// If `SELVEDGE_WORKERS` is needed, and is no number from 1.
    pub fn explore_from<T, P>(
        &self,
        checkpoint: &Checkpoint,
        program: P,
    ) -> Result<Explored<T>, CheckpointError>
    where
        T: Ord + Send + Serialize + DeserializeOwned + 'static,
        P: Fn() -> T + Send + Sync + 'static,
    {
        let outcomes = Outcomes::default();
        let Explorer { disturbances, deadlocks, broken, .. } = self;
        let (name, weakened) = (std::any::type_name::<P>(), std::env::var("SELVEDGE_WEAKEN"));
        let search = format!(
            "{name} -> {}, {disturbances} disturbances, deadlocks {deadlocks}, {broken:?}, {weakened:?}",
            std::any::type_name::<T>()
        );
        let kept = Kept { checkpoint: checkpoint.clone(), search, books: outcomes.books() };
        let running = Running { kept: Some(kept), ..self.running.clone() };
        let left = self.run(&running, &outcomes, program)?;
        if left.is_complete() || !left.failures.is_empty() {
            checkpoint.remove()?;
        }
        Ok(outcomes.explored(left))
    }

    fn run<T: Ord + Send + 'static>(
        &self,
        running: &Running,
        outcomes: &Outcomes<T>,
        program: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<Left, CheckpointError> {
        let Explorer { memory, disturbances, broken, .. } = *self;
        let (stops, steps) = (Demand::NONE.stops, None);
        let rules = Rules { memory, disturbances, failures: disturbances, stops, steps, broken };
        let stuck = if self.deadlocks { Stuck::Allowed } else { Stuck::Fails };
        let job = Job {
            driver: &|| search::driver(rules, stuck),
            failed: &|_, _| (Script::default(), true),
            body: Arc::new(outcomes.count(program)),
        };
        let counted = Arc::clone(&outcomes.0);
        let forget = move || counted.lock().expect("no panic under this lock").clear();
        let running = Running { forget: Some(Arc::new(forget)), ..running.clone() };
        running.explore(&job, memory, Limits { runs: self.at_most, more: 0, failures: 1 })
    }
}

/// What executions returned, and how many each.
struct Outcomes<T>(Arc<Mutex<BTreeMap<T, u64>>>);

impl<T> Default for Outcomes<T> {
    fn default() -> Self {
        Outcomes(Arc::default())
    }
}

impl<T: Ord + Send + 'static> Outcomes<T> {
    /// An execution of `program`, whose outcome is counted.
    fn count(&self, program: impl Fn() -> T + Send + Sync + 'static) -> impl Fn() + Send + Sync + 'static {
        let outcomes = Arc::clone(&self.0);
        move || {
            let oracle = Oracle::Engine(Box::new(|_, answers| model::choose(answers)));
            let (strength, reuse) = (Strength::Plain, Reuse::Never);
            model::begin(Settings { strength, oracle, reuse, step_limit: STEP_LIMIT, silent: true });
            let outcome = program();
            if let Err(leak) = model::end() {
                panic!("{leak}");
            }
            *outcomes.lock().expect("no panic under this lock").entry(outcome).or_default() += 1;
        }
    }

    /// All of it, for a checkpoint.
    fn books(&self) -> Books
    where
        T: Serialize + DeserializeOwned,
    {
        let (saved, restored) = (Arc::clone(&self.0), Arc::clone(&self.0));
        let save = move || {
            let outcomes = saved.lock().expect("no panic under this lock");
            serde_json::to_value(outcomes.iter().collect::<Vec<_>>())
        };
        let restore = move |value| {
            let outcomes: Vec<(T, u64)> = serde_json::from_value(value)?;
            *restored.lock().expect("no panic under this lock") = outcomes.into_iter().collect();
            Ok(())
        };
        Books { save: Arc::new(save), restore: Arc::new(restore) }
    }

    /// All of it, and what else came of the program.
    fn explored(self, left: Left) -> Explored<T> {
        let Seen { executions, blocked, redundant, .. } = left.seen;
        let complete = left.is_complete();
        let failure = left.failures.into_iter().next().map(|failed| failed.failure);
        let outcomes = std::mem::take(&mut *self.0.lock().expect("no panic under this lock"));
        Explored { outcomes, executions, blocked, redundant, failure, complete }
    }
}
