//! Loops that wait, under the explorer: they end, cost little, and are reported if nobody ends them.

use super::said::{BOTH, executions, fails, outcomes};
use selvedge::check::explore::{Explorer, Memory};
use selvedge::sync::atomic::{AtomicBool, AtomicU64, Ordering, Ordering::Relaxed, Ordering::SeqCst};
use selvedge::sync::{Backoff, Mutex, hint, thread};

/// How a loop lets others run.
type Pause = fn();

/// How, and how often the first turn is made if nothing changes: who just yields may have done so for any reason.
const PAUSES: [(Pause, u64); 3] =
    [(thread::yield_now, 2), (hint::spin_loop, 2), (|| Backoff::new().wait(), 1)];

/// Main waits for a flag that the other sets with `order`, and then reads what was written before.
fn wait_for_a_flag(pause: Pause, order: (Ordering, Ordering)) -> u64 {
    let (data, flag) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            data.store(1, Relaxed);
            flag.store(1, order.0);
        });
        while flag.load(order.1) == 0 {
            pause();
        }
        data.load(Relaxed)
    })
}

#[test]
fn a_loop_that_waits_ends() {
    let all = BOTH.into_iter().flat_map(|memory| PAUSES.map(|(pause, turns)| (memory, pause, turns)));
    for (memory, pause, turns) in all {
        let right = (Ordering::Release, Ordering::Acquire);
        assert_eq!(outcomes(memory, move || wait_for_a_flag(pause, right)), [1]);
        // The flag is seen at once, or after turns that did not see it.
        assert_eq!(executions(memory, move || wait_for_a_flag(pause, right)), 1 + turns);
        let seen: &[u64] = if memory == Memory::Sc { &[1] } else { &[0, 1] };
        assert_eq!(outcomes(memory, move || wait_for_a_flag(pause, (Relaxed, Relaxed))), seen);
    }
}

/// Main waits until both locations are set, by two threads or by nobody.
fn wait_for_two(second: bool) -> u64 {
    let (x, y) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| x.store(1, Relaxed));
        scope.spawn(|| y.store(u64::from(second), Relaxed));
        while x.load(Relaxed) == 0 || y.load(Relaxed) == 0 {
            Backoff::new().wait();
        }
        x.load(Relaxed) + y.load(Relaxed)
    })
}

#[test]
fn a_loop_may_wait_for_two() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || wait_for_two(true)), [2]);
        let count = executions(memory, || wait_for_two(true));
        assert!(count <= 12, "{memory:?}: {count} executions");
        fails(memory, &["no progress", "thread 0 in", "load at models/explorer/waiting.rs:"], || {
            wait_for_two(false)
        });
    }
}

#[test]
fn a_wait_that_nobody_ends_is_reported() {
    for memory in BOTH {
        fails(memory, &["no progress", "thread 0 in #0.load at models/explorer/waiting.rs:"], || {
            let flag = AtomicBool::new(false);
            while !flag.load(Relaxed) {
                thread::yield_now();
            }
        });
        // Two that wait for each other.
        fails(memory, &["no progress", "thread 0 in", "thread 1 in"], || {
            let (x, y) = (AtomicU64::new(0), AtomicU64::new(0));
            let meet = |mine: &AtomicU64, other: &AtomicU64| {
                while other.load(Relaxed) == 0 {
                    thread::yield_now();
                }
                mine.store(1, Relaxed);
            };
            thread::scope(|scope| {
                scope.spawn(|| meet(&x, &y));
                meet(&y, &x);
            });
        });
        let met = || {
            let (x, y) = (AtomicU64::new(0), AtomicU64::new(0));
            let meet = |mine: &AtomicU64, other: &AtomicU64| {
                mine.store(1, Relaxed);
                while other.load(Relaxed) == 0 {
                    thread::yield_now();
                }
            };
            thread::scope(|scope| {
                scope.spawn(|| meet(&x, &y));
                meet(&y, &x);
            });
        };
        assert_eq!(outcomes(memory, met), [()]);
    }
}

/// A lock of one bit, waited for by compare-exchange.
fn spin_lock(locked: bool) -> u64 {
    let (lock, data) = (AtomicBool::new(false), AtomicU64::new(0));
    let count = || {
        while locked && lock.compare_exchange(false, true, Ordering::Acquire, Relaxed).is_err() {
            Backoff::new().wait();
        }
        let seen = data.load(Relaxed);
        data.store(seen + 1, Relaxed);
        lock.store(false, Ordering::Release);
    };
    thread::scope(|scope| {
        scope.spawn(count);
        count();
    });
    data.load(Relaxed)
}

#[test]
fn a_spin_lock_counts() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || spin_lock(true)), [2]);
        assert_eq!(outcomes(memory, || spin_lock(false)), [1, 2]);
        let count = executions(memory, || spin_lock(true));
        assert!(count <= 6, "{memory:?}: {count} executions");
    }
}

#[test]
fn a_loop_without_an_end_is_no_progress() {
    for memory in BOTH {
        fails(memory, &["no progress: thread 0 has taken"], || {
            let x = AtomicU64::new(0);
            loop {
                x.load(Relaxed);
            }
        });
        fails(memory, &["no progress: thread 1 has taken"], || {
            let x = AtomicU64::new(0);
            thread::scope(|scope| {
                scope.spawn(|| {
                    loop {
                        x.fetch_add(1, Relaxed);
                    }
                });
            });
        });
    }
}

/// Two threads add by compare-exchange; who loses lets the other run, and tries with what it has seen.
fn add_by_exchange(weak: bool) -> u64 {
    let x = AtomicU64::new(0);
    let add = || {
        let mut seen = x.load(Relaxed);
        loop {
            let exchanged = match weak {
                true => x.compare_exchange_weak(seen, seen + 1, Relaxed, Relaxed),
                false => x.compare_exchange(seen, seen + 1, Relaxed, Relaxed),
            };
            match exchanged {
                Ok(_) => break,
                Err(now) => seen = now,
            }
            thread::yield_now();
        }
    };
    thread::scope(|scope| {
        scope.spawn(add);
        add();
    });
    x.load(Relaxed)
}

#[test]
fn who_tries_again_with_what_it_has_seen_does_not_repeat_itself() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || add_by_exchange(false)), [2]);
        assert_eq!(outcomes(memory, || add_by_exchange(true)), [2]);
    }
}

/// All read at one place of the source.
fn read(location: &AtomicU64) -> u64 {
    location.load(Ordering::SeqCst)
}

/// Main looks twice in each turn, and lets others run in between.
fn looks_twice() -> (u64, u64) {
    let x = AtomicU64::new(0);
    thread::scope(|scope| {
        scope.spawn(|| [2, 1].map(|value| x.store(value, Ordering::SeqCst)));
        loop {
            let first = read(&x);
            if first == 1 {
                break (first, 9);
            }
            thread::yield_now();
            let second = read(&x);
            if second != 0 {
                break (first, second);
            }
            thread::yield_now();
        }
    })
}

/// A loop within a loop, and both wait for the same.
fn waits_while_it_waits() -> u64 {
    let x = AtomicU64::new(0);
    thread::scope(|scope| {
        scope.spawn(|| x.store(1, Ordering::SeqCst));
        loop {
            let seen = read(&x);
            while read(&x) == 0 {
                thread::yield_now();
            }
            if seen != 0 {
                break seen;
            }
            thread::yield_now();
        }
    })
}

/// Where the places in the source do not tell one read from another, a yield in the middle of a turn ends none.
#[test]
fn a_yield_alone_ends_no_turn() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, looks_twice), [(0, 1), (0, 2), (1, 9), (2, 1), (2, 2)]);
        assert_eq!(outcomes(memory, waits_while_it_waits), [1]);
    }
}

/// A thread lets others run, looks whether main has been there, and if not goes to sleep.
fn yields_and_sleeps(pause: Pause, sleep: impl Fn() + Sync) {
    let x = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            pause();
            if !x.load(SeqCst) {
                sleep();
            }
        });
        x.store(true, SeqCst);
    });
}

/// Main lets others run, and waits for the end of one that sleeps if it sees nothing new.
fn yields_and_joins(pause: Pause) {
    let x = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| x.store(true, SeqCst));
        let sleeper = thread::spawn(thread::park);
        pause();
        if x.load(SeqCst) {
            sleeper.thread().unpark();
        }
        sleeper.join().expect("no panic");
    });
}

/// It has yielded, and then read what is old: but it is in no loop that would read once more.
#[test]
fn who_has_yielded_may_be_in_a_deadlock() {
    for (memory, pause) in BOTH.into_iter().flat_map(|memory| PAUSES.map(|(pause, _)| (memory, pause))) {
        fails(memory, &["deadlock", "thread 1 in park"], move || {
            yields_and_sleeps(pause, thread::park);
        });
        fails(memory, &["deadlock", "thread 1 in", "lock at models/explorer/waiting.rs:"], move || {
            let lock = Mutex::new(());
            let _held = lock.lock().expect("no panic");
            yields_and_sleeps(pause, || drop(lock.lock().expect("no panic")));
        });
        fails(memory, &["deadlock", "thread 0 in join", "thread 2 in park"], move || yields_and_joins(pause));
        assert_eq!(outcomes(memory, move || yields_and_sleeps(pause, || ())), [()]);
    }
}

/// A first loop ends with what is old later. If it does, a second one waits for what nobody writes.
fn one_loop_after_another() {
    let (x, y) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| [1, 2].map(|value| x.store(value, SeqCst)));
        let seen = loop {
            match x.load(SeqCst) {
                0 => thread::yield_now(),
                seen => break seen,
            }
        };
        while seen == 1 && y.load(SeqCst) == 0 {
            thread::yield_now();
        }
    });
}

/// What a loop has passed over that is over excuses nobody: three turns of the first one may be the last.
#[test]
fn who_waits_in_a_second_loop_waits_for_ever() {
    for memory in BOTH {
        let explored = Explorer::new(memory).allow_deadlocks().explore(one_loop_after_another);
        let counts = (explored.executions, explored.blocked, explored.redundant, explored.failure);
        assert_eq!(counts, (3, 3, 0, None), "{memory:?}");
    }
}
