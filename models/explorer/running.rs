//! However it is run, the explorer sees the same: by one worker or several, whole or in shards.

use super::adapter::execution;
use super::litmus::{self, SPURIOUS};
use super::program::{Outcome, Program};
use super::random;
use selvedge::check::Budget;
use selvedge::check::explore::{Explored, Explorer, Memory, Seen};
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
use selvedge::sync::{Arc, thread};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

/// Random programs of a normal run.
const PROGRAMS: u64 = 400;

pub fn explorer(memory: Memory) -> Explorer {
    Explorer::new(memory).disturbances(SPURIOUS).allow_deadlocks().workers(1)
}

fn programs() -> impl Iterator<Item = Program> {
    let random = random::seeds(Budget::get().scale(PROGRAMS)).map(random::program);
    litmus::all().into_iter().map(|test| test.program).chain(random)
}

/// Each program under each memory model, with what one worker sees of it.
pub fn all() -> impl Iterator<Item = (Program, Memory, Explored<Outcome>)> {
    let both = |program: Program| [Memory::Sc, Memory::Weak].map(|memory| (program.clone(), memory));
    programs().flat_map(both).map(|(program, memory)| {
        let whole = explorer(memory).explore(execution(&program));
        (program, memory, whole)
    })
}

pub fn runs<T>(explored: &Explored<T>) -> u64 {
    explored.executions + explored.blocked + explored.redundant
}

/// Threads that each add to a counter: as many executions as there are orders of them.
pub fn adders(threads: u64) -> impl Fn() -> u64 + Send + Sync + 'static {
    move || {
        let counter = Arc::new(AtomicU64::new(0));
        let others: Vec<_> = (0..threads)
            .map(|_| {
                let counter = Arc::clone(&counter);
                thread::spawn(move || counter.fetch_add(1, Relaxed))
            })
            .collect();
        let seen = others.into_iter().map(|other| other.join().expect("no panic"));
        seen.fold(0, |order, seen| order * threads + seen)
    }
}

#[test]
fn workers_together_see_what_one_sees() {
    let mut most = 0;
    for (program, memory, whole) in all() {
        assert!(whole.complete);
        most = most.max(runs(&whole));
        for workers in [2, 3] {
            let shared = explorer(memory).workers(workers).explore(execution(&program));
            assert_eq!(shared, whole, "{workers} workers, {memory:?}: {program}");
        }
    }
    assert!(most > 100, "there was nothing to share: {most} runs");
}

/// The comparison above notices a single run that is missing, also in the numbers alone.
#[test]
fn workers_together_see_what_one_sees_control() {
    let whole = explorer(Memory::Weak).explore(adders(4));
    assert_eq!((whole.executions, whole.complete), (24, true));
    let less = explorer(Memory::Weak).workers(2).at_most(23).explore(adders(4));
    assert_ne!(less, whole);
    assert_ne!((less.executions, &less.outcomes), (whole.executions, &whole.outcomes));
}

/// The threads of the operating system on which a program was explored.
fn threads_at_work(workers: usize) -> usize {
    let seen = std::sync::Arc::new(Mutex::new(BTreeSet::new()));
    let (threads, program) = (std::sync::Arc::clone(&seen), adders(5));
    let explored = explorer(Memory::Weak).workers(workers).explore(move || {
        threads.lock().unwrap().insert(format!("{:?}", std::thread::current().id()));
        if threads.lock().unwrap().len() == 1 {
            // A busy machine needs some time until it starts another thread.
            std::thread::sleep(Duration::from_millis(10));
        }
        program()
    });
    assert_eq!(explored.executions, 120);
    seen.lock().unwrap().len()
}

#[test]
fn workers_share_the_work() {
    assert!(threads_at_work(3) > 1);
}

#[test]
fn workers_share_the_work_control() {
    assert_eq!(threads_at_work(1), 1);
}

/// What so many shards see together.
fn sum<T: Ord + Send + 'static, P: Fn() -> T + Send + Sync + 'static>(
    explorer: &Explorer,
    shards: impl Iterator<Item = (usize, usize)>,
    program: impl Fn() -> P,
) -> Explored<T> {
    let parts = shards.map(|(index, of)| explorer.clone().shard(index, of).explore(program()));
    let sum = parts.reduce(|mut sum, part| {
        sum.executions += part.executions;
        sum.blocked += part.blocked;
        sum.redundant += part.redundant;
        sum.complete &= part.complete;
        part.outcomes
            .into_iter()
            .for_each(|(outcome, times)| *sum.outcomes.entry(outcome).or_default() += times);
        sum
    });
    sum.expect("there is a shard")
}

#[test]
fn shards_together_see_what_one_sees() {
    let mut most = 0;
    for (program, memory, whole) in all() {
        most = most.max(runs(&whole));
        for of in [1, 2, 3] {
            let sum = sum(&explorer(memory), (0..of).map(|index| (index, of)), || execution(&program));
            assert_eq!(sum, whole, "{of} shards, {memory:?}: {program}");
        }
    }
    assert!(most > 128, "there was nothing to deal out: {most} runs");
    for workers in [1, 2] {
        let explorer = explorer(Memory::Sc).workers(workers);
        let sum = sum(&explorer, (0..5).map(|index| (index, 5)), || adders(7));
        assert_eq!(sum, explorer.explore(adders(7)));
    }
}

/// Each shard has a part of its own, and without any of them something is missing.
#[test]
fn shards_together_see_what_one_sees_control() {
    let explorer = explorer(Memory::Weak);
    let whole = explorer.explore(adders(7));
    for index in 0..5 {
        let part = explorer.clone().shard(index, 5).explore(adders(7));
        assert!(part.complete && (1..5040).contains(&part.executions), "{index}: {}", part.executions);
        let others = (0..5).filter(|other| *other != index).map(|other| (other, 5));
        assert_eq!(sum(&explorer, others, || adders(7)).executions, 5040 - part.executions);
    }
    let mixed = sum(&explorer, [(0, 2), (2, 3)].into_iter(), || adders(7));
    assert_ne!(mixed, whole);
}

#[test]
#[should_panic = "there is no shard 2 of 2"]
fn a_shard_that_is_none() {
    let _ = Explorer::new(Memory::Sc).shard(2, 2);
}

#[test]
fn a_limit_is_kept_and_told() {
    for workers in 1..4 {
        for limit in [1, 7, 23, 24, 25] {
            let explored = explorer(Memory::Sc).workers(workers).at_most(limit).explore(adders(4));
            assert_eq!(runs(&explored), limit.min(24), "{workers} workers, at most {limit}");
            assert_eq!(explored.complete, limit >= 24, "{workers} workers, at most {limit}");
        }
    }
}

#[test]
fn a_failure_ends_the_exploration_of_all_workers() {
    for workers in 1..4 {
        let program = adders(6);
        let explored = explorer(Memory::Weak).workers(workers).explore(move || {
            let order = program();
            assert!(!order.is_multiple_of(6), "the last thread was the first");
            order
        });
        let failure = explored.failure.expect("one in six executions fails");
        assert!(failure.message.contains("the last thread was the first"), "{failure}");
        assert!(!explored.complete && explored.executions < 720 - 120);
    }
}

#[test]
fn who_watches_is_told_of_all() {
    let told = std::sync::Arc::new(Mutex::new(Vec::<Seen>::new()));
    let tell = std::sync::Arc::clone(&told);
    let watched = explorer(Memory::Weak).workers(2).watch(move |seen| tell.lock().unwrap().push(seen));
    let explored = watched.explore(adders(6));
    let told = told.lock().unwrap();
    assert!(told.is_sorted_by_key(Seen::runs), "{told:?}");
    let last = told.last().expect("it is told at the end");
    assert_eq!((last.executions, last.runs()), (explored.executions, 720));
    assert!((last.share - 1.0).abs() < 1e-9, "nothing is left: {last:?}");
    let told = std::sync::Arc::new(Mutex::new(Vec::<Seen>::new()));
    let tell = std::sync::Arc::clone(&told);
    explorer(Memory::Weak).watch(move |seen| tell.lock().unwrap().push(seen)).at_most(700).explore(adders(6));
    let share = told.lock().unwrap().last().unwrap().share;
    assert!(share < 0.999, "something is left: {share}");
}
