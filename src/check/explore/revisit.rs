//! Backward revisits: a write has come, and a read that is already there may read it.
//!
//! See the module head of [`explore`](super) for the algorithm. What is deleted is what was added after the
//! read and does not lead to the write. Other graphs lead to the same one with other events in the deleted
//! part; exactly one of them counts: the one in which each deleted event did what it does when nothing is
//! chosen, read the newest write, and wrote the newest.

use super::Memory;
use super::alike;
use super::clock::{Clock, THREADS};
use super::coherence::floor;
use super::graph::{Graph, Id, Kind, Wait};
use super::machine::{Broken, Rules};
use super::past::Past;
use super::pool::Pool;

/// A write that has just come: in `graph`, at some place of modification order (which does not matter here).
pub(super) struct Arrival<'a> {
    pub graph: &'a Graph,
    pub past: &'a Past,
    pub write: Id,
    pub rules: Rules,
}

impl Arrival<'_> {
    /// Adds each graph in which another read reads the write to `found`.
    pub(super) fn revisits(&self, pool: &mut Pool, found: &mut Vec<Box<Graph>>) {
        let cell = self.graph.event(self.write).location;
        let value = self.graph.event(self.write).value;
        for &read in &self.graph.cells[usize::from(cell)].reads {
            if self.rules.is(Broken::NoRevisits)
                || self.prefix().contains(read)
                || self.graph.event(read).blocked
            {
                continue;
            }
            // Most are not: that is asked before what is deleted is looked for.
            if !self.rules.is(Broken::EveryRevisit) && !self.is_maximal(read) {
                continue;
            }
            let lengths = self.kept(read);
            let waiting: Vec<Wait> = self.waiting(read, &lengths).collect();
            if !self.is_maximal_without(&lengths, &waiting) {
                continue;
            }
            let mut base = pool.copy(self.graph);
            let mut with_waiting = lengths;
            waiting.iter().for_each(|wait| with_waiting[wait.read.thread()] += 1);
            base.cut(&with_waiting);
            waiting.iter().for_each(|wait| base.wait_again(wait));
            let event = base.event_mut(read);
            event.from = self.write;
            event.see(value);
            self.places(base, read, pool, found);
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

    /// Whether all that is deleted is as it is when nothing is chosen.
    fn is_maximal_without(&self, lengths: &[u16; THREADS], waiting: &[Wait]) -> bool {
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
        { deleted }.all(|id| self.is_maximal(id)) && waits.all(|wait| self.saw_newest(wait))
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
            Kind::Choice | Kind::TimeOut | Kind::Address => event.value == 0,
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
    fn places(&self, mut base: Box<Graph>, read: Id, pool: &mut Pool, found: &mut Vec<Box<Graph>>) {
        let event = *base.event(self.write);
        if event.kind == Kind::Put {
            // It stays right behind what was taken.
            return self.keep(base, read, pool, found);
        }
        base.withdraw(self.write);
        let before = past_of(self.rules.memory, self.past, self.write);
        let floor = floor(&base, self.rules.memory, &before, event.location);
        for rank in floor + 1..=base.newest(event.location) + 1 {
            if !base.is_taken(event.location, rank - 1) {
                let mut graph = pool.copy(&base);
                graph.insert(self.write, rank);
                self.keep(graph, read, pool, found);
            }
        }
        pool.give_back(base);
    }

    /// Adds `graph`, in which `read` reads the write, to `found`, if it is consistent, and that in which the read is a
    /// compare-exchange that fails for no reason.
    fn keep(&self, graph: Box<Graph>, read: Id, pool: &mut Pool, found: &mut Vec<Box<Graph>>) {
        let mut keep = |graph: Box<Graph>, pool: &mut Pool| match self.is_consistent(&graph, read) {
            true => found.push(graph),
            false => pool.give_back(graph),
        };
        let failing = graph.event(read).failing();
        if let Some(failing) = failing.filter(|_| graph.is_disturbed_less(self.rules.failures)) {
            let mut failed = pool.copy(&graph);
            *failed.event_mut(read) = failing;
            keep(failed, pool);
        }
        keep(graph, pool);
    }

    /// Whether `graph`, in which `read` reads the write, is consistent.
    fn is_consistent(&self, graph: &Graph, read: Id) -> bool {
        let event = graph.event(read);
        let fits = |id: Id| alike::fits(graph, self.past, id, graph.event(id));
        if !(fits(read) && fits(self.write)) {
            return false;
        }
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
