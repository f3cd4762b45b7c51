//! One run: follows the graph that it was given, and then extends it, event by event, to a full execution.
//!
//! Which thread goes on is a function of the graph: while it is followed, the lowest thread whose next event
//! is in it and reads from nothing that is still to come; then the lowest thread that can go on. What could
//! have been otherwise is handed to the search as graphs.

use super::Memory;
use super::alike::Twins;
pub(super) use super::broken::Broken;
use super::clock::{Clock, THREADS};
use super::coherence::floor;
use super::extend::Extension;
use super::graph::{Event, Filter, Graph, Id, Kind, NOWHERE, Use};
use super::past::Past;
use super::plain::{Moment, Plains};
use super::progress::Demand;
use super::psc::Psc;
use super::script::Step;
use super::spin::Spins;
use crate::sync::atomic::Ordering;
use crate::sync::model::{Answer, Location, Place, Request, Stale};
use std::collections::VecDeque;

/// A thread of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Life {
    /// Not started.
    #[default]
    Absent,
    /// It waits for an answer, or is the one that runs.
    Alive,
    /// It has ended, or was unwound.
    Over,
}

/// What a thread asks for: all that is needed to know whether it can go on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Want {
    /// Something that can always be answered.
    #[default]
    Anything,
    /// A read of this location that waits for some values.
    Value(Location, Filter),
    /// The end of a thread.
    End(usize),
    /// The write of a read-modify-write whose read is there.
    Put,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Not yet.
    Running,
    /// Every thread has ended.
    Complete,
    /// Some thread can never go on.
    Stuck,
    /// The run repeats what another one does better.
    Redundant,
}

/// What a run is to be like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub memory: Memory,
    /// The most choices of an execution that are answered with anything but 0.
    pub disturbances: usize,
    /// The same, for weak compare-exchanges that fail for no reason.
    pub failures: usize,
    /// Time-outs are no disturbances; an execution has so many at most, and one that waits for another is not over.
    pub time_outs: Option<usize>,
    pub demand: Demand,
    /// What the explorer does wrong.
    pub broken: Option<Broken>,
}

impl Rules {
    pub(super) fn is(&self, broken: Broken) -> bool {
        self.broken == Some(broken)
    }

    /// Whether the sequentially consistent events of `graph` have an order, where `own` happens before `new` and
    /// all others are known to `past`. Under `Sc` coherence has seen to it.
    pub(super) fn allow(&self, graph: &Graph, past: &Past, new: Id, own: Clock) -> bool {
        if self.memory == Memory::Sc || self.is(Broken::NoScOrder) {
            return true;
        }
        let known = |id: Id| if id == new { own } else { past.known(id).before };
        Psc::new(graph, past.sequential(graph, new), known).is_acyclic()
    }
}

/// The state of a run.
pub(super) struct Run {
    pub rules: Rules,
    pub graph: Box<Graph>,
    pub past: Past,
    pub plains: Plains,
    pub spins: Spins,
    /// The events of the given graph that have not run yet.
    pub to_follow: usize,
    pub lives: [Life; THREADS],
    pub wants: [Want; THREADS],
    pub threads: usize,
    pub running: usize,
    pub ended: Ended,
    /// The running thread cannot go on, and is only to contend for what it waits for.
    pub contending: bool,
    /// The threads that have.
    pub contended: [bool; THREADS],
    /// The initial values of the locations that each thread created, and the length of that thread then.
    initial: [Vec<(u64, u16)>; THREADS],
    /// Locations that were taken apart: by whom, and how many events that thread had then.
    taken_apart: Vec<(Location, usize, u16)>,
    /// The event that started each thread.
    pub spawns: [Id; THREADS],
    objects: [u32; THREADS],
    /// The steps to take, of a run that repeats one execution: then nothing is left to the search.
    pub script: Option<VecDeque<(usize, Step)>>,
    pub out: Extension,
}

impl Run {
    pub(super) fn new(rules: Rules) -> Self {
        Run {
            rules,
            graph: Box::default(),
            past: Past::default(),
            plains: Plains::default(),
            spins: Spins::default(),
            to_follow: 0,
            lives: Default::default(),
            wants: Default::default(),
            threads: 1,
            running: 0,
            ended: Ended::Running,
            contending: false,
            contended: [false; THREADS],
            initial: Default::default(),
            taken_apart: Vec::new(),
            spawns: [Id::INITIAL; THREADS],
            objects: Default::default(),
            script: None,
            out: Extension::default(),
        }
    }

    /// Begins a run that follows `graph`.
    pub(super) fn begin(&mut self, graph: Box<Graph>) {
        self.to_follow = graph.ids().filter(|id| !graph.event(*id).blocked).count();
        let last = std::mem::replace(&mut self.graph, graph);
        self.out.pool.give_back(last);
        self.past.clear();
        self.past.twins = match self.script {
            Some(_) => Twins::Compared,
            None if self.rules.is(Broken::NoTwinOrder) => Twins::Unordered,
            None => Twins::Ordered,
        };
        self.plains.clear();
        self.spins.clear();
        self.lives = Default::default();
        self.lives[0] = Life::Alive;
        self.wants = Default::default();
        self.threads = 1;
        self.running = 0;
        self.ended = Ended::Running;
        self.contending = false;
        self.contended = [false; THREADS];
        self.initial.iter_mut().for_each(Vec::clear);
        self.taken_apart.clear();
        self.objects = [0; THREADS];
        // Each thread's first location is its token.
        self.initial.iter_mut().for_each(|created| created.push((0, 0)));
    }

    /// A new location, created by the running thread.
    pub(super) fn create(&mut self, value: u64) -> Location {
        let (me, length) = (self.running, self.past.ran(self.running));
        self.initial[me].push((value, length));
        Location::new(me, self.initial[me].len() - 1)
    }

    /// The number of a thread that is about to be started, by a new event: the lowest that no thread has. All of the graph
    /// has run then, so the threads that it starts have theirs.
    pub(super) fn new_number(&self) -> Result<usize, String> {
        let free = |thread: &usize| self.lives[*thread] == Life::Absent;
        let limit = || format!("an explored program has at most {THREADS} threads, with main");
        (1..THREADS).find(free).ok_or_else(limit)
    }

    /// The last step of the running thread, if it was a read that did not read the newest write there was, or a write that
    /// did not become the newest: what was read, and what the newest is.
    pub(super) fn stale(&self) -> Option<Stale> {
        let last = self.past.ran(self.running).checked_sub(1)?;
        let event = self.graph.event(Id::new(self.running, last));
        let (rank, from) = match event.kind {
            Kind::Read => (self.graph.rank(event.from), Some(event.from).filter(|from| !from.is_initial())),
            Kind::Write => (event.rank, None),
            _ => return None,
        };
        let newest = self.graph.newest(event.location);
        if rank == newest {
            return None;
        }
        let from = from.map(|from| (from.thread(), self.spins.place(from)));
        let newest = self.graph.event(self.graph.write_at(event.location, newest)).value;
        Some(Stale { from, newest })
    }

    /// Where the running thread is.
    pub(super) fn moment(&self, place: Place) -> Moment {
        let thread = self.running;
        Moment { thread, length: self.past.ran(thread), before: self.past.present[thread].before, place }
    }

    /// The next object of the running thread: the thread is in the upper byte.
    pub(super) fn object(&mut self) -> u32 {
        let number = &mut self.objects[self.running];
        *number += 1;
        (self.running as u32) << 24 | (*number - 1)
    }

    /// The value that `write` has written to `location`.
    pub(super) fn value(&self, location: Location, write: Id) -> u64 {
        match write.is_initial() {
            true => self.initial[location.thread()][location.number()].0,
            false => self.graph.event(write).value,
        }
    }

    /// Whether the running thread knows that `location` was created.
    fn knows(&self, location: Location) -> Result<bool, String> {
        let creator = location.thread();
        let created = self.initial.get(creator).and_then(|all| all.get(location.number()));
        let (_, length) = *created.ok_or(OUTSIDE)?;
        Ok(location.number() == 0
            || creator == self.running
            || self.past.present[self.running].before.of(creator) > length)
    }

    /// The next step of the script, if it is one of the running thread, which takes it now.
    pub(super) fn next_step(&mut self) -> Step {
        let me = self.running;
        let next = self.script.as_mut().and_then(|script| script.pop_front_if(|(thread, _)| *thread == me));
        next.map_or(Step::Default, |(_, step)| step)
    }

    /// The oldest write of `cell` that the next read of `thread` is to consider. One that has waited was overtaken
    /// by the write that it saw then: what is older it could have read at first, and that is explored elsewhere.
    pub(super) fn oldest(&self, thread: usize, cell: u16) -> u16 {
        let floor = self.floor(thread, cell);
        let next = self.past.next(thread);
        if next.index() == self.graph.length(thread) {
            return floor;
        }
        floor.max(self.graph.rank(self.graph.event(next).from) + 1)
    }

    /// The oldest write of `cell` that the next event of `thread` may read.
    pub(super) fn floor(&self, thread: usize, cell: u16) -> u16 {
        if self.rules.is(Broken::NoCoherence) {
            return 0;
        }
        // What the thread has seen itself is in its past under either model, and is mostly the newest.
        let newest = self.graph.newest(cell);
        if self.past.present[thread].before.contains(self.graph.write_at(cell, newest)) {
            return newest;
        }
        let past = match self.rules.memory {
            Memory::Weak => self.past.present[thread].before,
            Memory::Sc => {
                let mut own = Clock::default();
                own.raise(thread, self.past.ran(thread));
                own
            }
        };
        floor(&self.graph, self.rules.memory, &past, cell)
    }

    /// Answers the running thread: by what the graph says, or by a new event. `None`: others go first.
    pub(super) fn answer(&mut self, request: &Request<'_>) -> Result<Option<Answer>, String> {
        let me = self.running;
        if let Some(location) = request.location() {
            if !self.knows(location)? {
                return Err(
                    "data race: an atomic is used by a thread that cannot know of its creation".into()
                );
            }
            let before = self.past.present[me].before;
            let unknown =
                |&(taken, by, length): &(_, _, _)| taken == location && by != me && before.of(by) <= length;
            if self.taken_apart.iter().any(unknown) {
                return Err(TAKEN_APART.into());
            }
        }
        self.check_alike(request)?;
        if std::mem::take(&mut self.contending) {
            self.contended[me] = true;
            self.contend_while_waiting(request);
            self.pick();
            return Ok(None);
        }
        if let Want::Put = self.wants[me] {
            return self.put(request).map(Some);
        }
        if self.follows(me) { self.follow(request) } else { self.extend(request).map(Some) }
    }

    /// `id` has run.
    pub(super) fn ran(&mut self, id: Id, request: &Request<'_>) {
        self.past.run(&self.graph, id, self.rules.memory);
        self.spins.ran(id);
        match request {
            Request::Spawn => {
                let child = self.graph.event(id).value as usize;
                self.lives[child] = Life::Alive;
                self.spawns[child] = id;
                self.threads = self.threads.max(child + 1);
            }
            Request::End => {
                self.lives[id.thread()] = Life::Over;
                self.pick();
            }
            _ => {}
        }
    }

    /// Whether all that happened to a location happens before the running thread's next step.
    pub(super) fn exclusive(&mut self, location: Location) -> Result<u64, String> {
        self.taken_apart.push((location, self.running, self.past.ran(self.running)));
        let Some(cell) = self.graph.find_cell(location) else { return Ok(self.value(location, Id::INITIAL)) };
        let before = self.past.present[self.running].before;
        let accesses = &self.graph.cells[usize::from(cell)];
        let all = accesses.writes.iter().chain(&accesses.reads);
        if { all }.any(|id| self.past.has(*id) && !before.contains(*id)) {
            return Err(TAKEN_APART.into());
        }
        Ok(self.value(location, self.graph.write_at(cell, self.graph.newest(cell))))
    }
}

const TAKEN_APART: &str = "data race: an atomic is taken apart while another thread may use it";

/// A new event that is no access.
pub(super) fn plain_event(kind: Kind, order: Ordering) -> Event {
    Event {
        kind,
        order,
        location: NOWHERE,
        from: Id::INITIAL,
        rank: 0,
        stamp: 0,
        value: 0,
        spurious: false,
        blocked: false,
        filter: Filter::Any,
        use_: Use::Load,
    }
}

/// What is used was not made by this execution.
pub(super) const OUTSIDE: &str = "made outside of the execution that uses it: each execution of an explored program \
    must make its own atomics, cells, locks and nodes, inside the closure";
