//! Threads: names, joins, scopes, parking.

#[cfg(loom)]
use crate::child::{child, is_child};
use crate::engine::{explore, log, outcomes, plain};
use selvedge::sync::atomic::{AtomicU32, Ordering};
use selvedge::sync::{hint, thread};
use std::sync::Arc;

#[test]
fn threads_give_their_values_and_have_names() {
    explore(plain, || {
        let builder = thread::Builder::new().name("weaver".into()).stack_size(0x10_0000);
        let named = builder.spawn(|| thread::current().name().map(String::from)).unwrap();
        assert_eq!(named.thread().name(), Some("weaver"));
        assert_eq!(named.join().unwrap().as_deref(), Some("weaver"));
        assert_eq!(thread::spawn(|| thread::current().name().map(String::from)).join().unwrap(), None);
    });
}

#[test]
fn threads_have_different_identities() {
    explore(plain, || {
        let mine = thread::current().id();
        let other = thread::spawn(|| thread::current().id());
        let known = other.thread().id();
        let other = other.join().unwrap();
        assert!(mine != other && known == other);
    });
}

#[test]
fn a_scope_lends_and_waits() {
    let sums = outcomes(plain, || {
        let sum = AtomicU32::new(0);
        let mut owned = 0;
        let answer = thread::scope(|scope| {
            let first = scope.spawn(|| sum.fetch_add(1, Ordering::Relaxed));
            scope.spawn(|| {
                // Threads of a scope start threads of the scope.
                scope.spawn(|| sum.fetch_add(10, Ordering::Relaxed));
                owned = 5;
            });
            first.join().unwrap();
            "the answer"
        });
        assert_eq!((answer, owned), ("the answer", 5));
        sum.into_inner()
    });
    assert_eq!(sums.into_iter().collect::<Vec<_>>(), [11], "all threads have ended when the scope has");
}

/// The control of the one above: without a scope's end, not all have run.
#[test]
fn without_a_join_not_all_have_run() {
    let seen = outcomes(plain, || {
        let sum = Arc::new(AtomicU32::new(0));
        let other = Arc::clone(&sum);
        let handle = thread::spawn(move || other.fetch_add(1, Ordering::Relaxed));
        let early = sum.load(Ordering::Relaxed);
        handle.join().unwrap();
        early
    });
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn a_scope_lets_threads_finish_when_its_body_panics() {
    explore(plain, || {
        let done = AtomicU32::new(0);
        let body = std::panic::AssertUnwindSafe(|| {
            thread::scope(|scope| {
                scope.spawn(|| done.fetch_add(1, Ordering::Relaxed));
                std::panic::resume_unwind(Box::new("the body"));
            })
        });
        let panic = std::panic::catch_unwind(body).expect_err("passed on");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"the body"));
        assert_eq!(done.into_inner(), 1);
    });
}

/// Parks until it is told; the teller may come first.
fn parked(told: bool) {
    let flag = Arc::new(AtomicU32::new(0));
    let (me, there) = (thread::current(), Arc::clone(&flag));
    let other = thread::spawn(move || {
        there.store(1, Ordering::Release);
        if told {
            me.unpark();
        }
    });
    while flag.load(Ordering::Acquire) == 0 {
        thread::park();
    }
    other.join().unwrap();
}

#[test]
fn an_unpark_that_comes_first_is_remembered() {
    explore(plain, || {
        thread::current().unpark();
        thread::park();
    });
    explore(plain, || parked(true));
}

#[cfg(shuttle)]
#[test]
fn a_forgotten_unpark_is_a_deadlock() {
    let said = crate::engine::failure(plain, || parked(false));
    assert!(said.contains("deadlock"), "{said}");
}

/// loom ends the process at a deadlock.
#[cfg(loom)]
#[test]
fn a_forgotten_unpark_is_a_deadlock() {
    let name = "threads::a_forgotten_unpark_is_a_deadlock";
    if is_child(name) {
        return explore(plain, || parked(false));
    }
    let (held, said) = child(name, &[]);
    assert!(!held && said.contains("deadlock"), "{said}");
}

#[test]
fn steps_of_threads_are_in_the_log() {
    let events = log(|| {
        thread::yield_now();
        hint::spin_loop();
        thread::spawn(|| ()).join().unwrap();
        thread::scope(|scope| _ = scope.spawn(|| ()));
        thread::current().unpark();
        thread::park();
    });
    let mine = events.iter().map(|e| (e.action, e.place.file()));
    let wanted = ["yield", "spin", "spawn", "join", "spawn", "join", "park"].map(|action| (action, file!()));
    assert_eq!(mine.collect::<Vec<_>>(), wanted);
}
