//! The model builds: thin newtypes over loom or shuttle, with the hooks that the harness needs.
//!
//! ```text
//!   atomic  cell  heap  lock  thread  clock        what structures see
//!      └──────┴─────┴─────┴─────┴──────┘
//!                     access                       one door: weaken, publish, perform, record
//!               ┌───────┴───────┐
//!             world           engine               what happened so far | loom or shuttle, bare
//! ```
//!
//! **One execution, one world.** Both engines run all threads of an execution as coroutines on one thread of
//! the operating system, so the state of an execution is a thread-local `World`. The harness opens it with
//! [`begin`] and closes it with [`end`], which reports nodes that were never freed. Without `begin` the
//! facade works and records nothing.
//!
//! **Recording is atomic with the operation.** loom 0.7.3 and shuttle 0.9.9 both switch threads *before* an
//! operation and never right after it, so what is recorded after the engine's call returned belongs to the
//! same step, and the order of the log is the order of the execution.

mod access;
mod atomics;
mod cells;
mod clock;
mod event;
mod locks;
mod nodes;
mod oracle;
mod threads;
mod unwind;
mod weaken;
mod world;

#[cfg(shuttle)]
mod explored;

#[cfg_attr(loom, path = "engine_loom.rs")]
#[cfg_attr(shuttle, path = "engine_shuttle/mod.rs")]
mod engine;

#[cfg(all(shuttle, feature = "check"))]
mod depth_first;
#[cfg(all(shuttle, feature = "check"))]
mod run_explored;
#[cfg(all(loom, feature = "check"))]
mod run_loom;
#[cfg(all(shuttle, feature = "check"))]
mod run_shuttle;
#[cfg(all(shuttle, feature = "check"))]
pub(crate) use explored::{Answer, Location, Machine, Plain, Request};
#[cfg(all(shuttle, feature = "check"))]
pub(crate) use run_explored::{choose, end_main, explored};
#[cfg(all(loom, feature = "check"))]
pub(crate) use run_loom::{Limits, explore};
#[cfg(all(shuttle, feature = "check"))]
pub(crate) use run_shuttle::{Schedules, random, sample};

pub(crate) use nodes::{pin, retire, unpin};
pub(super) use threads::wait_for_others;

pub use event::{Event, Object, Place, Stale, Value};
pub use nodes::Leak;
pub use oracle::Oracle;
pub use unwind::{ChosenPanic, catch_chosen, panic_point};
pub use weaken::unreached_weakenings;
pub use world::{Pending, Settings, Strength, begin, end, events, pending, steps, thread};

#[cfg(feature = "check")]
pub(crate) use unwind::failed;
#[cfg(all(shuttle, feature = "check"))]
pub(crate) use unwind::fault;
#[cfg(all(loom, feature = "check"))]
pub(crate) use world::choices;
#[cfg(feature = "check")]
pub(crate) use world::{all_pending, most_steps, node_name, note, now, ran_last, recording, span};

pub use engine::Arc;
pub use locks::{Condvar, Mutex, MutexGuard, WaitTimeoutResult};

/// Bytes of the stack of a thread of a model, if nobody asks for another size. What is large where it is made, as a block
/// of hazards is, has room there, and traces are formatted on it. (loom takes the number for words, and gives its main
/// thread 32 KiB, of which it lets nobody choose otherwise.)
const STACK: usize = 0x2_0000;

/// Atomics and fences.
pub mod atomic {
    pub use super::atomics::{
        AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16,
        AtomicU32, AtomicU64, AtomicUsize, fence, heavy_fence, light_fence,
    };
    pub use std::sync::atomic::Ordering;
}

/// Memory that the compiler does not guard, behind accesses that an engine can see.
pub mod cell {
    pub use super::cells::UnsafeCell;
}

/// Shared nodes, poisoned and kept when they are freed.
pub mod heap {
    pub use super::nodes::{alloc, free, get};
}

/// Hints to the processor: a spin is a yield to the engine.
pub mod hint {
    pub use super::threads::spin_loop;
}

/// Threads of the model.
pub mod thread {
    pub use super::threads::{
        Builder, JoinHandle, Scope, ScopedJoinHandle, Thread, ThreadId, current, number, park, park_timeout,
        scope, spawn, yield_now,
    };
}

/// The model's clock.
pub mod time {
    pub use super::clock::Instant;
    pub use std::time::Duration;
}
