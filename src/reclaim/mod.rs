//! When may a node be freed? One trait, several strategies.
//!
//! A lock-free structure unlinks a node while others may still be reading it. Whoever unlinked it *retires*
//! it; the strategy frees it once nobody can be reading it any more. A reader holds a [`Guard`] from before
//! it loads a pointer until after its last use of what the pointer leads to.
//!
//! | strategy | frees | garbage while a thread is stopped | where |
//! |---|---|---|---|
//! | [`Epoch`] | when all guards of that time are gone, in batches | unbounded | production |
//! | `Ghost` | at the earliest legal moment | unbounded | models: a guard that is missing shows at once |
//! | [`Leak`] | when the structure is dropped | all of it | teaching, and models of pure logic |
//!
//! In a model build `Epoch` is a name for `Ghost`: crossbeam's epochs are invisible to loom and shuttle
//! (they use `std` atomics), and their batches would hide a missing guard from short executions.
//!
//! # The contract
//! Numbered, so that the code that uses it can discharge it by number.
//!
//! 1. *Protected.* A pointer that was loaded through [`Guard::protect`] from a place where it was linked may be
//!    dereferenced as long as that guard lives.
//! 2. *Unlinked first.* A node is retired only after it cannot be reached any more from the places that
//!    `protect` is called on.
//! 3. *Once.* A node is retired at most once, by one thread.
//!
//! # Literature
//! K. Fraser, *Practical lock-freedom*, PhD thesis, Cambridge, 2004, section 5.2.3 (epochs).
//! M. M. Michael, *Hazard pointers: safe memory reclamation for lock-free objects*, IEEE TPDS 15(6), 2004.

#[cfg(not(any(loom, shuttle)))]
mod epoch;
#[cfg(any(loom, shuttle))]
mod ghost;
mod leak;

#[cfg(not(any(loom, shuttle)))]
pub use epoch::{Epoch, EpochGuard};
#[cfg(any(loom, shuttle))]
pub use ghost::{Ghost, Ghost as Epoch, GhostGuard};
pub use leak::{Leak, LeakGuard};

use crate::sync::atomic::{AtomicPtr, Ordering};

/// A strategy: it knows who is reading and what waits to be freed.
///
/// # Safety
/// An implementation frees a retired node once at most, and not before every guard is gone that lived when the
/// node was retired and may protect it. What happened under those guards happens before the free.
pub unsafe trait Reclaim: Default + Send + Sync {
    /// What keeps nodes alive.
    type Guard<'r>: Guard
    where
        Self: 'r;

    /// A guard, which keeps alive what is loaded under it. Cheap, and may be nested.
    fn pin(&self) -> Self::Guard<'_>;
}

/// Keeps nodes alive that were loaded under it.
///
/// # Safety
/// [`protect`](Self::protect) loads from `source`, with `order` at the least, and returns what it loaded; as long as
/// the guard lives, that node is not freed by anybody's [`retire`](Self::retire) of the same strategy.
pub unsafe trait Guard {
    /// Loads a pointer that may be dereferenced as long as the guard lives (contract #1).
    fn protect<T>(&self, source: &AtomicPtr<T>, order: Ordering) -> *mut T;

    /// Frees `node` with `heap::free` once nobody can be reading it.
    ///
    /// # Safety
    /// 1. `node` came from [`heap::alloc`](crate::sync::heap::alloc).
    /// 2. It is unlinked (contract #2), and retired once (contract #3).
    /// 3. It may be dropped on any thread, and at any time until the strategy is dropped or, for [`Epoch`],
    ///    even later: what `T`'s destructor touches must live that long.
    unsafe fn retire<T>(&self, node: *mut T);
}
