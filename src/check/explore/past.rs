//! What each event of a run knows: happens-before and the prefix, as vector clocks.
//!
//! Computed anew in each run, in any order that keeps each read behind its write. The rules are those of RC11
//! with the release sequences of C++20 (P0982): a release write heads a sequence that read-modify-writes
//! continue, and that a later plain write of the same thread does not.

use super::Memory;
use super::alike::{self, Alike, Twins};
use super::clock::{Clock, THREADS};
use super::graph::{Graph, Id, Kind};
use super::psc::is_sequential;
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

/// What is known of a write; nothing of the initial one.
fn known_of(known: &[Vec<Known>; THREADS], event: Id) -> Option<&Known> {
    (!event.is_initial()).then(|| &known[event.thread()][usize::from(event.index())])
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
    /// So many of its first events are the same as those of the thread that it is like.
    pub shared: u16,
}

/// What the events of a run know.
#[derive(Debug, Default)]
pub(super) struct Past {
    known: [Vec<Known>; THREADS],
    /// The sequentially consistent events, as they ran.
    sequential: Vec<Id>,
    count: u32,
    pub present: [Present; THREADS],
    /// Which threads are like the one before them.
    pub alike: Alike,
    pub twins: Twins,
}

impl Past {
    pub(super) fn clear(&mut self) {
        self.known.iter_mut().for_each(Vec::clear);
        self.sequential.clear();
        self.count = 0;
        self.present = Default::default();
        self.alike = Default::default();
    }

    pub(super) fn known(&self, event: Id) -> &Known {
        &self.known[event.thread()][usize::from(event.index())]
    }

    /// How many events of `thread` have run.
    pub(super) fn ran(&self, thread: usize) -> u16 {
        self.known[thread].len() as u16
    }

    /// The next event of `thread`.
    pub(super) fn next(&self, thread: usize) -> Id {
        Id::new(thread, self.ran(thread))
    }

    /// Whether `event` has run.
    pub(super) fn has(&self, event: Id) -> bool {
        event.is_initial() || event.index() < self.ran(event.thread())
    }

    /// The sequentially consistent events of `graph`, in which nothing but `new` may be otherwise than it ran, or
    /// not have run yet.
    pub(super) fn sequential(&self, graph: &Graph, new: Id) -> Vec<Id> {
        let others =
            self.sequential.iter().filter(|id| **id != new && id.index() < graph.length(id.thread()));
        others.chain([&new]).copied().filter(|id| is_sequential(graph.event(*id))).collect()
    }

    /// What happens before the event after the first `length` of `thread`, and is not its own doing.
    pub(super) fn before_index(&self, thread: usize, length: u16) -> Clock {
        length.checked_sub(1).map_or_else(Clock::default, |last| self.known(Id::new(thread, last)).before)
    }

    /// The event that a thread which is alike has in the place of `id`, if it has one and if they were the same before.
    pub(super) fn twin(&self, graph: &Graph, id: Id) -> Option<Id> {
        let thread = id.thread();
        if !self.alike[thread] || self.present[thread].shared < id.index() {
            return None;
        }
        let twin = Id::new(thread - 1, id.index());
        // A revisit may have deleted it, if threads are not ordered.
        let is_there = self.has(twin) && twin.index() < graph.length(twin.thread());
        (is_there && alike::is_comparable(graph.event(twin))).then_some(twin)
    }

    /// What would happen before a read of `thread` at `index` if it read from `from`, with itself.
    pub(super) fn before_read(&self, thread: usize, index: u16, order: Ordering, from: Id) -> Clock {
        let mut before = self.before_index(thread, index);
        before.raise(thread, index + 1);
        if acquires(order)
            && let Some(from) = known_of(&self.known, from)
        {
            before.join(&from.message);
        }
        before
    }

    /// The last `count` events of `thread` have not run after all; before them it was at `present`.
    pub(super) fn undo(&mut self, thread: usize, count: usize, present: Present) {
        let left = self.known[thread].len() - count;
        self.known[thread].truncate(left);
        while self
            .sequential
            .last()
            .is_some_and(|last| last.thread() == thread && usize::from(last.index()) >= left)
        {
            self.sequential.pop();
        }
        self.count -= count as u32;
        self.present[thread] = present;
    }

    /// The next event of its thread has run.
    pub(super) fn run(&mut self, graph: &Graph, id: Id, memory: Memory) {
        let event = graph.event(id);
        let thread = id.thread();
        debug_assert_eq!(self.ran(thread), id.index());
        if is_sequential(event) {
            self.sequential.push(id);
        }
        // Under `Sc` every access is sequentially consistent, whatever it says.
        let order = if memory == Memory::Sc { Ordering::SeqCst } else { event.order };
        let twin = self.twin(graph, id).filter(|_| alike::is_comparable(event));
        let now = &mut self.present[thread];
        now.before.raise(thread, id.index() + 1);
        now.prefix.raise(thread, id.index() + 1);
        if let Some(twin) = twin {
            let one = graph.event(twin);
            now.shared += u16::from(alike::is_same(one, event));
            if let Some(known) = known_of(&self.known, twin).filter(|_| self.twins == Twins::Ordered) {
                now.prefix.join(&known.prefix);
                // The write of a read-modify-write is done with its read.
                now.prefix.raise(twin.thread(), twin.index() + 1 + u16::from(one.kind == Kind::Take));
            }
        }
        match event.kind {
            Kind::Read | Kind::Take => {
                if let Some(from) = known_of(&self.known, event.from) {
                    now.prefix.join(&from.prefix);
                    now.acquirable.join(&from.message);
                    if acquires(order) {
                        now.before.join(&from.message);
                    }
                }
            }
            Kind::Write | Kind::Put => {
                self.count += 1;
                let message = if releases(order) { now.before } else { now.released };
                let known = Known { before: now.before, prefix: now.prefix, message, when: self.count };
                self.known[thread].push(known);
                if event.kind == Kind::Put {
                    // A read-modify-write continues the release sequence that it took from.
                    let taken = graph.event(Id::new(thread, id.index() - 1)).from;
                    let continued = known_of(&self.known, taken).map(|from| from.message);
                    if let (Some(continued), Some(own)) = (continued, self.known[thread].last_mut()) {
                        own.message.join(&continued);
                    }
                }
                return;
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
                if let Some(other) = known_of(&self.known, event.from) {
                    now.before.join(&other.before);
                    now.prefix.join(&other.prefix);
                }
            }
            Kind::Choice | Kind::TimeOut | Kind::Address | Kind::Spawn | Kind::End => {}
        }
        self.count += 1;
        let message = Clock::default();
        let known = Known { before: now.before, prefix: now.prefix, message, when: self.count };
        self.known[thread].push(known);
    }
}
