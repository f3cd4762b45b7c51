//! The execution graph: events in program order, from where each read reads, and in which order writes came.
//!
//! A graph is what an execution *was*, whatever the order in which its threads happened to run. Values are not
//! part of it: a run computes them anew. It is also the unit of work: what is still to be explored is a stack
//! of graphs, and nothing else.

use super::clock::THREADS;
pub(super) use super::kind::Kind;
use crate::sync::atomic::Ordering;
use crate::sync::model::Location;
use serde::{Deserialize, Serialize};

/// An event, by its thread and its number in program order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Id(u32);

impl Id {
    /// Stands for the initial write of any location.
    pub(super) const INITIAL: Id = Id(u32::MAX);

    pub(super) fn new(thread: usize, index: u16) -> Self {
        Id((thread as u32) << 16 | u32::from(index))
    }

    pub(super) fn thread(self) -> usize {
        (self.0 >> 16) as usize
    }

    pub(super) fn index(self) -> u16 {
        self.0 as u16
    }

    pub(super) fn is_initial(self) -> bool {
        self == Id::INITIAL
    }
}

impl std::fmt::Debug for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_initial() { f.write_str("init") } else { write!(f, "{}.{}", self.thread(), self.index()) }
    }
}

/// No location: the event is no access.
pub(super) const NOWHERE: u16 = u16::MAX;

/// One event.
///
/// What a checkpoint leaves out is set again when the event is followed. One that is blocked is not followed, and
/// nobody asks it: when it goes on, it is made anew.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Event {
    pub kind: Kind,
    #[serde(with = "super::as_number")]
    pub order: Ordering,
    /// The index of the location in the graph, or [`NOWHERE`].
    pub location: u16,
    /// Where a read reads from. A begin: the spawn. A join: the end.
    pub from: Id,
    /// A write's place in modification order, from 1; the initial write is 0.
    pub rank: u16,
    /// When it was added to the graph.
    pub stamp: u32,
    /// What was read, written or chosen, in the run that computed it last.
    pub value: u64,
    /// A weak compare-exchange that fails though the value is the expected one.
    pub spurious: bool,
    /// A read that waits for another value than it sees: it was added, and then overtaken.
    pub blocked: bool,
    /// Which values a waiting read waits for.
    #[serde(skip)]
    pub filter: Filter,
    /// What a read does with the value that it reads.
    #[serde(skip)]
    pub use_: Use,
}

/// What a read does with the value that it reads.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Use {
    /// Nothing: a load.
    #[default]
    Load,
    /// It is the read of a read-modify-write.
    Update(Update),
}

/// How a read-modify-write goes on when it has read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Update {
    /// The only value with which it succeeds; `None`: any.
    pub expected: Option<u64>,
    pub success: Ordering,
    pub failure: Ordering,
    /// It may fail although it need not.
    pub weak: bool,
}

impl Event {
    /// A read that has seen `value`: whether it succeeds as a read-modify-write, and with which ordering.
    pub(super) fn see(&mut self, value: u64) {
        self.value = value;
        self.spurious = false;
        self.blocked = !self.filter.accepts(value);
        if let Use::Update(update) = self.use_ {
            let succeeds = !self.blocked && update.expected.is_none_or(|expected| expected == value);
            self.kind = if succeeds { Kind::Take } else { Kind::Read };
            self.order = if succeeds { update.success } else { update.failure };
        }
    }

    /// The read of a weak compare-exchange that succeeds, as one that fails for no reason.
    pub(super) fn failing(&self) -> Option<Event> {
        match self.use_ {
            Use::Update(Update { weak: true, failure, .. }) if self.kind == Kind::Take => {
                Some(Event { kind: Kind::Read, order: failure, spurious: true, ..*self })
            }
            _ => None,
        }
    }
}

/// Which values a read waits for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Filter {
    /// It does not wait.
    #[default]
    Any,
    /// Those that the function accepts.
    Only(fn(u64, u64) -> bool, u64),
}

impl Filter {
    pub(super) fn accepts(self, value: u64) -> bool {
        match self {
            Filter::Any => true,
            Filter::Only(accepts, argument) => accepts(value, argument),
        }
    }

    pub(super) fn waits(self) -> bool {
        matches!(self, Filter::Only(..))
    }
}

/// A read that had to wait: it was added, then overtaken by a write that it cannot use, and went on later.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Wait {
    pub read: Id,
    /// When it began to wait.
    pub stamp: u32,
    /// What it saw then.
    pub from: Id,
}

/// One location of memory.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Cell {
    /// Its writes in modification order, without the initial one.
    pub writes: Vec<Id>,
    /// Its reads.
    pub reads: Vec<Id>,
}

/// An execution graph.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Graph {
    pub threads: [Vec<Event>; THREADS],
    pub cells: Vec<Cell>,
    /// The index of each location in `cells`, by the thread that created it and the number of its creation.
    index: [Vec<u16>; THREADS],
    pub stamps: u32,
    /// The waits that are over, in their order.
    pub waits: Vec<Wait>,
    /// Which part of all executions is expected to lie behind this graph.
    pub share: f64,
}

impl Clone for Graph {
    fn clone(&self) -> Self {
        let mut copy = Graph::default();
        copy.clone_from(self);
        copy
    }

    /// Reuses the memory of `self`: the search copies a graph for each alternative.
    fn clone_from(&mut self, other: &Self) {
        for (own, other) in self.threads.iter_mut().zip(&other.threads) {
            own.clear();
            own.extend_from_slice(other);
        }
        for (own, other) in self.index.iter_mut().zip(&other.index) {
            own.clear();
            own.extend_from_slice(other);
        }
        self.cells.truncate(other.cells.len());
        let kept = self.cells.len();
        for (own, other) in self.cells.iter_mut().zip(&other.cells) {
            own.writes.clear();
            own.writes.extend_from_slice(&other.writes);
            own.reads.clear();
            own.reads.extend_from_slice(&other.reads);
        }
        self.cells.extend_from_slice(&other.cells[kept..]);
        self.stamps = other.stamps;
        self.waits.clear();
        self.waits.extend_from_slice(&other.waits);
        self.share = other.share;
    }
}

impl Graph {
    pub(super) fn event(&self, id: Id) -> &Event {
        &self.threads[id.thread()][usize::from(id.index())]
    }

    pub(super) fn event_mut(&mut self, id: Id) -> &mut Event {
        &mut self.threads[id.thread()][usize::from(id.index())]
    }

    /// How many events `thread` has.
    pub(super) fn length(&self, thread: usize) -> u16 {
        self.threads[thread].len() as u16
    }

    /// Whether this execution was disturbed less often than so: by choices that are not 0, and by failures for no
    /// reason.
    pub(super) fn is_disturbed_less(&self, most: usize) -> bool {
        let disturbed = |event: &&Event| event.spurious || event.kind == Kind::Choice && event.value != 0;
        self.has_less(most, disturbed)
    }

    /// Whether less time-outs than so came in this execution, where those are no disturbances.
    pub(super) fn times_out_less(&self, most: usize) -> bool {
        self.has_less(most, |event: &&Event| event.kind == Kind::TimeOut && event.value != 0)
    }

    fn has_less(&self, most: usize, such: impl Fn(&&Event) -> bool) -> bool {
        most > 0 && self.threads.iter().flatten().filter(such).nth(most - 1).is_none()
    }

    /// All events.
    pub(super) fn ids(&self) -> impl Iterator<Item = Id> + '_ {
        let threads = self.threads.iter().enumerate();
        threads.flat_map(|(thread, events)| (0..events.len() as u16).map(move |index| Id::new(thread, index)))
    }

    /// The index of a location, which it gets when it is first met.
    pub(super) fn cell_of(&mut self, location: Location) -> u16 {
        let numbers = &mut self.index[location.thread()];
        if numbers.len() <= location.number() {
            numbers.resize(location.number() + 1, NOWHERE);
        }
        let index = &mut numbers[location.number()];
        if *index == NOWHERE {
            *index = self.cells.len() as u16;
            self.cells.push(Cell::default());
        }
        *index
    }

    /// The index of a location, if it was met.
    pub(super) fn find_cell(&self, location: Location) -> Option<u16> {
        let index = *self.index[location.thread()].get(location.number())?;
        (index != NOWHERE).then_some(index)
    }

    /// The place of `write` in modification order.
    pub(super) fn rank(&self, write: Id) -> u16 {
        if write.is_initial() { 0 } else { self.event(write).rank }
    }

    /// The write at `rank` of a cell.
    pub(super) fn write_at(&self, cell: u16, rank: u16) -> Id {
        match rank.checked_sub(1) {
            None => Id::INITIAL,
            Some(nth) => self.cells[usize::from(cell)].writes[usize::from(nth)],
        }
    }

    /// The rank of the newest write of a cell.
    pub(super) fn newest(&self, cell: u16) -> u16 {
        self.cells[usize::from(cell)].writes.len() as u16
    }

    /// Whether a read-modify-write has taken the write at `rank`: nothing may come between.
    pub(super) fn is_taken(&self, cell: u16, rank: u16) -> bool {
        let writes = &self.cells[usize::from(cell)].writes;
        let next = writes.get(usize::from(rank));
        next.is_some_and(|&next| self.event(next).kind == Kind::Put)
    }

    /// Adds an event at the end of its thread; a write gets its rank, a read its place in the list of reads.
    pub(super) fn push(&mut self, thread: usize, mut event: Event) -> Id {
        let id = Id::new(thread, self.length(thread));
        event.stamp = self.stamps;
        self.stamps += 1;
        if event.kind.reads() {
            self.cells[usize::from(event.location)].reads.push(id);
        }
        self.threads[thread].push(event);
        if event.kind.writes() {
            self.insert(id, event.rank);
        }
        id
    }

    /// Puts the write `id`, which is in none, at `rank` into modification order.
    pub(super) fn insert(&mut self, id: Id, rank: u16) {
        let cell = usize::from(self.event(id).location);
        self.cells[cell].writes.insert(usize::from(rank) - 1, id);
        self.renumber(cell, usize::from(rank) - 1);
    }

    /// Takes the write `id` out of modification order.
    pub(super) fn withdraw(&mut self, id: Id) {
        let (cell, rank) = (usize::from(self.event(id).location), usize::from(self.event(id).rank));
        self.cells[cell].writes.remove(rank - 1);
        self.renumber(cell, rank - 1);
    }

    /// Whether each read-modify-write of a cell wrote right after what it read.
    pub(super) fn is_atomic(&self, cell: u16) -> bool {
        let writes = &self.cells[usize::from(cell)].writes;
        writes.iter().enumerate().all(|(nth, &id)| {
            self.event(id).kind != Kind::Put || {
                let take = Id::new(id.thread(), id.index() - 1);
                usize::from(self.rank(self.event(take).from)) == nth
            }
        })
    }

    fn renumber(&mut self, cell: usize, from: usize) {
        for nth in from..self.cells[cell].writes.len() {
            let write = self.cells[cell].writes[nth];
            self.event_mut(write).rank = nth as u16 + 1;
        }
    }

    /// The read goes on that waits at the end of its thread: as `event`, with a new stamp.
    pub(super) fn go_on(&mut self, read: Id, event: Event) {
        let waited = *self.event(read);
        debug_assert!(waited.blocked && waited.location == event.location);
        self.waits.push(Wait { read, stamp: waited.stamp, from: waited.from });
        *self.event_mut(read) = Event { stamp: self.stamps, ..event };
        self.stamps += 1;
    }

    /// The read waits again, as it did then; what it did since is gone.
    pub(super) fn wait_again(&mut self, wait: &Wait) {
        let event = self.event_mut(wait.read);
        event.kind = Kind::Read;
        event.blocked = true;
        event.stamp = wait.stamp;
        event.from = wait.from;
        self.waits.retain(|other| other.read != wait.read || other.stamp < wait.stamp);
    }

    /// Keeps the first `lengths` events of each thread.
    pub(super) fn cut(&mut self, lengths: &[u16; THREADS]) {
        let kept = |id: &Id| id.index() < lengths[id.thread()];
        for cell in &mut self.cells {
            cell.reads.retain(kept);
            cell.writes.retain(kept);
        }
        for (events, &length) in self.threads.iter_mut().zip(lengths) {
            events.truncate(usize::from(length));
        }
        self.waits.retain(|wait| kept(&wait.read));
        for cell in 0..self.cells.len() {
            self.renumber(cell, 0);
        }
    }
}
