//! The explorer: every execution of a small program, under sequential consistency or weak memory, each once.
//!
//! # What is explored
//! An execution is a *graph*: the events of each thread in program order (`po`), from which write each read reads
//! (`rf`), and in which order the writes of each location come (`mo`). Interleavings that differ in nothing else
//! are one execution. What graphs are allowed, the memory model says: `coherence.rs`, `psc.rs`, `past.rs`.
//!
//! | [`Memory`] | allowed are graphs in which |
//! |---|---|
//! | `Sc` | `po ∪ rf ∪ mo ∪ rb` has no cycle: interleavings |
//! | `Weak` | RC11's coherence, atomicity and partial-SC hold, and `po ∪ rf` has no cycle (no load buffering) |
//!
//! # How: TruSt
//! A run begins with a graph, lets the program do again what the graph says (`follow.rs`), and then extends it
//! event by event (`extend.rs`), always of the thread that a fixed rule picks (`turns.rs`). Of the possibilities
//! that an event has, the run takes the newest, and the others become graphs of the search (`search.rs`):
//!
//! * a read may read any write that coherence does not hide from it;
//! * a write may come at any place of `mo` behind those that it must follow;
//! * a write that comes may be read by a read that is there already (`revisit.rs`): the read then reads it, and all
//!   is deleted that was added after the read and does not lead to the write (is not in its `(po ∪ rf)*` prefix).
//!   Many graphs lead to the same revisit, with other events in the deleted part. It is made in one of them alone:
//!   where each deleted event, and the read, did what is done when nothing is chosen (was *maximal*).
//!
//! *Nothing is missed*: any consistent graph is reached by the steps that the rule would take, where a read that reads
//! from a write still to come first reads the newest, goes on maximally until that write comes, and is revisited by
//! it. That always works, since an event that reads or is the newest breaks no axiom. *Nothing is met twice*: from a
//! graph those steps can be walked backwards in one way only, because the deleted part is determined (maximal), and
//! so is the order of all steps (the rule). *Memory is small*: the stack holds alternatives of one path, not all of
//! what was seen. The proofs are Kokologiannakis', Marmanis', Gladstein's and Vafeiadis'; that ours is an instance
//! of theirs is tested and not proved: equal outcomes, and an equal *number* of executions, against two judges that
//! were written separately (`models/explorer`).
//!
//! # Read-modify-writes
//! are two events, `Take` and `Put`. Two that take the same write are inconsistent, but the second must still have
//! its chance to come first: so it *contends* (`extend.rs`): its write revisits what read before it, and the run
//! itself goes on with another possibility. No run is spent on it.
//!
//! # Waiting
//! A lock, a parked thread and a waiting condition are read-modify-writes that accept some values only. Such a thread
//! does not run on a value that it cannot use: it has no event until there is one. Where another thread contends
//! for what it has taken, and leaves it a value that it cannot use, its event stays and waits, and goes on in place
//! when it can (in-place revisits: Kokologiannakis, Marmanis, Vafeiadis, CAV 2023). Since it was there when later
//! events were added, and a revisit of those deletes what it did since, the graph remembers when it began to wait.
//! Loops that wait rest while they could only repeat themselves: what that is, which rules keep the runs few that come to
//! nothing, and what is asked of a loop that yields, `spin.rs` says. When nobody can go on, that is a deadlock, or, in a
//! loop, no progress.
//!
//! # Threads that do the same
//! may be said to be alike: then one execution of those is explored that differ only in which of them did what
//! (`alike.rs`).
//!
//! # Beside the graph
//! Plain memory, nodes and guards are ordered by happens-before (`plain.rs`), and a race is found in any order of
//! the two accesses, from the beginning of each to its end. Calls and returns are no events: the judge (`judge.rs`) asks
//! for every real time that the graph leaves open. Choices (failures for no reason, wake-ups that nobody sent,
//! time-outs, panics of callbacks) are events whose maximal answer is 0; an execution has at most so many others
//! (`disturbances`). Whose address an allocation gets is a choice, too, but no disturbance. What there is to choose from
//! hangs on what happens before, and on nothing else. An address that another allocation has got is left out when a new
//! event chooses: that two do not get one is an axiom like others, which a part of a graph keeps if the whole does, and
//! which the maximal answer never breaks. A thread can be stopped for ever (`progress.rs`).
//!
//! # Limits
//! Programs end, are deterministic, and have at most 8 threads; an execution has at most 128 sequentially consistent
//! events, and a scenario at most 64 operations. `po ∪ rf` has no cycle: what load buffering does on hardware is not
//! seen. RC11's partial-SC order is weaker than C++20's in one corner (sequentially consistent reads of relaxed
//! writes): what the explorer reports there, a compiler need not do.
//!
//! # Literature
//! M. Kokologiannakis, I. Marmanis, V. Gladstein, V. Vafeiadis, *Truly stateless, optimal dynamic partial order
//! reduction*, POPL 2022: the algorithm (section 3) and its proofs.
//! M. Kokologiannakis, I. Marmanis, V. Vafeiadis, *Unblocking dynamic partial order reduction*, CAV 2023: waiting.
//! M. Kokologiannakis, A. Raad, V. Vafeiadis, *Model checking for weakly consistent libraries*, PLDI 2019: graphs,
//! consistency at each step.
//! O. Lahav, V. Vafeiadis, J. Kang, C.-K. Hur, D. Dreyer, *Repairing sequential consistency in C/C++11*, PLDI 2017:
//! the memory model.
//! P. Abdulla, S. Aronis, B. Jonsson, K. Sagonas, *Optimal dynamic partial order reduction*, POPL 2014: what optimal
//! means.

// A graph is half a kilobyte before its events, and goes from stack to run to pool and back: its box does.
#![allow(clippy::vec_box)]

mod alike;
mod as_number;
mod broken;
mod checkpoint;
mod clock;
mod coherence;
mod driver;
mod explorer;
mod extend;
mod follow;
mod graph;
mod hunt;
mod judge;
mod kind;
mod linear;
mod lost;
mod machine;
mod outcomes;
mod past;
mod plain;
mod pool;
mod progress;
mod psc;
mod replay;
mod revisit;
mod running;
mod script;
mod search;
mod shard;
mod spin;
mod team;
mod turns;
mod unwinding;

use serde::{Deserialize, Serialize};

/// A memory model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Memory {
    /// Sequential consistency: the executions are the interleavings, up to the order of what commutes.
    Sc,
    /// C11 in the form of RC11, without load buffering.
    Weak,
}

pub(in crate::check) use alike::declare as declare_alike;
pub use alike::on_threads_alike;
#[doc(hidden)]
pub use broken::Broken;
pub(in crate::check) use checkpoint::Books;
pub use checkpoint::{Checkpoint, CheckpointError};
pub(in crate::check) use driver::is_verdict;
pub use explorer::{Explored, Explorer};
pub(in crate::check) use hunt::{Hunted, Plan};
pub(in crate::check) use judge::{Explained, called, explain, is_execution, position, touched};
pub(in crate::check) use outcomes::STEP_LIMIT;
pub(in crate::check) use progress::Demand;
#[cfg(test)]
pub(in crate::check) use progress::NEVER;
pub(in crate::check) use replay::Program;
pub(in crate::check) use running::{Kept, Running};
pub use script::{NoScript, Script};
pub use search::Seen;
pub(in crate::check) use shard::Shard;
