//! Looking at a stack without popping.

use super::treiber::{Node, TreiberStack};
use crate::reclaim::{Guard, ProtectsAll, Reclaim, Shield};
use crate::sync::atomic::Ordering::Acquire;
use crate::sync::heap;
use std::fmt;
use std::iter::FusedIterator;

/// A stack under a guard of its own: see [`TreiberStack::pin`].
///
/// Values can be looked at if they are `Copy` (a popper moves the value out and may drop it at once, and only
/// of a `Copy` type are the bytes that stay behind still a value) and `Sync` (the popper may use it meanwhile).
///
/// ```
/// # #[cfg(any(loom, shuttle))] fn main() {} // what it does would have to be inside a model
/// # #[cfg(not(any(loom, shuttle)))] fn main() {
/// let stack = selvedge::stack::TreiberStack::new();
/// stack.push(1);
/// stack.push(2);
/// let view = stack.pin();
/// assert_eq!(view.peek(), Some(&2));
/// assert_eq!(stack.pop(), Some(2));
/// assert_eq!(view.iter().copied().collect::<Vec<_>>(), [1]);
/// # }
/// ```
/// ```compile_fail,E0599
/// let stack = selvedge::stack::TreiberStack::<String>::new();
/// stack.pin().peek(); // `String` is not `Copy`
/// ```
/// ```compile_fail,E0597
/// let stack = selvedge::stack::TreiberStack::<i32>::new();
/// let top = {
///     let view = stack.pin();
///     view.peek() // what is seen does not outlive the guard
/// };
/// ```
#[must_use = "a view that is dropped at once has kept nothing alive"]
pub struct Pinned<'s, T, R: Reclaim> {
    stack: &'s TreiberStack<T, R>,
    guard: R::Guard<'s>,
}

impl<'s, T, R: ProtectsAll> Pinned<'s, T, R> {
    pub(super) fn new(stack: &'s TreiberStack<T, R>) -> Self {
        Self { stack, guard: stack.reclaim().pin() }
    }
}

impl<T: Copy + Sync, R: ProtectsAll> Pinned<'_, T, R> {
    /// The value that is on top at this moment, or `None` if the stack is empty. Others may pop it meanwhile.
    ///
    /// Wait-free. Linearizable: the load of the head. What its pusher did before happens before the return.
    #[must_use]
    pub fn peek(&self) -> Option<&T> {
        self.iter().next()
    }

    /// The values from top to bottom as they are linked at this moment.
    ///
    /// Wait-free for each step. A consistent snapshot: linked nodes do not change, so the chain below the head
    /// that was read is the stack as it was then.
    pub fn iter(&self) -> Iter<'_, T> {
        // Acquire: pairs with `stack.push.publish` of each node of the chain, as every change of the head is a
        // read-modify-write and continues all their release sequences.
        let head = self.guard.shield().protect(self.stack.head(), Acquire); // step: stack.iter.head_load
        // SAFETY: null or linked when the head was read, as is all below it, under a guard that protects all and outlives
        // the iterator.
        Iter { next: unsafe { as_ref(head) } }
    }
}

/// # Safety
/// `node` is null, or is not freed while the reference lives.
#[cfg_attr(any(loom, shuttle), track_caller)]
unsafe fn as_ref<'a, T>(node: *mut Node<T>) -> Option<&'a Node<T>> {
    // SAFETY: the caller's.
    (!node.is_null()).then(|| unsafe { heap::get(node) })
}

impl<T, R: Reclaim> fmt::Debug for Pinned<'_, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pinned").field("stack", self.stack).finish_non_exhaustive()
    }
}

impl<'v, T: Copy + Sync, R: ProtectsAll> IntoIterator for &'v Pinned<'_, T, R> {
    type Item = &'v T;
    type IntoIter = Iter<'v, T>;

    fn into_iter(self) -> Iter<'v, T> {
        self.iter()
    }
}

/// The values of a stack as they were linked at one moment, newest first. See [`Pinned::iter`].
#[must_use = "an iterator does nothing until it is asked"]
pub struct Iter<'v, T> {
    next: Option<&'v Node<T>>,
}

// Not derived: a reference can be copied whatever it leads to.
impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Iter { next: self.next }
    }
}

impl<'v, T: Copy + Sync> Iterator for Iter<'v, T> {
    type Item = &'v T;

    fn next(&mut self) -> Option<&'v T> {
        let node = self.next?;
        // SAFETY: reached through the head; below a linked node, under a guard that outlives `'v`.
        unsafe {
            self.next = as_ref(node.next()); // step: stack.iter.next_read
            Some(node.value()) // step: stack.iter.read
        }
    }

    /// Whether there is a value or none: they are not counted.
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.next.is_none() { (0, Some(0)) } else { (1, None) }
    }
}

impl<T: Copy + Sync> FusedIterator for Iter<'_, T> {}

impl<T> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").field("is_empty", &self.next.is_none()).finish_non_exhaustive()
    }
}
