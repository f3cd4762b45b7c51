//! A place where one retired node waits.
//!
//! ```text
//!   empty v ──fill──▶ held v ──publish──▶ full v ──take──▶ held v ──free──▶ empty v+1
//!                                            ▲                │
//!                                            └──keep──────────┘   it is protected
//! ```
//! The state is one word: a version, which counts the nodes that have waited here, and one of the three words above.
//! Who has made the slot *held* has its content to itself. A thread that stops then keeps this one node, and no more.

use crate::reclaim::domain::{Broken, Domain, is_broken};
use crate::reclaim::retired::Retired;
use crate::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use crate::sync::cell::UnsafeCell;
use std::mem::MaybeUninit;

const EMPTY: u64 = 0;
const HELD: u64 = 1;
const FULL: u64 = 2;
const WORDS: u64 = 4;

pub(super) struct Slot {
    /// `version * WORDS + word`. 2^62 versions: at one a nanosecond they last for 146 years.
    state: AtomicU64,
    /// Initialised while the slot is full.
    retired: UnsafeCell<MaybeUninit<Retired>>,
}

/// A full slot, as it was seen: which node was there.
#[derive(Clone, Copy)]
pub(super) struct Noted(u64);

/// What became of a noted node.
pub(super) enum Taken {
    /// The slot is empty, and the node the caller's to free.
    Mine(Retired),
    /// Somebody else has taken it out.
    Gone,
    /// It waits still: protected, or in the hands of somebody who looks whether it is.
    Waits,
}

impl Slot {
    pub(super) fn empty() -> Self {
        Slot { state: AtomicU64::new(EMPTY), retired: UnsafeCell::new(MaybeUninit::uninit()) }
    }

    pub(super) fn full(retired: Retired) -> Self {
        Slot { state: AtomicU64::new(FULL), retired: UnsafeCell::new(MaybeUninit::new(retired)) }
    }

    /// Whether the node could be put here.
    pub(super) fn fill(&self, retired: Retired) -> bool {
        // Relaxed: the exchange decides.
        let state = self.state.load(Relaxed); // step: slot.fill.look
        if state % WORDS != EMPTY {
            return false;
        }
        // Acquire: pairs with `slot.take.empty`; whoever took the last node out has read it before we write.
        // step: slot.fill.hold
        if self.state.compare_exchange(state, state + HELD, Acquire, Relaxed).is_err() {
            return false;
        }
        // SAFETY: the exchange has made it ours.
        self.retired.with_mut(|content| unsafe { _ = (*content).write(retired) });
        // Release: the content, and that the node was unlinked, to `slot.take.hold` and the fence of who scans.
        self.state.store(state + FULL, Release); // step: slot.fill.publish
        true
    }

    /// The node that waits here, if there is one.
    pub(super) fn note(&self) -> Option<Noted> {
        // Relaxed: the fence between the notes and the reads of the marks acquires what `slot.fill.publish` says.
        let state = self.state.load(Relaxed); // step: slot.note.look
        (state % WORDS == FULL).then_some(Noted(state))
    }

    /// Takes out the noted node, if it is still there and `may_be_freed`.
    pub(super) fn take<D: Domain>(&self, noted: Noted, may_be_freed: impl FnOnce(&Retired) -> bool) -> Taken {
        let full = noted.0;
        let held = full - FULL + HELD;
        // Acquire: pairs with `slot.take.keep`, which continues what `slot.fill.publish` began.
        // step: slot.take.hold
        if let Err(now) = self.state.compare_exchange(full, held, Acquire, Relaxed) {
            return if now == held { Taken::Waits } else { Taken::Gone };
        }
        // SAFETY: it was full, and the exchange has made it ours.
        let retired = self.retired.with(|content| unsafe { (*content).assume_init() });
        if !may_be_freed(&retired) {
            // Release: pairs with the next `slot.take.hold`; we have read the content before it is written again.
            self.state.store(full, Release); // step: slot.take.keep
            return Taken::Waits;
        }
        let next = if is_broken::<D>(Broken::OldEvidence) { full - FULL } else { full - FULL + WORDS };
        // Release: pairs with `slot.fill.hold`.
        self.state.store(next, Release); // step: slot.take.empty
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
