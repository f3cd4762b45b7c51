//! When may a node be freed? One trait, several strategies.
//!
//! A lock-free structure unlinks a node while others may still be reading it. Whoever unlinked it *retires* it; the
//! strategy frees it once nobody can be reading it any more. A reader holds a [`Guard`] while it works on a structure, and
//! has a [`Shield`] of the guard's protect each pointer that it follows.
//!
//! | strategy | frees | protects | garbage while a thread is stopped | where |
//! |---|---|---|---|---|
//! | [`Hazard`] | what no shield protects, when its slots are full | one node for each shield | bounded | production, models |
//! | [`Epoch`] | when all guards of that time are gone, in batches | all | unbounded | production |
//! | [`Ebr`] | the same, when a bag of them is full | all | unbounded | production, models |
//! | `Ghost` | at the earliest legal moment | all | unbounded | models: a guard that is missing shows at once |
//! | [`Leak`] | when the structure is dropped | all | all of it | teaching, and models of pure logic |
//!
//! In a model build `Epoch` is a name for `Ghost`: crossbeam's epochs are invisible to loom and shuttle
//! (they use `std` atomics), and their batches would hide a missing guard from short executions. [`Hazard`] and [`Ebr`]
//! are on the facade, and explored as they ship. What each costs and keeps is in `docs/reclamation.md`.
//!
//! # The contract
//! Numbered, so that the code that uses it can discharge it by number.
//!
//! 1. *Protected.* A pointer that [`Shield::protect`] returned, from a place where it was linked, may be dereferenced
//!    until that shield is used again or dropped. If the strategy [`ProtectsAll`], it may be as long as the guard lives,
//!    and so may all pointers that are found in nodes which are protected.
//! 2. *Unlinked first.* A node is retired only after it cannot be reached any more from the places that
//!    `protect` is called on.
//! 3. *Once.* A node is retired at most once, by one thread.
//!
//! # Literature
//! K. Fraser, *Practical lock-freedom*, PhD thesis, Cambridge, 2004, section 5.2.3 (epochs).
//! M. M. Michael, *Hazard pointers: safe memory reclamation for lock-free objects*, IEEE TPDS 15(6), 2004.

mod blanket;
mod contract;
mod domain;
mod ebr;
#[cfg(not(any(loom, shuttle)))]
mod epoch;
#[cfg(any(loom, shuttle))]
mod ghost;
mod hazard;
mod leak;
mod registry;
mod retired;

pub use blanket::Blanket;
pub use contract::{Guard, ProtectsAll, Reclaim, Shield};
#[cfg(any(loom, shuttle))]
#[doc(hidden)]
pub use domain::Broken;
pub use domain::{Anyone, Domain};
pub use ebr::{Ebr, EbrGuard};
#[cfg(not(any(loom, shuttle)))]
pub use epoch::{Epoch, EpochGuard};
#[cfg(any(loom, shuttle))]
pub use ghost::{Ghost, Ghost as Epoch, GhostGuard};
pub use hazard::{Hazard, HazardGuard, HazardShield, OwnedHazardGuard};
pub use leak::{Leak, LeakGuard};
