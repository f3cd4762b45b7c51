//! How long a judge may take, and how much it may remember.

use crate::sync::host::Instant;
use std::fmt;
use std::time::Duration;

/// What a judgement may cost. Without limits it costs what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take, from the call of the judge on.
    pub time: Option<Duration>,
    /// How many bytes the judge may remember: the configurations from which it has found no way on, and the states that it
    /// keeps to come back to. Threads share them equally.
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

#[cfg(feature = "log")]
impl Limits {
    /// They begin to count now: tells at any time what is left of them.
    pub(crate) fn begun_now(&self) -> impl Fn() -> Limits {
        let clock = Clock::new(self, 1);
        move || clock.left(self)
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

/// Turns of a search between two looks at the clock, at most.
const TURNS: u64 = 128;
/// There are fewer if they take longer than this.
const BETWEEN: Duration = Duration::from_micros(200);

/// When searches have to stop.
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

    /// What is left of the limits with which it began.
    pub(super) fn left(&self, limits: &Limits) -> Limits {
        let left = |end: Instant| end.saturating_duration_since(Instant::now());
        Limits { time: self.end.map(left), ..limits.clone() }
    }

    /// For one search.
    pub(super) fn watch(&self) -> Watch<'_> {
        Watch { clock: self, turn: 0, next: 0, stride: 1, looked: None }
    }

    /// Whether there is no time left.
    pub(super) fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }
}

/// What a search asks at each turn.
pub(super) struct Watch<'a> {
    clock: &'a Clock<'a>,
    turn: u64,
    /// The turn of the next look at the clock, how many turns are between two of them, and when the last one was.
    next: u64,
    stride: u64,
    looked: Option<Instant>,
}

impl Watch<'_> {
    /// The limit that is met at this turn. (What a search in vain has met is of no interest, and turns are counted as time.)
    pub(super) fn limit(&mut self, bytes: impl Fn() -> usize) -> Option<Limit> {
        if self.clock.memory.is_some_and(|most| bytes() > most) {
            return Some(Limit::Memory);
        }
        let turn = self.turn;
        self.turn += 1;
        if turn >= self.clock.turns || turn >= self.next && self.look() {
            return Some(Limit::Time);
        }
        None
    }

    /// Whether to stop. The heavier the turns are, the fewer are taken until the next look.
    fn look(&mut self) -> bool {
        if let Some(end) = self.clock.end {
            let now = Instant::now();
            if now >= end {
                return true;
            }
            let is_late = self.looked.is_some_and(|looked| now - looked > BETWEEN);
            self.stride = if is_late { self.stride / 2 } else { self.stride * 2 }.clamp(1, TURNS);
            self.looked = Some(now);
        } else {
            self.stride = TURNS;
        }
        self.next = self.turn + self.stride;
        (self.clock.idle)()
    }
}
