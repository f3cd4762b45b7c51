//! The lock-free ring as a container: what it holds, refuses and drops, who may use it, on real threads.
#![cfg(not(any(loom, shuttle)))]

#[path = "shared/bounds.rs"]
#[macro_use]
mod bounds;
#[path = "shared/ledger.rs"]
mod ledger;

use ledger::{Ledger, Tracked};
use selvedge::ring::{CapacityError, Closed, HelpingRing, IntoIter, PushError, TryPopError, TryPushError};
use std::cell::Cell;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::MutexGuard;

fn ring<T>(capacity: usize) -> HelpingRing<T> {
    HelpingRing::with_capacity(capacity).expect("a small ring")
}

#[test]
fn what_cannot_be_made_is_refused() {
    let refused = |capacity| HelpingRing::<()>::with_capacity(capacity).expect_err("there is no such ring");
    assert_eq!(refused(0), CapacityError::Zero);
    for capacity in [usize::MAX, usize::MAX / 2, 1 << 23] {
        assert_eq!(refused(capacity), CapacityError::TooLarge(capacity));
    }
    let few = 1 << 20;
    let large = HelpingRing::<[u8; 1 << 40]>::with_capacity(few).map(|_| ());
    assert_eq!(large, Err(CapacityError::OutOfMemory(few)));
    // More bits for the cell are more cells.
    let more = HelpingRing::<(), 25>::of_capacity(1 << 23).map(|ring| ring.capacity());
    assert_eq!(more, Ok(1 << 23));
}

/// Several laps, beginning at each slot.
#[test]
fn it_holds_what_its_capacity_says() {
    for capacity in 1..=9 {
        let ring = ring(capacity);
        for lap in 0..3 * capacity {
            for n in 0..capacity {
                assert_eq!((ring.len(), ring.is_empty(), ring.is_full()), (n, n == 0, false));
                assert_eq!(ring.try_push(lap * 100 + n), Ok(()), "{n} of {capacity}");
            }
            assert_eq!((ring.len(), ring.is_full()), (capacity, true));
            assert_eq!(ring.try_push(7), Err(TryPushError::Full(7)));
            assert!((0..capacity).all(|n| ring.try_pop() == Ok(lap * 100 + n)), "first in, first out");
            assert_eq!(ring.try_pop(), Err(TryPopError::Empty));
            // Shifts the next lap by one slot.
            assert_eq!((ring.try_push(0), ring.try_pop()), (Ok(()), Ok(0)));
        }
    }
}

#[test]
fn a_closed_ring_gives_values_back() {
    for inside in 0..=2 {
        let ring = ring(2);
        (0..inside).for_each(|n| ring.push(n).expect("there is room"));
        assert!(!ring.is_closed() && ring.close() && !ring.close() && ring.is_closed());
        assert_eq!((ring.push(8), ring.try_push(9)), (Err(PushError(8)), Err(TryPushError::Closed(9))));
        let mut batch = vec![7, 8];
        assert_eq!((ring.push_batch(&mut batch), batch), (Err(Closed), vec![7, 8]));
        assert!((0..inside).all(|n| ring.pop() == Ok(n)));
        assert_eq!((ring.pop(), ring.try_pop()), (Err(Closed), Err(TryPopError::Closed)));
        assert_eq!((ring.len(), ring.is_closed()), (0, true));
    }
}

#[test]
fn batches_take_what_fits_and_keep_the_rest_in_order() {
    let ring = ring(3);
    let (mut values, mut out) = ((0..5).collect::<Vec<_>>(), Vec::new());
    assert_eq!((ring.push_batch(&mut values), &values), (Ok(3), &vec![3, 4]));
    assert_eq!((ring.push_batch(&mut values), &values), (Ok(0), &vec![3, 4]));
    assert_eq!((ring.pop_batch(&mut out, 2), &out), (Ok(2), &vec![0, 1]));
    assert_eq!((ring.push_batch(&mut values), values.len()), (Ok(2), 0));
    assert_eq!((ring.push_batch(&mut values), ring.pop_batch(&mut out, 0)), (Ok(0), Ok(0)));
    ring.close();
    assert_eq!((ring.pop_batch(&mut out, usize::MAX), &out), (Ok(3), &vec![0, 1, 2, 3, 4]));
    assert_eq!((ring.pop_batch(&mut out, 1), ring.pop_batch(&mut out, 0)), (Err(Closed), Err(Closed)));
    assert_eq!(ring.push_batch(&mut Vec::new()), Err(Closed));
}

#[test]
fn values_of_any_size_keep_their_place() {
    let nothing = ring(3);
    assert_eq!((nothing.push_batch(&mut vec![(); 10]), nothing.into_iter().count()), (Ok(3), 3));
    #[derive(Debug, PartialEq)]
    #[repr(align(1024))]
    struct Aligned([u8; 5_000]);
    let large = ring(3);
    for lap in 0..50_u8 {
        large.try_push(Aligned([lap; 5_000])).unwrap();
        large.try_push(Aligned([lap + 100; 5_000])).unwrap();
        assert_eq!(large.try_pop(), Ok(Aligned([lap; 5_000])));
        assert_eq!(large.try_pop(), Ok(Aligned([lap + 100; 5_000])));
    }
}

/// Five values, of which the third has a bad destructor, in the middle of a lap.
fn with_a_bad_one(ledger: &Ledger) -> HelpingRing<Tracked<'_>> {
    let ring = ring(5);
    for n in 0..8 {
        assert!(ring.try_push(if n == 5 { ledger.bad_value() } else { ledger.value() }).is_ok());
        if n < 3 {
            drop(ring.try_pop());
        }
    }
    ring
}

#[test]
fn a_bad_destructor_takes_nothing_along() {
    let acts: [fn(HelpingRing<Tracked<'_>>); 4] = [
        |ring| drop(ring),
        |ring| drop(ring.into_iter()),
        |ring| ring.into_iter().for_each(drop),
        |ring| ring.try_iter().for_each(drop),
    ];
    for act in acts {
        let ledger = Ledger::new(8);
        let ring = with_a_bad_one(&ledger);
        assert!(catch_unwind(AssertUnwindSafe(|| act(ring))).is_err(), "the bad destructor has run");
        ledger.settle();
    }
}

const THREADS: usize = 4;
const EACH: usize = 20_000;

/// Producers and consumers that sleep; values on the heap, so that one that is there twice is noticed.
#[test]
fn all_come_out_once_and_in_the_order_of_their_producer() {
    for capacity in [1, 2, 3, 64] {
        let ring = ring::<Box<usize>>(capacity);
        let taken: Vec<Vec<usize>> = std::thread::scope(|scope| {
            let ring = &ring;
            let producers: Vec<_> = (0..THREADS / 2)
                .map(|thread| {
                    scope.spawn(move || {
                        (0..EACH).for_each(|n| ring.push(Box::new(thread * EACH + n)).expect("open"))
                    })
                })
                .collect();
            let consume = || std::iter::from_fn(|| ring.pop().ok().map(|value| *value)).collect();
            let consumers: Vec<_> = (0..THREADS / 2).map(|_| scope.spawn(consume)).collect();
            producers.into_iter().for_each(|producer| producer.join().expect("no panic"));
            ring.close();
            consumers.into_iter().map(|consumer| consumer.join().expect("no panic")).collect()
        });
        for one in &taken {
            assert!((0..THREADS).all(|p| one.iter().filter(|value| **value / EACH == p).is_sorted()));
        }
        let mut all = taken.concat();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..THREADS / 2 * EACH), "capacity {capacity}");
    }
}

#[test]
fn a_ring_goes_where_its_values_go() {
    assert!(has!(HelpingRing<Cell<u8>>: Send) && has!(HelpingRing<Cell<u8>>: Sync));
    assert!(!has!(HelpingRing<Rc<u8>>: Send) && !has!(HelpingRing<Rc<u8>>: Sync));
    assert!(!has!(HelpingRing<MutexGuard<'static, u8>>: Sync));
    assert!(has!(IntoIter<HelpingRing<u8>>: Send) && !has!(IntoIter<HelpingRing<Rc<u8>>>: Send));
    assert!(has!(IntoIter<HelpingRing<Rc<u8>>>: ExactSizeIterator) && has!(HelpingRing<Rc<u8>>: Debug));
    assert!(has!(HelpingRing<Cell<u8>>: RefUnwindSafe));
}

#[test]
fn debug_shows_what_can_be_known() {
    let ring = ring(3);
    ring.try_push(1).unwrap();
    let text = "HelpingRing { len: 1, capacity: 3, is_closed: false, .. }";
    assert_eq!(format!("{ring:?}"), text);
    assert_eq!(format!("{:?}", ring.try_iter()), format!("TryIter({text})"));
    assert_eq!(format!("{:?}", ring.into_iter()), format!("IntoIter({text})"));
}
