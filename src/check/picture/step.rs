//! The steps of an execution, and what they are about: plain data.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A place in the source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file, as the compiler was given it: from the root of the workspace.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1: that of the method's name.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Whether a call begins or ends. Such a line is no step of the execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// It begins after this.
    Begins,
    /// It has ended before this.
    Ends,
}

/// The values that a step read and wrote, as they are shown: numbers, `node 3`, `null`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Value {
    /// Nothing to tell.
    None,
    /// It read this.
    Read {
        /// What was read.
        value: String,
    },
    /// It wrote this.
    Wrote {
        /// What was written.
        value: String,
    },
    /// It read the one and wrote the other, with nothing between.
    Replaced {
        /// What was read.
        old: String,
        /// What was written.
        new: String,
    },
    /// A compare-exchange failed.
    Refused {
        /// What was there.
        seen: String,
        /// What was expected.
        wanted: String,
    },
}

/// A step that was not about the newest value: a read of an older one, or a write that came before a newer one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stale {
    /// The step that wrote what was read, if it is known and one that is shown.
    pub from: Option<usize>,
    /// The newest value there was.
    pub newest: String,
}

/// One step of one thread, or a line between steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number, from 0: the same as in the text trace.
    pub number: usize,
    /// Whose step.
    pub thread: usize,
    /// Whether it is no step but the beginning or the end of a call.
    pub edge: Option<Edge>,
    /// Where in the source. A line between steps has none, nor has a step of the harness itself: it starts the threads.
    pub place: Option<Place>,
    /// The number of the cell that it is about, if it is about one.
    pub cell: Option<u32>,
    /// What was done: `load`, `compare_exchange`, `lock`, `free`, … Of a call: the call.
    pub action: String,
    /// What the source calls that, where the source could be read and has another name for it: `read`, of a function that
    /// does a `swap`.
    #[serde(default)]
    pub method: Option<String>,
    /// With which memory ordering.
    pub ordering: Option<String>,
    /// With which values.
    pub value: Value,
    /// Whether that was not the newest.
    pub stale: Option<Stale>,
    /// The step in a few words, as the text trace has it.
    pub text: String,
}

/// What a thread was about to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Which thread.
    pub thread: usize,
    /// Where in the source. Where the harness itself waits for a thread there is none.
    pub place: Option<Place>,
    /// The number of the cell that it is about, if it is about one.
    pub cell: Option<u32>,
    /// What.
    pub action: String,
    /// The same in a few words.
    pub text: String,
}

/// A cell of shared memory: an atomic, plain memory behind the facade, a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Its number.
    pub number: u32,
    /// What the source calls it, where the source could be read.
    pub name: Option<String>,
    /// What it held before the first step that is shown, if that is known.
    pub before: Option<String>,
}

/// A node on the heap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The step that allocated it.
    pub born: usize,
    /// The step at which it was retired.
    pub retired: Option<usize>,
    /// The step that freed it.
    pub freed: Option<usize>,
}
