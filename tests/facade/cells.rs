//! Plain memory: races are found.

use crate::engine::{explore, failure, log, plain};
use selvedge::sync::Arc;
use selvedge::sync::atomic::{AtomicBool, Ordering};
use selvedge::sync::cell::UnsafeCell;
use selvedge::sync::thread;

struct Shared {
    cell: UnsafeCell<u32>,
    ready: AtomicBool,
    noise: AtomicBool,
}

// SAFETY: for the engines to judge; all threads of a model are coroutines of one thread.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

/// One thread writes, the other reads once `ready` says so, or without asking.
fn hand_over(publish: Ordering, ask: bool) {
    let shared = Arc::new(Shared {
        cell: UnsafeCell::new(0),
        ready: AtomicBool::new(false),
        noise: AtomicBool::new(false),
    });
    let writer = Arc::clone(&shared);
    let other = thread::spawn(move || {
        writer.cell.with_mut(|value| {
            // An overlap needs something to overlap with.
            writer.noise.load(Ordering::Relaxed);
            // SAFETY: the reader waits for `ready`, if it was told to.
            unsafe { *value = 1 };
        });
        writer.ready.store(true, publish);
    });
    if !ask || shared.ready.load(Ordering::Acquire) {
        // SAFETY: as above.
        shared.cell.with(|value| unsafe { std::hint::black_box(*value) });
    }
    other.join().unwrap();
}

#[test]
fn an_ordered_hand_over_is_no_race() {
    explore(plain, || hand_over(Ordering::Release, true));
}

#[cfg(loom)]
#[test]
fn loom_reports_a_race() {
    for (publish, ask) in [(Ordering::Relaxed, true), (Ordering::Release, false)] {
        let said = failure(plain, move || hand_over(publish, ask));
        assert!(said.contains("Causality violation"), "{said}");
    }
}

#[cfg(shuttle)]
#[test]
fn shuttle_reports_an_overlap() {
    let said = failure(plain, || hand_over(Ordering::Release, false));
    assert!(said.contains("data race: a read of a cell while another thread writes it"), "{said}");
    // shuttle is sequentially consistent: without the overlap there is nothing that it could see.
    explore(plain, || hand_over(Ordering::Relaxed, true));
}

#[test]
fn nested_writes_are_refused_and_nested_reads_are_not() {
    explore(plain, || {
        let cell = UnsafeCell::new(1);
        // SAFETY: nobody writes.
        let sum = cell.with(|a| cell.with(|b| unsafe { *a + *b }));
        assert_eq!(sum, 2);
    });
    let nested: [fn(&UnsafeCell<i32>); 3] = [
        |c| c.with_mut(|_| c.with_mut(|_| ())),
        |c| c.with(|_| c.with_mut(|_| ())),
        |c| c.with_mut(|_| c.with(|_| ())),
    ];
    for nested in nested {
        failure(plain, move || nested(&UnsafeCell::new(1)));
    }
}

#[test]
fn accesses_are_recorded_and_owners_need_none() {
    let events = log(|| {
        let mut cell = UnsafeCell::new(1);
        cell.with(|_| ());
        cell.with_mut(|_| ());
        *cell.get_mut() += 1;
        assert_eq!(cell.into_inner(), 2);
        assert_eq!(UnsafeCell::<u8>::default().into_inner(), 0);
    });
    let seen: Vec<_> = events.iter().map(|e| (e.action, e.place.file())).collect();
    assert_eq!(seen, [("read", file!()), ("write", file!())]);
}
