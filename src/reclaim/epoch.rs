//! Epochs: the production strategy, by crossbeam-epoch.

use super::{Blanket, Guard, ProtectsAll, Reclaim};
use crate::sync::atomic::{AtomicBool, Ordering::Relaxed};
use crate::sync::{Arc, heap};

/// A flush of crossbeam-epoch's collector advances the epoch by one at most, and then frees eight bags of 64 nodes at most. What
/// somebody's guard protects is asked for in vain so many times, in less than a millisecond.
const ROUNDS: usize = 1_000;

/// Epoch-based reclamation by crossbeam-epoch's global collector.
///
/// A guard costs a store and a fence; a protected load costs a load. Garbage is freed in batches once every
/// thread that was pinned has let go, so a thread that stays pinned for ever keeps all later garbage alive: of the whole
/// process, since there is one collector. A guard that is forgotten ([`std::mem::forget`]) pins its thread for ever, even
/// when that has ended.
///
/// [`flush`](Reclaim::flush) frees what this thread has retired and what others have handed in, half a million nodes at
/// most. Not yet handed in are the last 63 at most of each thread that lives, and what destructors retire meanwhile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Epoch;

/// Pins the current thread to an epoch.
#[must_use = "a guard that is dropped at once protects nothing"]
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

    fn flush(&self) {
        // Behind all that this thread has retired, and all that others have handed in.
        let last = Arc::new(AtomicBool::new(false));
        let freed = Arc::clone(&last);
        // Relaxed, both: it says only that there is no more to do.
        crossbeam_epoch::pin().defer(move || freed.store(true, Relaxed)); // step: epoch.flush.freed
        let waits = || !last.load(Relaxed); // step: epoch.flush.waits
        (0..ROUNDS).take_while(|_| waits()).for_each(|_| crossbeam_epoch::pin().flush());
    }
}

// SAFETY: as above.
unsafe impl ProtectsAll for Epoch {}

// SAFETY: crossbeam-epoch's guard keeps alive what is deferred while it lives.
unsafe impl Guard for EpochGuard {
    type Shield<'g> = Blanket<'g>;

    #[inline(always)]
    fn shield(&self) -> Blanket<'_> {
        // SAFETY: crossbeam-epoch's guard keeps alive what is deferred while it lives.
        unsafe { Blanket::new() }
    }

    #[inline]
    unsafe fn retire<T>(&self, node: *mut T) {
        // SAFETY: `defer_unchecked` wants a function that may run on any thread, later: the caller's #3.
        // `free` wants a node of `alloc`, not freed before and not used any more: #1, #2 and the epochs.
        unsafe { self.0.defer_unchecked(move || heap::free(node)) }
    }
}
