//! The facade: the only door to atomics, cells, threads, locks, clocks and heap nodes.
//!
//! Every structure of this crate is written once, against this module, and so can yours be. What stands
//! behind the names is chosen by the build:
//!
//! | build | behind the facade | what is added |
//! |---|---|---|
//! | plain | `std` | nothing: re-exports and `#[inline]` calls (`tests/assembly.rs` compares the machine code) |
//! | `--cfg loom` | loom 0.7.3 | the hooks below |
//! | `--cfg shuttle` | shuttle 0.9.9 | the hooks below |
//!
//! In the two model builds each type is a thin `#[track_caller]` newtype. It knows the place in the source
//! that called it, and so one compiled binary can
//!
//! * record what happened (`model::events`): thread, place, operation, ordering, value;
//! * weaken the ordering of one place (`SELVEDGE_WEAKEN=src/file.rs:line:column=Relaxed`), with no rebuild;
//! * count the steps of each thread (`model::steps`);
//! * publish an operation before it happens (`model::pending`), which a scheduler needs to see ahead;
//! * ask the engine to choose ([`Choice`]): a weak compare-exchange that fails for no reason, a
//!   wake-up that nobody sent, a time-out, an allocation that gets the address of a freed node, a callback that panics;
//! * tell a panic that was chosen from one that is a failure (`model::catch_chosen`): steps go on in the one, and are none
//!   in the other.
//!
//! # Differences from `std` that code on the facade must respect
//!
//! * Atomics have no `const fn new` in a model build: no `static` atomics (an engine could not reset them).
//! * [`cell::UnsafeCell`] gives its content through `with` and `with_mut`, so that an engine sees each access.
//! * Nodes that are shared and freed come from [`heap`], so that an engine sees each life and each death.
//! * loom allows five threads with the main one.
//!
//! # Added to `std`
//!
//! * `atomic::light_fence` and `atomic::heavy_fence`: a pair of sequentially consistent fences, one often and one
//!   rarely met. With the feature `membarrier`, on Linux, the first is an order to the compiler.
//! * `thread::number`: a hint by which threads keep out of each other's way.

// The door itself, and the only exception.
#![cfg_attr(any(loom, shuttle), allow(clippy::disallowed_types, clippy::disallowed_methods))]

#[cfg(not(any(loom, shuttle)))]
mod asymmetric;
#[cfg(not(any(loom, shuttle)))]
mod native;
#[cfg(not(any(loom, shuttle)))]
pub use native::{
    Arc, Condvar, Mutex, MutexGuard, WaitTimeoutResult, atomic, cell, heap, hint, thread, time,
};

#[cfg(any(loom, shuttle))]
pub mod model;
#[cfg(any(loom, shuttle))]
pub use model::{Arc, Condvar, Mutex, MutexGuard, WaitTimeoutResult, atomic, cell, heap, hint, thread, time};

pub use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

mod backoff;
mod choice;
mod scatter;
pub use backoff::Backoff;
pub use choice::{Choice, Reuse};
pub use scatter::scatter;

#[cfg(any(feature = "check", loom, shuttle))]
pub(crate) mod host;

#[cfg(all(loom, shuttle))]
compile_error!("choose one engine: `--cfg loom` or `--cfg shuttle`, not both");
