//! Real threads: all that goes in comes out, once.

use crate::ledger::{Ledger, Tracked};
use selvedge::reclaim::{Anyone, Ebr, Epoch, Hazard, Leak, Reclaim};
use selvedge::stack::TreiberStack;
use std::sync::Barrier;

const THREADS: usize = 4;
const EACH: usize = 5_000;

/// Each thread pushes its numbers and takes as many values as it pushed, some one by one, some all at once.
fn exchange<R: Reclaim + Default>() -> Vec<usize> {
    let (stack, start) = (TreiberStack::<Box<usize>, R>::default(), Barrier::new(THREADS));
    let work = |thread: usize| {
        let mut taken = Vec::with_capacity(EACH);
        start.wait();
        for n in 0..EACH {
            stack.push(Box::new(thread * EACH + n));
            match n % 64 {
                63 => taken.extend(stack.pop_all()),
                _ => taken.extend(stack.pop()),
            }
        }
        taken
    };
    let mut all: Vec<usize> = std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || work(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).map(|value| *value).collect()
    });
    all.extend(stack.into_iter().map(|value| *value));
    all
}

fn assert_each_once(mut seen: Vec<usize>) {
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..THREADS * EACH));
}

#[test]
fn all_come_out_once_under_epochs() {
    assert_each_once(exchange::<Epoch>());
}

#[test]
fn all_come_out_once_under_hazards() {
    assert_each_once(exchange::<Hazard>());
    assert_each_once(exchange::<Hazard<Anyone, 1, 1>>());
}

#[test]
fn all_come_out_once_under_epochs_of_our_own() {
    assert_each_once(exchange::<Ebr>());
    assert_each_once(exchange::<Ebr<Anyone, 1, 1>>());
}

#[test]
fn all_come_out_once_under_leak() {
    assert_each_once(exchange::<Leak>());
}

/// The control: one that is missing, or there twice, is noticed.
#[test]
fn a_missing_value_is_noticed() {
    let complete: Vec<usize> = (0..THREADS * EACH).collect();
    assert_each_once(complete.clone());
    for broken in [complete[1..].to_vec(), [&complete[..], &[3]].concat()] {
        assert!(std::panic::catch_unwind(|| assert_each_once(broken)).is_err());
    }
}

#[test]
fn values_are_dropped_once_on_whatever_thread() {
    let ledger = Ledger::new(THREADS * 1_000);
    {
        let stack: TreiberStack<Tracked<'_>> = TreiberStack::new();
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for n in 0..1_000 {
                        stack.push(ledger.value());
                        if n % 3 == 0 {
                            drop(stack.pop());
                        }
                    }
                });
            }
        });
    }
    ledger.settle();
}

/// A popper sees what the pusher wrote before, plainly and with no other help.
#[test]
fn what_was_done_before_a_push_is_seen_after_the_pop() {
    let stack: TreiberStack<Box<[usize; 32]>> = TreiberStack::new();
    std::thread::scope(|scope| {
        scope.spawn(|| (0..EACH).for_each(|n| stack.push(Box::new([n; 32]))));
        let mut seen = 0;
        while seen < EACH {
            if let Some(value) = stack.pop() {
                assert!(value.iter().all(|word| *word == value[0]), "half-written: {value:?}");
                seen += 1;
            } else {
                std::thread::yield_now();
            }
        }
    });
    assert!(stack.is_empty());
}
