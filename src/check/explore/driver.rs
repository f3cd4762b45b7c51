//! The machine that the facade asks: a run behind a cell, and its complaints as panics of the thread.

use super::Memory;
use super::clock::{Clock, THREADS};
use super::coherence::is_before;
use super::graph::{Filter, Id};
use super::judge::Verdicts;
use super::machine::{Broken, Ended, Life, Run, Want};
use super::plain::{Doubt, Moment};
use super::psc::{Psc, is_sequential};
use super::unwinding::Unwinding;
use crate::sync::model::{
    Answer, Location, Machine, Pending, Place, Plain, Request, Stale, all_pending, fault,
};
use std::cell::{Cell, RefCell};

/// Whether the panic at this place is what the explorer says of an execution.
pub(in crate::check) fn is_verdict(place: &std::panic::Location<'_>) -> bool {
    place.file() == file!()
}

/// What an execution is in which some thread can never go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stuck {
    /// A failure.
    Fails,
    /// A failure, unless the thread is stopped for ever, or waits for the end of one that is.
    FailsUnlessStopped,
    /// As good as any.
    Allowed,
}

/// A run behind a cell. Nothing is borrowed when a thread is switched or panics.
pub(super) struct Driver {
    pub run: RefCell<Run>,
    /// The threads unwind; the execution is not to be judged.
    pub given_up: Cell<bool>,
    /// What an execution is in which some thread can never go on.
    stuck: Stuck,
    /// The most events that each thread had in an execution.
    pub longest: RefCell<[u16; THREADS]>,
    /// Uses of retired nodes that are to be looked at when the graph has been followed.
    doubts: RefCell<Vec<Doubt>>,
    unwinding: Unwinding,
    /// What the judge has judged already.
    pub verdicts: RefCell<Verdicts>,
    /// What must come before what in an interleaving that the judge has refuted.
    pub real_time: RefCell<Vec<(Id, Id)>>,
}

impl Driver {
    pub(super) fn new(run: Run, stuck: Stuck) -> Self {
        let (run, given_up) = (RefCell::new(run), Cell::new(false));
        let (longest, doubts, unwinding, verdicts, real_time) = Default::default();
        Driver { run, given_up, stuck, longest, doubts, unwinding, verdicts, real_time }
    }

    /// Before a run begins.
    pub(super) fn reset(&self) {
        self.given_up.set(false);
        self.doubts.borrow_mut().clear();
        self.real_time.borrow_mut().clear();
        self.unwinding.reset();
    }

    fn moment(&self, place: Place) -> Moment {
        self.run.borrow().moment(place)
    }

    /// Whether it is a failure that nobody can go on.
    fn stuck_fails(&self) -> bool {
        let run = self.run.borrow();
        if self.stuck != Stuck::Allowed && is_open(&run) {
            return !lost(&run).is_empty();
        }
        let joins = |thread: usize| match run.wants[thread] {
            Want::End(other) => Some(other),
            _ => None,
        };
        // Whom the thread waits for, if that is somebody's end: in at most as many steps as there are threads.
        let last = |thread: usize| (0..run.threads).fold(thread, |last, _| joins(last).unwrap_or(last));
        let kept = |thread: usize| run.lives[thread] == Life::Alive && !run.is_stopped(last(thread));
        match self.stuck {
            Stuck::Fails => true,
            Stuck::Allowed => false,
            Stuck::FailsUnlessStopped => {
                (0..run.threads).any(|thread| !run.is_stopped(thread) && kept(thread))
            }
        }
    }

    /// Why nobody can go on.
    fn why_stuck(&self) -> String {
        let run = self.run.borrow();
        let open = is_open(&run);
        let told = if open { lost(&run) } else { all_pending() };
        let waiting = told.into_iter().filter(|(thread, _)| run.lives[*thread] == Life::Alive);
        let waiting = waiting.map(|(thread, pending)| {
            let stopped = if run.is_stopped(thread) { " (stopped for ever)" } else { "" };
            format!(
                "thread {thread} in {} at {}{stopped}",
                pending.object.does(pending.action),
                pending.place
            )
        });
        let waiting = waiting.collect::<Vec<_>>().join(", ");
        let spins = |thread: usize| {
            let loops = matches!(run.wants[thread], Want::Value(_, filter) if !filter.waits());
            loops && run.lives[thread] == Life::Alive
        };
        if self.stuck == Stuck::FailsUnlessStopped {
            return format!("blocks: a thread has stopped for ever, and so others cannot go on: {waiting}");
        }
        if open {
            return format!("deadlock: these wait for each other, and no time-out ends that: {waiting}");
        }
        let hint = if may_time_out(&run) {
            ". (Time-outs that are no disturbances: `Explorer::time_outs`)"
        } else {
            ""
        };
        match (0..run.threads).any(spins) {
            true => {
                format!("no progress: these wait, in a loop or not, for what nobody will do: {waiting}{hint}")
            }
            false => format!("deadlock: nobody can go on, and these wait: {waiting}{hint}"),
        }
    }

    /// Gives the execution up: threads unwind, one after the other.
    fn give_up(&self) {
        self.given_up.set(true);
        let mut run = self.run.borrow_mut();
        run.running = self.unwinding.next(&run).unwrap_or(0);
    }

    /// Nobody can go on and main is over already, so that nobody would notice: the others unwind.
    fn settle(&self) {
        let (ended, main) = {
            let run = self.run.borrow();
            (run.ended, run.lives[0])
        };
        if ended == Ended::Running || main != Life::Over || self.given_up.get() {
            return;
        }
        if ended == Ended::Redundant || ended == Ended::Stuck && !self.stuck_fails() {
            self.give_up();
        }
    }

    fn resolve(&self, doubt: &Doubt) -> Result<(), String> {
        let run = self.run.borrow();
        let older = doubt.guard.is_some_and(|guard| match run.rules.memory {
            _ if doubt.before.contains(guard) => true,
            Memory::Weak if !run.past.has(guard) || !is_sequential(run.graph.event(guard)) => false,
            Memory::Weak => {
                Psc::new(&run.graph, run.past.sequential(&run.graph, guard), |id| run.past.known(id).before)
                    .reaches(guard, &doubt.before)
            }
            Memory::Sc => {
                let mut past = Clock::default();
                past.raise(doubt.retirer, doubt.length);
                is_before(&run.graph, guard, &past)
            }
        });
        if older { Ok(()) } else { Err(doubt.complaint()) }
    }

    /// Looks at new doubts, or keeps them until the graph has been followed: before, not all of it is known.
    fn consider(&self, doubts: impl IntoIterator<Item = Doubt>) {
        self.doubts.borrow_mut().extend(doubts);
        if self.run.borrow().to_follow > 0 {
            return;
        }
        let doubts = std::mem::take(&mut *self.doubts.borrow_mut());
        if let Some(complaint) = doubts.iter().find_map(|doubt| self.resolve(doubt).err()) {
            fault(complaint);
        }
    }

    /// The run is over, and main has nothing more to do: what is left to complain of.
    pub(super) fn close(&self) {
        self.consider([]);
        for (thread, longest) in self.longest.borrow_mut().iter_mut().enumerate() {
            *longest = self.run.borrow().past.ran(thread).max(*longest);
        }
        if self.run.borrow().ended == Ended::Stuck && !self.given_up.get() && self.stuck_fails() {
            panic!("{}", self.why_stuck());
        }
    }
}

/// Whether nobody goes on, and a time-out that is no disturbance may still come.
fn is_open(run: &Run) -> bool {
    run.rules.time_outs.is_some() && may_time_out(run)
}

/// Who can never go on, whatever time-outs come, and what it waits for.
fn lost(run: &Run) -> Vec<(usize, Pending)> {
    let pending = all_pending();
    let is_lost = |thread: usize| run.lives[thread] == Life::Alive && run.is_lost(thread, &pending);
    pending.iter().filter(|(thread, _)| is_lost(*thread)).copied().collect()
}

/// Whether anybody waits who would go on if a time-out came.
fn may_time_out(run: &Run) -> bool {
    let goes_on = |thread: usize| run.lives[thread] == Life::Alive && !run.is_stopped(thread);
    all_pending().into_iter().any(|(thread, pending)| goes_on(thread) && pending.is_timed())
}

impl Machine for Driver {
    fn running(&self) -> usize {
        self.run.borrow().running
    }

    fn arrive(&self, thread: usize, place: Place, request: &Request<'_>) {
        if self.given_up.get() {
            return;
        }
        let mut run = self.run.borrow_mut();
        run.spins.arrive(thread, place, request);
        let filter = |wanted: Option<_>| {
            wanted.map_or(Filter::Any, |(accepts, argument)| Filter::Only(accepts, argument))
        };
        run.wants[thread] = match *request {
            Request::Load { location, .. } if run.spins.watches(thread) => Want::Value(location, Filter::Any),
            Request::Update { location, wanted, .. } if wanted.is_some() || run.spins.watches(thread) => {
                Want::Value(location, filter(wanted))
            }
            Request::Join(other) => Want::End(other),
            _ => Want::Anything,
        };
        run.pick();
        drop(run);
        self.settle();
    }

    fn answer(&self, request: &Request<'_>) -> Option<Answer> {
        let ended = self.run.borrow().ended;
        if ended == Ended::Stuck && self.stuck_fails() {
            fault(self.why_stuck());
            return None;
        }
        if matches!(ended, Ended::Stuck | Ended::Redundant) {
            self.give_up();
            return None;
        }
        if !self.doubts.borrow().is_empty() {
            self.consider([]);
        }
        let answer = self.run.borrow_mut().answer(request);
        self.settle();
        answer.unwrap_or_else(|complaint| {
            fault(complaint);
            None
        })
    }

    fn abandoned(&self) -> bool {
        self.given_up.get()
    }

    fn unwound(&self, thread: usize) {
        self.run.borrow_mut().lives[thread] = Life::Over;
        match self.unwinding.waits_no_more() {
            Some(waiter) => self.run.borrow_mut().running = waiter,
            None => self.give_up(),
        }
    }

    fn wait_unwinding(&self) -> bool {
        self.given_up.set(true);
        let mut run = self.run.borrow_mut();
        let next = self.unwinding.instead_of(run.running, &run);
        next.is_some_and(|next| {
            run.running = next;
            true
        })
    }

    fn is_over(&self, thread: usize) -> bool {
        self.run.borrow().lives[thread] == Life::Over
    }

    fn yielded(&self, place: Place, in_vain: bool) {
        let mut run = self.run.borrow_mut();
        let me = run.running;
        run.spins.yielded(me, place, in_vain);
    }

    fn stale(&self) -> Option<Stale> {
        self.run.borrow().stale()
    }

    fn create(&self, value: u64) -> Location {
        self.run.borrow_mut().create(value)
    }

    fn exclusive(&self, location: Location, _place: Place) -> u64 {
        let content = self.run.borrow_mut().exclusive(location);
        content.unwrap_or_else(|complaint| {
            fault(complaint);
            0
        })
    }

    fn token(&self, thread: usize) -> Location {
        Location::new(thread, 0)
    }

    fn plain(&self, kind: Plain, place: Place) -> usize {
        let moment = self.moment(place);
        self.run.borrow_mut().plains.create(kind, moment)
    }

    fn access(&self, memory: usize, writes: bool, place: Place) {
        let outcome = {
            let run = &mut *self.run.borrow_mut();
            let moment = run.moment(place);
            run.plains.access(memory, writes, moment)
        };
        match outcome {
            Ok(None) => {}
            Ok(doubt) => self.consider(doubt),
            Err(complaint) => fault(complaint),
        }
    }

    fn is_ordered(&self, memory: usize) -> bool {
        let moment = self.moment(std::panic::Location::caller());
        self.run.borrow().plains.is_ordered(memory, moment)
    }

    fn may_reuse(&self, memory: usize) -> bool {
        self.run.borrow().rules.is(Broken::AnyFreed) || self.is_ordered(memory)
    }

    fn pin(&self, domain: usize) -> usize {
        let mut run = self.run.borrow_mut();
        let (me, next) = (run.running, run.past.next(run.running));
        run.plains.pin(me, domain, next)
    }

    fn unpin(&self, guard: usize) {
        self.run.borrow_mut().plains.unpin(guard);
    }

    fn retire(&self, memory: usize, domain: usize, place: Place) {
        let moment = self.moment(place);
        let outcome = self.run.borrow_mut().plains.retire(memory, domain, moment);
        match outcome {
            Ok(doubts) => self.consider(doubts),
            Err(complaint) => fault(complaint),
        }
    }

    fn object(&self) -> u32 {
        self.run.borrow_mut().object()
    }
}
