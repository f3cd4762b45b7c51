//! Iterators that own what they give, for both rings.

use super::helping::HelpingRing;
use super::mpmc::Ring;
use std::fmt;
use std::iter::FusedIterator;

/// A ring, as its iterators use it. It has no name outside.
pub trait Popped {
    /// What is in it.
    type Item;

    /// Pops, of a ring that may be others', too.
    fn pop_shared(&self) -> Option<Self::Item>;

    /// Pops, of a ring that is ours alone.
    fn pop_owned(&mut self) -> Option<Self::Item>;

    /// How many there are.
    fn count(&self) -> usize;
}

impl<T> Popped for Ring<T> {
    type Item = T;

    fn pop_shared(&self) -> Option<T> {
        self.try_pop().ok()
    }

    fn pop_owned(&mut self) -> Option<T> {
        self.pop_exclusive()
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl<T, const INDEX: u32> Popped for HelpingRing<T, INDEX> {
    type Item = T;

    fn pop_shared(&self) -> Option<T> {
        self.try_pop().ok()
    }

    fn pop_owned(&mut self) -> Option<T> {
        self.try_pop().ok()
    }

    fn count(&self) -> usize {
        self.len()
    }
}

/// The elements of a ring that is nobody else's any more, oldest first.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IntoIter<R>(R);

impl<R: Popped> Iterator for IntoIter<R> {
    type Item = R::Item;

    fn next(&mut self) -> Option<R::Item> {
        self.0.pop_owned()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.count(), Some(self.0.count()))
    }
}

impl<R: Popped> ExactSizeIterator for IntoIter<R> {}
impl<R: Popped> FusedIterator for IntoIter<R> {}

impl<R: fmt::Debug> fmt::Debug for IntoIter<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IntoIter").field(&self.0).finish()
    }
}

impl<T> IntoIterator for Ring<T> {
    type Item = T;
    type IntoIter = IntoIter<Self>;

    fn into_iter(self) -> IntoIter<Self> {
        IntoIter(self)
    }
}

impl<T, const INDEX: u32> IntoIterator for HelpingRing<T, INDEX> {
    type Item = T;
    type IntoIter = IntoIter<Self>;

    fn into_iter(self) -> IntoIter<Self> {
        IntoIter(self)
    }
}

/// Pops until the ring is found empty. See [`Ring::try_iter`] and [`HelpingRing::try_iter`].
#[derive(Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct TryIter<'r, R>(&'r R);

impl<'r, R: Popped> TryIter<'r, R> {
    pub(super) fn new(ring: &'r R) -> Self {
        TryIter(ring)
    }
}

impl<R: Popped> Iterator for TryIter<'_, R> {
    type Item = R::Item;

    fn next(&mut self) -> Option<R::Item> {
        self.0.pop_shared()
    }
}
