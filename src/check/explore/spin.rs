//! Fair treatment of loops that wait.
//!
//! A thread that yields waits for somebody else. Between two yields it makes a turn of its loop; a turn that
//! only reads (and has fences, and exchanges that fail), and reads just what the turn before it has read, leads to
//! where it already was. Such a turn is no part of any execution. What is left is finite, since from turn to turn each
//! location only moves forward, and nothing is lost, since a fair scheduler ends each such wait (the await loops of
//! Kokologiannakis, Ren and Vafeiadis, *Dynamic partial order reductions for spinloops*, FMCAD 2021, found by watching
//! instead of by transforming the program).
//!
//! # Where a turn begins
//! is not marked in the program. It begins with the event that the first one after the yield is like: at the same place
//! of the source, of the same kind and location. If that is the case right after the yield before, there. If not, the
//! loop was entered since, and of the candidates the *earliest* is taken that the new turn has not refuted by being
//! another: a later one may be in the middle of a turn that comes to one place of the source twice, and what looks
//! like all of a turn is then the end of it. An earlier one is safe. As far as the new turn is like it, it is also like the
//! true one, which lies behind it: each of its reads is between the two in program order, so what is the same in both
//! cannot be another write in between (coherence). At worst the true turn is taken for the beginning of a longer one, and
//! is repeated once. A call of a structure is such a bound: no loop goes on from one call into the next.
//!
//! # Rest
//! A turn that has been the same so far goes on as the last one did, so it is known what the rest of it reads. From
//! that follow three rules, none of which changes what executions there are (`models/explorer/loops.rs` counts them,
//! with one of the rules broken as well):
//!
//! * A thread does not go on with such a turn before there is, at its next read or at a later one, a write that is
//!   newer than what it read there last. The newest write may always be read, so then it need not repeat itself.
//! * A thread in such a turn goes on after all others that can. So it chooses what to read when what they write is
//!   there, instead of having begun with an old value that nothing new follows.
//! * It reads once more what it read last, where nothing newer waits in the rest of the turn, only if another thread can
//!   go on: that one may still write something. If none can, the rest of the turn would be as the last.
//!
//! By the third rule a turn may begin whose end never comes, since the other thread then writes something else: two
//! threads wait, and one passes over a newer write. That run is given up and counted: the ones in which the newer write
//! is read are explored as well. Whether a third thread will write is not to be known before it has run.
//!
//! # What is asked of a loop
//! It yields only to wait: after a turn that has read the same, it would make the same turn again for ever. What a
//! compare-exchange expects is compared too, so one that tries again with what it has seen is no repetition. But a loop
//! that gives up after some turns, or that compares what it reads with what it remembers of a turn before, does
//! something else although it reads the same. That cannot be seen, and its further executions are missed, or reported
//! as no progress. Such a loop must not yield: see [`Backoff::lost`](crate::sync::Backoff::lost).

use super::clock::THREADS;
use super::graph::{Event, Graph, Id, Kind, Use};
use super::machine::{Broken, Rules};
use crate::sync::model::{Place, Request};

#[derive(Debug, Default)]
struct Spin {
    /// The place in the source of each event of the thread.
    places: Vec<Place>,
    /// The place of the next.
    here: Option<Place>,
    /// The only value with which the next succeeds, if it is a compare-exchange.
    expected: Option<u64>,
    /// How many events there were at the beginning of the call.
    called: usize,
    /// How many there were at the last yield of the call, and at the one before.
    turn: Option<usize>,
    earlier: Option<usize>,
}

/// The turns of each thread.
#[derive(Debug, Default)]
pub(super) struct Spins([Spin; THREADS]);

impl Spins {
    pub(super) fn clear(&mut self) {
        for spin in &mut self.0 {
            spin.places.clear();
            spin.called = 0;
            (spin.turn, spin.earlier) = (None, None);
        }
    }

    /// `thread` begins a call: what it has done before is in no loop any more.
    pub(super) fn called(&mut self, thread: usize) {
        let spin = &mut self.0[thread];
        spin.called = spin.places.len();
        (spin.turn, spin.earlier) = (None, None);
    }

    /// `thread` is about to take a step at `place`.
    pub(super) fn arrive(&mut self, thread: usize, place: Place, request: &Request<'_>) {
        let spin = &mut self.0[thread];
        spin.here = Some(place);
        spin.expected = if let Request::Update { expected, .. } = *request { expected } else { None };
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
            spin.earlier = spin.turn.replace(now);
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

    /// Where `thread`, which is about to read `cell`, would be in its last turn, if this one has been the same so
    /// far and may be to its end.
    fn again(&self, graph: &Graph, thread: usize, cell: u16, rules: Rules) -> Option<Again> {
        let spin = &self.0[thread];
        let turn = spin.turn?;
        let done = spin.places.len() - turn;
        let event = |nth: usize| graph.event(Id::new(thread, nth as u16));
        // What the new turn does: its events, and the read to come.
        let looks = |nth: usize, before: usize| {
            let (kind, location) = match nth < done {
                true => (event(turn + nth).kind, event(turn + nth).location),
                false => (Kind::Read, cell),
            };
            (kind, location) == (event(before).kind, event(before).location)
        };
        let is_place = |nth: usize, before: usize| {
            let place = if nth < done { Some(spin.places[turn + nth]) } else { spin.here };
            place.is_some_and(|place| std::ptr::eq(place, spin.places[before]))
        };
        let same = |nth: usize, before: usize| is_again(event(turn + nth), event(before));
        // As long as all has been the same, so must be what comes next.
        let refuted = |start: usize| {
            let learnt = (0..done).find(|nth| !same(*nth, start + nth)).unwrap_or(done);
            (1..=learnt).any(|nth| start + nth >= turn || !looks(nth, start + nth))
        };
        let begins = |start: &usize| looks(0, *start) && is_place(0, *start);
        let since = || (spin.called..turn).filter(|start| looks(0, *start));
        let start = match (spin.earlier.filter(begins), since().any(|start| is_place(0, start))) {
            _ if rules.is(Broken::LastLikeness) => since().next_back(),
            (Some(start), _) => Some(start),
            (None, true) => since().find(|start| begins(start) && !refuted(*start)),
            // Where a loop is entered, its first step may be at another place.
            (None, false) => since().find(|start| !refuted(*start)),
        }?;
        // The last read decides: after it, the turn before has only fences.
        let last = start + (start..turn).rposition(|nth| event(nth).kind != Kind::Fence)?;
        let here = start + done;
        let only_looks = |nth: usize| matches!(event(nth).kind, Kind::Read | Kind::Fence);
        let may_be = here <= last
            && looks(done, here)
            // A failure for no reason need not come again.
            && (here..=last).all(|nth| only_looks(nth) && !event(nth).spurious)
            && (0..done).all(|nth| same(nth, start + nth))
            && expects_again(spin.expected, event(here));
        may_be.then_some(Again { here, last, in_loop: is_place(done, here) })
    }

    /// Whether `thread`, which is about to read `cell`, may be about to repeat its last turn.
    pub(super) fn waits(&self, graph: &Graph, thread: usize, cell: u16, rules: Rules) -> bool {
        self.again(graph, thread, cell, rules).is_some()
    }

    /// Whether `thread`, if it read `write` next, would repeat its last turn.
    pub(super) fn repeats(
        &self,
        graph: &Graph,
        thread: usize,
        cell: u16,
        write: Id,
        rules: Rules,
    ) -> Repeats {
        let Some(Again { here, last, in_loop }) = self.again(graph, thread, cell, rules) else {
            return Repeats::No;
        };
        let event = |nth: usize| graph.event(Id::new(thread, nth as u16));
        let is_old = |nth: usize| {
            let event = event(nth);
            event.kind == Kind::Read
                && graph.rank(event.from) < graph.newest(event.location)
                && !rules.is(Broken::NextReadAlone)
        };
        if !in_loop || event(here).from != write || (here + 1..=last).any(is_old) {
            Repeats::No
        } else if here == last {
            Repeats::Surely
        } else {
            Repeats::Unless
        }
    }
}

/// Whether a read would repeat the last turn of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeats {
    /// It need not: the turn sees another write, here or later.
    No,
    /// It would, unless another write comes to a location that the rest of the turn reads.
    Unless,
    /// It would.
    Surely,
}

/// A turn that is like the last one so far.
struct Again {
    /// The event of the last turn that the next one is like.
    here: usize,
    /// The last read of the last turn.
    last: usize,
    /// A place that is reached again is in a loop; where the loop is entered, places may differ.
    in_loop: bool,
}

/// Whether a read that succeeds only with this value fails again where `before` has failed. A load always does, also
/// where the last turn had its value from a compare-exchange.
fn expects_again(expected: Option<u64>, before: &Event) -> bool {
    expected.is_none() || expected == expected_of(before)
}

/// The only value with which it succeeds, of the read of a compare-exchange.
fn expected_of(event: &Event) -> Option<u64> {
    if let Use::Update(update) = event.use_ { update.expected } else { None }
}

/// Whether a loop that did `before` in its last turn, and does `now` in this one, has learnt nothing by it.
fn is_again(now: &Event, before: &Event) -> bool {
    let same = (now.kind, now.location, now.from) == (before.kind, before.location, before.from);
    same && match now.kind {
        Kind::Read => !now.spurious && expects_again(expected_of(now), before),
        Kind::Fence => now.order == before.order,
        _ => false,
    }
}
