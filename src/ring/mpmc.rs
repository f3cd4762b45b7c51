//! The ring and its simple operations. The protocol is told in the [module](super).

use super::claim::Refusal;
use super::error::{Closed, PushError, TryPopError, TryPushError};
use super::index::Index;
use super::iter::TryIter;
use super::sleepers::Sleepers;
use super::slot::{Slot, free};
use super::wait::{until_popped, until_pushed};
use crate::capacity::CapacityError;
use crate::exhaust::exhaust;
use crate::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
    fence,
};
use crossbeam_utils::CachePadded;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};

/// A bounded queue for many producers and many consumers, with exactly the capacity that was asked for.
///
/// | operation | if the ring is full / empty | progress |
/// |---|---|---|
/// | [`try_push`](Self::try_push), [`try_pop`](Self::try_pop) | says so, truly | waits for a half-done peer on its slot |
/// | [`push`](Self::push), [`pop`](Self::pop) | sleeps until it is not, or until the ring is closed | blocking |
/// | [`push_batch`](Self::push_batch), [`pop_batch`](Self::pop_batch) | moves none | as `try_push`, `try_pop` |
/// | [`len`](Self::len) | | lock-free |
/// | [`is_empty`](Self::is_empty), [`is_full`](Self::is_full), [`is_closed`](Self::is_closed) | | wait-free |
///
/// All of them are linearizable, the observers too; see the [module](super) for the points, and for why this
/// ring is not lock-free although it has no lock on its way.
///
/// What a thread did before it pushed a value happens before what another does after it popped that value. What
/// it did before it closed the ring happens before what another does after it was told "closed".
///
/// ```
/// # #[cfg(any(loom, shuttle))] fn main() {} // what it does would have to be inside a model
/// # #[cfg(not(any(loom, shuttle)))] fn main() -> Result<(), selvedge::ring::CapacityError> {
/// use selvedge::ring::{Ring, TryPushError};
///
/// let ring = Ring::with_capacity(2)?;
/// ring.try_push('a').unwrap();
/// ring.try_push('b').unwrap();
/// assert_eq!(ring.try_push('c'), Err(TryPushError::Full('c')));
/// assert_eq!(ring.try_pop(), Ok('a'));
/// # Ok(()) }
/// ```
pub struct Ring<T> {
    /// Counts pops. Its waiting bit: producers sleep.
    pub(super) head: CachePadded<AtomicU64>,
    /// Counts pushes. Its waiting bit: consumers sleep. Its closed bit: no more pushes.
    pub(super) tail: CachePadded<AtomicU64>,
    pub(super) slots: Box<[Slot<T>]>,
    pub(super) producers: Sleepers,
    pub(super) consumers: Sleepers,
}

impl<T> Ring<T> {
    /// An empty ring that holds up to `capacity` elements. Any capacity, not only powers of two, which are a
    /// little faster.
    ///
    /// # Errors
    /// If `capacity` is 0, or too large to count or to allocate.
    pub fn with_capacity(capacity: usize) -> Result<Self, CapacityError> {
        let count = u64::try_from(capacity).map_err(|_| CapacityError::TooLarge(capacity))?;
        match count {
            0 => return Err(CapacityError::Zero),
            1..=Index::MOST_SLOTS => {}
            _ => return Err(CapacityError::TooLarge(capacity)),
        }
        let slots = CapacityError::filled(capacity, capacity, |position| Slot::new(position as u64))?;
        Ok(Ring {
            head: CachePadded::new(AtomicU64::new(Index::at(0).0)),
            tail: CachePadded::new(AtomicU64::new(Index::at(0).0)),
            slots,
            producers: Sleepers::default(),
            consumers: Sleepers::default(),
        })
    }

    /// How many elements the ring can hold.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn positions(&self) -> u64 {
        self.slots.len() as u64
    }

    pub(super) fn slot(&self, position: u64) -> &Slot<T> {
        let count = self.positions();
        // The branch is the same every time, and a division costs more than the rest of a push.
        let index = if count.is_power_of_two() { position & (count - 1) } else { position % count };
        &self.slots[index as usize]
    }

    /// Puts `value` in, if there is room.
    ///
    /// Waits for nobody but a consumer that has already claimed this very slot and is about to leave it.
    ///
    /// # Errors
    /// The value, if the ring was full at that moment, or is closed.
    pub fn try_push(&self, value: T) -> Result<(), TryPushError<T>> {
        match self.claim_push(1) {
            Ok(claim) => {
                claim.fill([value]);
                Ok(())
            }
            Err(Refusal::NotNow) => Err(TryPushError::Full(value)),
            Err(Refusal::Closed) => Err(TryPushError::Closed(value)),
        }
    }

    /// Takes the oldest element out, if there is one.
    ///
    /// Waits for nobody but a producer that has already claimed this very slot and is about to fill it.
    ///
    /// # Errors
    /// If the ring was empty at that moment, or is closed and empty.
    pub fn try_pop(&self) -> Result<T, TryPopError> {
        match self.claim_pop(1) {
            Ok(claim) => {
                let mut value = None;
                claim.empty(|element| value = Some(element));
                Ok(value.expect("one was claimed"))
            }
            Err(Refusal::NotNow) => Err(TryPopError::Empty),
            Err(Refusal::Closed) => Err(TryPopError::Closed),
        }
    }

    /// Puts `value` in; sleeps while the ring is full.
    ///
    /// Who makes room wakes all that sleep for it, and all but one may sleep again: with 8 threads asleep in a full ring of one
    /// place an element takes 30 µs, with 256 of them 1 ms. Where many sleep on one side, a ring with more places than sleepers helps.
    ///
    /// # Errors
    /// The value, if the ring is closed, or is closed while this sleeps.
    pub fn push(&self, value: T) -> Result<(), PushError<T>> {
        until_pushed(value, |value| self.try_push(value), || self.sleep_while_full())
    }

    /// Takes the oldest element out; sleeps while there is none. All that sleep are woken by an element: see [`push`](Self::push).
    ///
    /// # Errors
    /// If the ring is closed and empty, or becomes so while this sleeps.
    pub fn pop(&self) -> Result<T, Closed> {
        until_popped(|| self.try_pop(), || self.sleep_while_empty())
    }

    /// Pops one element after the other, each with a [`try_pop`](Self::try_pop) of its own, until one finds the
    /// ring empty. Asked again after that, it looks again.
    pub fn try_iter(&self) -> TryIter<'_, Self> {
        TryIter::new(self)
    }

    /// Closes the ring: nothing goes in any more, what is inside can be taken out, and all sleepers wake.
    ///
    /// Returns whether this call closed it.
    pub fn close(&self) -> bool {
        // Release: pairs with the acquire fences `ring.push.closed_fence` and `ring.pop.closed_fence`.
        let before = Index(self.tail.fetch_or(Index::CLOSED, Release)); // step: ring.close.set
        self.producers.wake();
        self.consumers.wake();
        !before.closed()
    }

    /// Whether the ring is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        // Acquire: pairs with `ring.close.set`.
        Index(self.tail.load(Acquire)).closed() // step: ring.close.get
    }

    /// How many elements were in the ring at one moment of this call.
    ///
    /// Linearizable; lock-free, as it looks again only if something was pushed meanwhile. An element counts from
    /// its claim on.
    #[must_use]
    pub fn len(&self) -> usize {
        let mut tail = Index(self.tail.load(Relaxed)).position(); // step: ring.len.tail_load
        loop {
            fence(SeqCst); // step: ring.len.head_fence -- as `ring.push.full_fence`
            let head = Index(self.head.load(Relaxed)).position(); // step: ring.len.head_load
            fence(SeqCst); // step: ring.len.tail_fence -- as `ring.pop.empty_fence`
            let again = Index(self.tail.load(Relaxed)).position(); // step: ring.len.tail_again
            if again == tail {
                // Positions never come back, so nothing was pushed between: both counters stood like this at once.
                return (tail - head) as usize;
            }
            tail = again;
        }
    }

    /// Whether no element was in the ring at one moment of this call. Linearizable and wait-free.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let head = Index(self.head.load(Relaxed)).position(); // step: ring.len.empty_head_load
        fence(SeqCst); // step: ring.len.empty_fence -- as `ring.pop.empty_fence`
        let tail = Index(self.tail.load(Relaxed)).position(); // step: ring.len.empty_tail_load
        tail == head
    }

    /// Whether every slot was taken at one moment of this call. Linearizable and wait-free.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let tail = Index(self.tail.load(Relaxed)).position(); // step: ring.len.full_tail_load
        fence(SeqCst); // step: ring.len.full_fence -- as `ring.push.full_fence`
        let head = Index(self.head.load(Relaxed)).position(); // step: ring.len.full_head_load
        tail == head + self.positions()
    }

    /// Takes the oldest element out of a ring that is ours alone.
    pub(super) fn pop_exclusive(&mut self) -> Option<T> {
        // Relaxed, all: `&mut self` orders us after everybody else, and nobody is half-done.
        let head = Index(self.head.load(Relaxed)).position(); // step: ring.drop.head_load
        let tail = Index(self.tail.load(Relaxed)).position(); // step: ring.drop.tail_load
        if head == tail {
            return None;
        }
        self.head.store(Index::at(head + 1).0, Relaxed); // step: ring.drop.claim
        let slot = self.slot(head);
        // SAFETY: `head <= position < tail` and nobody is half-done, so the slot holds that element; it is read
        // once, as `head` has moved on.
        let value = slot.value.with(|cell| unsafe { (*cell).assume_init_read() }); // step: ring.drop.read
        slot.stamp.store(free(head + self.positions()), Relaxed); // step: ring.drop.release
        Some(value)
    }
}

impl<T> Drop for Ring<T> {
    fn drop(&mut self) {
        if !self.is_empty() {
            exhaust(|| self.pop_exclusive());
        }
    }
}

// SAFETY: elements go from thread to thread by move, each cell used by one at a time (invariant 2).
unsafe impl<T: Send> Send for Ring<T> {}
// SAFETY: as above. No `&T` is ever lent.
unsafe impl<T: Send> Sync for Ring<T> {}

// A panic leaves it whole: nobody's code runs inside an operation.
impl<T> UnwindSafe for Ring<T> {}
impl<T> RefUnwindSafe for Ring<T> {}

impl<T> fmt::Debug for Ring<T> {
    /// The size: elements may be on their way to other threads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Ring");
        debug.field("len", &self.len()).field("capacity", &self.capacity());
        debug.field("is_closed", &self.is_closed()).finish_non_exhaustive()
    }
}
