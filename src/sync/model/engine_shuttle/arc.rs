//! `std`'s reference-counted pointer, and in explored executions a watch over who drops it last.
//!
//! The count is no location of the machine: each order of its changes would be an execution, and nearly all of
//! them are alike. What is left out so is who sees which count, and above all who runs the destructor. That is
//! asked for here: a clone and a drop read a piece of plain memory that stands for the count, and whoever must know
//! the count writes it. If the last drop happens after all others, as it does where threads are joined, it is the
//! last in every run. If it does not, its destructor may do nothing that the machine hears of; that, and a count
//! that is asked for while others change it, fails the exploration with a text that says so.

use crate::sync::model::explored::{Machine, Plain, Quiet, machine};
use crate::sync::model::{unwind, world};
use std::fmt;
use std::ops::Deref;

struct Counted<T> {
    content: T,
    count: Count,
}

/// The number of the plain memory that stands for the count, if a machine knows it.
struct Count(Option<usize>);

impl Default for Count {
    fn default() -> Self {
        Count(machine().map(|machine| machine.plain(Plain::Count, world::place(machine.running()))))
    }
}

impl Count {
    fn known(&self) -> Option<(&dyn Machine, usize)> {
        if unwind::failing() { None } else { machine().zip(self.0) }
    }

    /// One more, or one fewer.
    fn change(&self) {
        if let Some((machine, memory)) = self.known() {
            machine.access(memory, false, world::place(machine.running()));
        }
    }

    /// The count is asked for.
    #[track_caller]
    fn ask(&self) {
        if let Some((machine, memory)) = self.known() {
            machine.access(memory, true, std::panic::Location::caller());
        }
    }
}

/// `std`'s reference-counted pointer.
pub struct Arc<T>(Option<std::sync::Arc<Counted<T>>>);

impl<T> Arc<T> {
    /// A pointer to `content`, which it owns.
    pub fn new(content: T) -> Self {
        Arc(Some(std::sync::Arc::new(Counted { content, count: Count::default() })))
    }

    fn counted(&self) -> &std::sync::Arc<Counted<T>> {
        self.0.as_ref().expect("taken by whoever takes the pointer")
    }

    /// How many pointers to the content there are.
    #[must_use]
    #[track_caller]
    pub fn strong_count(this: &Self) -> usize {
        this.counted().count.ask();
        std::sync::Arc::strong_count(this.counted())
    }

    /// Whether both point to the same content.
    #[must_use]
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        std::sync::Arc::ptr_eq(this.counted(), other.counted())
    }

    /// The content, if this is the only pointer to it.
    #[track_caller]
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.counted().count.ask();
        let counted = this.0.as_mut().and_then(std::sync::Arc::get_mut)?;
        Some(&mut counted.content)
    }

    /// The content, if this was the last pointer to it.
    #[track_caller]
    pub fn into_inner(this: Self) -> Option<T> {
        Self::try_unwrap(this).ok()
    }

    /// The content, if this is the only pointer to it.
    ///
    /// # Errors
    /// The pointer, if there are others.
    #[track_caller]
    pub fn try_unwrap(mut this: Self) -> Result<T, Self> {
        this.counted().count.ask();
        match std::sync::Arc::try_unwrap(this.0.take().expect("nobody has taken it")) {
            Ok(counted) => Ok(counted.content),
            Err(shared) => Err(Arc(Some(shared))),
        }
    }
}

impl<T> Clone for Arc<T> {
    fn clone(&self) -> Self {
        self.counted().count.change();
        Arc(self.0.clone())
    }
}

impl<T> Drop for Arc<T> {
    fn drop(&mut self) {
        let Some(counted) = self.0.take() else { return };
        if std::sync::Arc::strong_count(&counted) > 1 {
            return counted.count.change();
        }
        let ordered = counted.count.known().is_none_or(|(machine, memory)| machine.is_ordered(memory));
        let _quiet = (!ordered).then(Quiet::begin);
        drop(counted);
    }
}

impl<T> Deref for Arc<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.counted().content
    }
}

impl<T> AsRef<T> for Arc<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T> From<T> for Arc<T> {
    fn from(content: T) -> Self {
        Arc::new(content)
    }
}

impl<T: Default> Default for Arc<T> {
    fn default() -> Self {
        Arc::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
