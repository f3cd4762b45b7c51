//! The explorer for everybody: a program in, what came of all of its executions out.

use super::Memory;
use super::checkpoint::{Checkpoint, CheckpointError};
use super::driver::Stuck;
use super::machine::{Broken, Rules};
use super::outcomes::{Outcomes, execution};
use super::progress::Demand;
use super::replay;
use super::running::{Kept, Running};
use super::script::Script;
use super::search::{self, Seen};
use super::shard::Shard;
use super::team::{Job, Left, Limits};
use crate::check::failure::Failure;
use crate::sync::Reuse;
use crate::sync::host::{Arc, Mutex};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fmt;

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
    time_outs: Option<usize>,
    reuse: Reuse,
    broken: Option<Broken>,
    at_most: u64,
    running: Running,
}

impl fmt::Debug for Explorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Explorer");
        debug.field("memory", &self.memory).field("disturbances", &self.disturbances);
        debug
            .field("deadlocks", &self.deadlocks)
            .field("time_outs", &self.time_outs)
            .field("reuse", &self.reuse)
            .field("at_most", &self.at_most)
            .finish_non_exhaustive()
    }
}

/// What came of a program.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explored<T> {
    /// What the executions returned, and how many each. Those that came to no end have returned nothing, even if their
    /// main thread has.
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
        let reuse = Reuse::Never;
        Explorer {
            memory,
            disturbances: 1,
            deadlocks: false,
            time_outs: None,
            reuse,
            broken: None,
            at_most: u64::MAX,
            running,
        }
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

    /// Time-outs are no disturbances: each wait that has one may end by it, at most so many in an execution. One in which
    /// nobody can go on but by a time-out is not over and has no outcome: it counts as `blocked`, and what comes of the
    /// time-out is another execution, unless there were as many already. It is a deadlock all the same if some threads
    /// wait for each other's locks and ends and for nothing else. Without this: a time-out is a disturbance, and
    /// who needs one to go on is told as a deadlock, since a protocol whose progress hangs on a clock has mostly lost a
    /// wake-up.
    pub fn time_outs(self, most: usize) -> Self {
        Explorer { time_outs: Some(most), ..self }
    }

    /// How freed addresses come back. Unless that is never: each allocation gets, in executions of their own, an
    /// address that was not used yet, and that of each node of the same layout whose free happens before it and that no
    /// other allocation has got. Without this: never.
    pub fn reuse(self, reuse: Reuse) -> Self {
        Explorer { reuse, ..self }
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
        Explored::new(outcomes, left.unwrap_or_else(|why| panic!("{why}")))
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
        let Explorer { disturbances, deadlocks, time_outs, reuse, broken, .. } = self;
        let (name, weakened) = (std::any::type_name::<P>(), std::env::var("SELVEDGE_WEAKEN"));
        let search = format!(
            "{name} -> {}, {disturbances} disturbances, deadlocks {deadlocks}, time-outs {time_outs:?}, {reuse:?}, {broken:?}, {weakened:?}",
            std::any::type_name::<T>()
        );
        let kept = Kept { checkpoint: checkpoint.clone(), search, books: outcomes.books() };
        let running = Running { kept: Some(kept), ..self.running.clone() };
        let left = self.run(&running, &outcomes, program)?;
        if left.is_complete() || !left.failures.is_empty() {
            checkpoint.remove()?;
        }
        Ok(Explored::new(outcomes, left))
    }

    /// Runs one execution of `program`: the one that the schedule of a failure tells. What it returns.
    ///
    /// # Errors
    /// How the execution fails, with its steps.
    pub fn replay<T: Send + 'static>(
        &self,
        schedule: &Script,
        program: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<T, Failure> {
        let returned = Arc::new(Mutex::new(None));
        let into = Arc::clone(&returned);
        let program = execution(Arc::new(program), self.reuse, move |outcome| {
            into.lock().expect("no panic under this lock").replace(outcome);
        });
        let failure = replay::replay(self.rules(), &program, schedule);
        let returned = returned.lock().expect("no panic under this lock").take();
        match (failure, returned) {
            (None, Some(returned)) => Ok(returned),
            (Some(failure), _) => Err(failure),
            (None, None) => Err(Failure::new("the execution does not come to an end".into(), String::new())),
        }
    }

    fn rules(&self) -> Rules {
        let Explorer { memory, disturbances, time_outs, broken, .. } = *self;
        Rules { memory, disturbances, failures: disturbances, time_outs, demand: Demand::NONE, broken }
    }

    fn run<T: Ord + Send + 'static>(
        &self,
        running: &Running,
        outcomes: &Outcomes<T>,
        program: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<Left, CheckpointError> {
        let (memory, rules) = (self.memory, self.rules());
        let stuck = if self.deadlocks { Stuck::Allowed } else { Stuck::Fails };
        let program = Arc::new(program);
        let (body, told) =
            (outcomes.count(Arc::clone(&program), self.reuse), execution(program, self.reuse, drop));
        let job = Job {
            driver: &|| search::driver(rules, stuck),
            failed: &|driver, _| (replay::script_of(driver, memory), true),
            body: Arc::new(move || body(false)),
        };
        let running = Running { forget: Some(outcomes.forget()), ..running.clone() };
        let limits = Limits { runs: self.at_most, more: 0, failures: 1 };
        let mut left = running.explore(&job, memory, limits)?;
        for failed in &mut left.failures {
            let failure = Failure::new(std::mem::take(&mut failed.failure.message), String::new());
            failed.failure = replay::tell(rules, &told, &failed.script, failure);
        }
        Ok(left)
    }
}

impl<T: Ord + Send + 'static> Explored<T> {
    fn new(outcomes: Outcomes<T>, left: Left) -> Self {
        let Seen { executions, blocked, redundant, .. } = left.seen;
        let complete = left.is_complete();
        let failure = left.failures.into_iter().next().map(|failed| failed.failure);
        Explored { outcomes: outcomes.take(), executions, blocked, redundant, failure, complete }
    }
}
