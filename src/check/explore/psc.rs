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

use super::clock::Clock;
use super::graph::{Event, Graph, Id, Kind, NOWHERE};
use crate::sync::atomic::Ordering;

/// The most sequentially consistent events of one execution.
const MOST: usize = 128;

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
    pub(super) fn new(graph: &'a Graph, before: B) -> Self {
        let sc = |id: &Id| {
            let event = graph.event(*id);
            event.order == Ordering::SeqCst
                && !event.blocked
                && (event.kind == Kind::Fence || event.location != NOWHERE)
        };
        let events: Vec<Id> = graph.ids().filter(sc).collect();
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

    /// The oldest key of a cell that happens after `fence`.
    fn oldest_after(&self, fence: Id, cell: u16) -> Option<u32> {
        self.accesses(cell).filter(|(id, _)| self.happens(fence, *id)).map(|(_, key)| key).min()
    }

    /// The newest key of a cell among `past`.
    fn newest_in(&self, past: &Clock, cell: u16) -> Option<u32> {
        self.accesses(cell).filter(|(id, _)| past.contains(*id)).map(|(_, key)| key).max()
    }

    fn cells(&self) -> impl Iterator<Item = u16> {
        0..self.graph.cells.len() as u16
    }

    /// From an event to a fence that has `past` behind it.
    fn to_fence(&self, first: Id, past: &Clock) -> bool {
        let event = self.graph.event(first);
        if event.kind == Kind::Fence {
            return past.contains(first)
                || self.cells().any(|cell| {
                    match (self.oldest_after(first, cell), self.newest_in(past, cell)) {
                        (Some(after), Some(before)) => after < before,
                        _ => false,
                    }
                });
        }
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

    fn edge(&self, first: Id, then: Id) -> bool {
        if self.graph.event(then).kind == Kind::Fence {
            first != then && self.to_fence(first, &(self.before)(then))
        } else if self.graph.event(first).kind == Kind::Fence {
            self.fence_to_access(first, then)
        } else {
            first != then && self.accessing(first, then)
        }
    }

    /// For each event, those that it comes before.
    fn edges(&self) -> Vec<u128> {
        let to = |first: Id| {
            let then = self.events.iter().enumerate().filter(|(_, then)| self.edge(first, **then));
            then.fold(0, |set, (nth, _)| set | 1 << nth)
        };
        self.events.iter().map(|first| to(*first)).collect()
    }

    /// Whether the relation has no cycle.
    pub(super) fn is_acyclic(&self) -> bool {
        if self.events.len() < 2 {
            return true;
        }
        let edges = self.edges();
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
        let edges = self.edges();
        let (mut seen, mut open) = (0_u128, 1_u128 << start);
        while open != 0 {
            let nth = open.trailing_zeros() as usize;
            seen |= 1 << nth;
            if self.to_fence(self.events[nth], past) {
                return true;
            }
            open = (open | edges[nth]) & !seen;
        }
        false
    }
}
