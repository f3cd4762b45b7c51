//! Sleeping while the ring is full or empty.
//!
//! # Protocol
//! A consumer that found the ring empty joins the consumers that [sleep](super::sleepers), and announces itself: it sets the
//! waiting bit of `tail` with a compare-exchange that demands that `tail` is where it was: still empty. Then it parks. A
//! producer's claim changes that same word, so it cannot miss the bit: it clears it with its claim and, when its element
//! is published, wakes all. Producers sleep on the waiting bit of `head` in the same way.
//!
//! So a wake-up cannot be lost, claims pay nothing when nobody sleeps, and nothing depends on a clock.
//!
//! `close` sets its bit first and then wakes both sides. Whoever joins them after that sees the bit.
//!
//! # Invariant
//! If somebody sleeps, the waiting bit is set, or somebody is on the way to wake all that sleep now.

use super::error::{Closed, PushError, TryPopError, TryPushError};
use super::index::Index;
use super::mpmc::Ring;
use crate::sync::atomic::Ordering::Relaxed;

/// Tries to push until it is done, and sleeps while it cannot be.
pub(super) fn until_pushed<T>(
    mut value: T,
    try_push: impl Fn(T) -> Result<(), TryPushError<T>>,
    sleep: impl Fn(),
) -> Result<(), PushError<T>> {
    loop {
        match try_push(value) {
            Ok(()) => return Ok(()),
            Err(TryPushError::Closed(value)) => return Err(PushError(value)),
            Err(TryPushError::Full(back)) => value = back,
        }
        sleep();
    }
}

/// Tries to pop until it is done, and sleeps while it cannot be.
pub(super) fn until_popped<T>(
    try_pop: impl Fn() -> Result<T, TryPopError>,
    sleep: impl Fn(),
) -> Result<T, Closed> {
    loop {
        match try_pop() {
            Ok(value) => return Ok(value),
            Err(TryPopError::Closed) => return Err(Closed),
            Err(TryPopError::Empty) => sleep(),
        }
    }
}

impl<T> Ring<T> {
    /// Sleeps until a pop or a close, unless the ring has room or is closed by now.
    pub(super) fn sleep_while_full(&self) {
        self.producers.sleep(|| {
            // Relaxed, all: if the exchange succeeds `head` was where we read it, and the ring can have been nothing but full;
            // what a waker did who has taken the list before is seen by way of the list, and so is that the ring is closed.
            let head = Index(self.head.load(Relaxed)); // step: ring.wait.full_head_load
            let tail = Index(self.tail.load(Relaxed)); // step: ring.wait.full_tail_load
            let full = tail.position() == head.position() + self.positions();
            // step: ring.wait.full_announce
            full && !tail.closed()
                && self.head.compare_exchange(head.0, head.with_waiting().0, Relaxed, Relaxed).is_ok()
        });
    }

    /// Sleeps until a push or a close, unless the ring has an element or is closed by now.
    pub(super) fn sleep_while_empty(&self) {
        self.consumers.sleep(|| {
            // Relaxed, all: as above.
            let head = Index(self.head.load(Relaxed)); // step: ring.wait.empty_head_load
            let tail = Index(self.tail.load(Relaxed)); // step: ring.wait.empty_tail_load
            let empty = tail.position() == head.position();
            // step: ring.wait.empty_announce
            empty
                && !tail.closed()
                && self.tail.compare_exchange(tail.0, tail.with_waiting().0, Relaxed, Relaxed).is_ok()
        });
    }
}
