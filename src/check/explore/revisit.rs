//! Backward revisits: a write has come, and a read that is already there may read it.
//!
//! See the module head of [`explore`](super) for the algorithm. What is deleted is what was added after the
//! read and does not lead to the write. Other graphs lead to the same one with other events in the deleted
//! part; exactly one of them counts: the one in which each deleted event did what it does when nothing is
//! chosen, read the newest write, and wrote the newest.

use super::Memory;
use super::clock::{Clock, THREADS};
use super::coherence::floor;
use super::graph::{Graph, Id, Kind, Wait};
use super::machine::{Broken, Rules};
use super::past::Past;

/// A write that has just come: in `graph`, at some place of modification order (which does not matter here).
pub(super) struct Arrival<'a> {
    pub graph: &'a Graph,
    pub past: &'a Past,
    pub write: Id,
    pub rules: Rules,
}

impl Arrival<'_> {
    /// Hands each graph in which another read reads the write to `found`; `copy` makes a graph to work on.
    pub(super) fn revisits(
        &self,
        mut copy: impl FnMut(&Graph) -> Box<Graph>,
        mut found: impl FnMut(Box<Graph>),
    ) {
        let cell = self.graph.event(self.write).location;
        let value = self.graph.event(self.write).value;
        for &read in &self.graph.cells[usize::from(cell)].reads {
            if self.rules.is(Broken::NoRevisits)
                || self.prefix().contains(read)
                || self.graph.event(read).blocked
            {
                continue;
            }
            let lengths = self.kept(read);
            let waiting: Vec<Wait> = self.waiting(read, &lengths).collect();
            if !self.is_maximal_without(read, &lengths, &waiting) {
                continue;
            }
            let mut base = copy(self.graph);
            let mut with_waiting = lengths;
            waiting.iter().for_each(|wait| with_waiting[wait.read.thread()] += 1);
            base.cut(&with_waiting);
            waiting.iter().for_each(|wait| base.wait_again(wait));
            let event = base.event_mut(read);
            event.from = self.write;
            event.see(value);
            self.places(base, read, &mut copy, &mut found);
        }
    }

    fn prefix(&self) -> &Clock {
        &self.past.known(self.write).prefix
    }

    /// How many events of each thread are kept if `read` is revisited.
    fn kept(&self, read: Id) -> [u16; THREADS] {
        let stamp = self.graph.event(read).stamp;
        let mut lengths = [0; THREADS];
        for (thread, length) in lengths.iter_mut().enumerate() {
            // Within a thread, stamps rise with program order.
            let before = self.graph.threads[thread].partition_point(|event| event.stamp < stamp) as u16;
            *length = before.max(self.prefix().of(thread));
        }
        lengths[read.thread()] = read.index() + 1;
        lengths[self.write.thread()] = self.write.index() + 1;
        lengths
    }

    /// The reads that are deleted, but had begun to wait before `read` was added: they wait again.
    fn waiting(&self, read: Id, lengths: &[u16; THREADS]) -> impl Iterator<Item = Wait> {
        let stamp = self.graph.event(read).stamp;
        (0..THREADS).filter_map(move |thread| {
            let next = Id::new(thread, lengths[thread]);
            let mut of_next = self.graph.waits.iter().filter(|wait| wait.read == next && wait.stamp < stamp);
            of_next.next_back().copied()
        })
    }

    /// Whether `read` and all that is deleted with it are as they are when nothing is chosen.
    fn is_maximal_without(&self, read: Id, lengths: &[u16; THREADS], waiting: &[Wait]) -> bool {
        let deleted = (0..THREADS).flat_map(|thread| {
            (lengths[thread]..self.graph.length(thread)).map(move |index| Id::new(thread, index))
        });
        let gone = |wait: &&Wait| {
            let deleted = wait.read.index() >= lengths[wait.read.thread()];
            deleted && !waiting.iter().any(|kept| kept.read == wait.read && kept.stamp >= wait.stamp)
        };
        let mut waits = self.graph.waits.iter().filter(gone);
        if self.rules.is(Broken::EveryRevisit) {
            return true;
        }
        self.is_maximal(read)
            && { deleted }.all(|id| self.is_maximal(id))
            && waits.all(|wait| self.saw_newest(wait))
    }

    /// Whether a read that had begun to wait at `wait` saw, then or at the end of that wait or a later one, what
    /// was the newest when it began, of all that stays.
    fn saw_newest(&self, wait: &Wait) -> bool {
        let event = self.graph.event(wait.read);
        let waits =
            self.graph.waits.iter().filter(|other| other.read == wait.read && other.stamp >= wait.stamp);
        let mut seen = waits.map(|other| other.from).chain([event.from]);
        seen.any(|from| self.is_newest(from, event.location, wait.stamp))
    }

    /// Whether `id` was there at `stamp`, or will be there in any case.
    fn is_there(&self, id: Id, stamp: u32) -> bool {
        id != self.write && (self.graph.event(id).stamp <= stamp || self.prefix().contains(id))
    }

    /// Whether `write` was the newest of its cell at `stamp`, of those that stay.
    fn is_newest(&self, write: Id, cell: u16, stamp: u32) -> bool {
        let newer = &self.graph.cells[usize::from(cell)].writes[usize::from(self.graph.rank(write))..];
        !newer.iter().any(|id| self.is_there(*id, stamp))
    }

    fn is_maximal(&self, id: Id) -> bool {
        let event = self.graph.event(id);
        match event.kind {
            Kind::Choice | Kind::Address => event.value == 0,
            kind if kind.reads() => {
                !event.spurious && self.is_newest(event.from, event.location, event.stamp)
            }
            kind if kind.writes() => {
                let reads = &self.graph.cells[usize::from(event.location)].reads;
                let reads_it =
                    |read: &Id| self.graph.event(*read).from == id && self.is_there(*read, event.stamp);
                let waited_at_it = |wait: &Wait| {
                    wait.from == id && (wait.stamp <= event.stamp || self.prefix().contains(wait.read))
                };
                self.is_newest(id, event.location, event.stamp)
                    && !reads.iter().any(reads_it)
                    && !self.graph.waits.iter().any(waited_at_it)
            }
            _ => true,
        }
    }

    /// The write may come at several places of modification order.
    fn places(
        &self,
        mut base: Box<Graph>,
        read: Id,
        copy: &mut impl FnMut(&Graph) -> Box<Graph>,
        found: &mut impl FnMut(Box<Graph>),
    ) {
        let event = *base.event(self.write);
        let ranks = if event.kind == Kind::Put {
            let from = base.event(Id::new(self.write.thread(), self.write.index() - 1)).from;
            let rank = base.rank(from) + 1;
            rank..=rank
        } else {
            base.withdraw(self.write);
            let before = past_of(self.rules.memory, self.past, self.write);
            floor(&base, self.rules.memory, &before, event.location) + 1..=base.newest(event.location) + 1
        };
        let plain = event.kind != Kind::Put;
        for rank in ranks {
            if plain && base.is_taken(event.location, rank - 1) {
                continue;
            }
            let mut graph = copy(&base);
            if plain {
                graph.insert(self.write, rank);
            }
            let event = *graph.event(read);
            if let Some(failing) = event.failing().filter(|_| graph.disturbances() < self.rules.failures) {
                let mut graph = copy(&graph);
                *graph.event_mut(read) = failing;
                if self.is_consistent(&graph, read) {
                    found(graph);
                }
            }
            if self.is_consistent(&graph, read) {
                found(graph);
            }
        }
    }

    /// Whether `graph`, in which `read` reads the write, is consistent.
    fn is_consistent(&self, graph: &Graph, read: Id) -> bool {
        let event = graph.event(read);
        let rank = graph.rank(self.write);
        if event.blocked {
            // It has not happened: only that it would have to wait is known.
            return graph.is_atomic(event.location);
        }
        if !graph.is_atomic(event.location) {
            return false;
        }
        let mut before = past_of(self.rules.memory, self.past, read);
        if self.rules.memory == Memory::Sc {
            before.add(self.write);
            return floor(graph, self.rules.memory, &before, event.location) <= rank;
        }
        if floor(graph, self.rules.memory, &before, event.location) > rank {
            return false;
        }
        let own = self.past.before_read(read.thread(), read.index(), event.order, self.write);
        self.rules.allow(graph, self.past, read, own)
    }
}

/// What an event that is the last of its thread has behind it: what happens before it (`Weak`), or the event
/// before it (`Sc`).
fn past_of(memory: Memory, past: &Past, id: Id) -> Clock {
    match memory {
        Memory::Weak => past.before_index(id.thread(), id.index()),
        Memory::Sc => {
            let mut clock = Clock::default();
            clock.raise(id.thread(), id.index());
            clock
        }
    }
}
