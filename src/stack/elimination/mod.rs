//! Treiber's stack, and a way round it for threads that meet.
//!
//! The head of a stack is one word, and threads that want it at once wait for each other. But a push and a pop that
//! come at the same time need no stack: the pop may as well take the value from the push's hand, and both are done.
//! So a thread that has lost an exchange of the head goes to a *place* where it may meet one of the other kind. The
//! more threads contend, the more of them meet there.
//!
//! # Protocol
//! Operations are those of [`TreiberStack`]. After a lost exchange a push offers its node at some place, waits for a
//! moment, and withdraws it; a pop looks at some place, and takes the node that is offered. Who has met nobody looks
//! at the head again.
//!
//! ```text
//!            push: exchange                      pop: exchange
//!   free ──────────────────────▶ node offered ──────────────────────▶ taken
//!    ▲                                │                                 │
//!    ├────── push: exchange ──────────┘                                 │
//!    └────── push: store ───────────────────────────────────────────────┘
//! ```
//!
//! # Invariants
//! 1. What was offered at a place is the pusher's again, or one popper's, by the exchange that ends the offer.
//! 2. From its offer on until the place is free again, a place is one pusher's: nobody else leaves that state.
//! 3. A node that was taken was never linked, so that its popper may free it at once.
//!
//! # Linearization points
//! A push and a pop that meet: the pop's exchange at the place, first the push and right after it the pop. Both have
//! been called by then, and neither has returned. All else: as in [`TreiberStack`].
//!
//! # Progress
//! As [`TreiberStack`]: a push waits for a moment and no longer, and a pop for nobody. A thread that is stopped while
//! it offers, or after its offer was taken, keeps one place from the others, which try another or go to the head.
//!
//! # When it pays
//! Not on two cores, where there is nobody else to meet. `cargo run --release --manifest-path benches/Cargo.toml --bin
//! containers`: nanoseconds a turn, and in brackets the ratio to Treiber's stack, on two shared x86-64 cores; of 21 rounds the
//! one in the middle. What lies between 0.8 and 1.2 changes from run to run.
//!
//! | | threads | `TreiberStack` | 1 place | 8 places | `Mutex<Vec>` |
//! |---|---|---|---|---|---|
//! | a push and a pop | 1 | 37.7 (1.00) | 38.7 (1.03) | 38.6 (1.02) | 8.7 (0.23) |
//! | a push and a pop | 2 | 135.7 (1.00) | 122.9 (0.91) | 119.8 (0.88) | 152.6 (1.12) |
//! | a push and a pop | 8 | 447.4 (1.00) | 489.3 (1.09) | 451.0 (1.01) | 594.5 (1.33) |
//! | a push and a pop | 32 | 1776.3 (1.00) | 1743.2 (0.98) | 1418.1 (0.80) | 2339.5 (1.32) |
//! | from half of them to the other half | 2 | 86.0 (1.00) | 223.2 (2.59) | 205.2 (2.38) | 92.8 (1.08) |
//! | from half of them to the other half | 8 | 292.6 (1.00) | 310.4 (1.06) | 307.9 (1.05) | 276.2 (0.94) |
//! | from half of them to the other half | 32 | 1084.8 (1.00) | 1084.4 (1.00) | 1014.3 (0.94) | 983.3 (0.91) |
//!
//! A push that has lost waits for a moment, which two threads that do one each have little use for. What is gained on many
//! processors is what the paper below says; it was not measured here.
//!
//! # Orderings
//! The node goes from hand to hand by release and acquire. The meeting must also be one the other way: the pop leaves
//! a release, and the push acquires it. Without that a thread whose push met a pop may not know what that pop's
//! thread had pushed before, although its own push comes later, and say "empty" of a stack that cannot be.
//!
//! # ABA
//! A pop looks at a place and then takes what is there: if the node was withdrawn meanwhile and another one, at the
//! same address, is offered, it takes that one, which is as good. A pusher withdraws what it offered, and the place
//! holds that or `taken` (2): were the place free after a pop, another node at the same address could be there, and
//! would be taken for its own.
//!
//! # Literature
//! D. Hendler, N. Shavit, L. Yerushalmi, *A scalable lock-free stack algorithm*, SPAA 2004. Theirs lets both kinds
//! wait; here only pushes do, which needs three states in place of five, and a pop that meets nobody loses no time.
//! N. Shavit and D. Touitou, *Elimination trees and the construction of pools and stacks*, SPAA 1995.

mod place;

use super::iter::{IntoIter, PopAll};
use super::pinned::Pinned;
use super::treiber::{Lost, Node, TreiberStack};
use crate::capacity::CapacityError;
use crate::reclaim::{Epoch, ProtectsAll, Reclaim};
use crate::sync::{heap, scatter};
use crossbeam_utils::CachePadded;
use place::Place;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};

/// Places of a stack that was not told how many.
const PLACES: usize = 8;

/// An unbounded lock-free stack for many threads that push and pop at once.
///
/// It does what [`TreiberStack`] does, with the same guarantees; when its head is contended, a push and a pop may meet
/// beside it. That may pay if there are many threads, on many processors, and they do both; on two processors it does not
/// (see the [module](self)).
///
/// | operation | progress |
/// |---|---|
/// | [`push`](Self::push), [`pop`](Self::pop) | lock-free |
/// | [`peek`](Self::peek), [`pin`](Self::pin) | lock-free |
/// | [`pop_all`](Self::pop_all), [`is_empty`](Self::is_empty), and [`Pinned::peek`] | wait-free |
///
/// ```
/// # #[cfg(any(loom, shuttle))] fn main() {} // what it does would have to be inside a model
/// # #[cfg(not(any(loom, shuttle)))] fn main() {
/// use selvedge::stack::EliminationStack;
///
/// let stack: EliminationStack<i32> = [1, 2].into_iter().collect();
/// stack.push(3);
/// assert_eq!(stack.pop(), Some(3));
/// assert_eq!(stack.into_iter().collect::<Vec<_>>(), [2, 1]);
/// # }
/// ```
pub struct EliminationStack<T, R: Reclaim = Epoch> {
    stack: TreiberStack<T, R>,
    places: Box<[CachePadded<Place<T>>]>,
}

impl<T> EliminationStack<T> {
    /// An empty stack with the default strategy and some places.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T, R: Reclaim> EliminationStack<T, R> {
    /// An empty stack whose popped nodes `reclaim` frees, and with so many places where threads may meet: about half
    /// as many as threads contend. Without any it is a [`TreiberStack`].
    ///
    /// # Errors
    /// If so many places cannot be addressed, or there is no memory for them. `reclaim` is dropped then.
    pub fn with_reclaim(reclaim: R, places: usize) -> Result<Self, CapacityError> {
        let places = CapacityError::filled(places, places, |_| CachePadded::default())?;
        Ok(Self { stack: TreiberStack::with_reclaim(reclaim), places })
    }

    /// The place to try next.
    fn place(&self, attempt: &mut u32) -> Option<&Place<T>> {
        if self.places.is_empty() {
            return None;
        }
        *attempt = attempt.wrapping_add(1);
        Some(&self.places[scatter(self.places.len(), *attempt)])
    }

    /// Puts `value` on top.
    ///
    /// Lock-free. Aborts when memory is exhausted, as `Box::new` does.
    pub fn push(&self, value: T) {
        let mut attempt = 0;
        self.stack.push_or(value, |node| match self.place(&mut attempt) {
            None => Lost::TryAgain,
            Some(place) if place.offer(node) => Lost::Met(()),
            Some(_) => Lost::LookAgain,
        });
    }

    /// Takes the value on top, or `None` if the stack is empty.
    ///
    /// Lock-free.
    ///
    /// # Panics
    /// Never for its own sake. A strategy that others use as well ([`Epoch`], or one in an `Arc`) may run destructors of
    /// theirs meanwhile. If one panics when the value has been taken, the value is dropped, and the stack is whole.
    pub fn pop(&self) -> Option<T> {
        let mut attempt = 0;
        self.stack.pop_or(|| match self.place(&mut attempt).map(Place::take) {
            None => Lost::TryAgain,
            Some(None) => Lost::LookAgain,
            // SAFETY: offered by a push, which does not touch it any more, and taken by us alone (invariant 1).
            Some(Some(node)) => Lost::Met(unsafe { Self::unpack(node) }),
        })
    }

    /// The value of a node that was never linked, which is freed.
    ///
    /// # Safety
    /// 1. `node` came from a push, and happened before.
    /// 2. It is the caller's alone.
    unsafe fn unpack(node: *mut Node<T>) -> T {
        // SAFETY: #1 and #2; it is owned and taken once.
        let value = unsafe { heap::get(node).take() }; // step: elimination.take.read
        // SAFETY: from `alloc`, as every node; nobody has ever reached it (invariant 3), and we have done with it.
        unsafe { heap::free(node) };
        value
    }

    /// Takes all values at once, newest first: see [`TreiberStack::pop_all`].
    pub fn pop_all(&self) -> PopAll<'_, T, R> {
        self.stack.pop_all()
    }

    /// A view of the stack under a guard, to look at values without popping them: see [`TreiberStack::pin`].
    pub fn pin(&self) -> Pinned<'_, T, R>
    where
        R: ProtectsAll,
    {
        self.stack.pin()
    }

    /// A copy of the value that is on top at this moment: see [`TreiberStack::peek`].
    #[must_use]
    pub fn peek(&self) -> Option<T>
    where
        T: Copy + Sync,
    {
        self.stack.peek()
    }

    /// Frees popped nodes that wait, as far as that can be done at once: see [`TreiberStack::flush`].
    pub fn flush(&self) {
        self.stack.flush();
    }

    /// The strategy: see [`TreiberStack::reclaim`].
    #[must_use]
    pub fn reclaim(&self) -> &R {
        self.stack.reclaim()
    }

    /// Whether the stack is empty at this moment.
    ///
    /// Wait-free. Linearizable: the load of the head.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stack.is_empty()
    }
}

// A panic leaves it whole: somebody else's code runs before an operation has begun or when its work is done (a strategy
// that is shared may run destructors there), and never in between.
impl<T, R: Reclaim + UnwindSafe> UnwindSafe for EliminationStack<T, R> {}
impl<T, R: Reclaim + RefUnwindSafe> RefUnwindSafe for EliminationStack<T, R> {}

/// # Panics
/// If there is no memory for some places.
impl<T, R: Reclaim + Default> Default for EliminationStack<T, R> {
    fn default() -> Self {
        Self::with_reclaim(R::default(), PLACES).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl<T, R: Reclaim> fmt::Debug for EliminationStack<T, R> {
    /// Whether the stack is empty: its values may be on their way to other threads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("EliminationStack");
        debug.field("is_empty", &self.is_empty()).field("places", &self.places.len()).finish_non_exhaustive()
    }
}

impl<T, R: Reclaim> IntoIterator for EliminationStack<T, R> {
    type Item = T;
    type IntoIter = IntoIter<T, R>;

    fn into_iter(self) -> IntoIter<T, R> {
        self.stack.into_iter()
    }
}

impl<T, R: Reclaim> Extend<T> for EliminationStack<T, R> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        self.stack.extend(values);
    }
}

/// Through a shared reference, too: each value is a [`push`](EliminationStack::push) of its own.
impl<T, R: Reclaim> Extend<T> for &EliminationStack<T, R> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

/// The last value of the iterator is on top.
impl<T, R: Reclaim + Default> FromIterator<T> for EliminationStack<T, R> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut stack = Self::default();
        stack.extend(values);
        stack
    }
}

// SAFETY: values go from thread to thread by move, in the stack as in the places. What is lent is lent by the stack.
unsafe impl<T: Send, R: Reclaim> Send for EliminationStack<T, R> {}
// SAFETY: as above.
unsafe impl<T: Send, R: Reclaim> Sync for EliminationStack<T, R> {}
