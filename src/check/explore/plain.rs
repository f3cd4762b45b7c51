//! Plain memory, nodes and guards: no events of the graph, but ordered by its happens-before.
//!
//! An access of plain memory stands between two events of its thread. Two of them race unless one happens
//! before the other (FastTrack: Flanagan and Freund, PLDI 2009, with a read stamp per thread). A race is found in
//! every order of the two, since it is a matter of happens-before and not of who came first in this run.
//!
//! A retired node may be freed as soon as nobody is left who could have seen it: whoever uses it must have
//! had a guard of the same domain from before the retirement, in every order of the sequentially consistent fences
//! that the graph leaves open. So no moment of the free has to be chosen, and none is missed.

use super::clock::{Clock, THREADS};
use super::graph::Id;
use super::machine::OUTSIDE;
use crate::sync::model::{Place, Plain};

/// An access: the length of its thread then, plus one, and where it was.
type Stamp = Option<(u16, Place)>;

#[derive(Clone, Copy, Debug)]
struct Use {
    stamp: Stamp,
    /// After so many beginnings and ends of guards: says which of them the thread had.
    moment: usize,
}

/// A guard: whose, of which domain, and the event that is next behind its beginning, which is its fence if it has one.
#[derive(Clone, Copy, Debug)]
struct Pinned {
    thread: usize,
    domain: usize,
    event: Id,
    /// It is there from this moment on, and up to this one.
    from: usize,
    to: usize,
}

/// When and where a node was retired, and in which domain.
#[derive(Clone, Copy, Debug)]
struct Retired {
    thread: usize,
    domain: usize,
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
    /// All that there were, in the order of this run.
    guards: Guards,
}

#[derive(Debug, Default)]
struct Guards {
    all: Vec<Pinned>,
    /// How many have begun, and ended.
    moment: usize,
}

impl Guards {
    /// The oldest guard that `thread` had of a domain at that moment: the event behind its beginning.
    fn of(&self, thread: usize, domain: usize, moment: usize) -> Option<Id> {
        let is_it = |guard: &&Pinned| {
            (guard.thread, guard.domain) == (thread, domain) && (guard.from..guard.to).contains(&moment)
        };
        self.all.iter().find(is_it).map(|guard| guard.event)
    }
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
        self.guards.all.clear();
        self.guards.moment = 0;
    }

    /// Whether there is any plain memory.
    pub(super) fn exist(&self) -> bool {
        !self.memory.is_empty()
    }

    /// New memory, written by who made it.
    pub(super) fn create(&mut self, kind: Plain, now: Moment) -> usize {
        let nobody = Use { stamp: None, moment: 0 };
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
        let moment = self.guards.moment;
        memory.reads[now.thread] = Use { stamp: now.stamp(), moment };
        Ok(memory.retired.map(|retired| {
            let guard = self.guards.of(now.thread, retired.domain, moment);
            doubt(&retired, now.thread, now.place, guard)
        }))
    }

    /// Whether all accesses of the memory are known.
    pub(super) fn is_ordered(&self, memory: usize, now: Moment) -> bool {
        let memory = &self.memory[memory];
        let mut reads = memory.reads.iter().enumerate();
        now.knows(memory.writer, memory.written) && reads.all(|(thread, used)| now.knows(thread, used.stamp))
    }

    /// A guard begins right before this event: its number.
    pub(super) fn pin(&mut self, thread: usize, domain: usize, event: Id) -> usize {
        self.guards.moment += 1;
        let from = self.guards.moment;
        self.guards.all.push(Pinned { thread, domain, event, from, to: usize::MAX });
        self.guards.all.len() - 1
    }

    /// A guard ends.
    pub(super) fn unpin(&mut self, guard: usize) {
        self.guards.moment += 1;
        self.guards.all[guard].to = self.guards.moment;
    }

    /// A node is retired: what others did with it so far, and did not surely do before.
    pub(super) fn retire(&mut self, memory: usize, domain: usize, now: Moment) -> Result<Vec<Doubt>, String> {
        let memory = &mut self.memory[memory];
        if let Some(first) = memory.retired {
            return Err(format!(
                "double free: retired by thread {} at {}, and again by thread {} at {}",
                first.thread, first.place, now.thread, now.place
            ));
        }
        let Moment { thread, length, before, place } = now;
        let retired = Retired { thread, domain, place, before, length };
        memory.retired = Some(retired);
        let uses = memory.reads.iter().enumerate().filter(|(user, used)| !now.knows(*user, used.stamp));
        let doubts = uses.map(|(user, used)| {
            let guard = self.guards.of(user, domain, used.moment);
            doubt(&retired, user, used.stamp.expect("used").1, guard)
        });
        Ok(doubts.collect())
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
