//! Mutexes and condition variables under the explorer.

use super::said::{BOTH, disturbed, executions, fails, outcomes};
use selvedge::check::explore::{Explorer, Memory};
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
use selvedge::sync::{Arc, Condvar, Mutex, thread};

/// Three threads count, each in one critical section, or each in two.
fn count(torn: bool) -> u64 {
    let counter = Mutex::new(0_u64);
    let one_more = || {
        if torn {
            let seen = *counter.lock().expect("no panic");
            *counter.lock().expect("no panic") = seen + 1;
        } else {
            *counter.lock().expect("no panic") += 1;
        }
    };
    thread::scope(|scope| {
        scope.spawn(one_more);
        scope.spawn(one_more);
        one_more();
    });
    *counter.lock().expect("no panic")
}

#[test]
fn a_mutex_counts() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || count(false)), [3]);
        // The orders in which three threads lock: nothing else is left open.
        assert_eq!(executions(memory, || count(false)), 6);
        assert_eq!(outcomes(memory, || count(true)), [1, 2, 3]);
    }
}

#[test]
fn what_a_mutex_guards_needs_no_ordering() {
    for (memory, guarded, seen) in [
        (Memory::Sc, true, &[(0, 0), (1, 1)][..]),
        (Memory::Weak, true, &[(0, 0), (1, 1)]),
        (Memory::Sc, false, &[(0, 0), (0, 1), (1, 1)]),
        (Memory::Weak, false, &[(0, 0), (0, 1), (1, 0), (1, 1)]),
    ] {
        let pair = move || {
            let (lock, x, y) = (Mutex::new(()), AtomicU64::new(0), AtomicU64::new(0));
            thread::scope(|scope| {
                let writer = scope.spawn(|| {
                    let _held = guarded.then(|| lock.lock().expect("no panic"));
                    x.store(1, Relaxed);
                    y.store(1, Relaxed);
                });
                let held = guarded.then(|| lock.lock().expect("no panic"));
                let seen = (y.load(Relaxed), x.load(Relaxed));
                drop(held);
                writer.join().expect("no panic");
                seen
            })
        };
        assert_eq!(outcomes(memory, pair), seen, "{memory:?}, guarded: {guarded}");
    }
}

#[test]
fn try_lock_sees_both() {
    for memory in BOTH {
        let tries = || {
            let lock = Mutex::new(0);
            thread::scope(|scope| {
                scope.spawn(|| *lock.lock().expect("no panic") = 1);
                lock.try_lock().map_or(9, |seen| *seen)
            })
        };
        assert_eq!(outcomes(memory, tries), [0, 1, 9]);
        // A lock that this thread holds itself is never free.
        let own = || {
            let lock = Mutex::new(0);
            let _held = lock.lock().expect("no panic");
            lock.try_lock().is_ok()
        };
        assert_eq!(outcomes(memory, own), [false]);
    }
}

/// Two threads lock two mutexes, in the same order or not.
fn two_locks(crossed: bool) {
    let (a, b) = (Mutex::new(()), Mutex::new(()));
    thread::scope(|scope| {
        scope.spawn(|| {
            let _a = a.lock().expect("no panic");
            let _b = b.lock().expect("no panic");
        });
        let (first, second) = if crossed { (&b, &a) } else { (&a, &b) };
        let _first = first.lock().expect("no panic");
        let _second = second.lock().expect("no panic");
    });
}

#[test]
fn locks_in_two_orders_are_a_deadlock() {
    let line = line!();
    for memory in BOTH {
        assert_eq!(outcomes(memory, || two_locks(false)), [()]);
        assert_eq!(executions(memory, || two_locks(false)), 2);
        // The second lock of either thread.
        let places = [line - 10, line - 6].map(|line| format!("lock at models/explorer/blocking.rs:{line}:"));
        fails(memory, &["deadlock", &places[0], &places[1]], || two_locks(true));
        let allowed = Explorer::new(memory).allow_deadlocks().explore(|| two_locks(true));
        assert_eq!((allowed.executions, allowed.failure), (2, None));
        assert!(allowed.blocked > 0);
    }
}

#[test]
fn a_lock_that_its_thread_holds_is_a_deadlock() {
    for memory in BOTH {
        fails(memory, &["deadlock", "lock at models/explorer/blocking.rs:"], || {
            let lock = Mutex::new(());
            let held = lock.lock().expect("no panic");
            let _again = lock.lock().expect("no panic");
            drop(held);
        });
        let released = || {
            let lock = Mutex::new(());
            drop(lock.lock().expect("no panic"));
            drop(lock.lock().expect("no panic"));
        };
        assert_eq!(outcomes(memory, released), [()]);
    }
}

/// News for one: `wait` is what the reader does with the lock and the condition.
struct News {
    there: Mutex<bool>,
    changed: Condvar,
}

impl News {
    fn new() -> Arc<Self> {
        Arc::new(News { there: Mutex::new(false), changed: Condvar::new() })
    }

    fn tell(&self) {
        *self.there.lock().expect("no panic") = true;
        self.changed.notify_one();
    }

    fn wait_in_a_loop(&self) -> bool {
        let mut there = self.there.lock().expect("no panic");
        while !*there {
            there = self.changed.wait(there).expect("no panic");
        }
        *there
    }

    fn wait_once(&self) -> bool {
        let mut there = self.there.lock().expect("no panic");
        if !*there {
            there = self.changed.wait(there).expect("no panic");
        }
        *there
    }

    /// Looks, lets go, and then waits: the news may come between.
    fn wait_too_late(&self) -> bool {
        let there = *self.there.lock().expect("no panic");
        if !there {
            let guard = self.there.lock().expect("no panic");
            let _guard = self.changed.wait(guard).expect("no panic");
        }
        true
    }
}

fn news(wait: fn(&News) -> bool) -> bool {
    let news = News::new();
    let teller = Arc::clone(&news);
    let teller = thread::spawn(move || teller.tell());
    let seen = wait(&news);
    teller.join().expect("no panic");
    seen
}

#[test]
fn a_lost_wake_up_is_a_deadlock() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || news(News::wait_in_a_loop)), [true]);
        fails(memory, &["deadlock", "thread 0 in", "wait at models/explorer/blocking.rs:"], || {
            news(News::wait_too_late)
        });
    }
}

#[test]
fn a_wake_up_that_nobody_sent_breaks_an_if() {
    for memory in BOTH {
        assert_eq!(disturbed(memory, 0, || news(News::wait_once)), [true]);
        assert_eq!(disturbed(memory, 1, || news(News::wait_once)), [false, true]);
        assert_eq!(disturbed(memory, 2, || news(News::wait_in_a_loop)), [true]);
    }
}

/// Two wait, and are told by `tell`; how many of them have gone on when nobody else can.
fn two_wait(tell: fn(&Condvar)) -> u64 {
    let (lock, changed) = (Mutex::new(()), Condvar::new());
    let (waiting, woken) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        let wait = || {
            let held = lock.lock().expect("no panic");
            waiting.fetch_add(1, Relaxed);
            drop(changed.wait(held).expect("no panic"));
            woken.fetch_add(1, Relaxed);
        };
        scope.spawn(wait);
        scope.spawn(wait);
        while waiting.load(Relaxed) < 2 {
            thread::yield_now();
        }
        // The second of them holds the lock until it waits.
        drop(lock.lock().expect("no panic"));
        tell(&changed);
    });
    woken.into_inner()
}

#[test]
fn notify_one_wakes_one() {
    for memory in BOTH {
        let quiet = Explorer::new(memory).disturbances(0);
        let all = quiet.explore(|| two_wait(Condvar::notify_all));
        assert_eq!((all.outcomes.into_keys().collect(), all.failure), (vec![2], None));
        let twice = quiet.explore(|| {
            two_wait(|changed| {
                changed.notify_one();
                changed.notify_one();
            })
        });
        assert_eq!((twice.outcomes.into_keys().collect(), twice.failure), (vec![2], None));
        let one = quiet.explore(|| two_wait(Condvar::notify_one));
        let failure = one.failure.expect("one of them sleeps on");
        // Main waits for it in the scope.
        for word in ["deadlock", "thread 0 in join", "wait at models/explorer/blocking.rs:"] {
            assert!(failure.message.contains(word), "{failure}");
        }
        assert!(!failure.message.contains("thread 1") || !failure.message.contains("thread 2"), "{failure}");
    }
}

#[test]
fn who_comes_after_a_notification_is_not_woken() {
    for memory in BOTH {
        let late = |order: fn(&Condvar, &Mutex<()>)| {
            move || {
                let (lock, changed) = (Mutex::new(()), Condvar::new());
                order(&changed, &lock);
            }
        };
        fails(
            memory,
            &["deadlock", "wait at"],
            late(|changed, lock| {
                changed.notify_all();
                changed.notify_one();
                drop(changed.wait(lock.lock().expect("no panic")).expect("no panic"));
            }),
        );
        let nobody = late(|changed, _| changed.notify_one());
        assert_eq!(outcomes(memory, nobody), [()]);
    }
}
