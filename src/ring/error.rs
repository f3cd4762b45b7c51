//! What can go wrong, with the value given back.

use std::fmt;
use thiserror::Error;

/// The ring is closed: nothing goes in any more, and (for a pop) nothing is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Error)]
#[error("the ring is closed")]
pub struct Closed;

/// A value could not be pushed, because the ring is closed.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
#[error("the ring is closed")]
pub struct PushError<T>(pub T);

/// A value could not be pushed.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
pub enum TryPushError<T> {
    /// Every slot was taken at that moment.
    #[error("the ring is full")]
    Full(T),
    /// The ring is closed.
    #[error("the ring is closed")]
    Closed(T),
}

/// There was no value to pop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TryPopError {
    /// No element was in the ring at that moment.
    #[error("the ring is empty")]
    Empty,
    /// The ring is closed and empty: none will come.
    #[error("the ring is closed")]
    Closed,
}

impl<T> PushError<T> {
    /// The value.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> TryPushError<T> {
    /// The value.
    #[must_use]
    pub fn into_inner(self) -> T {
        match self {
            TryPushError::Full(value) | TryPushError::Closed(value) => value,
        }
    }

    /// Whether it was for want of room.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, TryPushError::Full(_))
    }
}

// Not derived: an error must be printable whatever the value is.
impl<T> fmt::Debug for PushError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushError(..)")
    }
}

impl<T> fmt::Debug for TryPushError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_full() { "Full(..)" } else { "Closed(..)" })
    }
}
