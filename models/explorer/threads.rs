//! Threads under the explorer: starting, waiting for, parking.

use super::said::{BOTH, disturbed, executions, fails, outcomes};
use selvedge::check::explore::{Explorer, Memory};
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
use selvedge::sync::cell::UnsafeCell;
use selvedge::sync::time::Duration;
use selvedge::sync::{Arc, heap, thread};
use std::ptr;

#[test]
fn a_join_hands_over_all_that_was_done() {
    for memory in BOTH {
        let joined = || {
            let x = Arc::new(AtomicU64::new(0));
            let other = Arc::clone(&x);
            let child = thread::spawn(move || {
                other.store(1, Relaxed);
                7
            });
            (child.join().expect("no panic"), x.load(Relaxed))
        };
        assert_eq!(outcomes(memory, joined), [(7, 1)]);
        assert_eq!(executions(memory, joined), 1);
        let not_joined = || {
            let x = Arc::new(AtomicU64::new(0));
            let other = Arc::clone(&x);
            let _child = thread::spawn(move || other.store(1, Relaxed));
            x.load(Relaxed)
        };
        assert_eq!(outcomes(memory, not_joined), [0, 1]);
    }
}

#[test]
fn a_spawn_hands_over_all_that_was_done() {
    for memory in BOTH {
        let before = |late: bool| {
            move || {
                let x = AtomicU64::new(0);
                let write = || x.store(1, Relaxed);
                if !late {
                    write();
                }
                thread::scope(|scope| {
                    let child = scope.spawn(|| x.load(Relaxed));
                    if late {
                        write();
                    }
                    child.join().expect("no panic")
                })
            }
        };
        assert_eq!(outcomes(memory, before(false)), [1]);
        assert_eq!(outcomes(memory, before(true)), [0, 1]);
    }
}

/// Two threads start a thread each at the same time. Each of the four adds its digit.
fn grandchildren() -> u64 {
    let sum = AtomicU64::new(0);
    let sum = &sum;
    thread::scope(|scope| {
        for digit in [1, 100] {
            scope.spawn(move || {
                sum.fetch_add(digit, Relaxed);
                scope.spawn(move || sum.fetch_add(10 * digit, Relaxed));
            });
        }
    });
    sum.load(Relaxed)
}

#[test]
fn threads_may_start_threads() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, grandchildren), [1111]);
        // The orders of four additions of which two pairs are ordered.
        assert_eq!(executions(memory, grandchildren), 6);
    }
}

/// One thread starts another only if it sees what a third has written.
fn perhaps() -> u64 {
    let (flag, sum) = (AtomicU64::new(0), AtomicU64::new(0));
    let (flag, sum) = (&flag, &sum);
    thread::scope(|scope| {
        scope.spawn(move || {
            if flag.load(Relaxed) == 1 {
                scope.spawn(move || sum.fetch_add(1, Relaxed));
            }
        });
        scope.spawn(move || {
            scope.spawn(move || sum.fetch_add(10, Relaxed));
            flag.store(1, Relaxed);
        });
    });
    sum.load(Relaxed)
}

#[test]
fn a_thread_may_be_started_or_not() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, perhaps), [10, 11]);
        // Not seen: 1. Seen: the two additions in either order.
        assert_eq!(executions(memory, perhaps), 3);
    }
}

/// Two threads start a child each, one behind its read and the other behind its write: what the two have read, and what
/// their children return.
fn a_child_each() -> [(u64, u64); 2] {
    let shared = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    let other = Arc::clone(&shared);
    let one = thread::spawn(move || {
        let (x, y) = &*shared;
        let seen = x.load(Relaxed);
        let child = thread::spawn(|| 10);
        y.store(1, Relaxed);
        (seen, child.join().expect("no panic"))
    });
    let two = thread::spawn(move || {
        let (x, y) = &*other;
        x.store(1, Relaxed);
        let seen = y.load(Relaxed);
        let child = thread::spawn(|| 20);
        (seen, child.join().expect("no panic"))
    });
    [one, two].map(|thread| thread.join().expect("no panic"))
}

/// Whichever of them comes first to it in a run.
#[test]
fn each_child_has_a_number_of_its_own() {
    for memory in BOTH {
        let all = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(one, two)| [(one, 10), (two, 20)]);
        // Under `Sc` one of the two comes first: the read of `y` follows the write of `x`.
        assert_eq!(outcomes(memory, a_child_each), all);
        assert_eq!(executions(memory, a_child_each), 4);
    }
}

/// Main goes, and another thread is left.
#[test]
fn an_execution_is_over_when_all_threads_are() {
    for memory in BOTH {
        let explorer = Explorer::new(memory).disturbances(0).allow_deadlocks();
        let explored = explorer.explore(|| {
            thread::spawn(thread::park);
            7
        });
        assert_eq!((explored.executions, explored.blocked, explored.failure), (0, 1, None));
        assert!(explored.outcomes.is_empty(), "{:?}", explored.outcomes);
        let frees = || {
            let node = heap::alloc(7_u64).expose_provenance();
            // SAFETY: once, and nobody else uses it.
            thread::spawn(move || unsafe { heap::free(ptr::with_exposed_provenance_mut::<u64>(node)) });
            7
        };
        assert_eq!(outcomes(memory, frees), [7]);
        fails(memory, &["leak: 1 never freed: node 0 allocated by thread 1 at"], || {
            thread::spawn(|| _ = heap::alloc(7_u64));
        });
    }
}

#[test]
fn threads_have_names_and_numbers() {
    for memory in BOTH {
        let names = || {
            let name = || thread::current().name().map(str::to_string);
            let builder = thread::Builder::new().name("weaver".into()).stack_size(0x1_0000);
            let named = builder.spawn(move || (name(), thread::current().id())).expect("started");
            let unnamed = thread::spawn(move || (name(), thread::current().id()));
            assert_eq!(named.thread().name(), Some("weaver"));
            let ids = [named.thread().id(), unnamed.thread().id(), thread::current().id()];
            assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
            let (named, unnamed) = (named.join().expect("no panic"), unnamed.join().expect("no panic"));
            assert_eq!([named.1, unnamed.1], ids[..2]);
            (named.0, unnamed.0)
        };
        assert_eq!(outcomes(memory, names), [(Some("weaver".to_string()), None)]);
    }
}

#[test]
fn eight_threads_and_no_more() {
    let many = |others: usize| {
        move || {
            let handles: Vec<_> = (0..others).map(|nth| thread::spawn(move || nth)).collect();
            handles.into_iter().map(|handle| handle.join().expect("no panic")).sum::<usize>()
        }
    };
    for memory in BOTH {
        assert_eq!(outcomes(memory, many(7)), [21]);
        fails(memory, &["an explored program has at most 8 threads, with main"], many(8));
        fails(memory, &["an explored program has at most 8 threads, with main"], || {
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(thread::park);
                }
            });
        });
    }
}

/// Main parks until the other has unparked it, `before` or after it has written.
fn handed_over(before: bool) -> (u64, u64) {
    let x = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    let (main, other) = (thread::current(), Arc::clone(&x));
    let child = thread::spawn(move || {
        if before {
            main.unpark();
        }
        other.0.store(1, Relaxed);
        other.1.store(1, Relaxed);
        if !before {
            main.unpark();
        }
    });
    thread::park();
    let seen = (x.1.load(Relaxed), x.0.load(Relaxed));
    child.join().expect("no panic");
    seen
}

#[test]
fn an_unpark_hands_over_all_that_was_done() {
    for memory in BOTH {
        assert_eq!(disturbed(memory, 0, || handed_over(false)), [(1, 1)]);
        // A park may return for no reason.
        let stale: &[(u64, u64)] = match memory {
            Memory::Sc => &[(0, 0), (0, 1), (1, 1)],
            Memory::Weak => &[(0, 0), (0, 1), (1, 0), (1, 1)],
        };
        assert_eq!(disturbed(memory, 1, || handed_over(false)), stale);
        assert_eq!(disturbed(memory, 0, || handed_over(true)), stale);
    }
}

/// So many unparks before so many parks, all by main.
fn tokens(unparks: usize, parks: usize) {
    (0..unparks).for_each(|_| thread::current().unpark());
    (0..parks).for_each(|_| thread::park());
}

#[test]
fn there_is_one_token() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || tokens(1, 1)), [()]);
        assert_eq!(outcomes(memory, || tokens(2, 1)), [()]);
        assert_eq!(outcomes(memory, || tokens(2, 0)), [()]);
        let words = ["deadlock", "thread 0 in park at models/explorer/threads.rs:"];
        fails(memory, &words, || tokens(2, 2));
        fails(memory, &words, || tokens(0, 1));
    }
}

/// A flag and an unpark, in this order or the other; main looks at the flag, and parks.
fn flag_and_unpark(flag_first: bool, looped: bool) -> u64 {
    let flag = Arc::new(AtomicU64::new(0));
    let (main, other) = (thread::current(), Arc::clone(&flag));
    let child = thread::spawn(move || {
        if flag_first {
            other.store(1, Relaxed);
            main.unpark();
        } else {
            main.unpark();
            other.store(1, Relaxed);
        }
    });
    while flag.load(Relaxed) == 0 {
        thread::park();
        if !looped {
            break;
        }
    }
    let seen = flag.load(Relaxed);
    child.join().expect("no panic");
    seen
}

#[test]
fn a_lost_unpark_is_a_deadlock() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || flag_and_unpark(true, true)), [1]);
        fails(memory, &["deadlock", "thread 0 in park at"], || flag_and_unpark(false, true));
        // A single park is broken by a wake-up that nobody sent.
        assert_eq!(disturbed(memory, 0, || flag_and_unpark(true, false)), [1]);
        assert_eq!(disturbed(memory, 1, || flag_and_unpark(true, false)), [0, 1]);
    }
}

#[test]
fn a_park_may_end_by_the_clock() {
    for memory in BOTH {
        let alone = || thread::park_timeout(Duration::from_secs(1));
        let quiet = Explorer::new(memory).disturbances(0).explore(alone);
        assert!(quiet.failure.expect("nobody unparks").message.contains("deadlock"));
        let mut late = Explorer::new(memory).allow_deadlocks().explore(alone);
        assert_eq!(
            (late.outcomes.remove(&()), late.failure),
            (Some(2), None),
            "the time is up, or no reason"
        );
        assert_eq!(late.blocked, 1);
    }
}

#[test]
fn who_waits_in_a_scope_has_seen_it_all() {
    for memory in BOTH {
        let lent = |joined: bool| {
            move || {
                let cell = UnsafeCell::new(0_u64);
                // SAFETY: ordered by the end of the scope, or else the explorer stops here.
                let shared = Shared(cell);
                thread::scope(|scope| {
                    let child = scope.spawn(|| shared.set(1));
                    if joined {
                        child.join().expect("no panic");
                        assert_eq!(shared.get(), 1);
                    }
                });
                shared.get()
            }
        };
        assert_eq!(outcomes(memory, lent(true)), [1]);
        assert_eq!(outcomes(memory, lent(false)), [1]);
    }
}

struct Shared(UnsafeCell<u64>);

// SAFETY: a race is what the explorer is there to find, before it happens.
unsafe impl Sync for Shared {}

impl Shared {
    fn set(&self, value: u64) {
        // SAFETY: the cell's accesses are ordered, or the explorer stops before this one.
        self.0.with_mut(|content| unsafe { *content = value });
    }

    fn get(&self) -> u64 {
        // SAFETY: as above.
        self.0.with(|content| unsafe { *content })
    }
}
