//! How long a judge may take, and how much it may remember.

use crate::sync::host::Instant;
use std::fmt;
use std::time::Duration;

/// What a judgement may cost. Without limits it costs what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take, from the call of the judge on.
    pub time: Option<Duration>,
    /// How many bytes the judge may remember: the configurations from which it has found no way on.
    pub memory: Option<usize>,
    /// How many threads of the operating system judge the parts of a history; 0 counts as 1.
    pub workers: usize,
}

impl Default for Limits {
    /// No limits, and one thread.
    fn default() -> Self {
        Limits { time: None, memory: None, workers: 1 }
    }
}

/// The limit that a judgement has met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::time`].
    Time,
    /// [`Limits::memory`].
    Memory,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Time => "the time is over",
            Limit::Memory => "the memory is full",
        })
    }
}

/// When the time is over.
pub(super) struct Clock(Option<Instant>);

impl Clock {
    /// A limit that lies beyond all time is none.
    pub(super) fn new(limits: &Limits) -> Self {
        Clock(limits.time.and_then(|time| Instant::now().checked_add(time)))
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }
}
