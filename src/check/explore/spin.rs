//! Fair treatment of loops that wait.
//!
//! A thread that yields waits for somebody else. Between two yields it makes a turn of its loop; a turn that
//! only reads (and has fences), and reads just what the turn before it has read, leads to where it already was. Such a
//! turn is not explored: its last read must see another write, and until there is one the thread waits.
//! What is left is finite, since within a turn each location only moves forward, and nothing is lost, since a
//! fair scheduler ends each such wait (the await loops of Kokologiannakis, Ren and Vafeiadis, *Dynamic partial
//! order reductions for spinloops*, FMCAD 2021, found by watching instead of by transforming the program).
//!
//! Where a turn begins is not marked in the program: at the last event before the yield that looks like the
//! first one after it.
//!
//! A turn may repeat the one before in spite of a newer write that an earlier read of it passed over. Such a run
//! is given up and counted: the ones in which the newer write is read are explored as well.

use super::clock::THREADS;
use super::graph::{Graph, Id, Kind};
use crate::sync::model::Place;

#[derive(Debug, Default)]
struct Spin {
    /// The place in the source of each event of the thread.
    places: Vec<Place>,
    /// The place of the next.
    here: Option<Place>,
    /// How many events there were at the last yield, and at the one before.
    turn: Option<usize>,
    earlier: usize,
}

/// The turns of each thread.
#[derive(Debug, Default)]
pub(super) struct Spins([Spin; THREADS]);

impl Spins {
    pub(super) fn clear(&mut self) {
        for spin in &mut self.0 {
            spin.places.clear();
            spin.turn = None;
            spin.earlier = 0;
        }
    }

    /// `thread` is about to take a step at `place`.
    pub(super) fn arrive(&mut self, thread: usize, place: Place) {
        self.0[thread].here = Some(place);
    }

    /// An event has run.
    pub(super) fn ran(&mut self, id: Id) {
        let spin = &mut self.0[id.thread()];
        spin.places.extend(spin.here);
    }

    /// Where in the source an event is.
    pub(super) fn place(&self, id: Id) -> Place {
        self.0[id.thread()].places[usize::from(id.index())]
    }

    /// `thread` has yielded.
    pub(super) fn yielded(&mut self, thread: usize) {
        let spin = &mut self.0[thread];
        let now = spin.places.len();
        if spin.turn != Some(now) {
            spin.earlier = spin.turn.unwrap_or(0);
            spin.turn = Some(now);
        }
    }

    /// Whether `thread` has yielded, and may be waiting since.
    pub(super) fn watches(&self, thread: usize) -> bool {
        self.0[thread].turn.is_some()
    }

    /// Whether `thread`, which waits in its turn, has passed over a newer write in it.
    pub(super) fn passed_over(&self, graph: &Graph, thread: usize) -> bool {
        let spin = &self.0[thread];
        let Some(turn) = spin.turn else { return false };
        (turn..spin.places.len()).any(|nth| {
            let event = graph.event(Id::new(thread, nth as u16));
            event.kind == Kind::Read && graph.rank(event.from) < graph.newest(event.location)
        })
    }

    /// Whether `thread`, if it read `write` next, would have made a turn that is the same as the last.
    pub(super) fn repeats(&self, graph: &Graph, thread: usize, cell: u16, write: Id) -> bool {
        let spin = &self.0[thread];
        let Some(turn) = spin.turn else { return false };
        let next = spin.places.len();
        let event = |nth: usize| graph.event(Id::new(thread, nth as u16));
        // The turn before began at the event that looks like the first of this turn.
        let (first, location) =
            if next == turn { (Kind::Read, cell) } else { (event(turn).kind, event(turn).location) };
        let alike = |nth: &usize| (event(*nth).kind, event(*nth).location) == (first, location);
        let Some(start) = (spin.earlier..turn).rev().find(alike) else { return false };
        // The last read decides: after it, the turn before has only fences.
        let Some(last) = (start..turn).rposition(|nth| event(nth).kind != Kind::Fence) else { return false };
        if next - turn != last {
            return false;
        }
        let same = |nth: usize| {
            let (before, now) = (event(start + nth), event(turn + nth));
            let reads = before.location == now.location && before.from == now.from;
            match now.kind {
                Kind::Read => before.kind == Kind::Read && reads,
                Kind::Fence => before.kind == Kind::Fence && before.order == now.order,
                _ => false,
            }
        };
        let decisive = event(start + last);
        // A place that is reached again is in a loop; where the loop is entered, places may differ.
        spin.here.is_some_and(|here| std::ptr::eq(spin.places[start + last], here))
            && (0..last).all(same)
            && decisive.kind == Kind::Read
            && (decisive.location, decisive.from) == (cell, write)
    }
}
