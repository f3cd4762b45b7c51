//! Threads that do the same: of executions that differ only in which of them did what, one is explored.
//!
//! Say threads 1 and 2 are *alike*: started one right after the other, by one thread, to do the same, waited for in
//! the same way, and nobody looks at which is which. Then an execution with the two exchanged is an execution too, and
//! as good. The explorer keeps the one in which, at the first event in which they differ, thread 1 comes first: it
//! reads the older write, its write is the older one, or its choice the larger. So much is a filter on new events
//! ([`fits`]) and on revisits.
//!
//! A filter alone would lose executions: what is explored under a graph that is refused may be kept by it. So the
//! first events of thread 2, as long as they are the same as those of thread 1, and the first one that differs, are
//! taken to *follow* those of thread 1: this order is part of their prefix (`past.rs`). A revisit by thread 2, or by what
//! depends on it, then leaves the event of thread 1 in place; the execution with the two exchanged has what it would
//! have led to. A graph in which thread 1 depends on that event of thread 2 cannot be had any more, and its image is
//! kept whatever it reads, as there thread 2 depends on thread 1 ([`fits`], last case).
//!
//! What waits (a lock, a token, a condition) ends what is compared: such reads are overtaken in place, and their order
//! is not the order in which they were added.
//!
//! Literature: M. Kokologiannakis, I. Marmanis, V. Vafeiadis, *SPORE: combining symmetry and partial order reduction*,
//! PLDI 2024: the idea to add the symmetric thread to the prefix. Ours is tested and not proved: as many executions as
//! there are orbits of graphs, counted by a judge that knows nothing of it (`models/explorer/alike.rs`).

use super::clock::THREADS;
use super::graph::{Event, Filter, Graph, Id, Kind, Use};
use super::judge;
use super::machine::{Broken, Run};
use super::past::Past;
use crate::sync::model::Request;
use crate::sync::thread;
use std::panic::resume_unwind;

/// Threads that are like the one before them.
pub(super) type Alike = [bool; THREADS];

/// What follows from it that threads are alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Twins {
    /// Of executions that differ in nothing else, one is explored.
    #[default]
    Ordered,
    /// The filter alone: [`Broken::NoTwinOrder`].
    Unordered,
    /// One execution is repeated, and may be any.
    Compared,
}

/// Whether `event` can be held against the one at its place in a thread that is alike.
pub(super) fn is_comparable(event: &Event) -> bool {
    !event.blocked && matches!(event.filter, Filter::Any)
}

/// Whether two threads that were the same up to these events, of `graph`, still are after them.
pub(super) fn is_same(one: &Event, other: &Event) -> bool {
    let choice = matches!(one.kind, Kind::Choice | Kind::TimeOut | Kind::Address);
    let repeatable = choice || matches!(one.kind, Kind::Read | Kind::Fence | Kind::Begin);
    let source = one.kind != Kind::Read || one.from == other.from;
    repeatable
        && source
        && is_comparable(other)
        && (one.kind, one.location, one.spurious) == (other.kind, other.location, other.spurious)
        && match one.kind {
            Kind::Choice | Kind::TimeOut => one.value == other.value,
            // Each has a new one.
            Kind::Address => one.value == 0 && other.value == 0,
            _ => true,
        }
}

/// Whether `event` may be `id`, or whether the execution with the threads exchanged is the one that is explored.
pub(super) fn fits(graph: &Graph, past: &Past, id: Id, event: &Event) -> bool {
    let exchanged = is_comparable(event) && past.twins != Twins::Compared;
    let Some(twin) = past.twin(graph, id).filter(|_| exchanged) else { return true };
    let one = graph.event(twin);
    if one.location != event.location {
        return true;
    }
    match (one.kind, event.kind) {
        (first, second) if first.reads() && second.reads() => {
            let age = |read: &Event| (graph.rank(read.from), !read.spurious);
            let depends = || !event.from.is_initial() && past.known(event.from).prefix.contains(twin);
            age(one) <= age(event) || depends()
        }
        (Kind::Write, Kind::Write) => one.rank < event.rank,
        (Kind::Choice, Kind::Choice) | (Kind::TimeOut, Kind::TimeOut) => one.value >= event.value,
        _ => true,
    }
}

/// Runs `work` on so many threads that do the same, each told its number from 0, and waits for all of them. The explorer
/// explores one of the executions that differ only in which of them did what. So it must not matter which of them is
/// which: the number may be passed on as a value, and what they return may be too, but neither is to be compared with
/// anything. What can be noticed of a mistake is: threads that do something else after the same events are reported.
///
/// What is written to memory is all that is exchanged. An execution whose image is explored has no outcome of its own.
///
/// # Panics
/// If one of the threads panics.
pub fn on_threads_alike<T: Send + 'static>(
    threads: usize,
    work: impl Fn(usize) -> T + Clone + Send + Sync + 'static,
) -> Vec<T> {
    let started = (0..threads).map(|number| {
        let work = work.clone();
        let started = thread::spawn(move || work(number));
        if number > 0 {
            declare();
        }
        started
    });
    let started: Vec<_> = started.collect();
    started.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
}

/// The thread that was started last is like the one that was started before it, if this execution is explored.
pub(in crate::check) fn declare() {
    if let Some(driver) = judge::installed() {
        let declared = driver.run.borrow_mut().declare_alike();
        declared.unwrap_or_else(|complaint| panic!("{complaint}"));
    }
}

const NO_PAIR: &str = "threads that are alike must be started one right after the other";
const UNLIKE: &str =
    "threads that were said to be alike are not: after the same events they do not do the same";

impl Run {
    /// The last thread that the running one has started is like the one that it started before it.
    pub(super) fn declare_alike(&mut self) -> Result<(), String> {
        let me = self.running;
        // Who is stopped is not to be exchanged.
        if self.rules.demand.stops_a_thread() || self.rules.is(Broken::NobodyAlike) {
            return Ok(());
        }
        let started = |back: u16| {
            let index = self.past.ran(me).checked_sub(back)?;
            let event = self.graph.event(Id::new(me, index));
            (event.kind == Kind::Spawn).then_some(event.value as usize)
        };
        let (Some(last), Some(before)) = (started(1), started(2)) else { return Err(NO_PAIR.into()) };
        if before + 1 != last {
            return Err(NO_PAIR.into());
        }
        self.past.alike[last] = true;
        Ok(())
    }

    /// Whether the next event of `thread`, in the graph, is to come after one of the thread that it is like, which is
    /// in the graph and has not run.
    pub(super) fn is_ahead(&self, thread: usize) -> bool {
        let next = self.past.ran(thread);
        self.past.alike[thread]
            && self.past.present[thread].shared == next
            && self.past.ran(thread - 1) == next
            && self.follows(thread - 1)
    }

    /// What the running thread asks must be what the thread that is alike asked, as long as they were the same.
    pub(super) fn check_alike(&self, request: &Request<'_>) -> Result<(), String> {
        let me = self.running;
        let Some(twin) = self.past.twin(&self.graph, self.past.next(me)) else { return Ok(()) };
        let event = self.graph.event(twin);
        // What each has created itself is another for each.
        let shared = request.location().filter(|location| location.thread() != me);
        let there = shared.is_none_or(|location| self.graph.find_cell(location) == Some(event.location));
        // A read may be one that takes nothing, where a load was asked for: so both must be updates, or neither.
        let update = matches!(event.use_, Use::Update(_)) == matches!(request, Request::Update { .. });
        let same = event.kind.answers(request) && update;
        if same && there { Ok(()) } else { Err(UNLIKE.into()) }
    }
}
