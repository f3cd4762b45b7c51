//! Iterators that own what they give.

use super::treiber::{Node, TreiberStack};
use crate::exhaust::exhaust;
use crate::reclaim::{Guard, Reclaim};
use crate::sync::heap;
use std::fmt;
use std::iter::FusedIterator;

/// The values that one [`pop_all`](TreiberStack::pop_all) took, newest first.
///
/// The chain is this iterator's alone, but poppers that read the head before the swap may still be reading
/// its nodes: so each is retired, not freed.
#[must_use = "values that are not taken are dropped with the iterator"]
pub struct PopAll<'a, T, R: Reclaim> {
    stack: &'a TreiberStack<T, R>,
    next: *mut Node<T>,
}

impl<'a, T, R: Reclaim> PopAll<'a, T, R> {
    /// # Safety
    /// `head` is null, or a chain of `stack` that was unlinked as a whole, for the caller alone.
    pub(super) unsafe fn new(stack: &'a TreiberStack<T, R>, head: *mut Node<T>) -> Self {
        Self { stack, next: head }
    }
}

impl<T, R: Reclaim> Iterator for PopAll<'_, T, R> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let head = self.next;
        if head.is_null() {
            return None;
        }
        let guard = self.stack.reclaim().pin();
        // SAFETY: our chain, and not retired yet.
        let node = unsafe { heap::get(head) };
        // SAFETY: unlinked by our swap; each node is visited once, as `self.next` moves on before anything can panic.
        let value = unsafe {
            self.next = node.next(); // step: stack.pop_all.next_read
            node.take() // step: stack.pop_all.take
        };
        // SAFETY: #1 from `push`; #2 unlinked by our swap alone; #3 a `Node` drops no `T`.
        unsafe { guard.retire(head) };
        Some(value)
    }

    /// Whether there is a value or none: they are not counted.
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.next.is_null() { (0, Some(0)) } else { (1, None) }
    }
}

impl<T, R: Reclaim> FusedIterator for PopAll<'_, T, R> {}

impl<T, R: Reclaim> Drop for PopAll<'_, T, R> {
    fn drop(&mut self) {
        if !self.next.is_null() {
            exhaust(|| self.next());
        }
    }
}

// SAFETY: it owns its values and borrows the stack, which is `Sync` for these bounds.
unsafe impl<T: Send, R: Reclaim> Send for PopAll<'_, T, R> {}
// SAFETY: a shared reference to it gives access to nothing but `Debug`.
unsafe impl<T: Send, R: Reclaim> Sync for PopAll<'_, T, R> {}

impl<T, R: Reclaim> fmt::Debug for PopAll<'_, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PopAll").field("is_empty", &self.next.is_null()).finish_non_exhaustive()
    }
}

/// The values of a stack that is nobody else's any more, newest first.
#[must_use = "values that are not taken are dropped with the iterator"]
pub struct IntoIter<T, R: Reclaim>(TreiberStack<T, R>);

impl<T, R: Reclaim> Iterator for IntoIter<T, R> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.pop_exclusive()
    }

    /// Whether there is a value or none: they are not counted.
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.0.is_empty() { (0, Some(0)) } else { (1, None) }
    }
}

impl<T, R: Reclaim> FusedIterator for IntoIter<T, R> {}

impl<T, R: Reclaim> fmt::Debug for IntoIter<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IntoIter").field(&self.0).finish()
    }
}

impl<T, R: Reclaim> IntoIterator for TreiberStack<T, R> {
    type Item = T;
    type IntoIter = IntoIter<T, R>;

    fn into_iter(self) -> IntoIter<T, R> {
        IntoIter(self)
    }
}
