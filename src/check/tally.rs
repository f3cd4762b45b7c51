//! What a run has seen, counted where it happens.

use crate::sync::host::{Arc, Instant, Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

/// Numbers of a run, shared by its executions.
///
/// Each thread of the operating system counts for itself, or those that explore together would wait for each other
/// after each execution.
#[derive(Clone)]
pub(super) struct Tally(Arc<Mutex<Inner>>);

thread_local! {
    /// The part of the tally that this thread counted for last.
    static OWN: RefCell<Option<(Tally, Arc<Mutex<Part>>)>> = const { RefCell::new(None) };
}

/// What was counted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Counts {
    /// Executions that were begun. Of an explorer: those that came to their end, or failed.
    pub executions: u64,
    /// Runs of an explorer that were no executions of their own: blocked, or given up for a better one.
    #[serde(default)]
    pub pruned: u64,
    /// Executions in which operations of different threads overlapped.
    pub overlapped: u64,
    /// Hashes of the different histories (operations and answers, without times).
    pub histories: HashSet<u64>,
    /// Executions in which an operation took a step that the facade saw.
    pub touched: u64,
    /// For each of the model's bodies, hashes of the different orders in which threads took their turns.
    pub orders: BTreeMap<usize, HashSet<u64>>,
    /// The most steps that one thread took in one execution.
    pub steps: u64,
    /// At how many places threads were stopped.
    #[serde(default)]
    pub stops: u64,
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.executions += other.executions;
        self.pruned += other.pruned;
        self.overlapped += other.overlapped;
        self.histories.extend(&other.histories);
        self.touched += other.touched;
        for (body, orders) in &other.orders {
            self.orders.entry(*body).or_default().extend(orders);
        }
        self.steps = self.steps.max(other.steps);
        self.stops += other.stops;
    }
}

/// What one thread has counted.
#[derive(Default)]
struct Part {
    #[cfg_attr(not(shuttle), allow(dead_code))]
    number: usize,
    counts: Counts,
    closed: bool,
}

struct Inner {
    /// What was counted before, and what no thread counts for itself.
    base: Counts,
    parts: Vec<Arc<Mutex<Part>>>,
    started: Instant,
    told: Instant,
    progress: Option<PathBuf>,
    closed: bool,
    /// The executions of explorations that have ended.
    #[cfg_attr(not(shuttle), allow(dead_code))]
    settled: u64,
    /// The part of all executions that is expected to be behind it, if anybody knows.
    share: Option<f64>,
}

/// What is kept of a run that is not over.
#[cfg(shuttle)]
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Saved {
    counts: Counts,
    settled: u64,
}

/// What an execution has shown.
pub(super) struct Sight {
    pub overlapped: bool,
    pub touched: bool,
    pub history: u64,
    pub order: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(crate::sync::PoisonError::into_inner)
}

impl Inner {
    fn each_part(&self, mut f: impl FnMut(&mut Part)) {
        self.parts.iter().for_each(|part| f(&mut lock(part)));
    }

    fn executions(&self) -> u64 {
        let mut all = self.base.executions;
        self.each_part(|part| all += part.counts.executions);
        all
    }

    /// Progress is for the eye: a write that fails must not fail the run.
    fn tell(&self) {
        if let Some(path) = &self.progress {
            let share = self.share.map_or_else(String::new, |share| format!(" {share:.6}"));
            let _ = std::fs::write(path, format!("{}{share}", self.executions()));
        }
    }

    fn counts(&self) -> Counts {
        let mut all = self.base.clone();
        self.each_part(|part| all.add(&part.counts));
        all
    }
}

impl Tally {
    /// Nothing yet. `progress` is a file that is kept up to date with the number of executions and, after a blank,
    /// with the part of all that is expected to be behind them, if anybody knows.
    pub(super) fn new(progress: Option<PathBuf>) -> Self {
        let now = Instant::now();
        Tally(Arc::new(Mutex::new(Inner {
            base: Counts::default(),
            parts: Vec::new(),
            started: now,
            told: now,
            progress,
            closed: false,
            settled: 0,
            share: None,
        })))
    }

    fn with<R>(&self, f: impl FnOnce(&mut Inner) -> R) -> R {
        f(&mut lock(&self.0))
    }

    /// The part of this thread.
    fn own<R>(&self, f: impl FnOnce(&mut Part) -> R) -> R {
        OWN.with_borrow_mut(|own| {
            if own.as_ref().is_none_or(|(tally, _)| !Arc::ptr_eq(&tally.0, &self.0)) {
                let part = self.with(|inner| {
                    let (number, closed) = (inner.parts.len(), inner.closed);
                    let part = Arc::new(Mutex::new(Part { number, closed, ..Part::default() }));
                    inner.parts.push(Arc::clone(&part));
                    part
                });
                *own = Some((self.clone(), part));
            }
            let (_, part) = own.as_ref().expect("it was made above");
            f(&mut lock(part))
        })
    }

    /// Counts for this thread, unless what comes is not counted any more.
    fn count(&self, f: impl FnOnce(&mut Counts)) {
        self.own(|part| {
            if !part.closed {
                f(&mut part.counts);
            }
        });
    }

    /// An execution begins.
    pub(super) fn begin(&self) {
        let mut due = false;
        self.count(|counts| {
            counts.executions += 1;
            due = counts.executions % 64 == 0;
        });
        if due {
            self.with(|inner| {
                if inner.told.elapsed() > Duration::from_millis(100) {
                    inner.told = Instant::now();
                    inner.tell();
                }
            });
        }
    }

    /// An execution has shown something.
    pub(super) fn observe(&self, body: usize, sight: Sight) {
        self.count(|counts| {
            counts.overlapped += u64::from(sight.overlapped);
            counts.histories.insert(sight.history);
            counts.touched += u64::from(sight.touched);
            counts.orders.entry(body).or_default().insert(sight.order);
        });
    }

    /// A thread took so many steps.
    #[cfg(any(loom, shuttle))]
    pub(super) fn steps(&self, steps: u64) {
        self.own(|part| part.counts.steps = part.counts.steps.max(steps));
    }

    /// An exploration has ended: of what was begun since the last one, so many were executions, and so many runs
    /// that came to nothing.
    #[cfg(shuttle)]
    pub(super) fn settle(&self, executions: u64, pruned: u64) {
        self.with(|inner| {
            inner.settled += executions;
            inner.base.executions = inner.settled;
            inner.each_part(|part| part.counts.executions = 0);
            inner.base.pruned += pruned;
        });
    }

    /// Threads are stopped at so many places.
    #[cfg(shuttle)]
    pub(super) fn stops(&self, places: u64) {
        self.with(|inner| inner.base.stops += places);
    }

    /// This part of all executions is expected to be behind it.
    #[cfg(shuttle)]
    pub(super) fn share(&self, share: f64) {
        self.with(|inner| inner.share = Some(share));
    }

    /// All that was counted. No execution may be under way.
    #[cfg(shuttle)]
    pub(super) fn save(&self) -> Saved {
        self.with(|inner| Saved { counts: inner.counts(), settled: inner.settled })
    }

    /// All that was counted is this.
    #[cfg(shuttle)]
    pub(super) fn restore(&self, saved: Saved) {
        self.with(|inner| {
            (inner.base, inner.settled) = (saved.counts, saved.settled);
            inner.each_part(|part| part.counts = Counts::default());
        });
    }

    /// What comes from now on is not counted any more.
    #[cfg(shuttle)]
    pub(super) fn close(&self) {
        self.with(|inner| {
            inner.closed = true;
            inner.each_part(|part| part.closed = true);
        });
    }

    /// A number that no other execution of this run has.
    #[cfg(shuttle)]
    pub(super) fn ordinal(&self) -> u64 {
        self.own(|part| (part.number as u64) << 48 | part.counts.executions)
    }

    pub(super) fn counts(&self) -> Counts {
        self.with(|inner| inner.counts())
    }

    pub(super) fn seconds(&self) -> f64 {
        self.with(|inner| inner.started.elapsed().as_secs_f64())
    }
}
