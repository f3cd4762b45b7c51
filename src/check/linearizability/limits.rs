//! How long a judge may take, and how much it may remember.

use crate::sync::host::Instant;
use std::fmt;
use std::time::Duration;

/// What a judgement may cost. Without limits it costs what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take, from the call of the judge on.
    pub time: Option<Duration>,
    /// How many bytes the judge may remember: the configurations from which it has found no way on. Threads share
    /// them equally.
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

/// Turns of a search between two looks at the clock.
const TURNS: u64 = 128;

/// What a search asks at each turn: whether to go on.
pub(super) struct Clock<'a> {
    end: Option<Instant>,
    memory: Option<usize>,
    /// How many turns each search may take.
    turns: u64,
    /// Whether nobody wants to know any more.
    idle: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Clock<'a> {
    /// Begins now. `share` searches share the memory.
    pub(super) fn new(limits: &Limits, share: usize) -> Self {
        // A limit that lies beyond all time is none.
        let end = limits.time.and_then(|time| Instant::now().checked_add(time));
        Clock { end, memory: limits.memory.map(|bytes| bytes / share), turns: u64::MAX, idle: &|| false }
    }

    /// The same for a search that is in vain once `idle` says so.
    pub(super) fn unless(&self, idle: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Clock { idle, ..*self }
    }

    /// The same for searches of so many turns each.
    pub(super) fn within(&self, turns: u64) -> Self {
        Clock { turns, ..*self }
    }

    /// The limit that a search has met at its turn `turn`. (What a search in vain has met is of no interest, and turns are
    /// counted as time.)
    pub(super) fn limit(&self, turn: u64, bytes: impl Fn() -> usize) -> Option<Limit> {
        if self.memory.is_some_and(|most| bytes() > most) {
            Some(Limit::Memory)
        } else if turn.is_multiple_of(TURNS) && (turn >= self.turns || (self.idle)() || self.is_over()) {
            Some(Limit::Time)
        } else {
            None
        }
    }

    fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }
}
