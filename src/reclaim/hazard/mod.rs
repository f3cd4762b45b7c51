//! Hazard pointers: a reader says which node it is reading.
//!
//! # Protocol
//! To protect what `source` points to: read it, publish the pointer in a mark, fence, and read `source` again. If it has
//! not changed, the node was linked when it was already published. To retire: put the node where it [waits](waiting). To
//! free: note which nodes wait, fence, read all marks, and free those that are in none.
//!
//! # Why it holds
//! The two fences are in some order. If the reader's is first, the scan reads the mark as it is or was made later, so it
//! finds the node there, or reads (acquire) what the reader wrote (release) after its last use. If the scan's is first,
//! the unlinking is before it, since a node is noted after it was retired and retired after it was unlinked; so the
//! reader's second read comes after the unlinking, finds something else, and the reader does not use the node.
//!
//! Only the second read counts. That the first read the same may be an accident: the node may have been freed and its
//! address have come back meanwhile. That is no harm: what is protected is what was linked at the second read.
//!
//! # Bound
//! `WAITING` nodes for each block of `HAZARDS` hazards ([`Hazard::limit`]), and those in somebody's hands: a retirement has
//! the node that it is putting in, and, as a flush has, one that it has taken out. Blocks are made when more than `HAZARDS` shields are in use for each, or when at one moment
//! each slot has a node that is protected or in somebody's hands. With `WAITING` at 2 `HAZARDS` or more that takes as many
//! threads stopped in the midst of it as shields can be in use: so a bound of `R = WAITING / HAZARDS` nodes for each
//! shield, for the whole domain and not for each thread.
//!
//! # A thread that is stopped
//! keeps what its shields protect, and what it has in its hands: the node that it may be putting in, and the one that it
//! may have taken out. Everything else goes on.
//!
//! # A destructor that retires
//! may do so, in its own domain too. One operation of a thread is inside another then, and each of them has nodes in its
//! hands. But no slot: that of a node is empty before its destructor runs. So blocks count threads, however deep they are
//! nested. What a destructor retires waits for the next scan, and is not freed by the one that it runs in: of a list
//! whose nodes retire their successors each scan frees one. The first node that a destructor retires finds the room that its
//! own has left, unless others were faster; for a further one there may be a scan inside the scan, as deep as there are
//! nodes that retire more than one.
//!
//! When the domain itself is dropped it is too late to retire (the caller's #3 of [`Guard::retire`]): who has such nodes
//! flushes until nothing waits.
//!
//! # Literature
//! M. M. Michael, *Hazard pointers: safe memory reclamation for lock-free objects*, IEEE TPDS 15(6), 2004.
//! M. M. Michael, M. Wong, P. McKenney and others, *Hazard pointers for C++26*, WG21 P2530: the words *protect*,
//! *retire*, *domain*. Proof: `proofs/coq/hazard.v`.

mod slot;
mod waiting;

use super::domain::{Anyone, Broken, Domain, is_broken};
use super::registry::{Mark, Registry};
use super::retired::Retired;
use super::{Guard, Reclaim, Shield};
use crate::sync::Arc;
use crate::sync::atomic::{
    AtomicPtr, Ordering,
    Ordering::{Release, SeqCst},
    fence, heavy_fence, light_fence,
};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::{fmt, ptr};
use waiting::Hazards;

/// Frees a node when no shield protects it. Garbage is bounded, whatever threads do.
///
/// A protection costs a store, a fence and a load, for each node that is read; with the feature `membarrier`, on Linux,
/// the fence is an order to the compiler. A guard costs nothing, a shield an exchange, once it protects something.
///
/// `D` names the domain. `HAZARDS` is how many shields a block of memory has room for, `WAITING` how many nodes wait
/// there at most: when there is no place left, those who retire look what can be freed.
///
/// The memory of a domain never shrinks before the domain is dropped: it is that for the most shields that were ever in use at
/// once. A retirement looks through it for room, and so costs as much ever after: about 0.1 µs with 16 shields, 1 µs with 256,
/// 4 µs with 1,000. What needs so many only for a while should have a domain of its own.
///
/// A block is made on the stack of the thread that needs it: where `HAZARDS` or `WAITING` are tens of thousands, that has to be
/// a large one.
///
/// A destructor may retire. If it retires several nodes, scans may run inside scans, as deep as there are such nodes: a
/// large tree that takes itself apart so can overflow the stack.
///
/// A shield that is forgotten ([`std::mem::forget`]) keeps its node and its hazard until the domain is dropped; a guard
/// keeps nothing, but for an owned one, which keeps the domain.
///
/// ```
/// # #[cfg(any(loom, shuttle))] fn main() {} // what it does would have to be inside a model
/// # #[cfg(not(any(loom, shuttle)))] fn main() {
/// use selvedge::reclaim::{Guard, Hazard, Reclaim, Shield};
/// use selvedge::sync::atomic::{AtomicPtr, Ordering};
/// use selvedge::sync::heap;
///
/// let domain = Hazard::<selvedge::reclaim::Anyone>::default();
/// let place = AtomicPtr::new(heap::alloc(1));
///
/// let guard = domain.pin();
/// let mut shield = guard.shield();
/// let node = shield.protect(&place, Ordering::Acquire);
///
/// let old = place.swap(heap::alloc(2), Ordering::AcqRel); // as another thread might
/// unsafe { domain.pin().retire(old) }; // unlinked, once
/// domain.flush();
/// assert_eq!(unsafe { *heap::get(node) }, 1); // protected
/// assert_eq!(domain.waiting(), 1);
///
/// drop(shield);
/// domain.flush();
/// assert_eq!(domain.waiting(), 0);
/// # unsafe { heap::free(place.into_inner()) };
/// # }
/// ```
pub struct Hazard<D: Domain = Anyone, const HAZARDS: usize = 16, const WAITING: usize = 64> {
    registry: Hazards<D, HAZARDS, WAITING>,
}

/// Makes shields and retires nodes, of one domain.
#[must_use = "a guard that is dropped at once has made no shield"]
pub struct HazardGuard<'r, D: Domain = Anyone, const HAZARDS: usize = 16, const WAITING: usize = 64> {
    domain: &'r Hazard<D, HAZARDS, WAITING>,
}

/// A guard that keeps its domain alive, and so goes where it likes.
#[must_use = "a guard that is dropped at once has made no shield"]
pub struct OwnedHazardGuard<D: Domain = Anyone, const HAZARDS: usize = 16, const WAITING: usize = 64> {
    domain: Arc<Hazard<D, HAZARDS, WAITING>>,
}

/// Protects one node at a time, of one domain.
#[must_use = "a shield that is dropped at once protects nothing"]
pub struct HazardShield<'g, D: Domain = Anyone, const HAZARDS: usize = 16, const WAITING: usize = 64> {
    domain: &'g Hazard<D, HAZARDS, WAITING>,
    /// Claimed with the first protection.
    mark: Option<&'g Mark>,
}

impl<D: Domain, const HAZARDS: usize, const WAITING: usize> Hazard<D, HAZARDS, WAITING> {
    /// A guard that keeps the domain alive.
    pub fn pin_owned(this: &Arc<Self>) -> OwnedHazardGuard<D, HAZARDS, WAITING> {
        OwnedHazardGuard { domain: Arc::clone(this) }
    }

    /// How many retired nodes wait now, about: others retire and free meanwhile. Linear in [`limit`](Self::limit).
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.registry.waiting()
    }

    /// How many retired nodes may wait at once in the memory that the domain has now. Besides them there may be two for each
    /// retirement that is under way, the one that it is putting in and one that it is freeing, and one for each flush.
    /// Retirements and flushes of a destructor count as others do.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.registry.room()
    }

    /// What is published now, in order, for many to be looked up.
    fn published(&self) -> Vec<*mut ()> {
        if !is_broken::<D>(Broken::NoScanFence) {
            Self::fence_scan();
        }
        let mut published: Vec<_> = self.registry.marks().collect();
        published.sort_unstable();
        published
    }

    /// Orders what was noted before what is read next, and all that was done before those nodes were retired.
    fn fence_scan() {
        // Pairs with `hazard.protect.fence`: see the chapter.
        if D::ASYMMETRIC {
            heavy_fence(); // step: hazard.scan.fence
        } else {
            fence(SeqCst); // step: hazard.scan.full_fence
        }
    }

    fn is_free(published: &[*mut ()], node: *mut ()) -> bool {
        published.binary_search(&node).is_err()
    }

    /// # Safety
    /// Those of [`Guard::retire`].
    unsafe fn retire<T>(&self, node: *mut T) {
        // SAFETY: the caller's.
        let retired = unsafe { Retired::new(node) };
        self.registry.retire(retired, || self.published(), |published, node| Self::is_free(published, node));
    }

    fn shield(&self) -> HazardShield<'_, D, HAZARDS, WAITING> {
        HazardShield { domain: self, mark: None }
    }
}

impl<D: Domain, const HAZARDS: usize, const WAITING: usize> HazardShield<'_, D, HAZARDS, WAITING> {
    fn publish(&mut self, node: *mut ()) {
        match self.mark {
            None => self.mark = Some(&self.domain.registry.claim(node).mark),
            // Release: pairs with `registry.marks.load`; what was done with the node before happens before its free.
            Some(mark) => mark.store(node, Release), // step: hazard.protect.publish
        }
    }

    /// Orders what was published before what is read next.
    // Not in `protect_seen`, whose steps stand in traces as its caller's: at a place of its own it can be weakened alone.
    #[inline]
    fn fence_reader() {
        if is_broken::<D>(Broken::NoReaderFence) {
            return;
        }
        // Pairs with `hazard.scan.fence`: see the chapter.
        if D::ASYMMETRIC {
            light_fence(); // step: hazard.protect.fence
        } else {
            fence(SeqCst); // step: hazard.protect.full_fence
        }
    }

    /// Gives the mark back: nothing is protected any more.
    ///
    /// The shield can be used again.
    pub fn clear(&mut self) {
        if let Some(mark) = self.mark.take() {
            // Release: as `hazard.protect.publish`, and to the next claim.
            mark.store(ptr::null_mut(), Release); // step: hazard.clear.store
            self.mark = is_broken::<D>(Broken::KeptMark).then_some(mark);
        }
    }
}

// SAFETY: the chapter above.
unsafe impl<D: Domain, const HAZARDS: usize, const WAITING: usize> Reclaim for Hazard<D, HAZARDS, WAITING> {
    type Guard<'r> = HazardGuard<'r, D, HAZARDS, WAITING>;

    #[inline]
    fn pin(&self) -> HazardGuard<'_, D, HAZARDS, WAITING> {
        HazardGuard { domain: self }
    }

    fn flush(&self) {
        self.registry.scan(|| self.published(), |published, node| Self::is_free(published, node));
    }
}

/// Both kinds of guards do the same with their domain.
macro_rules! guards {
    ($($guard:ty;)*) => { $(
        // SAFETY: the chapter above; the domain lives as long as the guard, and shields borrow the guard.
        unsafe impl<D: Domain, const HAZARDS: usize, const WAITING: usize> Guard for $guard {
            type Shield<'g>
                = HazardShield<'g, D, HAZARDS, WAITING>
            where
                Self: 'g;

            #[inline]
            fn shield(&self) -> HazardShield<'_, D, HAZARDS, WAITING> {
                self.domain.shield()
            }

            unsafe fn retire<T>(&self, node: *mut T) {
                // SAFETY: the caller's.
                unsafe { self.domain.retire(node) }
            }
        }
    )* };
}

guards! {
    HazardGuard<'_, D, HAZARDS, WAITING>;
    OwnedHazardGuard<D, HAZARDS, WAITING>;
}

// SAFETY: the chapter above.
unsafe impl<D: Domain, const HAZARDS: usize, const WAITING: usize> Shield
    for HazardShield<'_, D, HAZARDS, WAITING>
{
    #[inline]
    fn protect<T>(&mut self, source: &AtomicPtr<T>, order: Ordering) -> *mut T {
        // With the caller's order, although the second read decides: null is read once.
        let seen = source.load(order); // step: hazard.protect.load
        self.protect_seen(source, seen, order)
    }

    #[inline]
    fn protect_seen<T>(&mut self, source: &AtomicPtr<T>, mut seen: *mut T, order: Ordering) -> *mut T {
        // Of null there is nothing to protect. The mark then keeps the node of before, until the shield is dropped.
        while !seen.is_null() {
            self.publish(seen.cast());
            Self::fence_reader();
            if is_broken::<D>(Broken::NoValidation) {
                break;
            }
            // The caller's order: this is the read by which the node is reached.
            let now = source.load(order); // step: hazard.protect.validate
            if now == seen {
                seen = now; // the same address, read when it was protected
                break;
            }
            seen = now;
        }
        if is_broken::<D>(Broken::ClearedEarly) {
            self.clear();
        }
        seen
    }
}

impl<D: Domain, const HAZARDS: usize, const WAITING: usize> Drop for HazardShield<'_, D, HAZARDS, WAITING> {
    #[inline]
    fn drop(&mut self) {
        self.clear();
    }
}

// A destructor that panics leaves it whole: the node has left its slot by then.
impl<D: Domain, const HAZARDS: usize, const WAITING: usize> UnwindSafe for Hazard<D, HAZARDS, WAITING> {}
impl<D: Domain, const HAZARDS: usize, const WAITING: usize> RefUnwindSafe for Hazard<D, HAZARDS, WAITING> {}

impl<D: Domain, const HAZARDS: usize, const WAITING: usize> Default for Hazard<D, HAZARDS, WAITING> {
    /// A domain of its own. Allocates nothing before something is protected or retired.
    fn default() -> Self {
        Hazard { registry: Registry::new() }
    }
}

impl<D: Domain, const HAZARDS: usize, const WAITING: usize> fmt::Debug for Hazard<D, HAZARDS, WAITING> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Hazard");
        debug.field("waiting", &self.waiting()).field("limit", &self.limit()).finish_non_exhaustive()
    }
}

impl<D: Domain, const HAZARDS: usize, const WAITING: usize> fmt::Debug
    for HazardGuard<'_, D, HAZARDS, WAITING>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HazardGuard").finish_non_exhaustive()
    }
}

impl<D: Domain, const HAZARDS: usize, const WAITING: usize> fmt::Debug
    for OwnedHazardGuard<D, HAZARDS, WAITING>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedHazardGuard").finish_non_exhaustive()
    }
}

impl<D: Domain, const HAZARDS: usize, const WAITING: usize> fmt::Debug
    for HazardShield<'_, D, HAZARDS, WAITING>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HazardShield").field("claimed", &self.mark.is_some()).finish()
    }
}
