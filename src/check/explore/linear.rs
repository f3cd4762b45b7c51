//! An order of the steps for a graph: one with the fewest switches of threads.
//!
//! A thread that runs goes on as far as it can. That costs nothing: it takes away no possibility, since what
//! orders events are precedences alone. So what is left to choose is which thread comes next, and the shortest
//! way is found breadth first.

use super::Memory;
use super::clock::THREADS;
use super::graph::{Graph, Id, Kind};
use super::script::{Script, Step};
use std::collections::{HashMap, VecDeque};

/// The most states that are looked at: beyond, the way is a good one and need not be the shortest.
const MOST: usize = 100_000;

type Lengths = [u16; THREADS];

/// The events of `graph` that ran, in an order with few switches, as a script. `after` are further precedences.
pub(super) fn script(graph: &Graph, memory: Memory, after: &[(Id, Id)], ran: &dyn Fn(Id) -> bool) -> Script {
    let order = order(graph, memory, after);
    to_script(graph, order.into_iter().filter(|id| ran(*id)))
}

/// Whether the next event of `thread` may come when `done` have come.
fn may_come(graph: &Graph, memory: Memory, after: &[(Id, Id)], done: &Lengths, thread: usize) -> bool {
    let came = |id: Id| id.is_initial() || id.index() < done[id.thread()];
    let id = Id::new(thread, done[thread]);
    let Some(event) = graph.threads[thread].get(usize::from(id.index())).filter(|event| !event.blocked)
    else {
        return false;
    };
    let ordered = after.iter().all(|(first, then)| *then != id || came(*first));
    let in_turn = || {
        // A read-modify-write writes at once, so what its write waits for, its read waits for.
        let write = match event.kind {
            Kind::Write => Some(event.rank),
            Kind::Take => Some(graph.rank(event.from) + 1),
            _ => None,
        };
        write.is_none_or(|rank| {
            let previous = graph.write_at(event.location, rank - 1);
            let reads = &graph.cells[usize::from(event.location)].reads;
            let mut readers =
                reads.iter().filter(|read| graph.event(**read).from == previous && **read != id);
            came(previous) && readers.all(|read| graph.event(*read).blocked || came(*read))
        })
    };
    ordered && came(event.from) && (memory == Memory::Weak || in_turn())
}

fn run_on(graph: &Graph, memory: Memory, after: &[(Id, Id)], done: &mut Lengths, thread: usize) {
    while may_come(graph, memory, after, done, thread) {
        let taken = graph.event(Id::new(thread, done[thread])).kind == Kind::Take;
        done[thread] += 1;
        // The write of a read-modify-write comes with its read.
        if taken && done[thread] < graph.length(thread) {
            done[thread] += 1;
        }
    }
}

fn order(graph: &Graph, memory: Memory, after: &[(Id, Id)]) -> Vec<Id> {
    let start = [0; THREADS];
    let mut ways: HashMap<Lengths, Option<(Lengths, usize)>> = HashMap::from([(start, None)]);
    let mut open = VecDeque::from([start]);
    let mut furthest = start;
    let total = |done: &Lengths| done.iter().map(|length| usize::from(*length)).sum::<usize>();
    while let Some(done) = open.pop_front() {
        if total(&done) > total(&furthest) {
            furthest = done;
        }
        for thread in 0..THREADS {
            let mut then = done;
            run_on(graph, memory, after, &mut then, thread);
            if then == done || ways.contains_key(&then) {
                continue;
            }
            ways.insert(then, Some((done, thread)));
            if ways.len() > MOST {
                open.clear();
            }
            open.push_back(then);
        }
    }
    let mut back = Vec::new();
    let mut here = furthest;
    while let Some((before, thread)) = ways[&here] {
        back.extend((before[thread]..here[thread]).rev().map(|index| Id::new(thread, index)));
        here = before;
    }
    back.reverse();
    back
}

fn to_script(graph: &Graph, order: impl Iterator<Item = Id>) -> Script {
    let mut newer: HashMap<u16, Vec<u16>> = HashMap::new();
    let mut steps = Vec::new();
    // A run that takes these steps numbers threads as it starts them.
    let (mut numbers, mut started) = ([0; THREADS], 0);
    for id in order {
        let event = graph.event(id);
        let came = newer.entry(event.location).or_default();
        let skipped = |rank: u16| came.iter().filter(|other| **other > rank).count() as u16;
        let step = match event.kind {
            Kind::Put => None,
            Kind::Read | Kind::Take => Some(match skipped(graph.rank(event.from)) {
                skipped if event.spurious => Step::Fail(skipped),
                0 => Step::Default,
                skipped => Step::Read(skipped),
            }),
            Kind::Write => Some(match skipped(event.rank) {
                0 => Step::Default,
                skipped => Step::Write(skipped),
            }),
            Kind::Choice | Kind::TimeOut | Kind::Address if event.value > 0 => {
                Some(Step::Choose(event.value as u16))
            }
            _ => Some(Step::Default),
        };
        if event.kind.writes() {
            came.push(event.rank);
        }
        if event.kind == Kind::Spawn {
            started += 1;
            numbers[event.value as usize] = started;
        }
        steps.extend(step.map(|step| (numbers[id.thread()], step)));
    }
    Script(steps)
}
