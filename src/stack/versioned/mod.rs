//! A stack of numbered cells: the lesson's `GoodStack`, made true.
//!
//! The lesson puts a version beside the head to be safe from ABA, and compares it with nothing (ST3); it
//! links a new node once and never again (ST2); and it has no way to free a node (ST5). Here the version is in
//! the word that is compared, the link is written anew for each attempt, and cells belong to an
//! arena (`src/arena`): they are never freed while the stack lives, and used again at once.
//!
//! # Protocol
//! ```text
//!   head: one word        version | cell            each successful exchange gives it a version it never had
//!   a cell's link         depth | cell below        depth counts this cell and all below it
//!
//!   push: store the value in a cell; read head; link := depth + 1, head's cell; exchange head for the cell
//!   pop:  read head; read the link of its cell; exchange head for the cell below; move the value out
//! ```
//! An exchange that fails starts over from the head that it found.
//!
//! # Invariants
//! 1. From `head` the links lead through each cell of the stack once, and end in none.
//! 2. The link of a cell does not change while the cell is in the stack.
//! 3. Until a value is taken out of it, a cell belongs to the thread whose exchange unlinked it, and to nobody else.
//! 4. The depth of the cell on top is the number of values in the stack.
//!
//! # Linearization points
//! `push` and `pop`: the successful exchange. `pop` of an empty stack, `is_empty`: the load of `head`. "Full",
//! `len`, `is_full`: the first of two loads of `head` that agree, between which the depth was read.
//!
//! # "Full" is true
//! A stack that is full when its cells are used up would lie: a thread that has popped and not yet given its cell
//! back takes room that the stack has by then. So the cells do not decide, but the depth of the top, and there
//! are spare cells for threads in the middle of an operation; if these do not do, the arena makes some.
//!
//! # Progress
//! Lock-free, all but `is_empty`, which is wait-free: an exchange fails, and `len` looks again, only because
//! another thread's exchange succeeded (or for no reason, on processors whose exchange may).
//!
//! # Orderings
//! All changes of `head` are read-modify-writes, so each continues the release sequences of all pushes before it: an
//! acquire load of `head` sees the links and values of the whole stack. A link that is read may also be *newer* than
//! the head: its cell was popped meanwhile and is used again. An exchange fails then, since the head has another
//! version. `len` exchanges nothing; for it links are written with release and followed by an acquire fence: who has
//! seen a newer link sees the newer head, too.
//!
//! # ABA
//! What the version is for. A thread that read `head` and a link may stand still while others pop that cell and push
//! it again, above other cells. Without the version its exchange would succeed, and put a cell on top that is
//! free or another thread's. With it the exchange fails, unless a thread stands still just there for exactly
//! 2^40 exchanges, or a multiple: see the arena (`src/arena`), whose list is of the same kind. `INDEX` moves the
//! border: with 32 the stack may hold 2^31 - 1 values and versions come round after 2^32 exchanges.
//!
//! There is no `peek`: what is on top may be moved out and written over while somebody looks. There is no
//! `pop_all`: it would hold back the cells of all the values until they are taken.
//!
//! # Proofs
//! `proofs/smt/versioned_stack.py` and, with stale reads, `versioned_stack_ra.py`: for any number of threads, cells and
//! operations, with versions that never come round.
//!
//! # Literature
//! R. K. Treiber, *Systems programming: coping with parallelism*, IBM RJ 5118, 1986: the count beside the head.
//! M. M. Michael, *ABA prevention using single-word instructions*, IBM RC23089, 2004.
//! H.-J. Boehm, *Can seqlocks get along with programming language memory models?*, MSPC 2012: how `len` reads.

mod container;
mod link;

pub use container::IntoIter;

use crate::arena::{Arena, Word};
use crate::capacity::CapacityError;
use crate::sync::Backoff;
use crate::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
    fence,
};
use crossbeam_utils::CachePadded;
use link::Link;
use std::fmt;
use thiserror::Error;

/// A lock-free stack in numbered cells, with a capacity. No reclamation, and no allocation a push, but where there are not enough
/// cells: then as many again are made. They are given back when the stack is dropped.
///
/// | operation | progress | cost |
/// |---|---|---|
/// | [`push`](Self::push), [`pop`](Self::pop) | lock-free | two exchanges if undisturbed |
/// | [`len`](Self::len), [`is_full`](Self::is_full) | lock-free | three loads if undisturbed |
/// | [`is_empty`](Self::is_empty) | wait-free | one load |
///
/// All of them are linearizable. What a thread did before it pushed a value happens before what another does after
/// it popped that value.
///
/// `INDEX` is for those who need 2^23 values or more: so many bits of a word name a cell, from 8 to 32, and the others
/// are left for the version. The [module](self) says what that costs.
///
/// ```
/// # #[cfg(any(loom, shuttle))] fn main() {} // what it does would have to be inside a model
/// # #[cfg(not(any(loom, shuttle)))] fn main() -> Result<(), selvedge::stack::CapacityError> {
/// use selvedge::stack::{Full, VersionedStack};
///
/// let stack = VersionedStack::with_capacity(2)?;
/// stack.push('a').unwrap();
/// stack.push('b').unwrap();
/// assert_eq!(stack.push('c'), Err(Full('c')));
/// assert_eq!((stack.pop(), stack.pop(), stack.pop()), (Some('b'), Some('a'), None));
/// # Ok(()) }
/// ```
pub struct VersionedStack<T, const INDEX: u32 = 24> {
    head: CachePadded<AtomicU64>,
    arena: Arena<T, INDEX>,
    capacity: u32,
}

/// A value could not be pushed: the stack was full.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
#[error("the stack is full")]
pub struct Full<T>(pub T);

impl<T> Full<T> {
    /// Takes the value back.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

// Not derived: an error must be printable whatever the value is.
impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Full(..)")
    }
}

impl<T> VersionedStack<T> {
    /// An empty stack that grows, up to 2^23 - 1 values: each time the cells do not suffice it allocates as many again.
    ///
    /// # Panics
    /// If there is no memory for the first 32 values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty stack that holds up to `capacity` values, with memory for them and for some threads that are in the
    /// middle of an operation. Only if these are very many is more allocated later.
    ///
    /// # Errors
    /// If `capacity` is 0, 2^23 or more, or too large to allocate.
    pub fn with_capacity(capacity: usize) -> Result<Self, CapacityError> {
        Self::of_capacity(capacity)
    }
}

impl<T, const INDEX: u32> VersionedStack<T, INDEX> {
    /// As [`with_capacity`](VersionedStack::with_capacity), for any `INDEX`: less than `2^(INDEX-1)` values. The other
    /// numbers of cells are for threads in the middle of an operation: `push` panics if more than that are at once.
    ///
    /// # Errors
    /// If `capacity` is 0, not less than that, or too large to allocate.
    pub fn of_capacity(capacity: usize) -> Result<Self, CapacityError> {
        Ok(Self::on(Arena::with_capacity(capacity)?, capacity))
    }

    fn on(arena: Arena<T, INDEX>, capacity: usize) -> Self {
        let head = CachePadded::new(AtomicU64::new(Word::<INDEX>::NONE.0));
        Self { head, arena, capacity: capacity as u32 }
    }

    /// How many values the stack can hold.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity as usize
    }

    /// Puts `value` on top.
    ///
    /// Lock-free, unless the arena has to allocate; aborts when memory is exhausted then, as `Box::new` does. A refusal costs
    /// two exchanges, too: who waits for room should wait before asking again.
    ///
    /// # Errors
    /// The value, if the stack was full at that moment.
    pub fn push(&self, value: T) -> Result<(), Full<T>> {
        // Before the first look, as the proofs have it. So a push that is refused has taken a cell and given it back: who
        // polls a full stack is in the way of pops that give theirs back, by the one word that names the free ones.
        let id = self.arena.insert(value); // step: vstack.push.alloc
        let mut backoff = Backoff::new();
        // Acquire: pairs with `vstack.push.publish`; the link of the cell is seen, and with it the depth.
        let mut head = Word::<INDEX>(self.head.load(Acquire)); // step: vstack.push.head_load
        loop {
            let below = match head.id() {
                None => 0,
                // Relaxed: as `vstack.pop.next_load`.
                Some(top) => Link(self.arena.link(top).load(Relaxed)).depth(), // step: vstack.push.depth_load
            };
            if below < self.capacity {
                // Release: who looks late at the link of a cell that was popped learns that it was.
                let link = Link::above(below, head.id());
                self.arena.link(id).store(link.0, Release); // step: vstack.push.link
                // Release: publishes the link and the value to `vstack.pop.head_load` and all acquiring loads of `head`.
                // Acquire on failure: as the first load.
                // step: vstack.push.publish
                match self.head.compare_exchange_weak(head.0, head.then(Some(id)).0, Release, Acquire) {
                    Ok(_) => return Ok(()),
                    Err(now) => head = Word(now),
                }
            } else {
                // Acquire: if the link was newer than the head, pairs with its writer: the newer head is seen below.
                fence(Acquire); // step: vstack.push.full_fence
                // Acquire: as the first load, if there is another round.
                let now = Word(self.head.load(Acquire)); // step: vstack.push.full_load
                if now == head {
                    // SAFETY: inserted above, and never shown to anybody.
                    return Err(Full(unsafe { self.arena.take(id) }));
                }
                head = now;
            }
            backoff.lost();
        }
    }

    /// Takes the value on top, or `None` if the stack is empty.
    ///
    /// Lock-free.
    pub fn pop(&self) -> Option<T> {
        let mut backoff = Backoff::new();
        // Acquire: pairs with `vstack.push.publish`; the link and the value are seen.
        let mut head = Word::<INDEX>(self.head.load(Acquire)); // step: vstack.pop.head_load
        while let Some(id) = head.id() {
            // Relaxed: what was published is seen; if it is something newer, the exchange fails.
            let link = Link(self.arena.link(id).load(Relaxed)); // step: vstack.pop.next_load
            // Relaxed on success: acquired by the load that read `head`, and nothing new is published; as a
            // read-modify-write it continues the release sequences of the pushes below. Acquire on failure: as the load.
            // step: vstack.pop.unlink
            match self.head.compare_exchange_weak(head.0, head.then(link.next()).0, Relaxed, Acquire) {
                // SAFETY: #1: inserted before the push that published it. #2: our exchange unlinked it (invariant 3).
                Ok(_) => return Some(unsafe { self.arena.take(id) }), // step: vstack.pop.take
                Err(now) => head = Word(now),
            }
            backoff.lost();
        }
        None
    }

    /// How many values were in the stack at one moment of this call. Lock-free.
    #[must_use]
    pub fn len(&self) -> usize {
        // Acquire: as `vstack.push.head_load`.
        let mut head = Word::<INDEX>(self.head.load(Acquire)); // step: vstack.len.head_load
        loop {
            let Some(top) = head.id() else { return 0 };
            // Relaxed: as `vstack.pop.next_load`.
            let link = Link(self.arena.link(top).load(Relaxed)); // step: vstack.len.depth_load
            // Acquire: as `vstack.push.full_fence`.
            fence(Acquire); // step: vstack.len.fence
            // Acquire: as the first load, if there is another round.
            let now = Word(self.head.load(Acquire)); // step: vstack.len.head_again
            if now == head {
                return link.depth() as usize;
            }
            head = now;
        }
    }

    /// Whether the stack is empty at this moment. Wait-free.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        // Relaxed: nothing is read through the number.
        Word::<INDEX>(self.head.load(Relaxed)).id().is_none() // step: vstack.empty.head_load
    }

    /// Whether the stack was full at one moment of this call. Lock-free.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.len() == self.capacity()
    }
}
