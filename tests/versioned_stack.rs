//! The versioned stack as a container: what it holds, refuses and drops, who may use it, on real threads.
#![cfg(not(any(loom, shuttle)))]

#[path = "shared/bounds.rs"]
#[macro_use]
mod bounds;
#[path = "shared/ledger.rs"]
mod ledger;

use ledger::{Ledger, Tracked};
use selvedge::stack::versioned::IntoIter;
use selvedge::stack::{CapacityError, Full, VersionedStack};
use std::cell::Cell;
use std::fmt::Debug;
use std::iter::FusedIterator;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Barrier, MutexGuard};

fn refused<T>(capacity: usize) -> CapacityError {
    VersionedStack::<T>::with_capacity(capacity).expect_err("there is no such stack")
}

#[test]
fn what_cannot_be_made_is_refused() {
    assert_eq!((refused::<u8>(0), refused::<()>(0)), (CapacityError::Zero, CapacityError::Zero));
    for capacity in [usize::MAX, usize::MAX / 2, 1 << 23] {
        assert_eq!(refused::<u8>(capacity), CapacityError::TooLarge(capacity));
    }
    // Few enough to be numbered, and too large to be addressed, or to be had.
    assert_eq!(refused::<[u8; 1 << 45]>(1 << 20), CapacityError::TooLarge(1 << 20));
    assert_eq!(refused::<[u8; 1 << 40]>(1 << 20), CapacityError::OutOfMemory(1 << 20));
    // More bits for the cell are more cells.
    assert_eq!(VersionedStack::<u8, 25>::of_capacity(1 << 23).map(|stack| stack.capacity()), Ok(1 << 23));
    assert_eq!(VersionedStack::<u8>::new().capacity(), (1 << 23) - 1);
}

#[test]
fn it_holds_what_its_capacity_says() {
    for capacity in [1, 2, 3, 31, 32, 33, 100] {
        let stack = VersionedStack::with_capacity(capacity).unwrap();
        for lap in 0..3 {
            for n in 0..capacity {
                assert_eq!((stack.len(), stack.is_full(), stack.is_empty()), (n, false, n == 0));
                assert_eq!(stack.push(n), Ok(()), "{n} of {capacity}, lap {lap}");
            }
            let refused = stack.push(7).unwrap_err();
            assert_eq!((refused, stack.len(), stack.is_full()), (Full(7), capacity, true));
            assert_eq!(refused.into_inner(), 7);
            assert!((0..capacity).rev().all(|n| stack.pop() == Some(n)));
            assert_eq!(stack.pop(), None);
        }
    }
}

/// Beyond the first segment, and beyond several.
#[test]
fn a_stack_grows() {
    let stack: VersionedStack<usize> = (0..100_000).collect();
    assert_eq!(stack.len(), 100_000);
    assert!((0..50_000).all(|n| stack.pop() == Some(99_999 - n)));
    (&stack).extend(50_000..70_000);
    let left = stack.into_iter();
    assert_eq!(left.len(), 70_000);
    assert!(left.eq((0..70_000).rev()));
}

#[test]
fn more_than_fits_into_an_extension_is_told() {
    let mut stack = VersionedStack::with_capacity(2).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| stack.extend(0..3))).is_err());
    assert_eq!(stack.into_iter().collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn values_of_any_size_keep_their_place() {
    let nothing: VersionedStack<()> = std::iter::repeat_n((), 100).collect();
    assert_eq!((nothing.pop(), nothing.into_iter().count()), (Some(()), 99));
    #[derive(Debug, PartialEq)]
    #[repr(align(1024))]
    struct Aligned(u8);
    let stack: VersionedStack<Aligned> = (0..100).map(Aligned).collect();
    assert!(stack.into_iter().eq((0..100).rev().map(Aligned)));
    let not_sent: VersionedStack<Rc<u8>> = (0..3).map(Rc::new).collect();
    assert_eq!(not_sent.pop().as_deref(), Some(&2));
}

/// Nine values, of which the fifth has a bad destructor.
fn with_a_bad_one(ledger: &Ledger) -> VersionedStack<Tracked<'_>> {
    (0..9).map(|n| if n == 4 { ledger.bad_value() } else { ledger.value() }).collect()
}

#[test]
fn a_bad_destructor_takes_nothing_along() {
    let acts: [fn(VersionedStack<Tracked<'_>>); 4] = [
        |stack| drop(stack),
        |stack| drop(stack.into_iter()),
        |stack| stack.into_iter().for_each(drop),
        |stack| while stack.pop().is_some() {},
    ];
    for act in acts {
        let ledger = Ledger::new(9);
        let stack = with_a_bad_one(&ledger);
        assert!(catch_unwind(AssertUnwindSafe(|| act(stack))).is_err(), "the bad destructor has run");
        ledger.settle();
    }
}

#[test]
fn what_is_refused_and_what_is_popped_belongs_to_the_caller() {
    let ledger = Ledger::new(2);
    let kept = {
        let stack = VersionedStack::with_capacity(1).unwrap();
        assert!(stack.push(ledger.value()).is_ok());
        let refused = stack.push(ledger.value()).expect_err("it is full");
        (stack.pop(), refused)
    };
    assert_eq!(ledger.alive(), 2);
    drop(kept);
    ledger.settle();
}

const THREADS: usize = 4;
const EACH: usize = 20_000;

/// Each thread pushes its numbers and pops as often; a value is on the heap, so one that is there twice is noticed.
#[test]
fn all_come_out_once() {
    for capacity in [1, 3, THREADS * EACH] {
        let stack = VersionedStack::<Box<usize>>::with_capacity(capacity).unwrap();
        let start = Barrier::new(THREADS);
        let work = |thread: usize| {
            let mut taken = Vec::new();
            start.wait();
            for n in 0..EACH {
                let mut value = Box::new(thread * EACH + n);
                while let Err(Full(back)) = stack.push(value) {
                    value = back;
                    taken.extend(stack.pop());
                }
                if n % 3 != 0 {
                    taken.extend(stack.pop());
                }
            }
            taken
        };
        let mut all: Vec<_> = std::thread::scope(|scope| {
            let work = &work;
            let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || work(thread))).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        all.extend(stack);
        all.sort_unstable();
        assert!(all.into_iter().map(|value| *value).eq(0..THREADS * EACH), "capacity {capacity}");
    }
}

/// An answer "full" to a thread that has just seen the stack empty, and to which nobody else has pushed, is a lie.
#[test]
fn full_is_no_lie_while_others_pop() {
    let stack = VersionedStack::with_capacity(1).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 1..THREADS {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    stack.pop();
                }
            });
        }
        for n in 0..EACH {
            while !stack.is_empty() {}
            assert_eq!(stack.push(n), Ok(()));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn a_stack_goes_where_its_values_go() {
    assert!(has!(VersionedStack<Cell<u8>>: Send) && has!(VersionedStack<Cell<u8>>: Sync));
    assert!(!has!(VersionedStack<Rc<u8>>: Send) && !has!(VersionedStack<Rc<u8>>: Sync));
    assert!(!has!(VersionedStack<MutexGuard<'static, u8>>: Send));
    assert!(has!(IntoIter<u8>: Send) && !has!(IntoIter<Rc<u8>>: Send));
    assert!(has!(VersionedStack<Rc<u8>>: Debug) && has!(VersionedStack<Rc<u8>>: Default));
    assert!(has!(IntoIter<Rc<u8>>: FusedIterator) && has!(IntoIter<Rc<u8>>: ExactSizeIterator));
    assert!(has!(VersionedStack<Cell<u8>>: RefUnwindSafe));
    assert!(has!(Full<u8>: std::error::Error) && has!(Full<Rc<u8>>: Debug));
}

#[test]
fn debug_shows_what_can_be_known() {
    let stack = VersionedStack::with_capacity(3).unwrap();
    stack.push(1).unwrap();
    assert_eq!(format!("{stack:?}"), "VersionedStack { len: 1, capacity: 3, .. }");
    assert_eq!(format!("{:?}", stack.into_iter()), "IntoIter(VersionedStack { len: 1, capacity: 3, .. })");
    assert_eq!(
        (format!("{:?}", Full(7)), Full(7).to_string()),
        ("Full(..)".into(), "the stack is full".into())
    );
}
