//! What the log says of atomics, and that they compute what `std`'s compute.

use crate::engine::{failure, log, plain};
use selvedge::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI64, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};
use selvedge::sync::model::{self, Object, Value};
use selvedge::sync::thread;
use std::sync::atomic as real;

#[test]
fn each_operation_is_recorded_with_place_ordering_and_values() {
    let first = line!() + 3;
    let events = log(|| {
        let x = AtomicU32::new(5);
        x.store(7, Ordering::Release);
        let _ = x.load(Ordering::Acquire);
        let _ = x.swap(8, Ordering::AcqRel);
        let _ = x.compare_exchange(8, 9, Ordering::SeqCst, Ordering::Relaxed);
        let _ = x.compare_exchange(8, 10, Ordering::SeqCst, Ordering::Acquire);
        let _ = x.compare_exchange_weak(9, 11, Ordering::Release, Ordering::Relaxed);
        let _ = x.fetch_add(2, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    });
    let x = events[0].object;
    let wanted = [
        ("store", x, Some(Ordering::Release), Value::Wrote(7)),
        ("load", x, Some(Ordering::Acquire), Value::Read(7)),
        ("swap", x, Some(Ordering::AcqRel), Value::Replaced(7, 8)),
        ("compare_exchange", x, Some(Ordering::SeqCst), Value::Replaced(8, 9)),
        ("compare_exchange", x, Some(Ordering::Acquire), Value::Refused(9, 8)),
        ("compare_exchange", x, Some(Ordering::Release), Value::Replaced(9, 11)),
        ("fetch_add", x, Some(Ordering::Relaxed), Value::Replaced(11, 13)),
        ("fence", Object::NONE, Some(Ordering::SeqCst), Value::None),
    ];
    let seen: Vec<_> = events.iter().map(|e| (e.action, e.object, e.order, e.value)).collect();
    assert_eq!(seen, wanted);
    for (event, line) in events.iter().zip(first..) {
        assert_eq!((event.place.file(), event.place.line(), event.thread), (file!(), line, 0), "{event:?}");
    }
    // Columns tell two accesses of one line apart.
    let events = log(|| {
        let x = AtomicU32::new(0);
        let _ = (x.load(Ordering::Relaxed), x.load(Ordering::Relaxed));
    });
    assert_ne!(events[0].place.column(), events[1].place.column());
}

#[test]
fn objects_and_threads_have_numbers() {
    let events = log(|| {
        let (x, y) = (AtomicU64::new(0), AtomicU64::new(0));
        x.store(1, Ordering::Relaxed);
        let other = thread::spawn(move || {
            y.store(2, Ordering::Relaxed);
            y
        });
        let y = other.join().unwrap();
        y.load(Ordering::Relaxed);
        assert_eq!(model::thread(), 0);
    });
    let mine: Vec<_> = events.iter().map(|e| (e.thread, e.action)).collect();
    assert_eq!(mine, [(0, "store"), (0, "spawn"), (1, "store"), (0, "join"), (0, "load")]);
    assert_ne!(events[0].object, events[2].object);
    assert_eq!(events[2].object, events[4].object);
}

#[test]
fn without_begin_nothing_is_recorded() {
    let count = |begun: bool| {
        let program = move || {
            let _ = model::end();
            if begun {
                model::begin(plain());
            }
            let x = AtomicU8::new(1);
            assert_eq!(x.fetch_add(1, Ordering::Relaxed), 1);
            assert_eq!(model::events().is_empty(), !begun);
        };
        #[cfg(loom)]
        loom::model(program);
        #[cfg(shuttle)]
        shuttle::check_dfs(program, None);
    };
    count(false);
    count(true);
}

/// Some numbers, always the same.
fn numbers() -> impl Iterator<Item = u64> {
    let next =
        |x: &u64| Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(Some(42), next).map(|x| x >> 24)
}

/// Does the same to an atomic of the model and to one of `std`, and compares the answers and the log.
macro_rules! agrees {
    ($model:ident $value:ty, $($operation:ident),*) => {{
        let (ours, theirs) = ($model::new(3 as $value), real::$model::new(3 as $value));
        for value in numbers().take(8) {
            let value = value as $value;
            $(
                let before = ours.load(Ordering::SeqCst);
                assert_eq!(ours.$operation(value, Ordering::SeqCst), theirs.$operation(value, Ordering::SeqCst));
                let after = theirs.load(Ordering::SeqCst);
                assert_eq!(ours.load(Ordering::SeqCst), after, stringify!($operation));
                let events = model::events();
                let logged = events[events.len() - 2].value;
                assert_eq!(logged, Value::Replaced(before as u64, after as u64), stringify!($operation));
            )*
        }
    }};
}

#[test]
fn integers_compute_as_those_of_std() {
    log(|| {
        agrees!(AtomicU8 u8, fetch_add, fetch_sub, fetch_and, fetch_nand, fetch_or, fetch_xor, fetch_max, fetch_min, swap);
    });
    log(|| {
        agrees!(AtomicI8 i8, fetch_add, fetch_sub, fetch_and, fetch_nand, fetch_or, fetch_xor, fetch_max, fetch_min, swap);
    });
    log(|| {
        agrees!(AtomicI64 i64, fetch_add, fetch_sub, fetch_and, fetch_nand, fetch_or, fetch_xor, fetch_max, fetch_min, swap);
    });
    log(|| {
        agrees!(AtomicUsize usize, fetch_add, fetch_sub, fetch_and, fetch_nand, fetch_or, fetch_xor, fetch_max, fetch_min, swap);
    });
}

#[test]
fn booleans_compute_as_those_of_std() {
    log(|| {
        let (ours, theirs) = (AtomicBool::new(false), real::AtomicBool::new(false));
        for value in numbers().take(40).map(|v| v & 1 == 1) {
            let order = Ordering::SeqCst;
            assert_eq!(ours.fetch_xor(value, order), theirs.fetch_xor(value, order));
            assert_eq!(ours.fetch_or(value, order), theirs.fetch_or(value, order));
            assert_eq!(ours.fetch_nand(value, order), theirs.fetch_nand(value, order));
            assert_eq!(ours.fetch_and(!value, order), theirs.fetch_and(!value, order));
            assert_eq!(ours.load(order), theirs.load(order));
        }
    });
}

#[test]
fn fetch_update_tries_until_it_fits_or_gives_up() {
    let events = log(|| {
        let x = AtomicU32::new(4);
        assert_eq!(x.fetch_update(Ordering::AcqRel, Ordering::Acquire, |v| Some(v + 1)), Ok(4));
        assert_eq!(x.fetch_update(Ordering::AcqRel, Ordering::Acquire, |_| None), Err(5));
        assert_eq!(x.into_inner(), 5);
    });
    let seen: Vec<_> = events.iter().map(|e| (e.action, e.order)).collect();
    let (acquire, both) = (Some(Ordering::Acquire), Some(Ordering::AcqRel));
    assert_eq!(seen, [("load", acquire), ("compare_exchange", both), ("load", acquire)]);
}

#[test]
fn pointers_are_named_by_their_nodes() {
    let events = log(|| {
        let node = selvedge::sync::heap::alloc(1_u8);
        let pointer = AtomicPtr::new(node);
        assert_eq!(pointer.swap(std::ptr::null_mut(), Ordering::AcqRel), node);
        assert!(pointer.compare_exchange(node, node, Ordering::AcqRel, Ordering::Acquire).is_err());
        // SAFETY: allocated above, and used by nobody else.
        unsafe { selvedge::sync::heap::free(node) };
    });
    let address = match events[0].value {
        Value::Wrote(address) => address,
        other => panic!("alloc logs the address, not {other:?}"),
    };
    let name = |bits: u64| (bits == address).then(|| "node 0".to_string());
    let said: Vec<_> = events.iter().map(|event| event.describe(&name)).collect();
    let object = events[1].object.0;
    assert_eq!(said[0], "alloc := node 0");
    assert_eq!(said[1], format!("#{object}.swap AcqRel node 0 -> null"));
    assert_eq!(said[2], format!("#{object}.compare_exchange Acquire refused: null is not node 0"));
    // Numbers are not pointers, whatever they look like.
    let events = log(|| AtomicU64::new(0).store(9, Ordering::Relaxed));
    assert_eq!(
        events[0].describe(&|_| Some("node 0".into())),
        format!("#{}.store Relaxed := 9", events[0].object.0)
    );
}

#[test]
fn a_relaxed_fence_is_refused_as_std_refuses_it() {
    assert!(failure(plain, || fence(Ordering::Relaxed)).contains("relaxed fence"));
    assert_eq!(log(|| fence(Ordering::Acquire)).len(), 1);
}
