//! The order of sequentially consistent events: RC11's partial-SC relation must have no cycle.
//!
//! ```text
//! scb      = po ∪ (po|≠loc ; hb ; po|≠loc) ∪ hb|loc ∪ mo ∪ rb
//! psc_base = ([E_sc] ∪ [F_sc] ; hb?) ; scb ; ([E_sc] ∪ hb? ; [F_sc])
//! psc_F    = [F_sc] ; (hb ∪ hb ; eco ; hb) ; [F_sc]
//! ```
//! (Lahav, Vafeiadis, Kang, Hur, Dreyer: *Repairing Sequential Consistency in C/C++11*, PLDI 2017, section 4.)
//!
//! Accesses of one location are compared by their *key*: `2 rank` for a write, `2 rank + 1` for a read of
//! the write with that rank. Then `eco` (extended coherence order) is `key < key`; `mo` and `rb` are the
//! pairs of it that end in a write.
//!
//! From a fence to a fence it counts, for each location, what is the oldest access behind the one and what is the
//! newest before the other ([`Around`]): found once for each fence, and not for each pair. So the relation of `f`
//! fences, among `n` accesses of `c` locations, costs `f n + f² c`; of `s` sequentially consistent accesses, `s² n`.

use super::clock::Clock;
use super::graph::{Event, Graph, Id, Kind, NOWHERE};
use crate::sync::atomic::Ordering;

/// The most sequentially consistent events of one execution.
const MOST: usize = 128;

/// Whether an event is in the order of sequentially consistent events.
pub(super) fn is_sequential(event: &Event) -> bool {
    let orders = event.kind == Kind::Fence || event.location != NOWHERE;
    event.order == Ordering::SeqCst && orders && !event.blocked
}

/// The sequentially consistent events of a graph, and what happens before each event.
pub(super) struct Psc<'a, B: Fn(Id) -> Clock> {
    graph: &'a Graph,
    before: B,
    events: Vec<Id>,
}

fn key(graph: &Graph, event: &Event) -> u32 {
    if event.kind.writes() { 2 * u32::from(event.rank) } else { 2 * u32::from(graph.rank(event.from)) + 1 }
}

impl<'a, B: Fn(Id) -> Clock> Psc<'a, B> {
    /// `events`: the sequentially consistent events of `graph`, each once.
    pub(super) fn new(graph: &'a Graph, events: Vec<Id>, before: B) -> Self {
        assert!(events.len() <= MOST, "more than {MOST} sequentially consistent events in one execution");
        Psc { graph, before, events }
    }

    fn happens(&self, first: Id, then: Id) -> bool {
        first != then && (self.before)(then).contains(first)
    }

    /// The accesses of a cell, with their keys.
    fn accesses(&self, cell: u16) -> impl Iterator<Item = (Id, u32)> + '_ {
        let cell = &self.graph.cells[usize::from(cell)];
        let all = cell.writes.iter().chain(&cell.reads).copied();
        all.filter(|id| !self.graph.event(*id).blocked).map(|id| (id, key(self.graph, self.graph.event(id))))
    }

    /// What fences may have around them: all accesses, cell by cell.
    fn all_accesses(&self) -> Vec<Access> {
        let cells = 0..self.graph.cells.len() as u16;
        let of = |cell: u16| {
            let told =
                move |(id, key)| Access { cell: usize::from(cell), key, id, before: (self.before)(id) };
            self.accesses(cell).map(told)
        };
        cells.flat_map(of).collect()
    }

    /// From a fence to a fence that has `past` behind it.
    fn between(&self, first: Id, oldest: &[u32], past: &Clock, newest: &[u32]) -> bool {
        past.contains(first) || oldest.iter().zip(newest).any(|(after, before)| after < before)
    }

    /// From an access to a fence that has `past` behind it.
    fn access_to_fence(&self, first: Id, past: &Clock) -> bool {
        let event = self.graph.event(first);
        let next = Id::new(first.thread(), first.index() + 1);
        let own = key(self.graph, event);
        past.contains(next)
            || self.accesses(event.location).any(|(id, key)| {
                id != first
                    && past.contains(id)
                    && (self.happens(first, id) || self.graph.event(id).kind.writes() && own < key)
            })
    }

    /// From a fence to an access.
    fn fence_to_access(&self, fence: Id, then: Id) -> bool {
        let event = self.graph.event(then);
        let own = key(self.graph, event);
        let behind = then.index().checked_sub(1).map(|last| Id::new(then.thread(), last));
        behind.is_some_and(|behind| behind == fence || self.happens(fence, behind))
            || self.accesses(event.location).any(|(id, key)| {
                id != then
                    && self.happens(fence, id)
                    && (self.happens(id, then) || event.kind.writes() && key < own)
            })
    }

    /// From an access to an access.
    fn accessing(&self, first: Id, then: Id) -> bool {
        let (one, two) = (self.graph.event(first), self.graph.event(then));
        if first.thread() == then.thread() && first.index() < then.index() {
            return true;
        }
        if one.location == two.location {
            let coherent = two.kind.writes() && key(self.graph, one) < key(self.graph, two);
            if coherent || self.happens(first, then) {
                return true;
            }
        }
        // po to another location, happens-before, po from another location.
        let mut after =
            (first.index() + 1..self.graph.length(first.thread())).map(|nth| Id::new(first.thread(), nth));
        let mut behind = (0..then.index()).rev().map(|nth| Id::new(then.thread(), nth));
        let after = after.find(|id| self.graph.event(*id).location != one.location);
        let behind = behind.find(|id| self.graph.event(*id).location != two.location);
        matches!((after, behind), (Some(after), Some(behind)) if self.happens(after, behind))
    }

    fn is_fence(&self, id: Id) -> bool {
        self.graph.event(id).kind == Kind::Fence
    }

    /// For each event, those that it comes before.
    fn edges(&self, around: &Around) -> Vec<u128> {
        let pasts: Vec<Clock> = self.events.iter().map(|id| (self.before)(*id)).collect();
        let edge = |one: usize, two: usize| {
            let (first, then) = (self.events[one], self.events[two]);
            match (self.is_fence(first), self.is_fence(then)) {
                _ if one == two => false,
                (true, true) => self.between(first, around.oldest(one), &pasts[two], around.newest(two)),
                (false, true) => self.access_to_fence(first, &pasts[two]),
                (true, false) => self.fence_to_access(first, then),
                (false, false) => self.accessing(first, then),
            }
        };
        let all = 0..self.events.len();
        let to = |one: usize| all.clone().filter(|two| edge(one, *two)).fold(0, |set, two| set | 1 << two);
        all.clone().map(to).collect()
    }

    /// What is around each event.
    fn around(&self, accesses: &[Access]) -> Around {
        let cells = self.graph.cells.len();
        let mut around = Around { cells, oldest: Vec::new(), newest: Vec::new() };
        // An access needs none; where there is no fence, nobody needs any.
        if self.events.iter().any(|id| self.is_fence(*id)) {
            for &id in &self.events {
                add_oldest(&mut around.oldest, cells, accesses, id);
                add_newest(&mut around.newest, cells, accesses, &(self.before)(id));
            }
        }
        around
    }

    /// Whether the relation has no cycle.
    pub(super) fn is_acyclic(&self) -> bool {
        if self.events.len() < 2 {
            return true;
        }
        let edges = self.edges(&self.around(&self.all_accesses()));
        let mut left: u128 = if self.events.len() == MOST { u128::MAX } else { (1 << self.events.len()) - 1 };
        loop {
            let targets =
                (0..edges.len()).filter(|nth| left >> nth & 1 == 1).fold(0, |set, nth| set | edges[nth]);
            let sources = left & !targets;
            if sources == 0 {
                return left == 0;
            }
            left &= !sources;
        }
    }

    /// Whether the fence `first` comes before a fence that would have `past` behind it, in every order of the
    /// sequentially consistent events.
    pub(super) fn reaches(&self, first: Id, past: &Clock) -> bool {
        let Some(start) = self.events.iter().position(|id| *id == first) else { return false };
        let accesses = self.all_accesses();
        let mut newest = Vec::new();
        add_newest(&mut newest, self.graph.cells.len(), &accesses, past);
        // Mostly it does so at once.
        let mut oldest = Vec::new();
        add_oldest(&mut oldest, self.graph.cells.len(), &accesses, first);
        if self.is_fence(first) && self.between(first, &oldest, past, &newest) {
            return true;
        }
        let around = self.around(&accesses);
        let edges = self.edges(&around);
        let arrives = |nth: usize| match self.events[nth] {
            fence if self.is_fence(fence) => self.between(fence, around.oldest(nth), past, &newest),
            access => self.access_to_fence(access, past),
        };
        let (mut seen, mut open) = (0_u128, 1_u128 << start);
        while open != 0 {
            let nth = open.trailing_zeros() as usize;
            seen |= 1 << nth;
            if arrives(nth) {
                return true;
            }
            open = (open | edges[nth]) & !seen;
        }
        false
    }
}

/// An access of a cell, and what happens before it.
struct Access {
    cell: usize,
    key: u32,
    id: Id,
    before: Clock,
}

/// For each sequentially consistent event and each cell, the oldest key behind it and the newest before it: rows of
/// as many as there are cells.
struct Around {
    cells: usize,
    oldest: Vec<u32>,
    newest: Vec<u32>,
}

impl Around {
    fn oldest(&self, nth: usize) -> &[u32] {
        &self.oldest[nth * self.cells..][..self.cells]
    }

    fn newest(&self, nth: usize) -> &[u32] {
        &self.newest[nth * self.cells..][..self.cells]
    }
}

/// Adds a row: of each cell the oldest key that happens after `fence`, newer than any if there is none.
fn add_oldest(rows: &mut Vec<u32>, cells: usize, accesses: &[Access], fence: Id) {
    let start = rows.len();
    rows.resize(start + cells, u32::MAX);
    for access in accesses.iter().filter(|access| access.id != fence && access.before.contains(fence)) {
        let oldest = &mut rows[start + access.cell];
        *oldest = access.key.min(*oldest);
    }
}

/// Adds a row: of each cell the newest key among `past`, older than any if there is none.
fn add_newest(rows: &mut Vec<u32>, cells: usize, accesses: &[Access], past: &Clock) {
    let start = rows.len();
    // Only the initial write, which nobody has made, has this key.
    rows.resize(start + cells, 0);
    for access in accesses.iter().filter(|access| past.contains(access.id)) {
        let newest = &mut rows[start + access.cell];
        *newest = access.key.max(*newest);
    }
}
