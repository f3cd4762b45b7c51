//! Programs, and what came of them: the language that the explorer and its judges have in common.
//!
//! A program is a few threads of a few instructions on a few atomic locations, all of them 0 at the start.
//! There are no loops, so every execution is finite. The language is the one in which litmus tests are
//! written (Alglave, Maranget, Tautschnig, "Herding Cats", TOPLAS 2014), with Rust's orderings.
//!
//! # What is recorded
//! An [`Outcome`] is what the program itself can tell: the values that each thread read, in program order,
//! and the value that each location has in the end.
//!
//! | instruction | what it adds to the values read | the *last value read* afterwards |
//! |---|---|---|
//! | `Load`, `Await` | the value | the value |
//! | `Add`, `Swap` | the old value | the old value |
//! | `Cas`, `CasWeak` | the value seen, then 1 for success or 0 for failure | the value seen |
//! | all others | nothing | as before |
//!
//! # Blocked executions
//! An `Await` or a `Lock` is in an execution only if the thread gets past it: there are no events for the
//! attempts that failed. An execution is *blocked* if every thread has either ended or waits, at least one
//! waits, and none of those can go on: the last write (in modification order) to the awaited location has
//! another value, or the mutex is locked. A wait that was possible once, but whose value was overwritten
//! before the thread came by, is thus blocked in both models: this is a spinning thread that is scheduled
//! fairly, on a memory that lets every write arrive in the end (Lahav, Namakonov, Oberhauser, Podkopaev,
//! Vafeiadis, "Making Weak Memory Models Fair", OOPSLA 2021).

use selvedge::sync::atomic::Ordering;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

/// One step of a thread. Locations and mutexes are numbered from 0, each on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Instr {
    Load {
        loc: usize,
        order: Ordering,
    },
    Store {
        loc: usize,
        value: u64,
        order: Ordering,
    },
    /// Stores one more than the last value that the thread has read; 1 if it has read none.
    StoreLast {
        loc: usize,
        order: Ordering,
    },
    /// `fetch_add`.
    Add {
        loc: usize,
        value: u64,
        order: Ordering,
    },
    Swap {
        loc: usize,
        value: u64,
        order: Ordering,
    },
    /// `compare_exchange`: fails only if it sees another value than `expected`, which may be a stale one.
    Cas {
        loc: usize,
        expected: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    },
    /// `compare_exchange_weak`: may fail although it sees `expected`.
    CasWeak {
        loc: usize,
        expected: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    },
    Fence {
        order: Ordering,
    },
    /// Ends the thread unless the last value that it has read is `value`. Mutexes that it holds stay locked.
    Guard {
        value: u64,
    },
    /// Waits until it reads `value`.
    Await {
        loc: usize,
        value: u64,
        order: Ordering,
    },
    Lock {
        mutex: usize,
    },
    /// Only for a mutex that the thread holds.
    Unlock {
        mutex: usize,
    },
}

/// Two to four threads, which start together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program {
    pub locations: usize,
    pub mutexes: usize,
    pub threads: Vec<Vec<Instr>>,
}

impl Program {
    /// A program with as many locations and mutexes as its instructions name.
    pub fn new(threads: Vec<Vec<Instr>>) -> Self {
        let all = || threads.iter().flatten();
        let locations = all().filter_map(Instr::loc).max().map_or(0, |last| last + 1);
        let mutexes = all().filter_map(Instr::mutex).max().map_or(0, |last| last + 1);
        Self { locations, mutexes, threads }
    }
}

impl Instr {
    /// The atomic location that is accessed.
    pub fn loc(&self) -> Option<usize> {
        match *self {
            Self::Load { loc, .. }
            | Self::Store { loc, .. }
            | Self::StoreLast { loc, .. }
            | Self::Add { loc, .. }
            | Self::Swap { loc, .. }
            | Self::Cas { loc, .. }
            | Self::CasWeak { loc, .. }
            | Self::Await { loc, .. } => Some(loc),
            Self::Fence { .. } | Self::Guard { .. } | Self::Lock { .. } | Self::Unlock { .. } => None,
        }
    }

    /// The mutex that is locked or unlocked.
    pub fn mutex(&self) -> Option<usize> {
        match *self {
            Self::Lock { mutex } | Self::Unlock { mutex } => Some(mutex),
            _ => None,
        }
    }
}

/// What a complete execution shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome {
    /// The values that each thread read, in program order.
    pub reads: Vec<Vec<u64>>,
    /// The value of each location in the end (mutexes are not told).
    pub last: Vec<u64>,
}

/// All that there is to say about a program under a memory model.
///
/// Two executions are the same if they have the same events, with the same values, the same reads-from relation and
/// the same modification orders (those of mutexes included).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The outcomes of the complete executions, and how many there are of each.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Whether some execution is blocked for ever.
    pub blocked: bool,
}

#[cfg(shuttle)]
impl Verdict {
    /// How many complete executions there are.
    pub fn graphs(&self) -> u64 {
        self.outcomes.values().sum()
    }
}

/// `0 1 | - | 2 0 ; 2 1`: for each thread the values that it read, then the last value of each location.
impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let reads: Vec<String> = self.reads.iter().map(|values| spaced(values)).collect();
        write!(f, "{} ; {}", reads.join(" | "), spaced(&self.last))
    }
}

fn spaced(values: &[u64]) -> String {
    if values.is_empty() {
        return "-".to_owned();
    }
    values.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}

/// `x.store(1, rlx); fence(sc) || x.load(acq)`.
impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, thread) in self.threads.iter().enumerate() {
            f.write_str(if number == 0 { "" } else { " || " })?;
            for (step, instr) in thread.iter().enumerate() {
                f.write_str(if step == 0 { "" } else { "; " })?;
                instr.fmt(f)?;
            }
        }
        Ok(())
    }
}

impl Display for Instr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(loc) = self.loc() {
            match ["x", "y", "z", "w"].get(loc) {
                Some(name) => write!(f, "{name}.")?,
                None => write!(f, "l{loc}.")?,
            }
        }
        match *self {
            Self::Load { order, .. } => write!(f, "load({})", short(order)),
            Self::Store { value, order, .. } => write!(f, "store({value}, {})", short(order)),
            Self::StoreLast { order, .. } => write!(f, "store(last + 1, {})", short(order)),
            Self::Add { value, order, .. } => write!(f, "add({value}, {})", short(order)),
            Self::Swap { value, order, .. } => write!(f, "swap({value}, {})", short(order)),
            Self::Cas { expected, new, success, failure, .. } => {
                write!(f, "cas({expected}, {new}, {}, {})", short(success), short(failure))
            }
            Self::CasWeak { expected, new, success, failure, .. } => {
                write!(f, "cas_weak({expected}, {new}, {}, {})", short(success), short(failure))
            }
            Self::Fence { order } => write!(f, "fence({})", short(order)),
            Self::Guard { value } => write!(f, "guard({value})"),
            Self::Await { value, order, .. } => write!(f, "await({value}, {})", short(order)),
            Self::Lock { mutex } => write!(f, "lock({mutex})"),
            Self::Unlock { mutex } => write!(f, "unlock({mutex})"),
        }
    }
}

fn short(order: Ordering) -> &'static str {
    match order {
        Ordering::Relaxed => "rlx",
        Ordering::Acquire => "acq",
        Ordering::Release => "rel",
        Ordering::AcqRel => "ar",
        _ => "sc",
    }
}
