//! Epochs: the production strategy, by crossbeam-epoch.

use super::{Guard, Reclaim};
use crate::sync::atomic::{AtomicPtr, Ordering};
use crate::sync::heap;

/// Epoch-based reclamation by crossbeam-epoch's global collector.
///
/// A guard costs a store and a fence; a protected load costs a load. Garbage is freed in batches once every
/// thread that was pinned has let go, so a thread that stays pinned for ever keeps all later garbage alive.
#[derive(Clone, Copy, Debug, Default)]
pub struct Epoch;

/// Pins the current thread to an epoch.
#[derive(Debug)]
pub struct EpochGuard(crossbeam_epoch::Guard);

// SAFETY: crossbeam-epoch runs a deferred function once, after all guards that lived when it was deferred are
// gone, and orders it after them.
unsafe impl Reclaim for Epoch {
    type Guard<'r> = EpochGuard;

    #[inline]
    fn pin(&self) -> EpochGuard {
        EpochGuard(crossbeam_epoch::pin())
    }
}

// SAFETY: a load, and a guard of crossbeam-epoch, which keeps alive what is deferred while it lives.
unsafe impl Guard for EpochGuard {
    #[inline(always)]
    fn protect<T>(&self, source: &AtomicPtr<T>, order: Ordering) -> *mut T {
        source.load(order) // step: epoch.protect.load
    }

    #[inline]
    unsafe fn retire<T>(&self, node: *mut T) {
        // SAFETY: `defer_unchecked` wants a function that may run on any thread, later: the caller's #3.
        // `free` wants a node of `alloc`, not freed before and not used any more: #1, #2 and the epochs.
        unsafe { self.0.defer_unchecked(move || heap::free(node)) }
    }
}
