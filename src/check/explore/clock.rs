//! Vector clocks: which events of each thread come before.

use super::graph::Id;

/// The most threads of an explored program, with main.
pub(in crate::check) const THREADS: usize = 8;

/// For each thread, how many of its events are known. Relations that are closed under program order
/// (happens-before, the prefix of an event) are held as such counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Clock([u16; THREADS]);

impl Clock {
    /// Whether `event` is known.
    pub(super) fn contains(&self, event: Id) -> bool {
        event.is_initial() || self.0[event.thread()] > event.index()
    }

    /// Learns what `other` knows.
    pub(super) fn join(&mut self, other: &Clock) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own = (*own).max(other);
        }
    }

    /// How many events of `thread` are known.
    pub(super) fn of(&self, thread: usize) -> u16 {
        self.0[thread]
    }

    /// Learns the first `count` events of `thread`.
    pub(super) fn raise(&mut self, thread: usize, count: u16) {
        self.0[thread] = self.0[thread].max(count);
    }

    /// Learns `event` and, since such sets are closed under it, what is before it in program order.
    pub(super) fn add(&mut self, event: Id) {
        if !event.is_initial() {
            self.raise(event.thread(), event.index() + 1);
        }
    }
}
