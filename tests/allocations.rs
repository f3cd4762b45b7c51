//! The explorer's runs use the memory of runs before them: what an execution allocates does not grow with its steps.
#![cfg(shuttle)]

use selvedge::check::explore::{Explorer, Memory};
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
use selvedge::sync::{Arc, thread};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Mutex;
use std::sync::atomic::AtomicU64 as Hidden;

/// The allocator of the system, and a count of what is asked of it.
struct Counting;

static ALLOCATIONS: Hidden = Hidden::new(0);

// SAFETY: all is done by the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// What two threads do, besides adding to one counter and reading it twice.
#[derive(Clone, Copy)]
struct Work {
    /// Steps that touch nothing of the other's.
    steps: usize,
    /// Additions to the counter: the more, the more executions.
    adds: usize,
    /// Allocations of the program's own.
    boxes: usize,
}

fn run(work: Work, counter: &AtomicU64) {
    let mine = AtomicU64::new(0);
    (0..work.steps).for_each(|_| mine.store(1, Relaxed));
    (0..work.boxes).for_each(|number| drop(std::hint::black_box(Box::new(number))));
    (0..work.adds).for_each(|_| _ = counter.fetch_add(1, Relaxed));
    (0..2).for_each(|_| _ = counter.load(Relaxed));
}

/// Allocations of an execution, on average over the second half of the exploration.
fn allocations(memory: Memory, work: Work) -> f64 {
    let begun = std::sync::Arc::new(Mutex::new(Vec::with_capacity(100_000)));
    let own = std::sync::Arc::clone(&begun);
    let explored = Explorer::new(memory).disturbances(0).workers(1).explore(move || {
        own.lock().expect("no panic").push(ALLOCATIONS.load(Relaxed));
        let counter = Arc::new(AtomicU64::new(0));
        let other = Arc::clone(&counter);
        let other = thread::spawn(move || run(work, &other));
        run(work, &counter);
        other.join().expect("no panic");
    });
    assert!(explored.complete && explored.failure.is_none());
    let begun = begun.lock().expect("no panic");
    let half = &begun[begun.len() / 2..];
    assert!(half.len() > 10, "too few executions to speak of");
    (half[half.len() - 1] - half[0]) as f64 / (half.len() - 1) as f64
}

/// What a thread and the counter take.
const OF_THE_PROGRAM: f64 = 6.0;

/// One test, since the count is of the whole process.
#[test]
fn steps_allocate_nothing() {
    for memory in [Memory::Sc, Memory::Weak] {
        for adds in [3, 4, 5] {
            let of = |steps, boxes| allocations(memory, Work { steps, adds, boxes });
            let (few, many) = (of(0, 0), of(100, 0));
            assert!(few < OF_THE_PROGRAM, "{memory:?}, {adds}: {few} allocations in an execution");
            assert!((many - few).abs() < 0.2, "{memory:?}, {adds}: {few}, with 200 steps more {many}");
            // That it counts.
            assert!(of(0, 50) >= 100.0, "{memory:?}: 100 allocations are missed");
        }
    }
}
