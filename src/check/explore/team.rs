//! Workers: threads of the operating system that share what is left to explore.
//!
//! A graph is explored without regard to any other, so who explores it does not matter: the workers together
//! see what one would see. Each has a stack of its own. One that has nothing left waits until another gives
//! away the older half of its stack: old graphs are small, and much lies behind them.
//!
//! All that the workers have in common is behind one lock, taken between runs. There they report what they
//! have seen, and there they stop: for good, or until what is left is written to a checkpoint.

use super::checkpoint::{CheckpointError, Keeper};
use super::clock::THREADS;
use super::driver::Driver;
use super::script::Script;
use super::search::{Search, Seen, Stack, explore};
use crate::check::failure::{Failure, catching::catch};
use crate::sync::PoisonError;
use crate::sync::host::{Arc, Condvar, Instant, Mutex, MutexGuard, on_threads};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// Who watches is told so often.
const TOLD: Duration = Duration::from_millis(100);

/// A failing execution of more steps than this is a long one.
const LONG: u64 = 200;

/// How each worker explores.
pub(super) struct Job<'a> {
    /// Makes the driver of a worker.
    pub driver: &'a (dyn Fn() -> Rc<Driver> + Sync),
    /// Writes down the execution that has just failed, and says whether it did as is wanted.
    pub failed: &'a (dyn Fn(&Driver, &Failure) -> (Script, bool) + Sync),
    /// What runs on the main thread of each execution.
    pub body: Arc<dyn Fn() + Send + Sync>,
}

/// Told what has been seen.
pub(in crate::check) type Watch = Arc<dyn Fn(Seen) + Send + Sync>;

/// When the workers stop.
#[derive(Clone, Copy, Debug)]
pub(in crate::check) struct Limits {
    /// After so many runs.
    pub runs: u64,
    /// So many runs after a failure, if that is earlier.
    pub more: u64,
    /// After so many failures.
    pub failures: usize,
}

/// An execution that has failed.
pub(super) struct Failed {
    pub script: Script,
    pub failure: Failure,
    /// It has failed as is wanted.
    pub wanted: bool,
    /// What had been seen then, with it.
    pub seen: Seen,
}

/// What a team has in common between two runs.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Left {
    pub seen: Seen,
    /// The most events that each thread had.
    pub longest: [u16; THREADS],
    /// What nobody works at, in stacks of one worker each.
    pub stacks: Vec<Stack>,
    #[serde(skip)]
    pub failures: Vec<Failed>,
}

impl Left {
    /// Whether nothing is left to explore, and nothing has failed.
    pub(super) fn is_complete(&self) -> bool {
        self.stacks.is_empty() && self.failures.is_empty()
    }
}

struct State {
    left: Left,
    /// The most runs.
    limit: u64,
    /// Workers that hold graphs, or may come to hold some.
    workers: usize,
    /// Workers that wait, and hold none.
    waiting: usize,
    /// Runs that have begun and not ended.
    running: u64,
    /// Nothing is left, a limit is reached, or a worker has panicked.
    stopped: bool,
    /// All are to stop until what is left has been written.
    pausing: bool,
    /// When that was done last, and after how many runs.
    written: (Instant, u64),
    /// Why it could not be done.
    error: Option<CheckpointError>,
    told: Instant,
}

/// The workers.
pub(super) struct Team {
    state: Mutex<State>,
    change: Condvar,
    limits: Limits,
    watch: Option<Watch>,
    keeper: Option<Arc<Keeper>>,
    /// The search goes into breadth, until there are so many graphs.
    enough: Option<usize>,
}

impl State {
    /// Something has failed: not many more runs. Of long ones fewer, for what a run costs grows with the square of its length.
    fn shorten(&mut self, limits: Limits) {
        let longest = self.left.failures.iter().map(|failed| failed.script.steps() as u64).max();
        let times = longest.unwrap_or(0).div_ceil(LONG).max(1);
        let more = limits.more / (times * times);
        self.limit = self.limit.min(self.left.seen.runs().saturating_add(more));
    }
}

impl Team {
    /// A team that goes on from `left`.
    pub(super) fn new(left: Left, limits: Limits, watch: Option<Watch>, keeper: Option<Arc<Keeper>>) -> Self {
        let now = Instant::now();
        let mut state = State {
            limit: limits.runs,
            workers: 0,
            waiting: 0,
            running: 0,
            stopped: left.failures.len() >= limits.failures,
            pausing: false,
            written: (now, left.seen.runs()),
            error: None,
            told: now,
            left,
        };
        if !state.left.failures.is_empty() {
            state.shorten(limits);
        }
        Team { state: Mutex::new(state), change: Condvar::new(), limits, watch, keeper, enough: None }
    }

    /// The same, but it explores in breadth and stops when so many graphs are left.
    pub(super) fn until(self, enough: usize) -> Self {
        Team { enough: Some(enough), ..self }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Explores with so many workers, until nothing is left or the limit is reached.
    pub(super) fn explore(self: &Arc<Self>, job: &Job<'_>, workers: usize) {
        self.state().workers = workers;
        on_threads(workers, || self.work(job));
        let state = self.state();
        if let Some(watch) = &self.watch {
            watch(state.left.seen);
        }
    }

    /// What is left. The workers have stopped.
    pub(super) fn end(&self) -> Result<Left, CheckpointError> {
        let mut state = self.state();
        state.error.take().map_or(Ok(std::mem::take(&mut state.left)), Err)
    }

    /// One worker, from its first run to its last.
    fn work(self: &Arc<Self>, job: &Job<'_>) {
        /// The others do not wait for a worker that has panicked.
        struct Leave<'a>(&'a Team);
        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                self.0.state().stopped = true;
                self.0.change.notify_all();
            }
        }
        let _leave = Leave(self);
        let driver = (job.driver)();
        let search =
            Rc::new(RefCell::new(Search { oldest_first: self.enough.is_some(), ..Search::default() }));
        // Not the counter that all workers would write to.
        let body = Rc::new(Arc::clone(&job.body));
        loop {
            let (team, longest, body) = (Arc::clone(self), Rc::clone(&driver), Rc::clone(&body));
            let mut ran = false;
            let go_on = move |search: &mut Search| {
                ran = team.go_on(search, &longest.longest.borrow(), ran);
                ran
            };
            let runs = || explore(&driver, &search, go_on, move || body());
            let Some(failure) = catch(runs, Box::new(|_| ())) else { return };
            if !self.failed(&mut search.borrow_mut(), &driver, job, failure) {
                return;
            }
        }
    }

    /// A run has failed: whether there is a next one.
    fn failed(&self, search: &mut Search, driver: &Driver, job: &Job<'_>, failure: Failure) -> bool {
        let (script, wanted) = (job.failed)(driver, &failure);
        let run = &mut *driver.run.borrow_mut();
        search.stack.extend(run.out.left.drain(..));
        search.seen.failed += 1;
        search.seen.share += run.graph.share;
        let mut state = self.state();
        state.running = state.running.saturating_sub(1);
        state.left.seen.add(std::mem::take(&mut search.seen));
        let seen = state.left.seen;
        state.left.failures.push(Failed { script, failure, wanted, seen });
        state.shorten(self.limits);
        if state.left.failures.len() < self.limits.failures {
            return true;
        }
        state.left.stacks.push(std::mem::take(&mut search.stack));
        self.stop(&mut state);
        false
    }

    /// Between two runs of a worker, of which the first `ran`: whether there is a next one. Then `search` has
    /// graphs; if not, it has none.
    fn go_on(&self, search: &mut Search, longest: &[u16; THREADS], ran: bool) -> bool {
        let mut state = self.state();
        state.running -= u64::from(ran);
        state.left.seen.add(std::mem::take(&mut search.seen));
        for (all, own) in state.left.longest.iter_mut().zip(longest) {
            *all = (*all).max(*own);
        }
        self.tell(&mut state);
        loop {
            state.pausing |= self.is_due(&state);
            if (state.stopped || state.pausing) && !search.stack.is_empty() {
                state.left.stacks.push(std::mem::take(&mut search.stack));
            }
            if state.stopped {
                return false;
            }
            if search.stack.is_empty() && !state.pausing {
                search.stack = state.left.stacks.pop().unwrap_or_default();
            }
            if !search.stack.is_empty() {
                let enough = self.enough.is_some_and(|enough| search.stack.len() >= enough);
                if enough || state.left.seen.runs() + state.running >= state.limit {
                    self.stop(&mut state);
                    continue;
                }
                if state.waiting > 0 && search.stack.len() > 1 && state.left.stacks.is_empty() {
                    let half = search.stack.len() / 2;
                    state.left.stacks.push(search.stack.drain(..half).collect());
                    self.change.notify_one();
                }
                state.running += 1;
                return true;
            }
            if state.waiting + 1 == state.workers {
                // Nobody holds a graph.
                if state.pausing {
                    self.write(&mut state);
                } else {
                    self.stop(&mut state);
                }
                continue;
            }
            state.waiting += 1;
            state = self.change.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
    }

    /// Whether what is left is to be written. What has failed is not, so after a failure nothing is.
    fn is_due(&self, state: &State) -> bool {
        let (last, runs) = state.written;
        let due = |keeper: &Arc<Keeper>| keeper.checkpoint.is_due(last, state.left.seen.runs() - runs);
        self.keeper.as_ref().is_some_and(due) && state.left.failures.is_empty()
    }

    /// Writes what is left, and lets all go on.
    fn write(&self, state: &mut State) {
        if let Some(keeper) = self.keeper.as_ref().filter(|_| state.left.failures.is_empty())
            && let Err(why) = keeper.write(&state.left)
        {
            state.error = Some(why);
            state.stopped = true;
        }
        state.pausing = false;
        state.written = (Instant::now(), state.left.seen.runs());
        self.change.notify_all();
    }

    fn stop(&self, state: &mut State) {
        state.stopped = true;
        self.change.notify_all();
    }

    fn tell(&self, state: &mut State) {
        let Some(watch) = &self.watch else { return };
        if state.told.elapsed() >= TOLD {
            state.told = Instant::now();
            watch(state.left.seen);
        }
    }
}
