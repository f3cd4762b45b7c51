//! What nobody should ask for: an error that says so, and no panic, no abort, no leak.
#![cfg(not(any(loom, shuttle)))]

#[path = "shared/ledger.rs"]
mod ledger;

/// `Ring`, and the lesson's ring.
mod ring {
    use crate::ledger::{Ledger, Tracked};
    use selvedge::ring::{
        CapacityError, Closed, LockFreeRingBuffer, PushError, Ring, TryPopError, TryPushError,
    };
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// The error of a ring that cannot be made.
    #[track_caller]
    fn refused<T>(capacity: usize) -> CapacityError {
        Ring::<T>::with_capacity(capacity).expect_err("there is no such ring")
    }

    #[test]
    fn a_ring_without_slots_is_refused() {
        assert_eq!(refused::<u8>(0), CapacityError::Zero);
        assert_eq!(refused::<()>(0), CapacityError::Zero);
        assert_eq!(LockFreeRingBuffer::<u8>::new(0).unwrap_err(), CapacityError::Zero);
        assert_eq!(CapacityError::Zero.to_string(), "the capacity must be at least 1");
    }

    #[test]
    fn a_ring_that_cannot_be_counted_is_refused() {
        for capacity in [usize::MAX, usize::MAX - 1, usize::MAX / 2 + 1, usize::MAX / 2] {
            assert_eq!(refused::<u8>(capacity), CapacityError::TooLarge(capacity));
            // Values without a size make no difference: each slot has its stamp.
            assert_eq!(refused::<()>(capacity), CapacityError::TooLarge(capacity));
        }
        let message = format!("a capacity of {} is too large", usize::MAX);
        assert_eq!(refused::<u8>(usize::MAX).to_string(), message);
        // There is no power of two to round up to.
        let beyond = usize::MAX / 2 + 2;
        assert_eq!(LockFreeRingBuffer::<u8>::new(beyond).unwrap_err(), CapacityError::TooLarge(beyond));
        assert_eq!(
            LockFreeRingBuffer::<u8>::new(usize::MAX).unwrap_err(),
            CapacityError::TooLarge(usize::MAX)
        );
    }

    /// Addressable, and more than any machine has: what the allocator says is an error, and not the end.
    #[test]
    fn a_ring_that_no_memory_can_hold_is_refused() {
        let capacity = 1_usize << (usize::BITS - 6);
        assert_eq!(refused::<u8>(capacity), CapacityError::OutOfMemory(capacity));
        assert_eq!(
            LockFreeRingBuffer::<u8>::new(capacity).unwrap_err(),
            CapacityError::OutOfMemory(capacity)
        );
        assert_eq!(refused::<u8>(capacity).to_string(), format!("no memory for a capacity of {capacity}"));
        // Large values: few of them are too many.
        let few = 1_usize << (usize::BITS - 20);
        assert_eq!(refused::<[u8; 1 << 20]>(few), CapacityError::TooLarge(few));
    }

    /// The control: what can be had is given, exactly.
    #[test]
    fn a_reasonable_ring_is_made() {
        for capacity in [1, 2, 3, 7, 1_000, 4_096] {
            let ring = Ring::<u8>::with_capacity(capacity).unwrap();
            let filled = (0..).take_while(|_| ring.try_push(0).is_ok()).count();
            assert_eq!((ring.capacity(), filled), (capacity, capacity));
        }
    }

    #[test]
    fn values_without_a_size_are_counted() {
        let ring = Ring::with_capacity(3).unwrap();
        for lap in 0..5 {
            for _ in 0..3 {
                ring.try_push(()).unwrap();
            }
            assert_eq!(ring.try_push(()), Err(TryPushError::Full(())), "lap {lap}");
            assert_eq!(ring.len(), 3);
            while ring.try_pop().is_ok() {}
            assert!(ring.is_empty());
        }
        let mut many = vec![(); 10];
        assert_eq!((ring.push_batch(&mut many), many.len()), (Ok(3), 7));
        assert_eq!(ring.into_iter().count(), 3);
    }

    #[test]
    fn large_and_strictly_aligned_values_keep_their_place() {
        #[derive(Debug, PartialEq)]
        #[repr(align(1024))]
        struct Aligned([u8; 5_000]);
        let ring = Ring::with_capacity(3).unwrap();
        for lap in 0..4_u8 {
            ring.try_push(Aligned([lap; 5_000])).unwrap();
            ring.try_push(Aligned([lap + 100; 5_000])).unwrap();
            assert_eq!(ring.try_pop(), Ok(Aligned([lap; 5_000])));
            assert_eq!(ring.try_pop(), Ok(Aligned([lap + 100; 5_000])));
        }
    }

    #[test]
    fn a_batch_of_nothing_is_nothing() {
        let ring = Ring::with_capacity(2).unwrap();
        let (mut none, mut out) = (Vec::<u8>::new(), Vec::new());
        assert_eq!(ring.push_batch(&mut none), Ok(0));
        assert_eq!((ring.pop_batch(&mut out, 0), ring.pop_batch(&mut out, usize::MAX)), (Ok(0), Ok(0)));
        ring.try_push(1).unwrap();
        assert_eq!((ring.pop_batch(&mut out, usize::MAX), out.as_slice()), (Ok(1), &[1][..]));
        ring.close();
        assert_eq!((ring.push_batch(&mut none), ring.push_batch(&mut vec![2])), (Err(Closed), Err(Closed)));
        assert_eq!(ring.pop_batch(&mut out, 1), Err(Closed));
    }

    #[test]
    fn a_closed_ring_gives_values_back() {
        let ring = Ring::with_capacity(2).unwrap();
        ring.push("inside").unwrap();
        assert!(ring.close() && !ring.close() && ring.is_closed());
        assert_eq!(
            (ring.push("a"), ring.try_push("b")),
            (Err(PushError("a")), Err(TryPushError::Closed("b")))
        );
        let mut batch = vec!["c"];
        assert_eq!((ring.push_batch(&mut batch), batch), (Err(Closed), vec!["c"]));
        assert_eq!(
            (ring.pop(), ring.pop(), ring.try_pop()),
            (Ok("inside"), Err(Closed), Err(TryPopError::Closed))
        );
    }

    /// Five values, of which the third has a bad destructor, in the middle of a lap.
    fn with_a_bad_one(ledger: &Ledger) -> Ring<Tracked<'_>> {
        let ring = Ring::with_capacity(5).unwrap();
        for _ in 0..3 {
            assert!(ring.try_push(ledger.value()).is_ok());
            drop(ring.try_pop());
        }
        for n in 0..5 {
            let value = if n == 2 { ledger.bad_value() } else { ledger.value() };
            assert!(ring.try_push(value).is_ok());
        }
        ring
    }

    #[track_caller]
    fn assert_all_dropped(act: impl FnOnce(Ring<Tracked<'_>>)) {
        let ledger = Ledger::new(8);
        let ring = with_a_bad_one(&ledger);
        assert!(catch_unwind(AssertUnwindSafe(|| act(ring))).is_err(), "the bad destructor has run");
        ledger.settle();
    }

    #[test]
    fn a_bad_destructor_takes_nothing_along() {
        assert_all_dropped(|ring| drop(ring));
        assert_all_dropped(|ring| drop(ring.into_iter()));
        assert_all_dropped(|ring| ring.into_iter().for_each(drop));
        assert_all_dropped(|ring| ring.try_iter().for_each(drop));
        assert_all_dropped(|ring| {
            let mut out = Vec::new();
            assert_eq!(ring.pop_batch(&mut out, 4), Ok(4));
            drop(out);
        });
        assert_all_dropped(|ring| {
            let (mut values, mut left) = (Vec::new(), ring.into_iter());
            values.extend(left.by_ref().take(1));
            drop(left);
        });
    }

    /// The ring goes on after a destructor has panicked: no slot is lost.
    #[test]
    fn a_ring_survives_a_bad_destructor() {
        let ledger = Ledger::new(20);
        {
            let ring = with_a_bad_one(&ledger);
            let emptied = AssertUnwindSafe(|| ring.try_iter().for_each(drop));
            assert!(catch_unwind(emptied).is_err());
            while ring.try_pop().is_ok() {}
            let filled = (0..).take_while(|_| ring.try_push(ledger.value()).is_ok()).count();
            assert_eq!(filled, 5);
        }
        ledger.settle();
    }

    /// Errors can be shown, whatever the value is, and give it back.
    #[test]
    fn errors_can_be_shown_and_give_the_value_back() {
        struct Secret(u8);
        let (full, closed) = (TryPushError::Full(Secret(1)), TryPushError::Closed(Secret(2)));
        assert_eq!(
            (format!("{full:?}"), full.to_string(), full.is_full()),
            ("Full(..)".into(), "the ring is full".into(), true)
        );
        assert_eq!(
            (format!("{closed:?}"), closed.to_string(), closed.is_full()),
            ("Closed(..)".into(), "the ring is closed".into(), false)
        );
        assert_eq!(
            (full.into_inner().0, closed.into_inner().0, PushError(Secret(3)).into_inner().0),
            (1, 2, 3)
        );
        assert_eq!(format!("{:?}", PushError(Secret(4))), "PushError(..)");
        assert_eq!(
            (TryPopError::Empty.to_string(), Closed.to_string()),
            ("the ring is empty".into(), "the ring is closed".into())
        );
    }
}
