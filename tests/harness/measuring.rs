//! Measuring counts right: programs of which it is known how many executions they have.
#![cfg(any(loom, shuttle))]

use selvedge::check::measure::{Limits, Measured, Search, measure};
use selvedge::sync::atomic::{AtomicU64, Ordering};
use selvedge::sync::thread;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

const ENOUGH: Limits =
    Limits { executions: 100_000, time: Duration::from_secs(60), workers: NonZeroUsize::MIN };

const HERE: &[Search] = if cfg!(loom) {
    &[Search::LoomPlain]
} else {
    &[Search::ShuttleDfs, Search::ExplorerSc, Search::ExplorerWeak]
};

/// The main thread and another one count to twice `times`.
fn adds(times: u64) -> impl Fn() + Send + Sync + 'static {
    move || {
        let count = Arc::new(AtomicU64::new(0));
        let other = Arc::clone(&count);
        let add = move |count: &AtomicU64| (0..times).for_each(|_| _ = count.fetch_add(1, Ordering::Relaxed));
        let other = thread::spawn(move || add(&other));
        add(&count);
        other.join().expect("no panic");
    }
}

fn counted(measured: &Measured) -> (u64, bool) {
    assert_eq!((measured.pruned, &measured.failure), (0, &None));
    (measured.executions, measured.complete)
}

/// How many executions loom itself makes of [`adds`]: more than there are orders, and no formula tells how many.
#[cfg(loom)]
fn expected(_: Search, times: u64) -> u64 {
    use std::sync::atomic::AtomicU64 as Counter;

    let executions = Arc::new(Counter::new(0));
    let own = Arc::clone(&executions);
    loom::model(move || {
        own.fetch_add(1, Ordering::Relaxed);
        let count = Arc::new(loom::sync::atomic::AtomicU64::new(0));
        let other = Arc::clone(&count);
        let add = move |count: &loom::sync::atomic::AtomicU64| {
            (0..times).for_each(|_| _ = count.fetch_add(1, Ordering::Relaxed));
        };
        let other = loom::thread::spawn(move || add(&other));
        add(&count);
        other.join().expect("no panic");
    });
    executions.load(Ordering::Relaxed)
}

#[cfg(shuttle)]
fn expected(search: Search, times: u64) -> u64 {
    /// How often `some` can be chosen from `all`.
    fn binomial(all: u64, some: u64) -> u64 {
        (0..some).fold(1, |product, nth| product * (all - nth) / (nth + 1))
    }
    match search {
        // To start is a step of the other thread.
        Search::ShuttleDfs => binomial(2 * times + 1, times),
        _ => binomial(2 * times, times),
    }
}

#[test]
fn each_execution_is_counted_once() {
    for &search in HERE {
        for times in 0..=3 {
            let measured = measure(search, ENOUGH, adds(times));
            assert_eq!(counted(&measured), (expected(search, times), true), "{search}, {times} additions");
        }
    }
}

#[test]
fn what_is_stopped_is_incomplete() {
    for &search in HERE {
        let all = measure(search, ENOUGH, adds(1)).executions;
        let limits = |executions| Limits { executions, ..ENOUGH };
        assert_eq!(counted(&measure(search, limits(all), adds(1))), (all, true), "{search}");
        assert_eq!(counted(&measure(search, limits(all - 1), adds(1))), (all - 1, false), "{search}");
        let late = Limits { time: Duration::ZERO, ..ENOUGH };
        assert_eq!(counted(&measure(search, late, adds(1))), (0, false), "{search}");
    }
}

#[test]
fn what_fails_is_a_failure_and_not_complete() {
    for &search in HERE {
        let measured = measure(search, ENOUGH, || panic!("it is broken"));
        assert!(measured.failure.is_some_and(|why| why.starts_with("it is broken")), "{search}");
        assert!(!measured.complete && measured.executions == 0);
    }
}

/// shuttle's own depth-first search would wait for ever.
#[cfg(shuttle)]
mod waiting {
    use super::*;

    #[test]
    fn a_thread_that_waits_lets_others_go_on() {
        let measured = measure(Search::ShuttleDfs, ENOUGH, || {
            let flag = Arc::new(AtomicU64::new(0));
            let other = Arc::clone(&flag);
            let other = thread::spawn(move || other.store(1, Ordering::Release));
            while flag.load(Ordering::Acquire) == 0 {
                thread::yield_now();
            }
            other.join().expect("no panic");
        });
        assert!(measured.complete && measured.executions > 1, "{measured:?}");
    }

    #[test]
    fn an_execution_without_an_end_is_given_up_and_counted_apart() {
        let limits = Limits { executions: 50, ..ENOUGH };
        let measured = measure(Search::ShuttleDfs, limits, || {
            let flag = Arc::new(AtomicU64::new(0));
            let wait = |flag: &AtomicU64| {
                while flag.load(Ordering::Acquire) == 0 {
                    thread::yield_now();
                }
            };
            let other = Arc::clone(&flag);
            let other = thread::spawn(move || wait(&other));
            wait(&flag);
            other.join().expect("no panic");
        });
        assert_eq!((measured.executions, measured.complete, measured.failure), (0, false, None));
        assert_eq!(measured.pruned, 50);
    }
}
