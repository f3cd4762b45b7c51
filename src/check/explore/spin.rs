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
//! is not marked in the program, but behind a yield. A yield alone says little: it may stand before the test, in the middle
//! of a turn, or where nobody waits. So a turn is what is between two yields at one place of the source, and that the first
//! turn of a loop is repeated is not seen: it is made once more.
//!
//! [`Backoff::wait`](crate::sync::Backoff::wait) says more: a turn has found nothing to do, and the next one begins. The
//! first turn of such a loop began with the event that the first one after the wait is like: at the same place of the
//! source, of the same kind and location. Of the candidates the *earliest* is taken that the new turn has not refuted by
//! being another: a later one may be in the middle of a turn that comes to one place of the source twice, and what looks
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
//! It yields only to wait, *after* the test that has failed: after a turn that has read the same, it would make the same
//! turn again for ever. What a compare-exchange expects is compared too, so one that tries again with what it has seen is no
//! repetition. But a loop that yields before its test and is run again when it has succeeded, one that gives up after some
//! turns, and one that compares what it reads with what it remembers of a turn before, do something else although they
//! read the same. That cannot be seen, and their further executions are missed, or reported as no progress. Such a loop must
//! not yield: see [`Backoff::lost`](crate::sync::Backoff::lost). A turn that writes is none that waits.

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
    /// How many there were at the last yield of the call.
    turn: Option<usize>,
    /// And at the one before, if the last has said that it ends a turn.
    in_vain: Option<usize>,
    /// The last two yields at each place of the source that have said nothing.
    yields: Vec<Yields>,
}

/// How many events there were at the last yield at a place of the source, and at the one before.
#[derive(Debug)]
struct Yields {
    place: Place,
    last: usize,
    before: Option<usize>,
}

impl Spin {
    /// What was before is in no loop any more.
    fn begin(&mut self) {
        self.called = self.places.len();
        (self.turn, self.in_vain) = (None, None);
        self.yields.clear();
    }

    /// The turns between two yields at one place: where the last began, and where the one that goes on.
    fn turns(&self) -> impl Iterator<Item = (usize, usize)> {
        self.yields.iter().filter_map(|yields| Some((yields.before?, yields.last)))
    }
}

/// The turns of each thread.
#[derive(Debug, Default)]
pub(super) struct Spins([Spin; THREADS]);

impl Spins {
    pub(super) fn clear(&mut self) {
        for spin in &mut self.0 {
            spin.places.clear();
            spin.begin();
        }
    }

    /// `thread` begins a call: what it has done before is in no loop any more.
    pub(super) fn called(&mut self, thread: usize) {
        self.0[thread].begin();
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

    /// `thread` has yielded at `place`, maybe at the end of a turn in which it found nothing to do.
    pub(super) fn yielded(&mut self, thread: usize, place: Place, in_vain: bool) {
        let spin = &mut self.0[thread];
        let now = spin.places.len();
        if spin.turn == Some(now) {
            return;
        }
        let last = spin.turn.replace(now);
        spin.in_vain = in_vain.then(|| last.unwrap_or(spin.called));
        if in_vain {
            return;
        }
        match spin.yields.iter_mut().find(|yields| std::ptr::eq(yields.place, place)) {
            Some(yields) => yields.before = Some(std::mem::replace(&mut yields.last, now)),
            None => spin.yields.push(Yields { place, last: now, before: None }),
        }
    }

    /// Whether `thread` has yielded, and may be waiting since.
    pub(super) fn watches(&self, thread: usize) -> bool {
        self.0[thread].turn.is_some()
    }

    /// Whether `thread`, which waits for a newer write of `cell` in a turn that is as the last so far, has passed over one
    /// in it.
    pub(super) fn passed_over(&self, graph: &Graph, thread: usize, cell: u16, rules: Rules) -> bool {
        let passed = |nth: usize| is_old(graph, graph.event(Id::new(thread, nth as u16)));
        let done = self.0[thread].places.len();
        let mut turns = self.again(graph, thread, cell, rules).filter(|again| again.in_loop);
        turns.any(|Again { turn, .. }| (turn..done).any(passed))
    }

    /// Where `thread`, which is about to read `cell`, would be in its last turn, if this one has been the same so
    /// far and may be to its end. A yield says of several loops that they may be in a turn.
    fn again<'a>(
        &'a self,
        graph: &'a Graph,
        thread: usize,
        cell: u16,
        rules: Rules,
    ) -> impl Iterator<Item = Again> + 'a {
        let spin = &self.0[thread];
        let of = move |turn| Turn { graph, thread, cell, spin, turn };
        let said = spin.turn.and_then(|turn| {
            let start = match rules.is(Broken::LastLikeness) {
                true => of(turn).likenesses().next_back(),
                false => spin.in_vain.and_then(|before| of(turn).start(before)),
            };
            Some((start?, turn))
        });
        said.into_iter().chain(spin.turns()).filter_map(move |(start, turn)| of(turn).again(start))
    }

    /// Whether `thread`, which is about to read `cell`, may be about to repeat its last turn.
    pub(super) fn waits(&self, graph: &Graph, thread: usize, cell: u16, rules: Rules) -> bool {
        self.again(graph, thread, cell, rules).next().is_some()
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
        let event = |nth: usize| graph.event(Id::new(thread, nth as u16));
        let is_old = |nth: usize| is_old(graph, event(nth)) && !rules.is(Broken::NextReadAlone);
        let repeats = |Again { here, last, in_loop, .. }| {
            if !in_loop || event(here).from != write || (here + 1..=last).any(is_old) {
                Repeats::No
            } else if here == last {
                Repeats::Surely
            } else {
                Repeats::Unless
            }
        };
        self.again(graph, thread, cell, rules).map(repeats).max().unwrap_or(Repeats::No)
    }
}

/// A turn that `thread` has begun with its event number `turn`: it is about to read `cell`.
#[derive(Clone, Copy)]
struct Turn<'a> {
    graph: &'a Graph,
    thread: usize,
    cell: u16,
    spin: &'a Spin,
    turn: usize,
}

impl<'a> Turn<'a> {
    fn event(self, nth: usize) -> &'a Event {
        self.graph.event(Id::new(self.thread, nth as u16))
    }

    /// How much of it is done.
    fn done(self) -> usize {
        self.spin.places.len() - self.turn
    }

    /// Whether its `nth` event, or the read to come, looks like the event `before`.
    fn looks(self, nth: usize, before: usize) -> bool {
        let (kind, location) = match nth < self.done() {
            true => (self.event(self.turn + nth).kind, self.event(self.turn + nth).location),
            false => (Kind::Read, self.cell),
        };
        (kind, location) == (self.event(before).kind, self.event(before).location)
    }

    /// Whether the two are at one place of the source.
    fn is_place(self, nth: usize, before: usize) -> bool {
        let place = if nth < self.done() { Some(self.spin.places[self.turn + nth]) } else { self.spin.here };
        place.is_some_and(|place| std::ptr::eq(place, self.spin.places[before]))
    }

    fn same(self, nth: usize, before: usize) -> bool {
        is_again(self.event(self.turn + nth), self.event(before))
    }

    /// Whether the turn before cannot have begun at `start`: as long as all has been the same, so must be what comes next.
    fn refutes(self, start: usize) -> bool {
        let learnt = (0..self.done()).find(|nth| !self.same(*nth, start + nth)).unwrap_or(self.done());
        (1..=learnt).any(|nth| start + nth >= self.turn || !self.looks(nth, start + nth))
    }

    /// The events of the call that look like the first one.
    fn likenesses(self) -> impl DoubleEndedIterator<Item = usize> {
        (self.spin.called..self.turn).filter(move |start| self.looks(0, *start))
    }

    /// Where the turn before began, if the loop has said where it ended, and something else ended at `before`.
    fn start(self, before: usize) -> Option<usize> {
        let is_it = |start: &usize| self.is_place(0, *start) && !self.refutes(*start);
        if before < self.turn && self.looks(0, before) && is_it(&before) {
            return Some(before);
        }
        // Where a loop is entered, its first step may be at another place.
        let entered = !self.likenesses().any(|start| self.is_place(0, start));
        self.likenesses().find(|start| if entered { !self.refutes(*start) } else { is_it(start) })
    }

    /// Where the read to come would be in the turn before, which began at `start`, if this one has been the same so
    /// far and may be to its end.
    fn again(self, start: usize) -> Option<Again> {
        // The last read decides: after it, the turn before has only fences.
        let last = start + (start..self.turn).rposition(|nth| self.event(nth).kind != Kind::Fence)?;
        let (done, here) = (self.done(), start + self.done());
        let only_looks = |nth: usize| matches!(self.event(nth).kind, Kind::Read | Kind::Fence);
        let may_be = here <= last
            && self.looks(done, here)
            // A failure for no reason need not come again.
            && (here..=last).all(|nth| only_looks(nth) && !self.event(nth).spurious)
            && (0..done).all(|nth| self.same(nth, start + nth))
            && expects_again(self.spin.expected, self.event(here));
        may_be.then(|| Again { turn: self.turn, here, last, in_loop: self.is_place(done, here) })
    }
}

/// Whether a read would repeat the last turn of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// The first event of this turn.
    turn: usize,
    /// The event of the last turn that the next one is like.
    here: usize,
    /// The last read of the last turn.
    last: usize,
    /// A place that is reached again is in a loop; where the loop is entered, places may differ.
    in_loop: bool,
}

/// Whether `event` is a read, and there is a newer write than it has read.
fn is_old(graph: &Graph, event: &Event) -> bool {
    event.kind == Kind::Read && graph.rank(event.from) < graph.newest(event.location)
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
