//! The explorer: every execution of a small program, under sequential consistency or weak memory.

mod clock;
mod coherence;
mod driver;
mod explorer;
mod extend;
mod graph;
mod hunt;
mod judge;
mod linear;
mod machine;
mod past;
mod plain;
mod progress;
mod psc;
mod revisit;
mod script;
mod search;
mod spin;

use serde::{Deserialize, Serialize};

/// A memory model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Memory {
    /// Sequential consistency: the executions are the interleavings, up to the order of what commutes.
    Sc,
    /// C11 in the form of RC11, without load buffering.
    Weak,
}

pub use explorer::{Explored, Explorer};
pub(in crate::check) use hunt::{Hunted, Plan, Program};
pub(in crate::check) use judge::{Explained, explain, position, touched};
pub(in crate::check) use progress::{Demand, NEVER};
pub use script::{NoScript, Script};
