//! Counting steps, and the limit on them.

use crate::engine::{explore, failure, plain};
use selvedge::sync::atomic::{AtomicU32, Ordering};
use selvedge::sync::model::{self, Settings};
use selvedge::sync::thread;

#[test]
fn steps_are_counted_for_each_thread() {
    explore(plain, || {
        let x = AtomicU32::new(0);
        assert_eq!(model::steps(0), 0);
        x.store(1, Ordering::Relaxed);
        x.load(Ordering::Relaxed);
        assert_eq!(model::steps(0), 2);
        let other = thread::spawn(|| {
            let y = AtomicU32::new(0);
            (0..5).for_each(|n| y.store(n, Ordering::Relaxed));
        });
        other.join().unwrap();
        assert_eq!((model::steps(0), model::steps(1)), (4, 5), "spawn and join are steps, too");
    });
}

#[test]
fn a_thread_that_takes_too_many_steps_makes_no_progress() {
    let limited = |step_limit| move || Settings { step_limit, ..Settings::default() };
    let spin = || {
        let x = AtomicU32::new(0);
        while x.fetch_add(1, Ordering::Relaxed) < 9 {}
    };
    explore(limited(10), spin);
    explore(limited(0), spin);
    let said = failure(limited(9), spin);
    assert!(
        said.starts_with("no progress: thread 0 has taken 10 steps in one execution. A loop that waits"),
        "{said}"
    );
}
