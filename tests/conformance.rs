//! What the lesson promises of its types, line by line: names, signatures, meaning.
#![cfg(not(any(loom, shuttle)))]

#[path = "shared/bounds.rs"]
#[macro_use]
mod bounds;
#[path = "shared/ledger.rs"]
mod ledger;

/// `LockFreeRingBuffer<T>`.
mod ring_buffer {
    use crate::ledger::Ledger;
    use selvedge::ring::{CapacityError, LockFreeRingBuffer};
    use std::fmt::Debug;
    use std::rc::Rc;

    /// The lesson's signatures: this compiles, or they have changed.
    #[allow(clippy::type_complexity)]
    fn signatures<T: Debug>() -> (
        fn(usize) -> Result<LockFreeRingBuffer<T>, CapacityError>,
        [fn(&LockFreeRingBuffer<T>, T) -> Result<(), T>; 2],
        [fn(&LockFreeRingBuffer<T>) -> Option<T>; 2],
        [fn(&LockFreeRingBuffer<T>) -> bool; 2],
        [fn(&LockFreeRingBuffer<T>) -> usize; 2],
    ) {
        use LockFreeRingBuffer as B;
        (
            B::new,
            [B::push, B::try_push],
            [B::pop, B::try_pop],
            [B::is_empty, B::is_full],
            [B::len, B::capacity],
        )
    }

    #[test]
    fn signatures_are_the_lessons() {
        let (new, [push, try_push], [pop, try_pop], [is_empty, is_full], [len, capacity]) =
            signatures::<u8>();
        let ring = new(2).unwrap();
        assert_eq!(
            (push(&ring, 1), try_push(&ring, 2), push(&ring, 3), try_push(&ring, 4)),
            (Ok(()), Ok(()), Err(3), Err(4))
        );
        assert_eq!((len(&ring), capacity(&ring), is_full(&ring), is_empty(&ring)), (2, 2, true, false));
        assert_eq!((pop(&ring), try_pop(&ring), pop(&ring), try_pop(&ring)), (Some(1), Some(2), None, None));
    }

    #[test]
    fn capacity_is_rounded_up_to_a_power_of_two() {
        for (asked, given) in
            [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (1000, 1024), (1024, 1024), (1025, 2048)]
        {
            assert_eq!(LockFreeRingBuffer::<u8>::new(asked).unwrap().capacity(), given, "{asked}");
        }
    }

    #[test]
    fn it_holds_what_its_capacity_says() {
        for asked in 1..=9 {
            let ring = LockFreeRingBuffer::new(asked).unwrap();
            let capacity = ring.capacity();
            // Several laps, beginning at each slot.
            for lap in 0..3 * capacity {
                for n in 0..capacity {
                    assert!(!ring.is_full() && ring.len() == n);
                    assert_eq!(ring.try_push(lap * 100 + n), Ok(()), "{n} of {capacity}");
                    assert!(!ring.is_empty());
                }
                assert!(ring.is_full());
                assert_eq!(ring.push(7), Err(7), "the value comes back");
                assert_eq!(ring.try_push(8), Err(8));
                for n in 0..capacity {
                    let oldest = Some(lap * 100 + n);
                    assert_eq!(
                        if n % 2 == 0 { ring.pop() } else { ring.try_pop() },
                        oldest,
                        "first in, first out"
                    );
                }
                assert!(ring.is_empty() && ring.pop().is_none());
                // Shifts the next lap by one slot.
                assert_eq!((ring.push(0), ring.pop()), (Ok(()), Some(0)));
            }
        }
    }

    #[test]
    fn it_is_shared_if_its_values_may_be_sent() {
        assert!(has!(LockFreeRingBuffer<u8>: Send) && has!(LockFreeRingBuffer<u8>: Sync));
        assert!(has!(LockFreeRingBuffer<std::cell::Cell<u8>>: Sync));
        assert!(!has!(LockFreeRingBuffer<Rc<u8>>: Send) && !has!(LockFreeRingBuffer<Rc<u8>>: Sync));
        assert!(!has!(LockFreeRingBuffer<std::sync::MutexGuard<'static, u8>>: Sync));
        // `.unwrap()` compiles for any value: the error and the ring are `Debug`.
        assert!(has!(CapacityError: Debug) && has!(CapacityError: std::error::Error));
        assert!(has!(LockFreeRingBuffer<Rc<u8>>: Debug));
    }

    #[test]
    fn what_is_left_is_dropped() {
        let ledger = Ledger::new(5);
        {
            let ring = LockFreeRingBuffer::new(4).unwrap();
            for _ in 0..4 {
                assert!(ring.push(ledger.value()).is_ok());
            }
            drop(ring.push(ledger.value()).expect_err("the fifth comes back"));
            drop(ring.pop());
            assert_eq!(ledger.alive(), 3);
        }
        ledger.settle();
    }

    #[test]
    fn many_threads_lose_nothing() {
        const EACH: usize = 3_000;
        let ring = LockFreeRingBuffer::new(8).unwrap();
        let taken: Vec<Vec<usize>> = std::thread::scope(|scope| {
            let ring = &ring;
            for producer in 0..2 {
                scope.spawn(move || {
                    for n in 0..EACH {
                        let mut value = producer * EACH + n;
                        while let Err(back) = ring.push(value) {
                            value = back;
                            std::thread::yield_now();
                        }
                    }
                });
            }
            let consume = || {
                let mut taken = Vec::new();
                while taken.len() < EACH {
                    match ring.pop() {
                        Some(value) => taken.push(value),
                        None => std::thread::yield_now(),
                    }
                }
                taken
            };
            let consumers: Vec<_> = (0..2).map(|_| scope.spawn(consume)).collect();
            consumers.into_iter().map(|consumer| consumer.join().expect("no panic")).collect()
        });
        for one in &taken {
            // Each producer's values come out in their order, whoever takes them.
            for producer in 0..2 {
                assert!(one.iter().filter(|value| **value / EACH == producer).is_sorted());
            }
        }
        let mut all = taken.concat();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..2 * EACH));
    }
}
