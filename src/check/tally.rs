//! What a run has seen, counted where it happens.

use crate::sync::host::{Arc, Instant, Mutex};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

/// Numbers of a run, shared by its executions.
#[derive(Clone)]
pub(super) struct Tally(Arc<Mutex<Inner>>);

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
}

struct Inner {
    counts: Counts,
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

impl Tally {
    /// Nothing yet. `progress` is a file that is kept up to date with the number of executions and, after a blank,
    /// with the part of all that is expected to be behind them, if anybody knows.
    pub(super) fn new(progress: Option<PathBuf>) -> Self {
        let now = Instant::now();
        let counts = Counts::default();
        let inner =
            Inner { counts, started: now, told: now, progress, closed: false, settled: 0, share: None };
        Tally(Arc::new(Mutex::new(inner)))
    }

    fn with<R>(&self, f: impl FnOnce(&mut Inner) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(crate::sync::PoisonError::into_inner))
    }

    /// An execution begins.
    pub(super) fn begin(&self) {
        self.with(|inner| {
            if inner.closed {
                return;
            }
            inner.counts.executions += 1;
            if inner.counts.executions % 64 == 0 && inner.told.elapsed() > Duration::from_millis(100) {
                inner.told = Instant::now();
                if let Some(path) = &inner.progress {
                    // Progress is for the eye: a write that fails must not fail the run.
                    let share = inner.share.map_or_else(String::new, |share| format!(" {share:.6}"));
                    let _ = std::fs::write(path, format!("{}{share}", inner.counts.executions));
                }
            }
        });
    }

    /// An execution has shown something.
    pub(super) fn observe(&self, body: usize, sight: Sight) {
        self.with(|inner| {
            if inner.closed {
                return;
            }
            inner.counts.overlapped += u64::from(sight.overlapped);
            inner.counts.histories.insert(sight.history);
            inner.counts.touched += u64::from(sight.touched);
            inner.counts.orders.entry(body).or_default().insert(sight.order);
        });
    }

    /// A thread took so many steps.
    #[cfg(any(loom, shuttle))]
    pub(super) fn steps(&self, steps: u64) {
        self.with(|inner| inner.counts.steps = inner.counts.steps.max(steps));
    }

    /// An exploration has ended: of what was begun since the last one, so many were executions, and so many runs
    /// that came to nothing.
    #[cfg(shuttle)]
    pub(super) fn settle(&self, executions: u64, pruned: u64) {
        self.with(|inner| {
            inner.settled += executions;
            inner.counts.executions = inner.settled;
            inner.counts.pruned += pruned;
        });
    }

    /// This part of all executions is expected to be behind it.
    #[cfg(shuttle)]
    pub(super) fn share(&self, share: f64) {
        self.with(|inner| inner.share = Some(share));
    }

    /// All that was counted. No execution may be under way.
    #[cfg(shuttle)]
    pub(super) fn save(&self) -> Saved {
        self.with(|inner| Saved { counts: inner.counts.clone(), settled: inner.settled })
    }

    /// All that was counted is this.
    #[cfg(shuttle)]
    pub(super) fn restore(&self, saved: Saved) {
        self.with(|inner| (inner.counts, inner.settled) = (saved.counts, saved.settled));
    }

    /// What comes from now on is not counted any more.
    #[cfg(shuttle)]
    pub(super) fn close(&self) {
        self.with(|inner| inner.closed = true);
    }

    /// How many executions were begun.
    #[cfg(shuttle)]
    pub(super) fn executions(&self) -> u64 {
        self.with(|inner| inner.counts.executions)
    }

    pub(super) fn counts(&self) -> Counts {
        self.with(|inner| inner.counts.clone())
    }

    pub(super) fn seconds(&self) -> f64 {
        self.with(|inner| inner.started.elapsed().as_secs_f64())
    }
}
