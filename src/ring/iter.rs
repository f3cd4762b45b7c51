//! Iterators that own what they give.

use super::mpmc::Ring;
use std::fmt;
use std::iter::FusedIterator;

/// The elements of a ring that is nobody else's any more, oldest first.
pub struct IntoIter<T>(Ring<T>);

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.pop_exclusive()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len(), Some(self.0.len()))
    }
}

impl<T> ExactSizeIterator for IntoIter<T> {}
impl<T> FusedIterator for IntoIter<T> {}

impl<T> fmt::Debug for IntoIter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IntoIter").field(&self.0).finish()
    }
}

impl<T> IntoIterator for Ring<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter(self)
    }
}

/// Pops until the ring is found empty. See [`Ring::try_iter`].
#[derive(Debug)]
pub struct TryIter<'r, T>(&'r Ring<T>);

impl<T> Ring<T> {
    /// Pops one element after the other, each with a [`try_pop`](Self::try_pop) of its own, until one finds the
    /// ring empty. Asked again after that, it looks again.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter(self)
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.try_pop().ok()
    }
}
