//! Claiming positions, and what the claimer does with them.

use super::index::Index;
use super::mpmc::Ring;
use super::slot::{free, full};
use crate::sync::Backoff;
use crate::sync::atomic::{
    Ordering::{Acquire, Relaxed, Release, SeqCst},
    fence,
};
use std::cmp::Ordering::{Equal, Greater, Less};

/// Why nothing was claimed.
pub(super) enum Refusal {
    /// Full (for a push), empty (for a pop).
    NotNow,
    /// Closed; for a pop, and empty.
    Closed,
}

/// Free slots that are the claimer's to fill, or full ones that are its to empty.
#[must_use = "whoever comes to these slots waits for the claimer"]
pub(super) struct Claim<'r, T> {
    ring: &'r Ring<T>,
    first: u64,
    count: u64,
    /// Somebody sleeps who can go on when this claim is done.
    wake: bool,
}

/// A claim for pushing.
pub(super) struct PushClaim<'r, T>(Claim<'r, T>);

/// A claim for popping.
pub(super) struct PopClaim<'r, T>(Claim<'r, T>);

impl<T> Ring<T> {
    /// How many slots from `first` on have the stamp `expected(position)`, of at most `most`; the first one is known to.
    fn ready(&self, first: u64, most: u64, expected: impl Fn(u64) -> u64) -> u64 {
        let mut ready = 1;
        while ready < most.min(self.positions()) {
            let position = first + ready;
            // Acquire: as `ring.push.stamp_load` and `ring.pop.stamp_load`, for each further slot of a batch.
            let stamp = self.slot(position).stamp.load(Acquire); // step: ring.batch.stamp_load
            if stamp != expected(position) {
                break;
            }
            ready += 1;
        }
        ready
    }

    /// Claims 1 to `most` positions for pushing, as many as are free in a row.
    pub(super) fn claim_push(&self, most: u64) -> Result<PushClaim<'_, T>, Refusal> {
        let mut backoff = Backoff::new();
        // Relaxed, here and below: stamps carry what is known about slots, and fences what is known of counters.
        let mut tail = Index(self.tail.load(Relaxed)); // step: ring.push.tail_load
        loop {
            if tail.closed() {
                // Acquire: pairs with `ring.close.set`.
                fence(Acquire); // step: ring.push.closed_fence
                return Err(Refusal::Closed);
            }
            let first = tail.position();
            // Acquire: pairs with `ring.pop.release`; the last consumer's read of the cell comes before our write.
            let stamp = self.slot(first).stamp.load(Acquire); // step: ring.push.stamp_load
            match stamp.cmp(&free(first)) {
                Equal => {
                    let count = self.ready(first, most, free);
                    let next = Index::at(first + count).0; // nobody waits any more: we shall wake them
                    // Release: pairs with the fences of "empty" and of the observers; who sees this claim sees what we saw.
                    // step: ring.push.claim
                    match self.tail.compare_exchange_weak(tail.0, next, Release, Relaxed) {
                        Ok(_) => {
                            let wake = tail.waiting();
                            return Ok(PushClaim(Claim { ring: self, first, count, wake }));
                        }
                        Err(now) => tail = Index(now),
                    }
                    backoff.lost();
                    continue;
                }
                Less => {
                    // SeqCst: pairs with `ring.pop.empty_fence`: not both "full" by an old head and "empty" by an old
                    // tail. And acquires from the claim whose tail was read, so the head is at most a lap behind it.
                    fence(SeqCst); // step: ring.push.full_fence
                    let head = Index(self.head.load(Relaxed)); // step: ring.push.full_head_load
                    if head.position() + self.positions() == first {
                        return Err(Refusal::NotNow);
                    }
                    backoff.wait(); // for the consumer that has claimed this slot
                }
                Greater => backoff.lost(), // this tail is older than this stamp
            }
            tail = Index(self.tail.load(Relaxed)); // step: ring.push.tail_reload
        }
    }

    /// Claims 1 to `most` positions for popping, as many as are full in a row.
    pub(super) fn claim_pop(&self, most: u64) -> Result<PopClaim<'_, T>, Refusal> {
        let mut backoff = Backoff::new();
        // Relaxed, here and below: stamps carry what is known about slots, and fences what is known of counters.
        let mut head = Index(self.head.load(Relaxed)); // step: ring.pop.head_load
        loop {
            let first = head.position();
            // Acquire: pairs with `ring.push.publish`; the producer's write of the cell comes before our read.
            let stamp = self.slot(first).stamp.load(Acquire); // step: ring.pop.stamp_load
            match stamp.cmp(&full(first)) {
                Equal => {
                    let count = self.ready(first, most, full);
                    let next = Index::at(first + count).0; // nobody waits any more: we shall wake them
                    // Release: pairs with the fences of "full" and of the observers; who sees this claim sees what we saw.
                    // step: ring.pop.claim
                    match self.head.compare_exchange_weak(head.0, next, Release, Relaxed) {
                        Ok(_) => {
                            let wake = head.waiting();
                            return Ok(PopClaim(Claim { ring: self, first, count, wake }));
                        }
                        Err(now) => head = Index(now),
                    }
                    backoff.lost();
                    continue;
                }
                Less => {
                    // SeqCst: pairs with `ring.push.full_fence`: not both "full" by an old head and "empty" by an old
                    // tail. And acquires from the claim whose head was read, so the tail is not behind it.
                    fence(SeqCst); // step: ring.pop.empty_fence
                    let tail = Index(self.tail.load(Relaxed)); // step: ring.pop.empty_tail_load
                    if tail.position() == first && tail.closed() {
                        // Acquire: pairs with `ring.close.set`.
                        fence(Acquire); // step: ring.pop.closed_fence
                        return Err(Refusal::Closed);
                    }
                    if tail.position() == first {
                        return Err(Refusal::NotNow);
                    }
                    backoff.wait(); // for the producer that has claimed this slot
                }
                Greater => backoff.lost(), // this head is older than this stamp
            }
            head = Index(self.head.load(Relaxed)); // step: ring.pop.head_reload
        }
    }
}

impl<T> PushClaim<'_, T> {
    /// How many values [`fill`](Self::fill) needs.
    pub(super) fn count(&self) -> usize {
        self.0.count as usize
    }

    /// Puts the values into the claimed slots, in their order. There must be as many as were claimed, and to
    /// get one must not run anybody's code: others wait for these slots.
    pub(super) fn fill(self, values: impl IntoIterator<Item = T>) {
        let Claim { ring, first, count, wake } = self.0;
        let mut values = values.into_iter();
        for position in first..first + count {
            let value = values.next().expect("as many values as were claimed");
            let slot = ring.slot(position);
            // SAFETY: the stamp was `free(position)` when we claimed, so the cell is ours alone until we publish.
            slot.value.with_mut(|cell| unsafe { (*cell).write(value) }); // step: ring.push.write
            // Release: pairs with `ring.pop.stamp_load`; publishes the cell.
            slot.stamp.store(full(position), Release); // step: ring.push.publish
        }
        if wake {
            ring.consumers.wake();
        }
    }
}

impl<T> PopClaim<'_, T> {
    /// Takes the values out of the claimed slots, in their order. `take` must not run anybody's code: others
    /// wait for these slots.
    pub(super) fn empty(self, mut take: impl FnMut(T)) {
        let Claim { ring, first, count, wake } = self.0;
        for position in first..first + count {
            let slot = ring.slot(position);
            // SAFETY: the stamp was `full(position)` when we claimed, so the cell holds that element, ours alone to read.
            let value = slot.value.with(|cell| unsafe { (*cell).assume_init_read() }); // step: ring.pop.read
            // Release: pairs with `ring.push.stamp_load`; our read comes before the next write.
            slot.stamp.store(free(position + ring.positions()), Release); // step: ring.pop.release
            take(value);
        }
        if wake {
            ring.producers.wake();
        }
    }
}
