//! A ring that is lock-free: whoever finds something half-done does the other half.
//!
//! [`Ring`](super::Ring) claims a position first and fills its slot afterwards, and a thread that stops between the
//! two stops everybody. Here *one* exchange of the slot's word puts the element in, or takes it out, and that is all
//! that counts. Nothing half-done can be seen but a counter that has not moved yet, and anybody may move it.
//!
//! For that an element must fit into a word beside the turn. So the word names a cell of an
//! arena (`src/arena`), where the element lies.
//!
//! # Protocol
//! `tail` and `head` count positions, for ever. Position `p` uses slot `p mod capacity`, in lap `p / capacity`. Each
//! slot has one word:
//!
//! ```text
//!   turn (38 bits) | waiting | sealed | cell (24)
//!
//!             push: exchange                     pop: exchange
//!   turn 2l ───────────────────▶ 2l+1, its cell ───────────────────▶ 2(l+1)
//!   free for lap l               holds the element of lap l          free for the next lap
//!
//!   push: read tail, read its slot.  Free: value into a cell, exchange the slot, then move tail on.
//!                                    Holds the element of the lap before: full.
//!                                    Further: tail is behind. Move it on, and look again.
//!   pop:  read head, read its slot.  Holds the element: exchange it, then move head on, then value out of the cell.
//!                                    Free: empty.
//!                                    Further: head is behind. Move it on, and look again.
//! ```
//!
//! To move a counter on is an exchange from `p` to `p + 1`, tried once: if it fails somebody else has done it.
//!
//! # Invariants
//! Let *pushed* be the number of exchanges that put an element in, and *popped* of those that took one out.
//! 1. `popped <= pushed <= popped + capacity`; `head <= popped` and `tail <= pushed`.
//! 2. Slot of `p`: free for `p` from when `p - capacity` was popped until `p` is pushed, and holds its element from then
//!    on until `p` is popped. In other words: its word alone says how `p` stands.
//! 3. Position `p` is pushed only when all before it are, and popped likewise: an exchange at `p` needs `tail`, or
//!    `head`, to have been `p`, and a counter moves on from a position only when its exchange is done.
//! 4. A cell belongs to a pusher until its exchange, to the ring, and then to the popper until it has moved the value out.
//!
//! # Full and empty are never lies
//! A slot that is free for the position at which `head` was is not filled yet: by 1 and 3 pushed = popped. A slot that
//! still holds the element of the lap before says likewise that the ring is full. No second counter is looked at.
//!
//! # Closing
//! A bit at the tail's counter would not do: a push could put its element in after "closed and empty" was said. So
//! `close` seals the slot at the tail, by an exchange that fails if the slot is filled before. The seal is on that word
//! for good: a pop keeps it, and a push refuses it. When the ring has run empty, pops see it in the slot they look at.
//!
//! # Linearization points
//! A push, a pop, a close: the exchange of the slot's word. "Full", "empty", "closed", `is_empty`, `is_full`,
//! `is_closed`: the load of that word. `len`: the load of the head's slot between two of the tail's that agree.
//!
//! # Progress
//! Lock-free, all but the sleeping ones; and whoever finds others asleep wakes them without a lock
//! (`src/ring/sleepers.rs`), wherever one of them has stopped. An operation looks again only if its exchange failed (another one's succeeded, or
//! somebody went to sleep), or if a counter was behind, and it moves on at most once for each exchange that succeeded.
//! Where a thread stops does not matter: `models/progress` stops it everywhere. Allocation is the allocator's matter.
//!
//! # How much memory
//! All that the ring needs for `capacity` elements, and for 32 threads in the middle of an operation, is allocated when it
//! is made. If more threads than that hold a cell at once, the arena allocates, and keeps, as much again. A ring that
//! is exact and lock-free *has* to need something for each thread: a pop that has made room, and was stopped before it
//! moved its element out, must not keep a push from that room, nor may that push write over the element. (In general:
//! Aksenov, Koval, Kuznetsov and Paramonov, below.)
//!
//! This is why Nikolaev's SCQ, which we had in mind first, is not what stands here. It circulates `capacity` cells
//! between two queues of indices. With capacity 1: one thread pops and is stopped before it gives its cell back. Another
//! one pops and is told "empty", and pushes and is told "full", which no order of the three explains. SCQ's counters
//! are moved by fetch-and-add, which scales better under heavy contention, and count attempts, not elements, so that they
//! cannot say either how many there are.
//!
//! # What it costs
//! `cargo run --release --manifest-path benches/Cargo.toml --bin containers`: nanoseconds a turn, and in brackets the ratio to
//! crossbeam's queue, on two shared x86-64 cores; of 21 rounds the one in the middle.
//!
//! | | threads | crossbeam's `ArrayQueue` | `Ring` | `HelpingRing` |
//! |---|---|---|---|---|
//! | a push and a pop | 1 | 6.7 (1.00) | 8.6 (1.28) | 16.9 (2.51) |
//! | a push and a pop | 2 | 23.9 (1.00) | 26.9 (1.13) | 34.4 (1.44) |
//! | a push and a pop | 8 | 77.9 (1.00) | 82.1 (1.05) | 128.7 (1.65) |
//! | from half of them to the other half | 2 | 41.9 (1.00) | 21.2 (0.51) | 33.1 (0.79) |
//! | from half of them to the other half | 8 | 187.5 (1.00) | 66.1 (0.35) | 177.3 (0.95) |
//! | a push that finds no room | 1 | 2.5 (1.00) | 3.3 (1.29) | 2.7 (1.09) |
//!
//! A push looks for room before it takes a cell. That is two instructions more where there is room, and a hundred fewer
//! where there is none (callgrind). From one thread to another it was 4,100 ns without: a producer that polled the full
//! ring took the topmost cell and gave it back all the time, and the consumer's exchange of the same word failed.
//!
//! # Orderings
//! Elements travel by the words of the slots: release with the exchange, acquire with the load before. Counters release
//! what their mover saw in the slot: who reads `tail = p` finds no slot of a lap that is over. "Full", "empty" and the
//! observers have a sequentially consistent fence before the load that decides, since two threads could otherwise each
//! miss the other's last step (store buffering), as in [`Ring`](super::Ring).
//!
//! # ABA
//! Counters never come round. Turns do, after `2^(61-INDEX)` laps: 2^37 with `INDEX` 24, as it ships. A thread that read the
//! slot of its position and then stands still for exactly that many laps, or a multiple, could put its element in out of
//! turn, if the tail is then less than a lap before that slot; or take one out of turn, if the same cell lies there
//! again. With capacity 1 that cannot happen; with 2 it takes 2^38 pushes and as many pops, an hour and a half of a hundred
//! million operations a second, hit to the very one, and with 1,000 a month. In the models `INDEX` leaves two bits to
//! the turn, and it does happen.
//!
//! The list of free cells has a count of its own, of `64-INDEX` bits, which every push and every pop moves once. A thread
//! that stands still between two steps of `src/arena` for exactly 2^40 of them, three hours, with the same cell on top
//! again, would give one cell to two owners: not an order that is wrong, but undefined behaviour.
//!
//! A larger `INDEX` is for large rings, and leaves less: with 32 the turns come round after 2^29 laps, which is 2^53
//! pushes at the capacity that asks for it and ten seconds' worth at capacity 2, and the count of the list after 2^32
//! changes, 43 seconds.
//!
//! # Proof
//! `proofs/smt/helping_ring.py`: any number of threads and operations, any capacity, sequentially consistent, with turns
//! that never come round.
//!
//! # Literature
//! P. Tsigas and Y. Zhang, *A simple, fast and scalable non-blocking concurrent FIFO queue for shared memory
//! multiprocessor systems*, SPAA 2001, and C. Evequoz, *Non-blocking concurrent FIFO queues with single word
//! synchronization primitives*, ICPP 2008: arrays of words, counters that lag and are helped on.
//! R. Colvin and L. Groves, *Formal verification of an array-based nonblocking queue*, ICECCS 2005.
//! R. Nikolaev, *A scalable, portable, and memory-efficient lock-free FIFO queue*, DISC 2019 (SCQ).
//! V. Aksenov, N. Koval, P. Kuznetsov, A. Paramonov, *Memory bounds for concurrent bounded queues*, arXiv 2104.15003.

mod batch;
mod observe;
mod wait;
mod word;

use super::error::{Closed, PushError, TryPopError, TryPushError};
use super::iter::TryIter;
use super::sleepers::Sleepers;
use super::wait::{until_popped, until_pushed};
use crate::arena::Arena;
use crate::capacity::CapacityError;
use crate::exhaust::exhaust;
use crate::sync::Backoff;
use crate::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
    fence,
};
use crossbeam_utils::CachePadded;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use word::{SlotWord, Standing};

/// A bounded lock-free queue for many producers and many consumers, with exactly the capacity that was asked for.
///
/// | operation | if the ring is full / empty | progress |
/// |---|---|---|
/// | [`try_push`](Self::try_push), [`try_pop`](Self::try_pop) | says so, truly | lock-free |
/// | [`push`](Self::push), [`pop`](Self::pop) | sleeps until it is not, or until the ring is closed | blocking |
/// | [`push_batch`](Self::push_batch), [`pop_batch`](Self::pop_batch) | moves what it can | lock-free for each element |
/// | [`len`](Self::len), [`is_empty`](Self::is_empty), [`is_full`](Self::is_full), [`is_closed`](Self::is_closed) | | lock-free |
///
/// All but the batches are linearizable. What a thread did before it pushed a value happens before what another does
/// after it popped that value. What it did before it closed the ring happens before what another does after it was told
/// "closed".
///
/// [`Ring`](super::Ring) does the same with less work for each element, and waits for a thread that is stopped at the
/// wrong moment. `INDEX` is for those who need more than 2^23 elements: see the [module](self).
///
/// ```
/// # #[cfg(any(loom, shuttle))] fn main() {} // what it does would have to be inside a model
/// # #[cfg(not(any(loom, shuttle)))] fn main() -> Result<(), selvedge::ring::CapacityError> {
/// use selvedge::ring::{HelpingRing, TryPushError};
///
/// let ring = HelpingRing::with_capacity(2)?;
/// ring.try_push('a').unwrap();
/// ring.try_push('b').unwrap();
/// assert_eq!(ring.try_push('c'), Err(TryPushError::Full('c')));
/// assert_eq!(ring.try_pop(), Ok('a'));
/// # Ok(()) }
/// ```
pub struct HelpingRing<T, const INDEX: u32 = 24> {
    /// Of pops: at most one exchange for each thread behind.
    head: CachePadded<AtomicU64>,
    /// Of pushes, likewise.
    tail: CachePadded<AtomicU64>,
    slots: Box<[AtomicU64]>,
    arena: Arena<T, INDEX>,
    producers: Sleepers,
    consumers: Sleepers,
}

/// What a push has found at the tail.
enum Tail<'r, const INDEX: u32> {
    /// This position is to be filled, and its slot held this word.
    Free(u64, &'r AtomicU64, SlotWord<INDEX>),
    Full,
    Closed,
}

impl<T> HelpingRing<T> {
    /// An empty ring that holds up to `capacity` elements.
    ///
    /// # Errors
    /// If `capacity` is 0, 2^23 or more, or too large to allocate.
    pub fn with_capacity(capacity: usize) -> Result<Self, CapacityError> {
        Self::of_capacity(capacity)
    }
}

impl<T, const INDEX: u32> HelpingRing<T, INDEX> {
    /// As [`with_capacity`](HelpingRing::with_capacity), for any `INDEX`: fewer than `2^(INDEX-1)` elements.
    ///
    /// # Errors
    /// If `capacity` is 0, not less than that, or too large to allocate.
    pub fn of_capacity(capacity: usize) -> Result<Self, CapacityError> {
        let arena = Arena::with_capacity(capacity)?;
        let free = |_| AtomicU64::new(SlotWord::<INDEX>::FREE.0);
        let slots = CapacityError::filled(capacity, capacity, free)?;
        Ok(HelpingRing {
            head: CachePadded::new(AtomicU64::new(0)),
            tail: CachePadded::new(AtomicU64::new(0)),
            slots,
            arena,
            producers: Sleepers::default(),
            consumers: Sleepers::default(),
        })
    }

    /// How many elements the ring can hold.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.slots.len()
    }

    /// The slot of `position`, and the lap.
    fn slot(&self, position: u64) -> (&AtomicU64, u64) {
        let count = self.slots.len() as u64;
        // The branch is the same every time, and a division costs more than the rest of a push.
        let (index, lap) = if count.is_power_of_two() {
            (position & (count - 1), position >> count.trailing_zeros())
        } else {
            (position % count, position / count)
        };
        (&self.slots[index as usize], lap)
    }

    /// Moves `counter` on from `position`, of which the exchange is done, unless somebody has.
    fn move_on(&self, counter: &AtomicU64, position: u64) {
        // Release: pairs with the acquiring loads of the counters; who sees it further sees the slot as we saw it.
        let _ = counter.compare_exchange(position, position + 1, Release, Relaxed); // step: helping.move_on
    }

    /// What a push finds at the tail. A tail that is behind is moved on.
    fn at_tail(&self) -> Tail<'_, INDEX> {
        loop {
            // Acquire: pairs with `helping.move_on`; the slot is not seen in a lap before the last one.
            let position = self.tail.load(Acquire); // step: helping.push.tail_load
            let (slot, lap) = self.slot(position);
            // Acquire: pairs with `helping.pop.take` and `helping.close.seal`.
            let word = SlotWord(slot.load(Acquire)); // step: helping.push.slot_load
            match word.against_free(lap) {
                Standing::Now | Standing::Before if word.sealed() => return Tail::Closed,
                Standing::Now => return Tail::Free(position, slot, word),
                Standing::Before => {
                    // SeqCst: pairs with `helping.pop.empty_fence`: not both "full" and "empty", each by an old word.
                    fence(SeqCst); // step: helping.push.full_fence
                    // Relaxed: what decides is whether it is still the same.
                    let again = slot.load(Relaxed); // step: helping.push.full_load
                    if again == word.0 {
                        return Tail::Full;
                    }
                }
                Standing::Next | Standing::Past => self.move_on(&self.tail, position),
            }
        }
    }

    /// Puts `value` in, if there is room.
    ///
    /// Lock-free, unless the arena has to allocate; aborts when memory is exhausted then, as `Box::new` does.
    ///
    /// # Errors
    /// The value, if the ring was full at that moment, or is closed.
    pub fn try_push(&self, value: T) -> Result<(), TryPushError<T>> {
        // Before a cell is taken: producers that find no room would keep consumers from giving theirs back, by the one
        // word that names the free ones.
        let (mut tail, mut slot, mut word) = match self.at_tail() {
            Tail::Free(tail, slot, word) => (tail, slot, word),
            Tail::Full => return Err(TryPushError::Full(value)),
            Tail::Closed => return Err(TryPushError::Closed(value)),
        };
        let id = self.arena.insert(value);
        // SAFETY: inserted above; refused, it was never shown to anybody.
        let refused = || unsafe { self.arena.take(id) };
        let mut backoff = Backoff::new();
        loop {
            // Release: pairs with `helping.pop.slot_load`; publishes the cell.
            // Relaxed on failure: it is loaded again.
            // step: helping.push.fill
            if slot.compare_exchange_weak(word.0, word.filled(id).0, Release, Relaxed).is_ok() {
                self.move_on(&self.tail, tail);
                if word.waiting() {
                    self.consumers.wake();
                }
                return Ok(());
            }
            backoff.lost();
            (tail, slot, word) = match self.at_tail() {
                Tail::Free(tail, slot, word) => (tail, slot, word),
                Tail::Full => return Err(TryPushError::Full(refused())),
                Tail::Closed => return Err(TryPushError::Closed(refused())),
            };
        }
    }

    /// Takes the oldest element out, if there is one.
    ///
    /// Lock-free.
    ///
    /// # Errors
    /// If the ring was empty at that moment, or is closed and empty.
    pub fn try_pop(&self) -> Result<T, TryPopError> {
        let mut backoff = Backoff::new();
        loop {
            // Acquire: pairs with `helping.move_on`; the slot is not seen in a lap before.
            let head = self.head.load(Acquire); // step: helping.pop.head_load
            let (slot, lap) = self.slot(head);
            // Acquire: pairs with `helping.push.fill` and `helping.close.seal`.
            let word = SlotWord::<INDEX>(slot.load(Acquire)); // step: helping.pop.slot_load
            match (word.against_free(lap), word.id()) {
                (Standing::Next, Some(id)) => {
                    // Release: pairs with `helping.push.slot_load`.
                    // Relaxed on failure: it is loaded again.
                    // step: helping.pop.take
                    if slot.compare_exchange_weak(word.0, word.emptied().0, Release, Relaxed).is_ok() {
                        self.move_on(&self.head, head);
                        // SAFETY: #1: inserted before the exchange that published it. #2: ours since our exchange.
                        let value = unsafe { self.arena.take(id) }; // step: helping.pop.read
                        if word.waiting() {
                            self.producers.wake();
                        }
                        return Ok(value);
                    }
                    backoff.lost();
                }
                (Standing::Now, _) if word.sealed() => return Err(TryPopError::Closed),
                (Standing::Now, _) => {
                    // SeqCst: pairs with `helping.push.full_fence`: not both "full" and "empty", each by an old word.
                    fence(SeqCst); // step: helping.pop.empty_fence
                    // Relaxed: what decides is whether it is still the same.
                    let again = slot.load(Relaxed); // step: helping.pop.empty_load
                    if again == word.0 {
                        return Err(TryPopError::Empty);
                    }
                }
                _ => self.move_on(&self.head, head),
            }
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

    /// Pops one element after the other, each with a [`try_pop`](Self::try_pop) of its own, until one finds the ring
    /// empty. Asked again after that, it looks again.
    pub fn try_iter(&self) -> TryIter<'_, Self> {
        TryIter::new(self)
    }
}

impl<T, const INDEX: u32> Drop for HelpingRing<T, INDEX> {
    fn drop(&mut self) {
        if !self.is_empty() {
            exhaust(|| self.try_pop().ok());
        }
    }
}

// A panic leaves it whole: nobody's code runs inside an operation.
impl<T, const INDEX: u32> UnwindSafe for HelpingRing<T, INDEX> {}
impl<T, const INDEX: u32> RefUnwindSafe for HelpingRing<T, INDEX> {}

impl<T, const INDEX: u32> fmt::Debug for HelpingRing<T, INDEX> {
    /// The size: elements may be on their way to other threads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("HelpingRing");
        debug.field("len", &self.len()).field("capacity", &self.capacity());
        debug.field("is_closed", &self.is_closed()).finish_non_exhaustive()
    }
}
