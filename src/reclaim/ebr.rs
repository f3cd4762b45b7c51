//! Epochs of our own: a reader says since when it has been reading.
//!
//! # Protocol
//! There is a counter, the epoch. To pin: read it, publish it in a mark, fence. To retire: note the epoch beside the
//! node. To advance the epoch: fence, read all marks, and if each pinned one is in the present epoch, add one. A node
//! is freed when the epoch is [`GRACE`] past the one that was noted beside it.
//!
//! # Why it holds
//! A node was retired by `t`, under a guard, when it read the epoch `s`. Another thread `r` reads the node, under a guard
//! from before the unlinking was visible to it. Let the epoch go from `s` to `s + 1`, to `s + 2`, to `s + 3`, each by
//! somebody who fenced first and then read the marks.
//!
//! Whoever makes `s + 2` has read `s + 1` before its fence. If this fence were before that of `t`'s pin, `t` would have
//! read `s + 1` at least. So it is behind, and its owner has seen `t`'s mark: not `s + 1`, since `t` read `s` later; so
//! `t` was not pinned any more, and its unlinking happens before `s + 2`, which was released, and acquired by the fence
//! of whoever makes `s + 3`. If that fence were before the one of `r`'s pin, `r` would have seen the unlinking. So it is
//! behind, and its owner has seen `r`'s mark: not `s + 2`, or `r` would have acquired the unlinking with it. So `r` was not
//! pinned any more, and all that it did happens before `s + 3`, and the free.
//!
//! With a fence in `retire` an epoch less would do (as in crossbeam-epoch, which pays it once for a bag of nodes). A
//! fence for each node costs more than to wait one epoch longer.
//!
//! # Bound
//! None: a thread that stays pinned for ever keeps alive all that is retired after the next epoch has begun. Else a node
//! waits for three more epochs, each of which comes when the slots of the [registry](super::registry) are full.
//!
//! # Literature
//! K. Fraser, *Practical lock-freedom*, PhD thesis, Cambridge, 2004, section 5.2.3. The fences: the RFC *Relaxed memory*
//! of crossbeam (J. Kang, 2017), for two epochs.

use super::domain::{Anyone, Broken, Domain, is_broken};
use super::registry::{Mark, Registry};
use super::retired::Retired;
use super::{Blanket, Guard, ProtectsAll, Reclaim};
use crate::sync::atomic::{
    AtomicUsize,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
    fence,
};
use std::{fmt, ptr};

/// How many epochs a node waits.
const GRACE: usize = 3;

/// Epoch-based reclamation on the facade: explored as it ships.
///
/// A guard costs an exchange, a fence and a store; a protection a load. A thread that stays pinned for ever keeps all later
/// garbage alive.
///
/// `D` names the domain. `PINS` is how many guards a block of memory has room for, `WAITING` how many nodes wait there:
/// when there is no place left, those who retire advance the epoch and free what they can.
pub struct Ebr<D: Domain = Anyone, const PINS: usize = 16, const WAITING: usize = 64> {
    epoch: AtomicUsize,
    registry: Registry<D, PINS, WAITING>,
}

/// Pinned to an epoch.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct EbrGuard<'r, D: Domain = Anyone, const PINS: usize = 16, const WAITING: usize = 64> {
    domain: &'r Ebr<D, PINS, WAITING>,
    mark: &'r Mark,
}

/// What a mark holds while its claimer is pinned to `epoch`. Never null; wraps after 2^63 epochs.
fn pinned(epoch: usize) -> *mut () {
    ptr::without_provenance_mut(epoch << 1 | 1)
}

impl<D: Domain, const PINS: usize, const WAITING: usize> Ebr<D, PINS, WAITING> {
    /// How many retired nodes wait now, about: others retire and free meanwhile.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.registry.waiting()
    }

    /// Advances the epoch by one, if nobody is pinned to an older one. The present epoch.
    fn advance(&self) -> (usize, bool) {
        // Relaxed: the fence acquires what `ebr.advance.exchange` has released, that what was done in older epochs is done.
        let epoch = self.epoch.load(Relaxed); // step: ebr.advance.epoch_load
        // Pairs with `ebr.pin.fence`: see the chapter.
        if !is_broken::<D>(Broken::NoScanFence) {
            fence(SeqCst); // step: ebr.advance.fence
        }
        if !is_broken::<D>(Broken::NoGrace) && self.registry.marks().any(|mark| mark != pinned(epoch)) {
            return (epoch, false);
        }
        // Release: what those did who were pinned before, to whoever reads the new epoch. Acquire, if another was first:
        // the same from it.
        // step: ebr.advance.exchange
        match self.epoch.compare_exchange(epoch, epoch.wrapping_add(1), Release, Acquire) {
            Ok(_) => (epoch.wrapping_add(1), true),
            Err(now) => (now, true),
        }
    }

    /// Advances the epoch as far as a node's freedom needs it.
    fn latest(&self) -> usize {
        let mut epoch = 0;
        for _ in 0..GRACE {
            let advanced;
            (epoch, advanced) = self.advance();
            if !advanced {
                break;
            }
        }
        epoch
    }

    fn is_free(latest: &usize, retired: &Retired) -> bool {
        let grace = if is_broken::<D>(Broken::OneEarly) { GRACE - 1 } else { GRACE };
        latest.wrapping_sub(retired.epoch()) >= grace
    }
}

// SAFETY: the chapter above.
unsafe impl<D: Domain, const PINS: usize, const WAITING: usize> Reclaim for Ebr<D, PINS, WAITING> {
    type Guard<'r> = EbrGuard<'r, D, PINS, WAITING>;

    #[inline]
    fn pin(&self) -> EbrGuard<'_, D, PINS, WAITING> {
        // Relaxed: an old epoch only keeps others from advancing. The fence acquires what the epoch stands for.
        let epoch = self.epoch.load(Relaxed); // step: ebr.pin.epoch_load
        let mark = self.registry.claim(pinned(epoch));
        // Pairs with `ebr.advance.fence`: see the chapter.
        if !is_broken::<D>(Broken::NoReaderFence) {
            fence(SeqCst); // step: ebr.pin.fence
        }
        EbrGuard { domain: self, mark }
    }

    fn flush(&self) {
        self.registry.scan(|| self.latest(), Self::is_free);
    }
}

// SAFETY: the chapter above.
unsafe impl<D: Domain, const PINS: usize, const WAITING: usize> ProtectsAll for Ebr<D, PINS, WAITING> {}

// SAFETY: the chapter above.
unsafe impl<D: Domain, const PINS: usize, const WAITING: usize> Guard for EbrGuard<'_, D, PINS, WAITING> {
    type Shield<'g>
        = Blanket<'g>
    where
        Self: 'g;

    #[inline]
    fn shield(&self) -> Blanket<'_> {
        // SAFETY: the chapter above.
        unsafe { Blanket::new() }
    }

    unsafe fn retire<T>(&self, node: *mut T) {
        // Relaxed: see the chapter.
        let epoch = self.domain.epoch.load(Relaxed); // step: ebr.retire.epoch_load
        // SAFETY: the caller's.
        let retired = unsafe { Retired::new(node).at(epoch) };
        self.domain.registry.retire(retired, || self.domain.latest(), Ebr::<D, PINS, WAITING>::is_free);
    }
}

impl<D: Domain, const PINS: usize, const WAITING: usize> Drop for EbrGuard<'_, D, PINS, WAITING> {
    #[inline]
    fn drop(&mut self) {
        // Release: pairs with `registry.marks.load`, and with the next claim.
        self.mark.store(ptr::null_mut(), Release); // step: ebr.unpin.store
    }
}

impl<D: Domain, const PINS: usize, const WAITING: usize> Default for Ebr<D, PINS, WAITING> {
    /// A domain of its own. Allocates nothing before the first guard.
    fn default() -> Self {
        Ebr { epoch: AtomicUsize::new(0), registry: Registry::new() }
    }
}

impl<D: Domain, const PINS: usize, const WAITING: usize> fmt::Debug for Ebr<D, PINS, WAITING> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ebr").field("registry", &self.registry).finish_non_exhaustive()
    }
}

impl<D: Domain, const PINS: usize, const WAITING: usize> fmt::Debug for EbrGuard<'_, D, PINS, WAITING> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EbrGuard").finish_non_exhaustive()
    }
}
