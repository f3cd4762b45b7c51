//! The stack as a container: iterators, collecting, dropping, and who may share it.

use super::VersionedStack;
use crate::arena::Arena;
use crate::exhaust::exhaust;
use std::fmt;
use std::iter::FusedIterator;
use std::panic::{RefUnwindSafe, UnwindSafe};

/// The values of a stack that is nobody else's any more, newest first.
#[must_use = "values that are not taken are dropped with the iterator"]
pub struct IntoIter<T, const INDEX: u32 = 24>(VersionedStack<T, INDEX>);

impl<T, const INDEX: u32> Iterator for IntoIter<T, INDEX> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.pop()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len(), Some(self.0.len()))
    }
}

impl<T, const INDEX: u32> ExactSizeIterator for IntoIter<T, INDEX> {}
impl<T, const INDEX: u32> FusedIterator for IntoIter<T, INDEX> {}

impl<T, const INDEX: u32> fmt::Debug for IntoIter<T, INDEX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IntoIter").field(&self.0).finish()
    }
}

impl<T, const INDEX: u32> IntoIterator for VersionedStack<T, INDEX> {
    type Item = T;
    type IntoIter = IntoIter<T, INDEX>;

    fn into_iter(self) -> IntoIter<T, INDEX> {
        IntoIter(self)
    }
}

impl<T, const INDEX: u32> Drop for VersionedStack<T, INDEX> {
    fn drop(&mut self) {
        if !self.is_empty() {
            exhaust(|| self.pop());
        }
    }
}

// A panic leaves it whole: nobody's code runs inside an operation.
impl<T, const INDEX: u32> UnwindSafe for VersionedStack<T, INDEX> {}
impl<T, const INDEX: u32> RefUnwindSafe for VersionedStack<T, INDEX> {}

/// A stack that grows, up to as many values as can be numbered.
///
/// # Panics
/// If there is no memory for the first 32 values.
impl<T, const INDEX: u32> Default for VersionedStack<T, INDEX> {
    fn default() -> Self {
        Self::on(Arena::growing(), Arena::<T, INDEX>::MOST)
    }
}

impl<T, const INDEX: u32> fmt::Debug for VersionedStack<T, INDEX> {
    /// The size: values may be on their way to other threads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("VersionedStack");
        debug.field("len", &self.len()).field("capacity", &self.capacity()).finish_non_exhaustive()
    }
}

/// Each value is a [`push`](VersionedStack::push) of its own.
///
/// # Panics
/// If the stack is full.
impl<T, const INDEX: u32> Extend<T> for VersionedStack<T, INDEX> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        (&*self).extend(values);
    }
}

/// Through a shared reference, too.
///
/// # Panics
/// If the stack is full.
impl<T, const INDEX: u32> Extend<T> for &VersionedStack<T, INDEX> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value).expect("no more values than the capacity"));
    }
}

/// A stack that grows. The last value of the iterator is on top.
///
/// # Panics
/// If there are more values than can be numbered, or no memory for the first 32.
impl<T, const INDEX: u32> FromIterator<T> for VersionedStack<T, INDEX> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut stack = Self::default();
        stack.extend(values);
        stack
    }
}
