//! The elimination stack as a container, and on real threads.
#![cfg(not(any(loom, shuttle)))]

#[path = "shared/bounds.rs"]
#[macro_use]
mod bounds;
#[path = "shared/ledger.rs"]
mod ledger;

use ledger::{Ledger, Tracked};
use selvedge::reclaim::{Ebr, Epoch, Hazard, Leak, Reclaim};
use selvedge::stack::{CapacityError, EliminationStack};
use std::cell::Cell;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Barrier, MutexGuard};

#[test]
fn it_is_a_stack() {
    let stack: EliminationStack<u32> = (0..10).collect();
    assert_eq!((stack.pop(), stack.pin().peek(), stack.is_empty()), (Some(9), Some(&8), false));
    (&stack).extend([20, 21]);
    assert!(stack.pop_all().eq([21, 20].into_iter().chain((0..9).rev())));
    assert_eq!((stack.pop(), stack.is_empty()), (None, true));
    let nothing: EliminationStack<()> = std::iter::repeat_n((), 5).collect();
    assert_eq!(nothing.into_iter().count(), 5);
}

#[test]
fn a_bad_destructor_takes_nothing_along() {
    let acts: [fn(EliminationStack<Tracked<'_>>); 4] = [
        |stack| drop(stack),
        |stack| drop(stack.into_iter()),
        |stack| drop(stack.pop_all()),
        |stack| while stack.pop().is_some() {},
    ];
    for act in acts {
        let ledger = Ledger::new(5);
        let stack = (0..5).map(|n| if n == 2 { ledger.bad_value() } else { ledger.value() }).collect();
        assert!(catch_unwind(AssertUnwindSafe(|| act(stack))).is_err(), "the bad destructor has run");
        ledger.settle();
    }
}

const THREADS: usize = 4;
const EACH: usize = 30_000;

/// Values on the heap, so that one that is there twice, or that was freed, is noticed. Few places, many meetings.
fn exchange<R: Reclaim + Default>(places: usize) {
    let stack = EliminationStack::with_reclaim(R::default(), places).expect("few places");
    let start = Barrier::new(THREADS);
    let work = |thread: usize| {
        let mut taken = Vec::new();
        start.wait();
        for n in 0..EACH {
            stack.push(Box::new(thread * EACH + n));
            taken.extend(stack.pop());
        }
        taken
    };
    let mut all: Vec<Box<usize>> = std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || work(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    all.extend(stack);
    all.sort_unstable();
    assert!(all.into_iter().map(|value| *value).eq(0..THREADS * EACH));
}

#[test]
fn all_come_out_once() {
    [0, 1, 8].into_iter().for_each(exchange::<Epoch>);
    exchange::<Leak>(1);
    exchange::<Hazard>(1);
    exchange::<Ebr>(1);
}

/// An error, and not the end of the process.
#[test]
fn more_places_than_there_can_be_are_refused() {
    let refused =
        |places| EliminationStack::<u8, Epoch>::with_reclaim(Epoch, places).expect_err("no such stack");
    for places in [usize::MAX, usize::MAX / 2, usize::MAX / 64] {
        assert_eq!(refused(places), CapacityError::TooLarge(places));
    }
    // Addressable, at 128 bytes or less a place, and more than any machine has.
    let places = 1 << (usize::BITS - 10);
    assert_eq!(refused(places), CapacityError::OutOfMemory(places));
}

#[test]
fn a_stack_goes_where_its_values_go() {
    assert!(has!(EliminationStack<Cell<u8>>: Send) && has!(EliminationStack<Cell<u8>>: Sync));
    assert!(!has!(EliminationStack<Rc<u8>>: Send) && !has!(EliminationStack<Rc<u8>>: Sync));
    assert!(!has!(EliminationStack<MutexGuard<'static, u8>>: Sync));
    assert!(has!(EliminationStack<Rc<u8>>: Debug) && has!(EliminationStack<Rc<u8>>: Default));
    assert!(has!(EliminationStack<u8>: RefUnwindSafe));
}

#[test]
fn debug_shows_what_can_be_known() {
    let stack = EliminationStack::<u8>::new();
    assert_eq!(format!("{stack:?}"), "EliminationStack { is_empty: true, places: 8, .. }");
}
