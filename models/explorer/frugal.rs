//! Waiting costs few runs: on the ring, whose loops wait for a counter and a stamp at a time.

use super::said::BOTH;
use selvedge::check::explore::{Broken, Explored, Explorer, Memory, on_threads_alike};
use selvedge::ring::Ring;
use selvedge::sync::{Arc, thread};
use std::fmt::Debug;

/// What one thread does.
type Part = fn(&Ring<u8>) -> Vec<Option<u8>>;

/// On a ring of so many, in which there is a 1 if there is a third number; each thread, and then a pop.
type Program = (usize, bool, [Part; 3]);

fn push(ring: &Ring<u8>, value: u8) -> Option<u8> {
    ring.try_push(value).is_ok().then_some(value)
}

const PROGRAMS: [Program; 6] = [
    (1, false, [|ring| vec![push(ring, 2)], |ring| vec![ring.try_pop().ok()], |_| Vec::new()]),
    (1, false, [two_pushes, two_pops, |_| Vec::new()]),
    (2, true, [two_pushes, two_pops, |_| Vec::new()]),
    (2, true, [|ring| vec![push(ring, 2)], |ring| vec![ring.try_pop().ok()], |ring| vec![push(ring, 4)]]),
    (1, false, [sleeping_pushes, sleeping_pops, |_| Vec::new()]),
    (2, false, [in_turn, in_turn_otherwise, |_| Vec::new()]),
];

fn two_pushes(ring: &Ring<u8>) -> Vec<Option<u8>> {
    vec![push(ring, 2), push(ring, 3)]
}

fn two_pops(ring: &Ring<u8>) -> Vec<Option<u8>> {
    vec![ring.try_pop().ok(), ring.try_pop().ok()]
}

fn in_turn(ring: &Ring<u8>) -> Vec<Option<u8>> {
    vec![push(ring, 2), ring.try_pop().ok(), push(ring, 3)]
}

fn in_turn_otherwise(ring: &Ring<u8>) -> Vec<Option<u8>> {
    vec![ring.try_pop().ok(), push(ring, 4), ring.try_pop().ok()]
}

fn sleeping_pushes(ring: &Ring<u8>) -> Vec<Option<u8>> {
    ring.push(2).and_then(|()| ring.push(3)).expect("nobody closes it");
    Vec::new()
}

fn sleeping_pops(ring: &Ring<u8>) -> Vec<Option<u8>> {
    vec![ring.pop().ok(), ring.pop().ok()]
}

fn run((capacity, filled, threads): Program) -> Vec<Vec<Option<u8>>> {
    let ring = Ring::with_capacity(capacity).expect("a small ring");
    if filled {
        ring.try_push(1).expect("room");
    }
    let ring = &ring;
    let mut did = thread::scope(|scope| {
        let threads = threads.map(|part| scope.spawn(move || part(ring)));
        threads.map(|thread| thread.join().expect("no panic")).to_vec()
    });
    did.push(vec![ring.try_pop().ok()]);
    did
}

/// So many threads that are alike: each pushes, and then pops.
fn run_alike(threads: usize, capacity: usize) -> Vec<Option<u8>> {
    let ring = Arc::new(Ring::with_capacity(capacity).expect("a small ring"));
    let did = on_threads_alike(threads, move |number| [push(&ring, number as u8), ring.try_pop().ok()]);
    did.concat()
}

fn explored<T: Ord + Send + 'static>(
    memory: Memory,
    broken: Option<Broken>,
    run: impl Fn() -> T + Send + Sync + 'static,
) -> Explored<T> {
    let explorer = Explorer::new(memory).disturbances(0);
    let explored = broken.into_iter().fold(explorer, Explorer::broken).explore(run);
    assert!(explored.failure.is_none() && explored.complete, "{:?}", explored.failure);
    explored
}

/// One run in twenty may come to nothing. (Of the ring's models, less than two in a hundred do.)
fn is_frugal<T>(explored: &Explored<T>) -> bool {
    let pruned = explored.blocked + explored.redundant;
    pruned * 20 <= explored.executions + pruned
}

/// Whether who does not rest is frugal too: it must come to the same executions.
fn is_restless_frugal<T: Ord + Debug + Send + 'static>(
    name: &str,
    memory: Memory,
    run: impl Fn() -> T + Copy + Send + Sync + 'static,
) -> bool {
    let (ours, restless) = (explored(memory, None, run), explored(memory, Some(Broken::Restless), run));
    let (pruned, executions) = (ours.blocked + ours.redundant, ours.executions);
    assert!(is_frugal(&ours), "{memory:?}, {name}: {pruned} pruned, {executions} executions");
    assert_eq!(restless.outcomes, ours.outcomes, "{memory:?}, {name}");
    is_frugal(&restless)
}

#[test]
fn waiting_costs_few_runs() {
    for memory in BOTH {
        let of = |(nth, program): (usize, Program)| {
            is_restless_frugal(&format!("program {nth}"), memory, move || run(program))
        };
        let frugal = PROGRAMS.into_iter().enumerate().map(of).filter(|frugal| *frugal).count();
        assert!(frugal < PROGRAMS.len(), "no program tells who rests from who does not");
    }
}

/// Nor where threads are alike, of which one follows the other.
#[test]
fn waiting_costs_few_runs_where_threads_are_alike() {
    for memory in BOTH {
        for (threads, capacity) in [(2, 1), (2, 2), (3, 1)] {
            let name = format!("{threads} alike on {capacity}");
            is_restless_frugal(&name, memory, move || run_alike(threads, capacity));
        }
    }
}
