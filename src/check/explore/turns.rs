//! Who goes on: a function of the graph, so that a run can be repeated and no graph is reached twice.
//!
//! While a graph is followed, it is the thread that runs, or else the lowest, whose next event is in it and reads
//! from nothing that is still to come. Then it is the lowest thread that can go on and is not in a turn of a loop that
//! may repeat the last (`spin.rs`); then the lowest that can go on. When nobody can, threads that wait for what
//! another has taken contend for it; after that, the run is over.

use super::alike;
use super::graph::{Event, Filter, Id, Kind};
use super::machine::{Broken, Ended, Life, Run, Want, plain_event};
use super::script::Step;
use super::spin::Repeats;
use crate::sync::atomic::Ordering;
use crate::sync::model::Location;

impl Run {
    /// Whether the next event of `thread` is in the graph, and not only as one that waits.
    pub(super) fn follows(&self, thread: usize) -> bool {
        let next = self.past.next(thread);
        next.index() < self.graph.length(thread) && !self.graph.event(next).blocked
    }

    /// Whether `thread` is stopped for ever.
    pub(super) fn is_stopped(&self, thread: usize) -> bool {
        self.past.ran(thread) >= self.rules.demand.stops[thread]
    }

    /// Whether `thread` is alive, and not stopped for ever.
    fn is_active(&self, thread: usize) -> bool {
        self.lives[thread] == Life::Alive && !self.is_stopped(thread)
    }

    /// Decides who goes on.
    pub(super) fn pick(&mut self) {
        let next = match self.to_follow {
            0 => self.half_done().or_else(|| self.scripted()).or_else(|| self.ready()),
            _ => self.follower(),
        };
        if let Some(thread) = next {
            self.running = thread;
        } else if let Some(thread) = self.last_resort() {
            self.contending = true;
            self.running = thread;
        } else {
            self.ended = self.ending();
            self.running = 0;
        }
    }

    /// A thread of which the graph has the read of a read-modify-write, and not the write.
    fn half_done(&self) -> Option<usize> {
        (0..self.threads).find(|&thread| matches!(self.wants[thread], Want::Put))
    }

    /// A thread whose next event is in the graph and reads from nothing that is still to come.
    fn follower(&self) -> Option<usize> {
        let ready = |thread: &usize| {
            self.lives[*thread] == Life::Alive && self.follows(*thread) && {
                let event = self.graph.event(self.past.next(*thread));
                self.past.has(event.from)
            }
        };
        // Behind the thread that it is like, if that can go on first: see `alike.rs`.
        let in_order = |thread: &usize| ready(thread) && !self.is_ahead(*thread);
        let mut all = std::iter::once(self.running).chain(0..self.threads);
        all.clone().find(in_order).or_else(|| all.find(ready))
    }

    /// A thread that can go on: one that may be about to repeat its last turn comes after all others.
    fn ready(&self) -> Option<usize> {
        let ready = |thread: &usize| self.is_active(*thread) && self.can_go_on(*thread);
        let new = |thread: &usize| ready(thread) && !self.may_repeat(*thread);
        (0..self.threads).find(new).or_else(|| (0..self.threads).find(ready))
    }

    /// The thread that the script wants to go on.
    fn scripted(&mut self) -> Option<usize> {
        while let Some((thread, _)) = self.script.as_mut()?.pop_front_if(|(_, step)| *step == Step::Stop) {
            self.rules.demand.stops[thread] = self.past.ran(thread);
        }
        let (thread, _) = *self.script.as_ref()?.front()?;
        (thread < self.threads && self.is_active(thread) && self.can_go_on(thread)).then_some(thread)
    }

    /// Nobody can go on. A thread that waits for what another has taken could have taken it first.
    fn last_resort(&self) -> Option<usize> {
        let waits = |thread: &usize| {
            let waiting = matches!(self.wants[*thread], Want::Value(_, filter) if filter.waits());
            waiting && self.is_active(*thread) && !self.contended[*thread]
        };
        (0..self.threads).find(waits).filter(|_| !self.rules.is(Broken::NoLastResort))
    }

    /// Nobody goes on any more: what that means.
    fn ending(&self) -> Ended {
        let over = |life: &Life| matches!(life, Life::Over | Life::Absent);
        // Who sleeps, or waits for a lock or for an end, does not look once more, whatever it has read before.
        let needless = |thread: usize| {
            let turn = self.turn_of(thread).filter(|_| self.is_active(thread));
            turn.is_some_and(|cell| self.spins.passed_over(&self.graph, thread, cell, self.rules))
        };
        match self.lives[..self.threads].iter().all(over) {
            true => Ended::Complete,
            false if (0..self.threads).any(needless) => Ended::Redundant,
            false => Ended::Stuck,
        }
    }

    /// What `thread` is about to read in a turn of a loop, if it may be in one.
    fn turn_of(&self, thread: usize) -> Option<u16> {
        match self.wants[thread] {
            Want::Value(location, filter) if !filter.waits() => self.graph.find_cell(location),
            _ => None,
        }
    }

    /// Whether `thread` is in a loop, and may be about to repeat its last turn.
    fn may_repeat(&self, thread: usize) -> bool {
        let cell = self.turn_of(thread).filter(|_| !self.rules.is(Broken::Restless));
        cell.is_some_and(|cell| self.spins.waits(&self.graph, thread, cell, self.rules))
    }

    /// Whether any thread but the one that runs can go on.
    fn others_go_on(&self) -> bool {
        let other =
            |thread: usize| thread != self.running && self.is_active(thread) && self.can_go_on(thread);
        (0..self.threads).any(other)
    }

    /// Whether the running thread, if it read `write` next, would do again what it did in its last turn: now, or in
    /// any case at the end of this turn, since nobody is left who could write what the rest of it reads.
    pub(super) fn repeats(&self, cell: u16, write: Id) -> bool {
        match self.spins.repeats(&self.graph, self.running, cell, write, self.rules) {
            Repeats::No => false,
            // A script knows what comes.
            Repeats::Unless => {
                let patient = self.rules.is(Broken::Restless)
                    || !self.rules.is(Broken::Impatient) && self.others_go_on();
                self.script.is_none() && !patient
            }
            Repeats::Surely => true,
        }
    }

    fn can_go_on(&self, thread: usize) -> bool {
        match self.wants[thread] {
            Want::Anything | Want::Put => true,
            Want::End(other) => self.lives[other] == Life::Over,
            Want::Value(location, filter) => self.has_option(thread, location, filter),
        }
    }

    /// Whether there is anything to read for a thread that does not take just any value, or any write.
    fn has_option(&self, thread: usize, location: Location, filter: Filter) -> bool {
        // A thread that could only repeat its last turn does not begin. But a script knows what comes.
        let begins =
            self.rules.is(Broken::Restless) || self.script.as_ref().is_some_and(|script| !script.is_empty());
        let Some(cell) = self.graph.find_cell(location) else {
            return filter.accepts(self.value(location, Id::INITIAL));
        };
        let floor = self.oldest(thread, cell);
        let next = self.past.next(thread);
        (floor..=self.graph.newest(cell)).any(|rank| {
            let write = self.graph.write_at(cell, rank);
            let accepted = filter.accepts(self.value(location, write));
            let read = Event { location: cell, from: write, ..plain_event(Kind::Read, Ordering::Relaxed) };
            accepted
                && (filter.waits() || alike::fits(&self.graph, &self.past, next, &read))
                && !(filter.waits() && self.graph.is_taken(cell, rank))
                && match self.spins.repeats(&self.graph, thread, cell, write, self.rules) {
                    Repeats::No => true,
                    Repeats::Unless => begins,
                    Repeats::Surely => false,
                }
        })
    }
}
