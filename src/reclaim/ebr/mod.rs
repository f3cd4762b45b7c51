//! Epochs of our own: a reader says since when it has been reading.
//!
//! # Protocol
//! There is a counter, the epoch. To pin: read it, publish it in a mark of the [registry](super::registry), fence. To
//! retire: note the epoch beside the node, and put it into the [bag] that lies beside the mark and is the guard's own.
//! To advance the epoch: fence, read all marks, and if each pinned one is in the present epoch, add one. A node is freed
//! when the epoch is [`GRACE`] past the one that was noted beside it.
//!
//! Who has retired `WAITING` nodes tries to advance the epoch, and frees what it may of its own bag. Who has advanced the
//! epoch also looks after one bag that is nobody's, another one with each epoch: so what a thread leaves behind is freed
//! by others. For that it claims the mark, as a *collector*, which says nothing about epochs and holds up nobody.
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
//! None: a thread that stays pinned to the epoch `e` for ever, or has forgotten its guard, lets the epoch go to `e + 1` and
//! no further, and so keeps alive what is retired from `e - 1` on, and what is in its bag. Else a node
//! waits for three more epochs, each of which comes when somebody has retired `WAITING` nodes: a bag that lies beside one
//! thread alone has four times as many at most.
//!
//! A destructor may retire, in its own domain too: the bag that its node was in is at rest meanwhile, and its guard has
//! another one. So a thread has as many marks as its operations are nested, and what a destructor retires waits anew. When
//! the domain itself is dropped it is too late for that: who has such nodes flushes until nothing waits.
//!
//! # Cost
//! Amortised over `WAITING` retirements each is a push into a bag, and a fence and a walk over all marks for all of them.
//! The nodes of a bag are in the order of their epochs, so that those which cannot be freed yet cost one look.
//!
//! # Progress
//! Lock-free, as far as the allocator is: a claim is that of the registry, and all else ends by itself. A thread that
//! is stopped as a collector keeps that one bag.
//!
//! # Literature
//! K. Fraser, *Practical lock-freedom*, PhD thesis, Cambridge, 2004, section 5.2.3. The fences: the RFC *Relaxed memory*
//! of crossbeam (J. Kang, 2017), for two epochs.

mod bag;

use super::domain::{Anyone, Broken, Domain, is_broken};
use super::registry::{Place, Registry};
use super::retired::Retired;
use super::{Blanket, Guard, ProtectsAll, Reclaim};
use crate::sync::atomic::{
    AtomicUsize,
    Ordering::{Relaxed, Release, SeqCst},
    fence,
};
use bag::Bag;
use std::mem::ManuallyDrop;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::{fmt, ptr};

/// How many epochs a node waits.
const GRACE: usize = 3;

/// Marks, and the bags beside them.
type Pins<D, const PINS: usize> = Registry<D, Bag, (), PINS>;

/// Epoch-based reclamation on the facade: explored as it ships.
///
/// A guard costs an exchange, a fence and a store; a protection a load. A thread that stays pinned for ever keeps all later
/// garbage alive; and so does a guard that is forgotten ([`std::mem::forget`]), until the domain is dropped.
///
/// `D` names the domain. `PINS` is how many guards a block of memory has room for. Who has retired `WAITING` nodes advances
/// the epoch and frees what it can.
pub struct Ebr<D: Domain = Anyone, const PINS: usize = 16, const WAITING: usize = 64> {
    epoch: AtomicUsize,
    pins: Pins<D, PINS>,
}

/// Pinned to an epoch. Of one thread: what it retires goes into a bag that is nobody else's.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct EbrGuard<'r, D: Domain = Anyone, const PINS: usize = 16, const WAITING: usize = 64> {
    domain: &'r Ebr<D, PINS, WAITING>,
    place: &'r Place<Bag>,
}

/// What a mark holds while its claimer is pinned to `epoch`. Never null; wraps after 2^63 epochs.
fn pinned(epoch: usize) -> *mut () {
    ptr::without_provenance_mut(epoch << 1 | 1)
}

/// Whether the epoch was advanced, and the latest one of which we know what is done.
enum Advanced {
    Not(usize),
    ByUs(usize),
    ByAnother(usize),
}

impl Advanced {
    fn epoch(&self) -> usize {
        let (Advanced::Not(epoch) | Advanced::ByUs(epoch) | Advanced::ByAnother(epoch)) = self;
        *epoch
    }
}

/// What a mark holds that was claimed for the bag beside it: no epoch.
fn collector() -> *mut () {
    ptr::without_provenance_mut(2)
}

impl<D: Domain, const PINS: usize, const WAITING: usize> Ebr<D, PINS, WAITING> {
    /// How many retired nodes wait now, about: others retire and free meanwhile.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.pins.places().map(|place| place.beside.count()).sum()
    }

    /// Advances the epoch by one, if nobody is pinned to an older one.
    fn advance(&self) -> Advanced {
        // Relaxed: the fence acquires what `ebr.advance.exchange` has released, that what was done in older epochs is done.
        let epoch = self.epoch.load(Relaxed); // step: ebr.advance.epoch_load
        // Pairs with `ebr.pin.fence`: see the chapter.
        if !is_broken::<D>(Broken::NoScanFence) {
            fence(SeqCst); // step: ebr.advance.fence
        }
        let is_behind = |mark| mark != pinned(epoch) && mark != collector();
        if !is_broken::<D>(Broken::NoGrace) && self.pins.marks().any(is_behind) {
            return Advanced::Not(epoch);
        }
        // Release: what those did who were pinned before, to whoever reads the new epoch. Relaxed, if another was first:
        // of the epoch that it has made we know nothing, and make no use.
        // step: ebr.advance.exchange
        match self.epoch.compare_exchange(epoch, epoch.wrapping_add(1), Release, Relaxed) {
            Ok(_) => Advanced::ByUs(epoch.wrapping_add(1)),
            Err(_) => Advanced::ByAnother(epoch),
        }
    }

    /// Advances the epoch as far as a node's freedom needs it: the latest.
    fn latest(&self) -> usize {
        let mut advanced = self.advance();
        for _ in 1..GRACE {
            if matches!(advanced, Advanced::Not(_)) {
                break;
            }
            advanced = self.advance();
        }
        advanced.epoch()
    }

    /// Whether a node may be freed when the epoch is `latest`, which may be older than the node.
    fn is_free(latest: usize, retired: &Retired) -> bool {
        let grace = if is_broken::<D>(Broken::OneEarly) { GRACE - 1 } else { GRACE };
        latest.wrapping_sub(retired.epoch()).cast_signed() >= grace.cast_signed()
    }

    /// Frees what may be freed in the bag at this place, if it is nobody's.
    fn collect(&self, place: &Place<Bag>, latest: usize) {
        if place.beside.count() > 0
            && (is_broken::<D>(Broken::BagOfOthers) || Pins::<D, PINS>::hold(place, collector()))
        {
            let guard = EbrGuard { domain: self, place };
            if is_broken::<D>(Broken::KeepsItsMark) {
                let kept = ManuallyDrop::new(guard);
                kept.free(latest);
                return drop(ManuallyDrop::into_inner(kept));
            }
            guard.free(latest);
        }
    }
}

impl<D: Domain, const PINS: usize, const WAITING: usize> EbrGuard<'_, D, PINS, WAITING> {
    /// Frees what may be freed in its own bag.
    fn free(&self, latest: usize) {
        // SAFETY: the bag is ours; what is free nobody reads: the chapter above.
        unsafe { self.place.beside.free(|retired| Ebr::<D, PINS, WAITING>::is_free(latest, retired)) };
    }
}

// SAFETY: the chapter above.
unsafe impl<D: Domain, const PINS: usize, const WAITING: usize> Reclaim for Ebr<D, PINS, WAITING> {
    type Guard<'r> = EbrGuard<'r, D, PINS, WAITING>;

    #[inline]
    fn pin(&self) -> EbrGuard<'_, D, PINS, WAITING> {
        // Relaxed: an old epoch only keeps others from advancing. The fence acquires what the epoch stands for.
        let epoch = self.epoch.load(Relaxed); // step: ebr.pin.epoch_load
        let place = self.pins.claim(pinned(epoch));
        // Pairs with `ebr.advance.fence`: see the chapter.
        if !is_broken::<D>(Broken::NoReaderFence) {
            fence(SeqCst); // step: ebr.pin.fence
        }
        EbrGuard { domain: self, place }
    }

    fn flush(&self) {
        let latest = self.latest();
        self.pins.places().for_each(|place| self.collect(place, latest));
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
        // SAFETY: the bag is ours: a guard is no other thread's.
        let fresh = unsafe { self.place.beside.put(retired) };
        if fresh >= WAITING {
            // Once: our own mark is in the way of the next epoch but one.
            let advanced = self.domain.advance();
            self.free(advanced.epoch());
            if let Advanced::ByUs(epoch) = advanced {
                // Of each block one place, another with each epoch.
                let places = self.domain.pins.places().skip(epoch % PINS).step_by(PINS);
                places.for_each(|place| self.domain.collect(place, epoch));
            }
        }
    }
}

impl<D: Domain, const PINS: usize, const WAITING: usize> Drop for EbrGuard<'_, D, PINS, WAITING> {
    #[inline]
    fn drop(&mut self) {
        // Release: pairs with `registry.marks.load`, and with the next claim.
        self.place.mark.store(ptr::null_mut(), Release); // step: ebr.unpin.store
    }
}

// A destructor that panics leaves it whole: the node has left its bag by then.
impl<D: Domain, const PINS: usize, const WAITING: usize> UnwindSafe for Ebr<D, PINS, WAITING> {}
impl<D: Domain, const PINS: usize, const WAITING: usize> RefUnwindSafe for Ebr<D, PINS, WAITING> {}

impl<D: Domain, const PINS: usize, const WAITING: usize> Default for Ebr<D, PINS, WAITING> {
    /// A domain of its own. Allocates nothing before the first guard.
    fn default() -> Self {
        Ebr { epoch: AtomicUsize::new(0), pins: Registry::new() }
    }
}

impl<D: Domain, const PINS: usize, const WAITING: usize> fmt::Debug for Ebr<D, PINS, WAITING> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ebr").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

impl<D: Domain, const PINS: usize, const WAITING: usize> fmt::Debug for EbrGuard<'_, D, PINS, WAITING> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EbrGuard").finish_non_exhaustive()
    }
}
