//! New events: one of the possibilities goes on in this run, the others become graphs of the search.

use super::alike;
use super::clock::Clock;
use super::graph::{Event, Filter, Graph, Id, Kind, Update, Use};
use super::machine::{Broken, Run, Want, plain_event};
use super::pool::Pool;
use super::revisit::Arrival;
use super::script::Step;
use crate::sync::atomic::Ordering;
use crate::sync::model::{Answer, Location, Request};

const UNFIT: &str = "the schedule does not fit the program";

/// What a run leaves to the search.
#[derive(Debug, Default)]
pub(super) struct Extension {
    /// Graphs still to be explored.
    pub left: Vec<Box<Graph>>,
    pub pool: Pool,
}

impl Run {
    /// A new event of the running thread.
    pub(super) fn extend(&mut self, request: &Request<'_>) -> Result<Answer, String> {
        let me = self.running;
        let step = self.next_step();
        if !step.fits(request) {
            return Err(UNFIT.into());
        }
        let event = match *request {
            Request::Load { location, order } => {
                return self.read(request, step, location, order, Use::Load, Filter::Any);
            }
            Request::Update { location, order, .. } => {
                let (use_, filter) = update_of(request);
                let answer = self.read(request, step, location, order, use_, filter)?;
                let last = Id::new(me, self.past.ran(me) - 1);
                return if self.graph.event(last).kind == Kind::Take {
                    self.put(request)
                } else {
                    Ok(answer)
                };
            }
            Request::Store { location, order, value } => {
                self.write(request, step, location, order, value)?;
                return Ok(Answer { value, stored: true });
            }
            Request::Choose { choice, answers } => {
                let kind = Kind::of(choice, self.rules.time_outs.is_some());
                let open = match kind {
                    Kind::TimeOut => self.rules.time_outs.is_some_and(|most| self.graph.times_out_less(most)),
                    _ => self.graph.is_disturbed_less(self.rules.disturbances),
                };
                return self.choose(request, step, kind, answers, &|_| open);
            }
            Request::Address { answers, free } => {
                return self.choose(request, step, Kind::Address, answers, free);
            }
            Request::Fence(order) => plain_event(Kind::Fence, order),
            Request::Spawn => {
                let value = self.new_number()? as u64;
                Event { value, ..plain_event(Kind::Spawn, Ordering::Relaxed) }
            }
            Request::End => plain_event(Kind::End, Ordering::Relaxed),
            Request::Begin => Event { from: self.spawns[me], ..plain_event(Kind::Begin, Ordering::Relaxed) },
            Request::Join(other) => {
                let end = Id::new(other, self.past.ran(other) - 1);
                Event { from: end, ..plain_event(Kind::Join, Ordering::Relaxed) }
            }
        };
        let id = self.graph.push(me, event);
        self.ran(id, request);
        Ok(Answer { value: event.value, stored: false })
    }

    fn choose(
        &mut self,
        request: &Request<'_>,
        step: Step,
        kind: Kind,
        answers: usize,
        open: &dyn Fn(usize) -> bool,
    ) -> Result<Answer, String> {
        let mut event = plain_event(kind, Ordering::Relaxed);
        let mut others = Vec::new();
        if let Step::Choose(answer) = step {
            let fits = |answer: usize| answer < answers && (kind != Kind::Address || open(answer));
            event.value = Some(u64::from(answer)).filter(|answer| fits(*answer as usize)).ok_or(UNFIT)?;
        }
        let id = self.past.next(self.running);
        for answer in (1..answers).filter(|answer| open(*answer)) {
            let event = Event { value: answer as u64, ..event };
            if alike::fits(&self.graph, &self.past, id, &event) {
                let mut graph = self.out.pool.copy(&self.graph);
                graph.push(self.running, event);
                others.push(graph);
            }
        }
        self.leave(others);
        let id = self.graph.push(self.running, event);
        self.ran(id, request);
        Ok(Answer { value: event.value, stored: false })
    }

    /// Hands the graphs to the search. Each, and the run itself, gets an equal part of what is expected of all.
    fn leave(&mut self, graphs: Vec<Box<Graph>>) {
        if graphs.is_empty() {
            return;
        }
        if self.script.is_some() {
            return graphs.into_iter().for_each(|graph| self.out.pool.give_back(graph));
        }
        let share = self.graph.share / (graphs.len() + 1) as f64;
        self.graph.share = share;
        for mut graph in graphs {
            graph.share = share;
            self.out.left.push(graph);
        }
    }

    /// A read, or the read of a read-modify-write, by the running thread.
    fn read(
        &mut self,
        request: &Request<'_>,
        step: Step,
        location: Location,
        order: Ordering,
        use_: Use,
        filter: Filter,
    ) -> Result<Answer, String> {
        let me = self.running;
        let cell = self.graph.cell_of(location);
        let event = Event { location: cell, filter, use_, ..plain_event(Kind::Read, order) };
        let (floor, newest) = (self.oldest(me, cell), self.graph.newest(cell));
        let weak = matches!(request, Request::Update { weak: true, .. });
        let disturb = weak && self.graph.is_disturbed_less(self.rules.failures);
        let mut others = Vec::new();
        let (skipped, fails) = match step {
            Step::Read(skipped) => (skipped, false),
            Step::Fail(skipped) => (skipped, true),
            _ => (0, false),
        };
        let newest_wanted = newest.checked_sub(skipped).filter(|rank| *rank >= floor).ok_or(UNFIT)?;
        let mut chosen: Option<Event> = None;
        for rank in (floor..=newest).rev() {
            let from = self.graph.write_at(cell, rank);
            if self.repeats(cell, from) {
                continue;
            }
            let mut event = Event { from, ..event };
            event.see(self.value(location, from));
            if event.blocked {
                continue;
            }
            let id = self.past.next(me);
            if let Some(failing) = event.failing().filter(|_| disturb)
                && alike::fits(&self.graph, &self.past, id, &failing)
            {
                others.extend(self.with_read(failing));
            }
            if !alike::fits(&self.graph, &self.past, id, &event) {
                continue;
            }
            let here = chosen.is_none() && rank <= newest_wanted;
            let failing = || event.failing().ok_or(UNFIT);
            if here && rank == newest {
                // The usual case, and it needs no copy: nobody has taken the newest write, and all may read it.
                chosen = Some(if fails { failing()? } else { event });
                continue;
            }
            let Some(graph) = self.with_read(event) else { continue };
            if event.kind == Kind::Take && self.graph.is_taken(cell, rank) {
                self.contend(graph, request, &mut others);
            } else if here {
                self.out.pool.give_back(graph);
                chosen = Some(if fails { failing()? } else { event });
            } else {
                others.push(graph);
            }
        }
        self.leave(others);
        let event = chosen.ok_or("internal error: a thread went on that has nothing to read")?;
        let id = add_read(&mut self.graph, me, self.past.ran(me), event);
        self.ran(id, request);
        Ok(Answer { value: event.value, stored: false })
    }

    /// A copy of the graph with this read at the end of the running thread, if sequentially consistent events
    /// allow it. The newest write may always be read.
    fn with_read(&mut self, event: Event) -> Option<Box<Graph>> {
        let (me, ran) = (self.running, self.past.ran(self.running));
        let mut graph = self.out.pool.copy(&self.graph);
        let read = add_read(&mut graph, me, ran, event);
        let own = self.past.before_read(me, ran, event.order, event.from);
        let newest = graph.rank(event.from) == graph.newest(event.location);
        self.allowed(graph, newest, read, own)
    }

    /// The graph, if it is known to be consistent or if its new event `new`, before which `own` happens, leaves the
    /// sequentially consistent events an order.
    fn allowed(&mut self, graph: Box<Graph>, known: bool, new: Id, own: Clock) -> Option<Box<Graph>> {
        if known || self.rules.allow(&graph, &self.past, new, own) {
            return Some(graph);
        }
        self.out.pool.give_back(graph);
        None
    }

    /// A read-modify-write could have taken what another has taken, as `graph` says: then that one must read from this one, or
    /// not be there. The run itself cannot go on like this.
    fn contend(&mut self, mut graph: Box<Graph>, request: &Request<'_>, others: &mut Vec<Box<Graph>>) {
        if self.rules.is(Broken::NoContention) {
            return self.out.pool.give_back(graph);
        }
        let Request::Update { new, .. } = request else { unreachable!("a load takes nothing") };
        let (me, present) = (self.running, self.past.present[self.running]);
        let take = self.past.next(me);
        let value = new(graph.event(take).value).expect("it succeeds with this value");
        let put = add_put(&mut graph, take, value);
        self.past.run(&graph, take, self.rules.memory);
        self.past.run(&graph, put, self.rules.memory);
        let arrival = Arrival { graph: &graph, past: &self.past, rules: self.rules, write: put };
        arrival.revisits(&mut self.out.pool, others);
        self.past.undo(me, 2, present);
        self.out.pool.give_back(graph);
    }

    /// The running thread waits, and will for ever in this run: the executions in which it came first.
    pub(super) fn contend_while_waiting(&mut self, request: &Request<'_>) {
        let Request::Update { location, order, .. } = *request else { return };
        let cell = self.graph.cell_of(location);
        let (use_, filter) = update_of(request);
        let event = Event { location: cell, filter, use_, ..plain_event(Kind::Read, order) };
        let mut others = Vec::new();
        for rank in self.oldest(self.running, cell)..self.graph.newest(cell) {
            let from = self.graph.write_at(cell, rank);
            let mut event = Event { from, ..event };
            event.see(self.value(location, from));
            if event.kind == Kind::Take
                && self.graph.is_taken(cell, rank)
                && let Some(graph) = self.with_read(event)
            {
                self.contend(graph, request, &mut others);
            }
        }
        self.leave(others);
    }

    /// The write of a read-modify-write of which the read has just run.
    pub(super) fn put(&mut self, request: &Request<'_>) -> Result<Answer, String> {
        let Request::Update { new, .. } = request else { return Err("internal error: no update".into()) };
        let me = self.running;
        self.wants[me] = Want::Anything;
        let take = Id::new(me, self.past.ran(me) - 1);
        let old = self.graph.event(take).value;
        let Some(value) = new(old) else { return Err("internal error: the update fails".into()) };
        let put = add_put(&mut self.graph, take, value);
        self.arrived(put, request);
        Ok(Answer { value: old, stored: true })
    }

    fn write(
        &mut self,
        request: &Request<'_>,
        step: Step,
        location: Location,
        order: Ordering,
        value: u64,
    ) -> Result<(), String> {
        let me = self.running;
        let cell = self.graph.cell_of(location);
        let (floor, newest) = (self.floor(me, cell), self.graph.newest(cell));
        let event = Event { location: cell, value, ..plain_event(Kind::Write, order) };
        let mut others = Vec::new();
        for rank in floor + 1..=newest {
            let between = !self.graph.is_taken(cell, rank - 1) && !self.rules.is(Broken::LastPlace);
            let id = self.past.next(me);
            let fits = alike::fits(&self.graph, &self.past, id, &Event { rank, ..event });
            if between
                && fits
                && let Some(graph) = self.with_write(Event { rank, ..event })
            {
                others.push(graph);
            }
        }
        self.leave(others);
        let skipped = if let Step::Write(skipped) = step { skipped } else { 0 };
        let rank = (newest + 1).checked_sub(skipped).filter(|rank| *rank > floor).ok_or(UNFIT)?;
        let id = self.graph.push(me, Event { rank, ..event });
        self.arrived(id, request);
        Ok(())
    }

    /// A copy of the graph with this write, if sequentially consistent events allow it.
    fn with_write(&mut self, event: Event) -> Option<Box<Graph>> {
        let me = self.running;
        let mut graph = self.out.pool.copy(&self.graph);
        let id = graph.push(me, event);
        let mut own = self.past.present[me].before;
        own.add(id);
        self.allowed(graph, false, id, own)
    }

    /// A write has been added: it runs, and then reads that were there are revisited.
    fn arrived(&mut self, write: Id, request: &Request<'_>) {
        self.ran(write, request);
        let mut others = Vec::new();
        let arrival = Arrival { graph: &self.graph, past: &self.past, rules: self.rules, write };
        arrival.revisits(&mut self.out.pool, &mut others);
        self.leave(others);
    }
}

/// What a read-modify-write does with what it reads, and what it waits for.
pub(super) fn update_of(request: &Request<'_>) -> (Use, Filter) {
    let Request::Update { order, failure, expected, wanted, weak, .. } = *request else {
        return (Use::Load, Filter::Any);
    };
    let filter = wanted.map_or(Filter::Any, |(accepts, argument)| Filter::Only(accepts, argument));
    (Use::Update(Update { expected, success: order, failure, weak }), filter)
}

/// Puts a read at `index` of its thread: at the end, or in the place of one that has waited there.
fn add_read(graph: &mut Graph, thread: usize, index: u16, event: Event) -> Id {
    let id = Id::new(thread, index);
    if index == graph.length(thread) {
        return graph.push(thread, event);
    }
    graph.go_on(id, event);
    id
}

/// Adds the write of a read-modify-write, right after what it took.
fn add_put(graph: &mut Graph, take: Id, value: u64) -> Id {
    let Event { order, location, from, .. } = *graph.event(take);
    let rank = graph.rank(from) + 1;
    graph.push(take.thread(), Event { location, rank, value, ..plain_event(Kind::Put, order) })
}
