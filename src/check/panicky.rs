//! Code of the user's that panics when the engine says so.
//!
//! A structure calls code that it does not know: a value's destructor, its comparison, a closure. Each such call may be
//! left by a panic, and the structure must not break: no lock left held, no slot claimed and never filled, no value
//! dropped twice or never. A value of a model that is a [`Panicky`], or calls [`may_panic`] itself, asks the engine at
//! each such place ([`Choice::Panic`](super::Choice::Panic)).
//!
//! The operation that is left has no answer: it may have happened or not, and nobody waits for it. Its thread goes on
//! with the next (in the history under another number, 100 higher). On real threads nobody panics.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

#[cfg(any(loom, shuttle))]
pub use crate::sync::model::catch_chosen;

/// Here the engine may choose that a callback panics: at most once in an execution.
#[cfg_attr(any(loom, shuttle), track_caller)]
pub fn may_panic(what: &'static str) {
    #[cfg(any(loom, shuttle))]
    crate::sync::model::panic_point(what);
    #[cfg(not(any(loom, shuttle)))]
    let _ = what;
}

/// Runs `f`. `None`: it was left by a panic that the engine has chosen. Any other panic goes on.
#[cfg(not(any(loom, shuttle)))]
pub fn catch_chosen<R>(f: impl FnOnce() -> R) -> Option<R> {
    Some(f())
}

/// A value of which `Clone`, `PartialEq`, `Ord`, `Hash` and `Drop` may panic, before they do anything.
///
/// Its content is dropped all the same, as the fields of any value are.
#[derive(Debug, Default)]
pub struct Panicky<T>(pub T);

impl<T: Clone> Clone for Panicky<T> {
    #[cfg_attr(any(loom, shuttle), track_caller)]
    fn clone(&self) -> Self {
        may_panic("clone");
        Panicky(self.0.clone())
    }
}

impl<T: PartialEq> PartialEq for Panicky<T> {
    #[cfg_attr(any(loom, shuttle), track_caller)]
    fn eq(&self, other: &Self) -> bool {
        may_panic("eq");
        self.0 == other.0
    }
}

impl<T: Eq> Eq for Panicky<T> {}

impl<T: PartialOrd> PartialOrd for Panicky<T> {
    #[cfg_attr(any(loom, shuttle), track_caller)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        may_panic("partial_cmp");
        self.0.partial_cmp(&other.0)
    }
}

impl<T: Ord> Ord for Panicky<T> {
    #[cfg_attr(any(loom, shuttle), track_caller)]
    fn cmp(&self, other: &Self) -> Ordering {
        may_panic("cmp");
        self.0.cmp(&other.0)
    }
}

impl<T: Hash> Hash for Panicky<T> {
    #[cfg_attr(any(loom, shuttle), track_caller)]
    fn hash<H: Hasher>(&self, state: &mut H) {
        may_panic("hash");
        self.0.hash(state);
    }
}

impl<T> Drop for Panicky<T> {
    fn drop(&mut self) {
        may_panic("drop");
    }
}
