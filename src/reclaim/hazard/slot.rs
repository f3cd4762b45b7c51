//! A place where one retired node waits.
//!
//! ```text
//!   empty v ──fill──▶ filling v ──publish──▶ full v ──take──▶ taking v ──free──▶ empty v+1
//! ```
//! The state is one word: a version, which counts the nodes that have waited here, and one of the four words above. Who
//! has made the slot *filling* or *taking* has its content to itself. A thread that stops then keeps this one node, and
//! no more. The way is one way: each state is there once, and whoever leaves one has put a node in, or taken one out.
//!
//! The address lies beside the content, so that one can look whether the node is protected without taking it.

use crate::reclaim::domain::{Broken, Domain, is_broken};
use crate::reclaim::retired::Retired;
use crate::sync::atomic::{
    AtomicPtr, AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
    fence,
};
use crate::sync::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr;

const EMPTY: u64 = 0;
const FILLING: u64 = 1;
const FULL: u64 = 2;
const TAKING: u64 = 3;
const WORDS: u64 = 4;

pub(super) struct Slot {
    /// `version * WORDS + word`. 2^62 versions: at one a nanosecond they last for 146 years.
    state: AtomicU64,
    /// The address of the node that waits.
    address: AtomicPtr<()>,
    /// Initialised while the slot is full.
    retired: UnsafeCell<MaybeUninit<Retired>>,
}

/// A state of a slot that is filling, full or taking.
#[derive(Clone, Copy)]
pub(super) struct Seen(u64);

impl Seen {
    /// Whether a node waits here that is in nobody's hands.
    pub(super) fn is_full(self) -> bool {
        self.0 % WORDS == FULL
    }
}

/// What became of a node that was seen to wait.
pub(super) enum Taken {
    /// The slot is empty, and the node the caller's to free.
    Mine(Retired),
    /// Somebody else has taken it out.
    Gone,
    /// Somebody else is taking it out.
    Going(Seen),
    /// It may not be freed.
    Waits,
}

impl Slot {
    fn new(state: u64) -> Self {
        Slot {
            state: AtomicU64::new(state),
            address: AtomicPtr::new(ptr::null_mut()),
            retired: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    pub(super) fn empty() -> Self {
        Self::new(EMPTY)
    }

    /// A slot that its creator is going to [`publish`](Self::publish) a node in.
    pub(super) fn filling() -> Self {
        Self::new(FILLING)
    }

    /// Whether the node could be put here.
    pub(super) fn fill(&self, retired: Retired) -> bool {
        // Relaxed: the exchange decides.
        let state = self.state.load(Relaxed); // step: slot.fill.look
        if state % WORDS != EMPTY {
            return false;
        }
        // Acquire: pairs with `slot.take.empty`; whoever took the last node out has read it before we write. Release: to
        // `slot.held.fence`, that we have let go of all slots before.
        // step: slot.fill.hold
        if self.state.compare_exchange(state, state - EMPTY + FILLING, AcqRel, Relaxed).is_err() {
            return false;
        }
        // SAFETY: the exchange has made it ours.
        unsafe { self.publish(state - EMPTY + FILLING, retired) };
        true
    }

    /// The node is here from now on.
    ///
    /// # Safety
    /// The slot is the caller's, by this state.
    unsafe fn publish(&self, filling: u64, retired: Retired) {
        // Relaxed: read by those who know that the slot is full, and by those whose exchange will fail.
        self.address.store(retired.address(), Relaxed); // step: slot.fill.address
        // SAFETY: the caller's.
        self.retired.with_mut(|content| unsafe { _ = (*content).write(retired) });
        // Release: the content, the address, and that the node was unlinked, to the fence of who scans.
        self.state.store(filling - FILLING + FULL, Release); // step: slot.fill.publish
    }

    /// The same for a slot that was made [`filling`](Self::filling).
    ///
    /// # Safety
    /// The caller has made the slot, and calls this once.
    pub(super) unsafe fn fill_first(&self, retired: Retired) {
        // SAFETY: the caller's: nobody else goes on from this state.
        unsafe { self.publish(FILLING, retired) };
    }

    /// Its state, unless it is empty.
    pub(super) fn look(&self) -> Option<Seen> {
        // Relaxed: the fence between the looks and the reads of the marks acquires what `slot.fill.publish` says.
        let state = self.state.load(Relaxed); // step: slot.look
        (state % WORDS != EMPTY).then_some(Seen(state))
    }

    /// Whether all of these slots, in somebody's hands when they were seen, still are as far as is known then: so by as
    /// many threads, of which each has one at a time.
    pub(super) fn are_held<D: Domain>(seen: &[(&Slot, Seen)]) -> bool {
        if !seen.is_empty() && !is_broken::<D>(Broken::NoHeldFence) {
            // Acquire: pairs with `slot.fill.hold` and `slot.take.hold`; whose hands a slot is in has let go of those before.
            fence(Acquire); // step: slot.held.fence
        }
        // Relaxed: what the fence has acquired is seen.
        seen.iter().all(|(slot, seen)| slot.state.load(Relaxed) == seen.0) // step: slot.held.load
    }

    /// Takes out the node that was seen to wait, if it is still there and `may_be_freed`.
    pub(super) fn take<D: Domain>(&self, full: Seen, may_be_freed: impl FnOnce(*mut ()) -> bool) -> Taken {
        // Relaxed: pairs with `slot.fill.address` by way of the fence. Or it is the address of a later node: then the
        // exchange would fail, and if that node may not be freed, it is still one that waits here.
        let address = self.address.load(Relaxed); // step: slot.take.address
        if !may_be_freed(address) {
            return Taken::Waits;
        }
        let taking = full.0 - FULL + TAKING;
        // Release: as `slot.fill.hold`. The content is here: the fence of who scans comes after the look that saw this state,
        // and has acquired what `slot.fill.publish` says.
        // step: slot.take.hold
        if let Err(now) = self.state.compare_exchange(full.0, taking, Release, Relaxed) {
            return if now == taking { Taken::Going(Seen(now)) } else { Taken::Gone };
        }
        // SAFETY: it was full, and the exchange has made it ours.
        let retired = self.retired.with(|content| unsafe { (*content).assume_init() });
        let version = if is_broken::<D>(Broken::OldEvidence) { 0 } else { WORDS };
        // Release: pairs with `slot.fill.hold`.
        self.state.store(full.0 - FULL + EMPTY + version, Release); // step: slot.take.empty
        Taken::Mine(retired)
    }
}

impl Drop for Slot {
    /// Frees the node that waits still.
    fn drop(&mut self) {
        // Relaxed: whoever has the slot to itself comes after everybody else.
        let full = self.state.load(Relaxed) % WORDS == FULL; // step: slot.drop.look
        if full {
            // SAFETY: initialised while it is full.
            let retired = self.retired.with(|content| unsafe { (*content).assume_init() });
            // SAFETY: it has waited here alone, and no guard lives.
            unsafe { retired.free() };
        }
    }
}
