//! Sleeping while the ring is full or empty: as in [`Ring`](crate::ring::Ring), with the waiting bit in the slot that
//! whoever can wake the sleeper must change.
//!
//! An empty ring becomes otherwise only when the slot at the tail is filled, and a full one only when that same slot,
//! which holds the oldest element, is emptied. The bit in that word cannot be missed by that exchange.

use super::HelpingRing;
use super::word::{SlotWord, Standing};
use crate::sync::atomic::Ordering::Relaxed;

impl<T, const INDEX: u32> HelpingRing<T, INDEX> {
    /// Sleeps until a pop or a close, unless the ring has room or is closed by now.
    pub(super) fn sleep_while_full(&self) {
        self.producers.sleep(|| {
            // Relaxed, all: if the exchange succeeds the slot was as we read it; what a waker did who has taken the list before
            // is seen by way of the list.
            let tail = self.tail.load(Relaxed); // step: helping.wait.tail_load
            let (slot, lap) = self.slot(tail);
            let word = SlotWord::<INDEX>(slot.load(Relaxed)); // step: helping.wait.full_load
            // step: helping.wait.full_announce
            word.against_free(lap) == Standing::Before
                && !word.sealed()
                && slot.compare_exchange(word.0, word.with_waiting().0, Relaxed, Relaxed).is_ok()
        });
    }

    /// Sleeps until a push or a close, unless the ring has an element or is closed by now.
    pub(super) fn sleep_while_empty(&self) {
        self.consumers.sleep(|| {
            // Relaxed, all: as above.
            let head = self.head.load(Relaxed); // step: helping.wait.head_load
            let (slot, lap) = self.slot(head);
            let word = SlotWord::<INDEX>(slot.load(Relaxed)); // step: helping.wait.empty_load
            // step: helping.wait.empty_announce
            word.against_free(lap) == Standing::Now
                && !word.sealed()
                && slot.compare_exchange(word.0, word.with_waiting().0, Relaxed, Relaxed).is_ok()
        });
    }
}
