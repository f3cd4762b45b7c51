//! What each event of a run knows: happens-before and the prefix, as vector clocks.
//!
//! Computed anew in each run, in any order that keeps each read behind its write. The rules are those of RC11
//! with the release sequences of C++20 (P0982): a release write heads a sequence that read-modify-writes
//! continue, and that a later plain write of the same thread does not.

use super::Memory;
use super::clock::{Clock, THREADS};
use super::graph::{Graph, Id, Kind};
use crate::sync::atomic::Ordering;

/// Whether an access with this ordering acquires.
pub(super) fn acquires(order: Ordering) -> bool {
    matches!(order, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst)
}

/// Whether an access with this ordering releases.
pub(super) fn releases(order: Ordering) -> bool {
    matches!(order, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst)
}

/// What is known of one event.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// The events that happen before it, and itself.
    pub before: Clock,
    /// The events before it in (po ∪ rf)*: without them it could not have been.
    pub prefix: Clock,
    /// Of a write: what those learn that acquire it.
    pub message: Clock,
    /// As the how-many-eth of this run it ran.
    pub when: u32,
}

/// Where a thread is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Present {
    /// What happens before its next event.
    pub before: Clock,
    /// The prefix of its next event.
    pub prefix: Clock,
    /// What its relaxed reads have seen: an acquire fence makes it known.
    acquirable: Clock,
    /// What its last release fence had behind it: its relaxed writes carry that.
    released: Clock,
}

/// What the events of a run know.
#[derive(Debug, Default)]
pub(super) struct Past {
    known: [Vec<Known>; THREADS],
    count: u32,
    pub present: [Present; THREADS],
}

impl Past {
    pub(super) fn clear(&mut self) {
        self.known.iter_mut().for_each(Vec::clear);
        self.count = 0;
        self.present = Default::default();
    }

    pub(super) fn known(&self, event: Id) -> &Known {
        &self.known[event.thread()][usize::from(event.index())]
    }

    /// How many events of `thread` have run.
    pub(super) fn ran(&self, thread: usize) -> u16 {
        self.known[thread].len() as u16
    }

    /// Whether `event` has run.
    pub(super) fn has(&self, event: Id) -> bool {
        event.is_initial() || event.index() < self.ran(event.thread())
    }

    /// What happens before the event after the first `length` of `thread`, and is not its own doing.
    pub(super) fn before_index(&self, thread: usize, length: u16) -> Clock {
        length.checked_sub(1).map_or_else(Clock::default, |last| self.known(Id::new(thread, last)).before)
    }

    fn message_of(&self, from: Id) -> Clock {
        if from.is_initial() { Clock::default() } else { self.known(from).message }
    }

    /// What would happen before a read of `thread` at `index` if it read from `from`, with itself.
    pub(super) fn before_read(&self, thread: usize, index: u16, order: Ordering, from: Id) -> Clock {
        let mut before = self.before_index(thread, index);
        before.raise(thread, index + 1);
        if acquires(order) {
            before.join(&self.message_of(from));
        }
        before
    }

    /// The last `count` events of `thread` have not run after all; before them it was at `present`.
    pub(super) fn undo(&mut self, thread: usize, count: usize, present: Present) {
        let left = self.known[thread].len() - count;
        self.known[thread].truncate(left);
        self.count -= count as u32;
        self.present[thread] = present;
    }

    /// The next event of its thread has run.
    pub(super) fn run(&mut self, graph: &Graph, id: Id, memory: Memory) {
        let event = graph.event(id);
        let thread = id.thread();
        debug_assert_eq!(self.ran(thread), id.index());
        // Under `Sc` every access is sequentially consistent, whatever it says.
        let order = if memory == Memory::Sc { Ordering::SeqCst } else { event.order };
        let mut now = self.present[thread];
        now.before.raise(thread, id.index() + 1);
        now.prefix.raise(thread, id.index() + 1);
        let mut message = Clock::default();
        match event.kind {
            Kind::Read | Kind::Take => {
                let learned = self.message_of(event.from);
                if !event.from.is_initial() {
                    now.prefix.join(&self.known(event.from).prefix);
                }
                now.acquirable.join(&learned);
                if acquires(order) {
                    now.before.join(&learned);
                }
            }
            Kind::Write | Kind::Put => {
                message = if releases(order) { now.before } else { now.released };
                if event.kind == Kind::Put {
                    // A read-modify-write continues the release sequence that it took from.
                    message.join(&self.message_of(graph.event(Id::new(thread, id.index() - 1)).from));
                }
            }
            Kind::Fence => {
                if acquires(order) {
                    now.before.join(&now.acquirable.clone());
                }
                if releases(order) {
                    now.released = now.before;
                }
            }
            Kind::Begin | Kind::Join => {
                let other = *self.known(event.from);
                now.before.join(&other.before);
                now.prefix.join(&other.prefix);
            }
            Kind::Choice | Kind::Address | Kind::Spawn | Kind::End => {}
        }
        self.present[thread] = now;
        self.count += 1;
        self.known[thread].push(Known { before: now.before, prefix: now.prefix, message, when: self.count });
    }
}
