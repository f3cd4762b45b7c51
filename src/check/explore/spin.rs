//! Fair treatment of loops that wait.
//!
//! A thread that yields waits for somebody else. Between two yields it makes a turn of its loop; a turn that
//! only reads, and reads just what the turn before it has read, leads to where the thread already was. Such a
//! turn is not explored: its last read must see another write, and until there is one the thread waits.
//! What is left is finite, since within a turn each location only moves forward, and nothing is lost, since a
//! fair scheduler ends each such wait (the await loops of Kokologiannakis, Ren and Vafeiadis, *Dynamic partial
//! order reductions for spinloops*, FMCAD 2021, found by watching instead of by transforming the program).
//!
//! Where a turn begins is not marked in the program: at the place in the source at which the turn after the
//! yield began, last seen before the yield.

use super::clock::THREADS;
use super::graph::{Graph, Id, Kind};

#[derive(Debug, Default)]
struct Spin {
    /// The place in the source of each event of the thread.
    places: Vec<usize>,
    /// The place of the next.
    here: usize,
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
    pub(super) fn arrive(&mut self, thread: usize, place: usize) {
        self.0[thread].here = place;
    }

    /// An event has run.
    pub(super) fn ran(&mut self, id: Id) {
        let spin = &mut self.0[id.thread()];
        spin.places.push(spin.here);
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

    /// Whether `thread`, if it read `write` next, would have made a turn that is the same as the last.
    pub(super) fn repeats(&self, graph: &Graph, thread: usize, cell: u16, write: Id) -> bool {
        let spin = &self.0[thread];
        let Some(turn) = spin.turn else { return false };
        let next = spin.places.len();
        let place = |nth: usize| if nth == next { spin.here } else { spin.places[nth] };
        let before = &spin.places[spin.earlier..turn];
        let Some(start) = before.iter().rposition(|&at| at == place(turn)).map(|nth| spin.earlier + nth)
        else {
            return false;
        };
        let length = turn - start;
        if next - turn + 1 != length {
            return false;
        }
        let event = |nth: usize| graph.event(Id::new(thread, nth as u16));
        let reads = |nth: usize, cell: u16, from: Id| {
            let event = event(nth);
            event.kind == Kind::Read && event.location == cell && event.from == from
        };
        let same = |nth: usize| {
            let now = event(turn + nth);
            now.kind == Kind::Read && reads(start + nth, now.location, now.from)
        };
        (0..length).all(|nth| place(start + nth) == place(turn + nth))
            && (0..length - 1).all(same)
            && reads(start + length - 1, cell, write)
    }
}
