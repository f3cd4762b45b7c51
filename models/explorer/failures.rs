//! Programs that fail, or depend on what they must not: a clear report, and nothing else is harmed.

use super::said::{BOTH, fails, fails_once, outcomes};
use selvedge::check::explore::Explorer;
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
use selvedge::sync::{Arc, Condvar, Mutex, thread};
use std::cell::Cell;
use std::collections::HashSet;

const DIFFERENT: [&str; 1] = ["the program is not deterministic"];

/// Two threads write, and each reads what the other writes: enough for several executions.
fn meet(x: &AtomicU64, y: &AtomicU64) -> (u64, u64) {
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            x.store(1, Relaxed);
            y.load(Relaxed)
        });
        y.store(1, Relaxed);
        (x.load(Relaxed), other.join().expect("no panic"))
    })
}

#[test]
fn what_depends_on_a_counter_beside_the_facade_is_reported() {
    thread_local! {
        static RUNS: Cell<u64> = const { Cell::new(0) };
    }
    fn counting(use_it: bool) -> (u64, u64) {
        let run = RUNS.replace(RUNS.get() + 1);
        let (x, y) = (AtomicU64::new(0), AtomicU64::new(0));
        if use_it && run % 2 == 1 {
            x.load(Relaxed);
        }
        meet(&x, &y)
    }
    for memory in BOTH {
        fails_once(memory, &DIFFERENT, || counting(true));
        // To count is no harm.
        assert!(outcomes(memory, || counting(false)).len() >= 3);
    }
}

#[test]
fn another_number_of_threads_is_reported() {
    thread_local! {
        static RUNS: Cell<u64> = const { Cell::new(0) };
    }
    for memory in BOTH {
        fails_once(memory, &DIFFERENT, || {
            let run = RUNS.replace(RUNS.get() + 1);
            let (x, y) = (AtomicU64::new(0), AtomicU64::new(0));
            if run % 2 == 1 {
                thread::spawn(|| ()).join().expect("no panic");
            }
            meet(&x, &y)
        });
    }
}

#[test]
fn what_depends_on_an_order_of_a_hash_map_is_reported() {
    for memory in BOTH {
        fails_once(memory, &DIFFERENT, || {
            // Each set has another order.
            let order: HashSet<usize> = (0..64).collect();
            let locations: Vec<AtomicU64> = (0..64).map(|_| AtomicU64::new(0)).collect();
            order.iter().for_each(|nth| locations[*nth].store(1, Relaxed));
            meet(&locations[0], &locations[1])
        });
    }
}

#[test]
fn what_depends_on_an_address_is_reported() {
    thread_local! {
        // So that the addresses of the runs differ.
        static KEPT: Cell<Vec<Arc<u64>>> = const { Cell::new(Vec::new()) };
    }
    for memory in BOTH {
        fails_once(memory, &DIFFERENT, || {
            let node = Arc::new(1);
            let address = std::ptr::from_ref(&*node) as usize;
            KEPT.set([KEPT.take(), vec![node]].concat());
            let locations: Vec<AtomicU64> = (0..64).map(|_| AtomicU64::new(0)).collect();
            locations[address / 16 % 64].store(1, Relaxed);
            meet(&locations[0], &locations[1])
        });
        KEPT.take();
    }
}

/// Says so when it is dropped, and uses what it was lent: a step, were it not for the unwinding.
struct Witness<'a> {
    shared: &'a Shared,
}

#[derive(Default)]
struct Shared {
    lock: Mutex<u64>,
    changed: Condvar,
    count: AtomicU64,
}

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        self.shared.count.fetch_add(1, Relaxed);
        self.shared.changed.notify_all();
        thread::current().unpark();
        thread::yield_now();
        if let Ok(mut held) = self.shared.lock.try_lock() {
            *held += 1;
        }
        // Another may hold it, and be unwound later.
        let _ = self.shared.lock.lock().map(|mut held| *held += 1);
    }
}

/// One of three threads panics when the others are at rest, and one of those may hold the lock.
fn panics(who: usize, holder: Option<usize>) {
    let shared = &Shared::default();
    let at_rest = &AtomicU64::new(0);
    let life = move |me: usize| {
        let _witness = Witness { shared };
        let _held = (holder == Some(me)).then(|| shared.lock.lock());
        while who == me && at_rest.load(Relaxed) < 2 {
            thread::yield_now();
        }
        assert!(who != me, "thread {me} gives up");
        at_rest.fetch_add(1, Relaxed);
        thread::park();
    };
    thread::scope(|scope| {
        scope.spawn(move || life(1));
        scope.spawn(move || life(2));
        life(0);
    });
}

#[test]
fn a_panic_is_reported_whoever_it_strikes() {
    for memory in BOTH {
        for who in 0..3 {
            for holder in [None, Some((who + 1) % 3), Some((who + 2) % 3)] {
                fails(memory, &[&format!("thread {who} gives up")], move || panics(who, holder));
            }
        }
        // Nobody panics, and all park for ever.
        fails(memory, &["deadlock", "thread 0 in", "park at"], || panics(3, None));
    }
}

#[test]
fn a_panic_in_a_drop_while_another_unwinds_is_no_abort() {
    struct Joins(Option<thread::JoinHandle<()>>);
    impl Drop for Joins {
        fn drop(&mut self) {
            let child = self.0.take().expect("dropped once");
            let _ = child.join();
        }
    }
    for memory in BOTH {
        fails(memory, &["main gives up"], || {
            let _joins = Joins(Some(thread::spawn(thread::park)));
            panic!("main gives up");
        });
        let explorer = Explorer::new(memory).disturbances(0).allow_deadlocks();
        let explored = explorer.explore(|| {
            let _joins = Joins(Some(thread::spawn(thread::park)));
            thread::park();
        });
        assert_eq!((explored.executions, explored.blocked, explored.failure), (0, 1, None));
    }
}

/// What an execution that is given up leaves: each thread unwinds, the youngest first, and drops what it has.
#[test]
fn who_is_given_up_unwinds() {
    thread_local! {
        static DROPPED: Cell<[u64; 4]> = const { Cell::new([0; 4]) };
        static LAST: Cell<Vec<usize>> = const { Cell::new(Vec::new()) };
    }
    struct Dropped<'a>(usize, &'a Cell<u64>);
    impl Drop for Dropped<'_> {
        fn drop(&mut self) {
            // What was lent is there still.
            assert_eq!(self.1.get(), 7);
            let mut dropped = DROPPED.get();
            dropped[self.0] += 1;
            DROPPED.set(dropped);
            LAST.set([LAST.take(), vec![self.0]].concat());
        }
    }
    struct Lent(Cell<u64>);
    // SAFETY: nobody writes it while it is lent.
    unsafe impl Sync for Lent {}
    for memory in BOTH {
        DROPPED.take();
        let explorer = Explorer::new(memory).disturbances(0).allow_deadlocks();
        let explored = explorer.explore(|| {
            LAST.take();
            let lent = Lent(Cell::new(7));
            {
                let (lent, start) = (&lent, &AtomicU64::new(0));
                thread::scope(|scope| {
                    let _main = Dropped(0, &lent.0);
                    for me in 1..4 {
                        scope.spawn(move || {
                            let lent = lent;
                            let _mine = Dropped(me, &lent.0);
                            if start.fetch_add(1, Relaxed) > 0 {
                                thread::park();
                            }
                        });
                    }
                });
            }
            lent.0.set(0);
        });
        assert_eq!((explored.executions, &explored.failure), (0, &None));
        // The orders of three additions; in each two threads sleep for ever, and main waits for them.
        assert_eq!(explored.blocked, 6, "{memory:?}");
        assert_eq!(DROPPED.get(), [6; 4]);
    }
}

#[test]
fn a_schedule_says_which_execution_it_is() {
    fn program() -> u64 {
        let shared = Arc::new(AtomicU64::new(0));
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || other.store(1, Relaxed));
        let seen = shared.load(Relaxed);
        writer.join().expect("no panic");
        seen
    }
    let run = |memory, schedule: &str| {
        let schedule = schedule.parse().expect("a schedule");
        Explorer::new(memory).replay(&schedule, program).map_err(|failure| failure.message)
    };
    for memory in BOTH {
        assert_eq!((run(memory, ""), run(memory, "0:1 1:2")), (Ok(0), Ok(1)), "{memory:?}");
        // Under `Sc`, that the load comes before the store all the same.
        assert_eq!(run(memory, "0:1 1:2 0:r1"), Ok(0), "{memory:?}");
        for (misfit, why) in [
            ("0:1 1:2 0:r2", "there are two writes only"),
            ("0:r1", "to start a thread is no read"),
            ("0:1 1:1 w1", "nothing was written before"),
            ("0:1 1:1 r0", "a store is no read"),
            ("0:1 1:1 f0", "nor does it fail"),
            ("0:1 c1", "a load is no choice"),
        ] {
            let message = run(memory, misfit).expect_err(why);
            assert!(message.contains("the schedule does not fit the program"), "{misfit}: {message}");
        }
    }
}

/// What is printed of a failure that no model declares: who did what, where, and how to have it again.
#[test]
fn a_failure_is_told_step_by_step() {
    for memory in BOTH {
        let explored = Explorer::new(memory).explore(|| {
            let shared = AtomicU64::new(0);
            thread::scope(|scope| {
                scope.spawn(|| shared.store(1, Relaxed));
                assert_eq!(shared.load(Relaxed), 0, "somebody was there");
            });
        });
        let failure = explored.failure.expect("it may see the store");
        for word in ["store Relaxed := 1", "load Relaxed = 1", "failures.rs:", "schedule: 0:"] {
            assert!(failure.to_string().contains(word), "no {word:?} in {failure}");
        }
    }
}

#[test]
fn one_thread_too_many_is_refused_in_words() {
    for memory in BOTH {
        fails(memory, &["at most 8 threads"], || {
            let shared = Arc::new(AtomicU64::new(0));
            let others: Vec<_> = (0..8).map(|_| Arc::clone(&shared)).collect();
            let others: Vec<_> =
                others.into_iter().map(|shared| thread::spawn(move || shared.load(Relaxed))).collect();
            others.into_iter().for_each(|other| drop(other.join()));
        });
    }
}

#[test]
fn what_was_made_outside_is_refused_in_words() {
    for memory in BOTH {
        let outside = std::sync::Arc::new(AtomicU64::new(0));
        fails(memory, &["made outside of the execution"], move || outside.load(Relaxed));
    }
}
