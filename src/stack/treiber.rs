//! Treiber's stack.
//!
//! # Protocol
//! The stack is a chain of nodes and `head`, the pointer to the first. A push makes a node, points it at the
//! head that it read, and swings `head` to it. A pop reads the head and that node's successor, and swings
//! `head` to the successor. Both swing with a compare-exchange, and start over if somebody was faster. *Start
//! over* means from the top: a push links its node anew to the head that it now sees. (The lesson's stacks
//! link once and retry the exchange alone, which cuts off what was pushed between: ST1 and ST2.)
//!
//! # States of a node
//! ```text
//!  private ──push's exchange──▶ linked ──pop's exchange──▶ unlinked ──retire──▶ waiting ──reclaim──▶ freed
//!  written by its maker         read by all                its value is moved out once, by the popper
//! ```
//!
//! # Invariants
//! 1. From `head` the chain of `next` pointers ends in null and visits each linked node once.
//! 2. A node's fields are written while it is private only. So readers need no atomics for them.
//! 3. A node's value is moved out by the thread whose exchange unlinked it, and by nobody else.
//! 4. A node is retired once, by that thread, after the exchange (the contract of [`reclaim`](crate::reclaim)).
//!
//! # Linearization points
//! `push`: the successful exchange. `pop` that returns a value: the successful exchange. `pop` of an empty
//! stack, `is_empty`, `peek`: the load of `head`. `pop_all`: the swap.
//!
//! # Progress
//! Lock-free: an exchange fails only because another one succeeded (or for no reason, on processors whose
//! exchange may). Single operations may starve; none waits for a particular other thread. So may `peek`: it makes no
//! exchange of `head`, but a guard or a shield does, of a mark, with others who want one. `pop_all` and `is_empty` need
//! neither.
//!
//! # Orderings
//! All changes of `head` are read-modify-writes, so each of them continues the release sequences of all
//! pushes before it: an acquire load of `head` sees everything that any of those pushers wrote into its node.
//!
//! # ABA
//! Each operation that dereferences a pointer, or that stores one it read, has a shield protect it until after the
//! exchange. So the node is not freed, and its address, which the exchange compares, has not begun a second life. For `push` that is
//! more than the algorithm needs (it compares addresses only) and what the language needs: a pointer to a node
//! that was freed may not be stored as the link to a newer node, even if both have one address.
//!
//! # Literature
//! R. K. Treiber, *Systems programming: coping with parallelism*, IBM RJ 5118, 1986.
//! M. M. Michael and M. L. Scott, *Nonblocking algorithms and preemption-safe locking on multiprogrammed
//! shared memory multiprocessors*, JPDC 51, 1998, section 2.

use super::iter::PopAll;
use super::pinned::Pinned;
use crate::exhaust::exhaust;
use crate::reclaim::{Epoch, Guard, ProtectsAll, Reclaim, Shield};
use crate::sync::atomic::{
    AtomicPtr,
    Ordering::{Acquire, Relaxed, Release},
};
use crate::sync::cell::UnsafeCell;
use crate::sync::heap;
use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::ptr;

/// An unbounded lock-free stack.
///
/// | operation | progress | cost |
/// |---|---|---|
/// | [`push`](Self::push) | lock-free | one allocation, one exchange if undisturbed |
/// | [`pop`](Self::pop) | lock-free | one exchange if undisturbed |
/// | [`pop_all`](Self::pop_all) | wait-free | one swap; each value taken from the result costs a retirement |
/// | [`is_empty`](Self::is_empty) | wait-free | one load |
/// | [`peek`](Self::peek) | lock-free | one guard, one protection; see also [`pin`](Self::pin) |
///
/// What a thread did before it pushed a value happens before what another does after it popped that value.
///
/// `R` decides when popped nodes are freed: see [`reclaim`](crate::reclaim).
///
/// ```
/// # #[cfg(any(loom, shuttle))] fn main() {} // what it does would have to be inside a model
/// # #[cfg(not(any(loom, shuttle)))] fn main() {
/// use selvedge::stack::TreiberStack;
///
/// let stack: TreiberStack<i32> = [1, 2].into_iter().collect();
/// stack.push(3);
/// assert_eq!(stack.pop(), Some(3));
/// assert_eq!(stack.into_iter().collect::<Vec<_>>(), [2, 1]);
/// # }
/// ```
pub struct TreiberStack<T, R: Reclaim = Epoch> {
    head: AtomicPtr<Node<T>>,
    // After `head`: a strategy may free what is retired when it is dropped, and nothing is linked then.
    reclaim: R,
}

/// A link of the chain. Its destructor leaves `value` alone: see invariant 3.
pub(super) struct Node<T> {
    value: UnsafeCell<ManuallyDrop<T>>,
    next: UnsafeCell<*mut Node<T>>,
}

/// What to do when another thread was faster.
pub(super) enum Lost<V> {
    /// To try again with the head that is there now.
    TryAgain,
    /// To look at the head again: some time has passed.
    LookAgain,
    /// Nothing more: the operation has come to its end elsewhere.
    Met(V),
}

impl<T> Node<T> {
    /// The next node of the chain, or null.
    ///
    /// # Safety
    /// The node was reached through `head`, or is owned (invariant 2: its fields are not written any more).
    #[cfg_attr(any(loom, shuttle), track_caller)]
    pub(super) unsafe fn next(&self) -> *mut Node<T> {
        // SAFETY: nobody writes it: the caller's.
        self.next.with(|next| unsafe { *next })
    }

    /// Moves the value out.
    ///
    /// # Safety
    /// As [`next`](Self::next), and the caller's exchange unlinked the node; called once (invariant 3).
    #[cfg_attr(any(loom, shuttle), track_caller)]
    pub(super) unsafe fn take(&self) -> T {
        // SAFETY: initialised by `push`, and moved out here only: the caller's.
        self.value.with(|value| ManuallyDrop::into_inner(unsafe { ptr::read(value) }))
    }

    /// The value.
    ///
    /// # Safety
    /// As [`next`](Self::next), and the node is not freed while the reference lives.
    #[cfg_attr(any(loom, shuttle), track_caller)]
    pub(super) unsafe fn value(&self) -> &T
    where
        T: Copy,
    {
        // SAFETY: not written any more; `Copy`, so it is still a value after somebody took it.
        self.value.with(|value| unsafe { &**value })
    }
}

impl<T> TreiberStack<T> {
    /// An empty stack with the default strategy. Allocates nothing, and may be a static's:
    ///
    /// ```
    /// # #[cfg(not(any(loom, shuttle)))] {
    /// use selvedge::stack::TreiberStack;
    ///
    /// static LINES: TreiberStack<String> = TreiberStack::new();
    ///
    /// LINES.push("warp".into());
    /// assert_eq!(LINES.pop().as_deref(), Some("warp"));
    /// # }
    /// ```
    #[must_use]
    #[cfg(not(any(loom, shuttle)))]
    pub const fn new() -> Self {
        Self { head: AtomicPtr::new(ptr::null_mut()), reclaim: Epoch }
    }

    /// An empty stack with the default strategy. No constant: atomics of models are made when the program runs.
    #[must_use]
    #[cfg(any(loom, shuttle))]
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T, R: Reclaim> TreiberStack<T, R> {
    /// An empty stack whose popped nodes `reclaim` frees.
    #[must_use]
    pub fn with_reclaim(reclaim: R) -> Self {
        Self { head: AtomicPtr::new(ptr::null_mut()), reclaim }
    }

    /// A view of the stack under a guard, to look at values without popping them. For strategies whose guards protect
    /// the whole stack; with any other, see [`peek`](Self::peek).
    ///
    /// As long as it lives no node that it saw is freed: keep it short. Lock-free, as [`Reclaim::pin`] is; what is read
    /// under it is read wait-free.
    pub fn pin(&self) -> Pinned<'_, T, R>
    where
        R: ProtectsAll,
    {
        Pinned::new(self)
    }

    /// Frees popped nodes that wait, as far as that can be done at once: see [`Reclaim::flush`].
    pub fn flush(&self) {
        self.reclaim.flush();
    }

    pub(super) fn head(&self) -> &AtomicPtr<Node<T>> {
        &self.head
    }

    /// The strategy, as to ask it how many popped nodes wait.
    #[must_use]
    pub fn reclaim(&self) -> &R {
        &self.reclaim
    }

    /// Puts `value` on top.
    ///
    /// Lock-free. Aborts when memory is exhausted, as `Box::new` does.
    pub fn push(&self, value: T) {
        self.push_or(value, |_| Lost::TryAgain);
    }

    /// As [`push`](Self::push), asking `lost` what to do with the node each time that an exchange has failed. The node
    /// belongs to `lost` while it runs, and for good if it says [`Lost::Met`].
    #[inline]
    pub(super) fn push_or(&self, value: T, mut lost: impl FnMut(*mut Node<T>) -> Lost<()>) {
        // First of all: `Epoch` may run a destructor of somebody else's then, and should that panic, `value` is still one
        // that is dropped.
        let guard = self.reclaim.pin();
        let mut shield = guard.shield();
        let node = heap::alloc(Node {
            value: UnsafeCell::new(ManuallyDrop::new(value)),
            next: UnsafeCell::new(ptr::null_mut()),
        });
        // Relaxed: the old head is stored and not followed; whoever follows it acquires it from `publish`.
        let mut head = shield.protect(&self.head, Relaxed); // step: stack.push.head_load
        loop {
            // SAFETY: `node` is private until the exchange below succeeds, so it is ours alone to write.
            unsafe { heap::get(node).next.with_mut(|next| *next = head) }; // step: stack.push.link
            // Release: publishes the node's fields to `stack.pop.head_load` and all other acquiring loads of `head`.
            // step: stack.push.publish
            let Err(now) = self.head.compare_exchange_weak(head, node, Release, Relaxed) else { return };
            head = match lost(node) {
                // Relaxed: as the exchange that failed.
                Lost::TryAgain => shield.protect_seen(&self.head, now, Relaxed), // step: stack.push.head_seen
                // Relaxed: as the first load.
                Lost::LookAgain => shield.protect(&self.head, Relaxed), // step: stack.push.head_again
                Lost::Met(()) => return,
            };
        }
    }

    /// Takes the value on top, or `None` if the stack is empty.
    ///
    /// Lock-free.
    ///
    /// # Panics
    /// Never for its own sake. A strategy that others use as well ([`Epoch`], or one in an `Arc`) may run destructors of
    /// theirs meanwhile. If one panics when the value has been taken, the value is dropped, and the stack is whole.
    pub fn pop(&self) -> Option<T> {
        self.pop_or(|| Lost::TryAgain)
    }

    /// As [`pop`](Self::pop), asking `lost` what to do each time that an exchange has failed.
    #[inline]
    pub(super) fn pop_or(&self, mut lost: impl FnMut() -> Lost<T>) -> Option<T> {
        let guard = self.reclaim.pin();
        let mut shield = guard.shield();
        // Acquire: pairs with `stack.push.publish`; the fields of the node are seen.
        let mut head = shield.protect(&self.head, Acquire); // step: stack.pop.head_load
        while !head.is_null() {
            // SAFETY: `head` was read where it was linked, and the shield has not been used since (reclaim #1).
            let node = unsafe { heap::get(head) };
            // SAFETY: reached through `head`.
            let next = unsafe { node.next() }; // step: stack.pop.next_read
            // Relaxed on success: the node was acquired by the load that read `head`, and no new one is published;
            // as a read-modify-write it continues the release sequences of the pushes below.
            // Acquire on failure: as the first load.
            // step: stack.pop.unlink
            let Err(now) = self.head.compare_exchange_weak(head, next, Relaxed, Acquire) else {
                // SAFETY: our exchange unlinked it, and we take once.
                let value = unsafe { node.take() }; // step: stack.pop.take
                // Nothing is used any more: it would only keep the node from being freed.
                drop(shield);
                // SAFETY: #1 from `push`; #2 unlinked by our exchange alone; #3 a `Node` drops no `T`.
                unsafe { guard.retire(head) };
                return Some(value);
            };
            head = match lost() {
                // Acquire: as the exchange that failed.
                Lost::TryAgain => shield.protect_seen(&self.head, now, Acquire), // step: stack.pop.head_seen
                // Acquire: as the first load.
                Lost::LookAgain => shield.protect(&self.head, Acquire), // step: stack.pop.head_again
                Lost::Met(value) => return Some(value),
            };
        }
        None
    }

    /// Takes all values at once, newest first. The stack is empty at that moment.
    ///
    /// Wait-free. To take a value from the iterator is lock-free: it retires a node. Values that are not taken are dropped
    /// with it.
    pub fn pop_all(&self) -> PopAll<'_, T, R> {
        // Acquire: pairs with `stack.push.publish` of each node of the chain, as every change of `head` is a
        // read-modify-write and continues all their release sequences.
        let head = self.head.swap(ptr::null_mut(), Acquire); // step: stack.pop_all.swap
        // SAFETY: the swap unlinked the whole chain, for us alone.
        unsafe { PopAll::new(self, head) }
    }

    /// A copy of the value that is on top at this moment, or `None` if the stack is empty.
    ///
    /// As lock-free as [`Reclaim::pin`] and [`Shield::protect`]: wait-free under `Leak` alone. Linearizable: the last load of `head`. What its pusher did before happens
    /// before the return. `Sync`, since a popper may use the value meanwhile.
    #[must_use]
    pub fn peek(&self) -> Option<T>
    where
        T: Copy + Sync,
    {
        let guard = self.reclaim.pin();
        let mut shield = guard.shield();
        // Acquire: pairs with `stack.push.publish`; the fields of the node are seen.
        // SAFETY: linked nodes are from `push`, retired by `pop`, and not written any more.
        let node = unsafe { shield.protect_ref(&self.head, Acquire)? }; // step: stack.peek.head_load
        // SAFETY: reached through `head`, and protected.
        Some(unsafe { *node.value() }) // step: stack.peek.read
    }

    /// Whether the stack is empty at this moment.
    ///
    /// Wait-free. Linearizable: the load of `head`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        // Relaxed: nothing is read through the pointer.
        self.head.load(Relaxed).is_null() // step: stack.empty.head_load
    }

    /// Takes the top node out of a stack that is ours alone.
    pub(super) fn pop_exclusive(&mut self) -> Option<T> {
        // Relaxed, both: `&mut self` orders us after everybody else.
        let head = self.head.load(Relaxed); // step: stack.drop.head_load
        if head.is_null() {
            return None;
        }
        // SAFETY: linked, and nobody else is here.
        let node = unsafe { heap::get(head) };
        // SAFETY: reached through `head`; unlinked by the store below before anything else can happen.
        let (next, value) = unsafe { (node.next(), node.take()) };
        self.head.store(next, Relaxed); // step: stack.drop.unlink
        // SAFETY: from `push`, unlinked, and nobody else is here.
        unsafe { heap::free(head) };
        Some(value)
    }
}

impl<T, R: Reclaim> Drop for TreiberStack<T, R> {
    fn drop(&mut self) {
        if !self.is_empty() {
            exhaust(|| self.pop_exclusive());
        }
    }
}

// SAFETY: values go from thread to thread by move. `Pinned` lends `&T`, and asks for `T: Sync` itself.
unsafe impl<T: Send, R: Reclaim> Send for TreiberStack<T, R> {}
// SAFETY: as above.
unsafe impl<T: Send, R: Reclaim> Sync for TreiberStack<T, R> {}

// A panic leaves it whole: somebody else's code runs before an operation has begun or when its work is done (a strategy
// that is shared may run destructors there), and never in between.
impl<T, R: Reclaim + UnwindSafe> UnwindSafe for TreiberStack<T, R> {}
impl<T, R: Reclaim + RefUnwindSafe> RefUnwindSafe for TreiberStack<T, R> {}

impl<T, R: Reclaim + Default> Default for TreiberStack<T, R> {
    fn default() -> Self {
        Self::with_reclaim(R::default())
    }
}

impl<T, R: Reclaim> fmt::Debug for TreiberStack<T, R> {
    /// Whether the stack is empty: its values may be on their way to other threads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TreiberStack").field("is_empty", &self.is_empty()).finish_non_exhaustive()
    }
}

impl<T, R: Reclaim> Extend<T> for TreiberStack<T, R> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

/// Through a shared reference, too: each value is a [`push`](TreiberStack::push) of its own.
impl<T, R: Reclaim> Extend<T> for &TreiberStack<T, R> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

/// The last value of the iterator is on top.
impl<T, R: Reclaim + Default> FromIterator<T> for TreiberStack<T, R> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut stack = Self::default();
        stack.extend(values);
        stack
    }
}
