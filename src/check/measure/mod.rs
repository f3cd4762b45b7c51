//! How fast the engines are: all executions of one program, counted and timed, with nothing judged.
//!
//! Every engine is measured in the same way. The program runs in the world that a model gets (nodes that are left
//! behind are found); nothing is disturbed, so that weak exchanges fail for a reason only. A clock and a counter stop
//! the engine, by a panic before the next execution begins: a failure is the one thing at which all of them stop at
//! once.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

#[cfg(any(loom, shuttle))]
mod engines;
#[cfg(any(loom, shuttle))]
mod meter;
#[cfg(any(loom, shuttle))]
pub use engines::measure;

/// An engine that can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Search {
    /// loom as it is.
    LoomPlain,
    /// shuttle, all schedules depth first.
    ShuttleDfs,
    /// shuttle, random schedules: as many as [`Limits::executions`].
    ShuttleRandom,
    /// The explorer, sequential consistency.
    ExplorerSc,
    /// The explorer, weak memory.
    ExplorerWeak,
}

impl Search {
    /// All of them.
    pub const ALL: [Search; 5] = [
        Search::LoomPlain,
        Search::ShuttleDfs,
        Search::ShuttleRandom,
        Search::ExplorerSc,
        Search::ExplorerWeak,
    ];

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|search| search.to_string() == name)
    }
}

impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Search::LoomPlain => "loom plain",
            Search::ShuttleDfs => "shuttle DFS",
            Search::ShuttleRandom => "shuttle random",
            Search::ExplorerSc => "explorer SC",
            Search::ExplorerWeak => "explorer weak",
        })
    }
}

/// Where a measuring stops, if the engine has not come to its end before.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// No execution begins after so many.
    pub executions: u64,
    /// No execution begins later.
    pub time: Duration,
    /// Threads of the operating system that may work at the same time, for an engine that can use them.
    pub workers: NonZeroUsize,
}

/// What a measuring has shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Executions that came to their end.
    pub executions: u64,
    /// Runs that did not. Of the explorer: blocked, or given up for another one that does the same. Of a search of all
    /// schedules: given up after so many steps, since threads only waited for each other.
    pub pruned: u64,
    /// The engine came to its own end. For loom that is not every execution.
    pub complete: bool,
    /// How long it took.
    pub seconds: f64,
    /// What went wrong, if something did.
    pub failure: Option<String>,
}
