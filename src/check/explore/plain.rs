//! Plain memory, nodes and guards: no events of the graph, but ordered by its happens-before.
//!
//! An access of plain memory stands between two events of its thread. Two of them race unless one happens
//! before the other (FastTrack: Flanagan and Freund, PLDI 2009, with a read stamp per thread). A race is found in
//! every order of the two, since it is a matter of happens-before and not of who came first in this run.
//!
//! A retired node may be freed as soon as nobody is left who could have seen it: whoever uses it must have
//! had a guard from before the retirement, in every order of the sequentially consistent fences that the
//! graph leaves open. So no moment of the free has to be chosen, and none is missed.

use super::clock::{Clock, THREADS};
use super::graph::Id;
use super::machine::OUTSIDE;
use crate::sync::model::{Place, Plain};

/// An access: the length of its thread then, plus one, and where it was.
type Stamp = Option<(u16, Place)>;

#[derive(Clone, Copy, Debug)]
struct Use {
    stamp: Stamp,
    /// The guard that the thread had then, the oldest one: the event that pinned it.
    guard: Option<Id>,
}

/// When and where a node was retired.
#[derive(Clone, Copy, Debug)]
struct Retired {
    thread: usize,
    place: Place,
    /// What happened before.
    before: Clock,
    length: u16,
}

#[derive(Clone, Copy, Debug)]
struct Memory {
    kind: Plain,
    writer: usize,
    written: Stamp,
    reads: [Use; THREADS],
    retired: Option<Retired>,
}

/// A use of a node that may have been freed, unless the guard is older than the retirement: behind which are
/// the events of `before`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt {
    pub guard: Option<Id>,
    pub before: Clock,
    pub length: u16,
    pub retirer: usize,
    used: (usize, Place),
    retired: Place,
}

impl Doubt {
    pub(super) fn complaint(&self) -> String {
        let (thread, place) = self.used;
        let guard = if self.guard.is_some() { "the guard was taken too late" } else { "there was no guard" };
        format!(
            "use after free: a node used by thread {thread} at {place} may be free then: retired by thread {} at {}, \
             and {guard}",
            self.retirer, self.retired
        )
    }
}

/// The plain memory of a run, and its guards.
#[derive(Debug, Default)]
pub(super) struct Plains {
    memory: Vec<Memory>,
    guards: Vec<(usize, usize, Id)>,
    pinned: usize,
}

/// Who asks: the thread, how many events it has, and what happens before its next.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub thread: usize,
    pub length: u16,
    pub before: Clock,
    pub place: Place,
}

impl Moment {
    fn stamp(&self) -> Stamp {
        Some((self.length + 1, self.place))
    }

    /// Whether an access of `thread` with this stamp happens before.
    fn knows(&self, thread: usize, stamp: Stamp) -> bool {
        stamp.is_none_or(|(length, _)| thread == self.thread || self.before.of(thread) >= length)
    }
}

impl Plains {
    pub(super) fn clear(&mut self) {
        self.memory.clear();
        self.guards.clear();
        self.pinned = 0;
    }

    /// Whether there is any plain memory.
    pub(super) fn exist(&self) -> bool {
        !self.memory.is_empty()
    }

    /// New memory, written by who made it.
    pub(super) fn create(&mut self, kind: Plain, now: Moment) -> usize {
        let nobody = Use { stamp: None, guard: None };
        let (writer, written) = (now.thread, now.stamp());
        self.memory.push(Memory { kind, writer, written, reads: [nobody; THREADS], retired: None });
        self.memory.len() - 1
    }

    /// An access: whether it races, and whether the memory may be free.
    pub(super) fn access(
        &mut self,
        memory: usize,
        writes: bool,
        now: Moment,
    ) -> Result<Option<Doubt>, String> {
        let guard = self.guard_of(now.thread);
        let memory = self.memory.get_mut(memory).ok_or(OUTSIDE)?;
        let race = |writes_then: bool, thread: usize, stamp: Stamp| {
            let (_, place) = stamp.expect("an access that is not known");
            let verb = |writes: bool| match (memory.kind, writes) {
                (Plain::Cell, true) => "written",
                (Plain::Cell, false) => "read",
                (Plain::Node, true) => "freed or made",
                (Plain::Node, false) => "used",
                (Plain::Count, true) => "asked for",
                (Plain::Count, false) => "changed",
            };
            let what = match memory.kind {
                Plain::Cell => "data race",
                Plain::Node => "use after free, or before its making is known",
                Plain::Count => "not explored: the count of an Arc",
            };
            format!(
                "{what}: {} by thread {thread} at {place} and {} by thread {} at {}, in no order",
                verb(writes_then),
                verb(writes),
                now.thread,
                now.place
            )
        };
        if !now.knows(memory.writer, memory.written) {
            return Err(race(true, memory.writer, memory.written));
        }
        if writes {
            let reader = (0..THREADS).find(|&thread| !now.knows(thread, memory.reads[thread].stamp));
            if let Some(thread) = reader {
                return Err(race(false, thread, memory.reads[thread].stamp));
            }
            (memory.writer, memory.written) = (now.thread, now.stamp());
            // It is freed: what its destructor does with it needs no guard.
            memory.retired = None;
            return Ok(None);
        }
        memory.reads[now.thread] = Use { stamp: now.stamp(), guard };
        Ok(memory.retired.map(|retired| doubt(&retired, now.thread, now.place, guard)))
    }

    /// Whether all accesses of the memory are known.
    pub(super) fn is_ordered(&self, memory: usize, now: Moment) -> bool {
        let memory = &self.memory[memory];
        let mut reads = memory.reads.iter().enumerate();
        now.knows(memory.writer, memory.written) && reads.all(|(thread, used)| now.knows(thread, used.stamp))
    }

    /// The oldest guard of a thread.
    fn guard_of(&self, thread: usize) -> Option<Id> {
        self.guards.iter().find(|(_, of, _)| *of == thread).map(|(_, _, event)| *event)
    }

    /// A guard begins with this event.
    pub(super) fn pin(&mut self, thread: usize, event: Id) -> usize {
        self.pinned += 1;
        self.guards.push((self.pinned, thread, event));
        self.pinned
    }

    /// A guard ends.
    pub(super) fn unpin(&mut self, guard: usize) {
        self.guards.retain(|(number, _, _)| *number != guard);
    }

    /// A node is retired: what others did with it so far, and did not surely do before.
    pub(super) fn retire(&mut self, memory: usize, now: Moment) -> Result<Vec<Doubt>, String> {
        let memory = &mut self.memory[memory];
        if let Some(first) = memory.retired {
            return Err(format!(
                "double free: retired by thread {} at {}, and again by thread {} at {}",
                first.thread, first.place, now.thread, now.place
            ));
        }
        let Moment { thread, length, before, place } = now;
        let retired = Retired { thread, place, before, length };
        memory.retired = Some(retired);
        let uses = memory.reads.iter().enumerate().filter(|(user, used)| !now.knows(*user, used.stamp));
        Ok(uses.map(|(user, used)| doubt(&retired, user, used.stamp.expect("used").1, used.guard)).collect())
    }
}

fn doubt(retired: &Retired, user: usize, place: Place, guard: Option<Id>) -> Doubt {
    Doubt {
        guard,
        before: retired.before,
        length: retired.length,
        retirer: retired.thread,
        used: (user, place),
        retired: retired.place,
    }
}
