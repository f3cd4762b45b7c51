//! Looking, and closing: what needs the true end of the ring and not a counter that may be behind.

use super::HelpingRing;
use super::word::{SlotWord, Standing};
use crate::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, SeqCst},
    fence,
};

/// A position of which the exchange is not done yet, and its slot at that moment.
struct End<'r, const INDEX: u32> {
    position: u64,
    slot: &'r AtomicU64,
    word: SlotWord<INDEX>,
    standing: Standing,
}

impl<T, const INDEX: u32> HelpingRing<T, INDEX> {
    /// Where the counter would stand if it were not behind; `open` says of a slot that its position is still to come.
    fn end(&self, counter: &AtomicU64, open: impl Fn(Standing) -> bool) -> End<'_, INDEX> {
        loop {
            // Relaxed: the fence acquires, as `helping.push.tail_load` does.
            let position = counter.load(Relaxed); // step: helping.end.counter_load
            let (slot, lap) = self.slot(position);
            // SeqCst: as `helping.push.full_fence`, for those who only look.
            fence(SeqCst); // step: helping.end.fence
            // Acquire: as `helping.push.slot_load`.
            let word = SlotWord(slot.load(Acquire)); // step: helping.end.slot_load
            let standing = word.against_free(lap);
            if open(standing) {
                return End { position, slot, word, standing };
            }
            self.move_on(counter, position);
        }
    }

    /// The next position to be pushed.
    fn tail_end(&self) -> End<'_, INDEX> {
        self.end(&self.tail, |standing| matches!(standing, Standing::Now | Standing::Before))
    }

    /// The next position to be popped.
    fn head_end(&self) -> End<'_, INDEX> {
        self.end(&self.head, |standing| matches!(standing, Standing::Now | Standing::Next))
    }

    /// How many elements were in the ring at one moment of this call. Lock-free.
    #[must_use]
    pub fn len(&self) -> usize {
        let mut tail = self.tail_end().position;
        loop {
            let head = self.head_end().position;
            let again = self.tail_end().position;
            if again == tail {
                // Positions never come back, so nothing was pushed between: both ends stood like this at once.
                return (tail - head) as usize;
            }
            tail = again;
        }
    }

    /// Whether no element was in the ring at one moment of this call. Lock-free.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.head_end().standing == Standing::Now
    }

    /// Whether every slot was taken at one moment of this call. Lock-free.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.tail_end().standing == Standing::Before
    }

    /// Whether the ring is closed. Lock-free.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.tail_end().word.sealed()
    }

    /// Closes the ring: nothing goes in any more, what is inside can be taken out, and all sleepers wake.
    ///
    /// Returns whether this call closed it. Lock-free, and a few steps for each thread that sleeps.
    pub fn close(&self) -> bool {
        loop {
            let End { slot, word, .. } = self.tail_end();
            if word.sealed() {
                return false;
            }
            // Relaxed: the fence of `tail_end` releases; it pairs with all acquiring loads of slots, so that who is told
            // "closed" sees what we did before.
            // step: helping.close.seal
            if slot.compare_exchange(word.0, word.with_seal().0, Relaxed, Relaxed).is_ok() {
                self.producers.wake();
                self.consumers.wake();
                return true;
            }
        }
    }
}
