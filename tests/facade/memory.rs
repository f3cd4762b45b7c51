//! loom's weak memory, plain and strong.

use crate::engine::outcomes;
use selvedge::sync::Arc;
use selvedge::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use selvedge::sync::model::{Settings, Strength};
use selvedge::sync::thread;

fn with(strength: Strength) -> impl Fn() -> Settings + Send + Sync {
    move || Settings { strength, ..Settings::default() }
}

/// Message passing: what the reader of the flag sees of the message.
fn message_passing(publish: Ordering) -> (bool, u32) {
    let shared = Arc::new((AtomicU32::new(0), AtomicBool::new(false)));
    let writer = Arc::clone(&shared);
    let other = thread::spawn(move || {
        writer.0.store(1, Ordering::Relaxed);
        writer.1.store(true, publish);
    });
    let seen = (shared.1.load(Ordering::Acquire), shared.0.load(Ordering::Relaxed));
    other.join().unwrap();
    seen
}

#[test]
fn stale_reads_happen_in_plain_runs_only() {
    let stale = (true, 0);
    let relaxed = |strength| outcomes(with(strength), || message_passing(Ordering::Relaxed));
    assert!(relaxed(Strength::Plain).contains(&stale));
    let strong = relaxed(Strength::Strong);
    assert!(!strong.contains(&stale), "{strong:?}");
    assert_eq!(strong.into_iter().collect::<Vec<_>>(), [(false, 0), (false, 1), (true, 1)]);
    // The right program is right in both.
    for strength in [Strength::Plain, Strength::Strong] {
        assert!(!outcomes(with(strength), || message_passing(Ordering::Release)).contains(&stale));
    }
}

/// Two writers, two readers of each other's flag: both may miss the other only if reads may be stale.
fn store_buffering() -> (u32, u32) {
    let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
    let writer = Arc::clone(&shared);
    let other = thread::spawn(move || {
        writer.0.store(1, Ordering::Relaxed);
        writer.1.load(Ordering::Relaxed)
    });
    shared.1.store(1, Ordering::Relaxed);
    let mine = shared.0.load(Ordering::Relaxed);
    (mine, other.join().unwrap())
}

#[test]
fn buffered_stores_show_in_plain_runs_only() {
    assert!(outcomes(with(Strength::Plain), store_buffering).contains(&(0, 0)));
    let strong: Vec<_> = outcomes(with(Strength::Strong), store_buffering).into_iter().collect();
    assert_eq!(strong, [(0, 1), (1, 0), (1, 1)]);
}

/// The exchange of one thread, after a load of its own, and the load of another.
fn hidden_load() -> u32 {
    let x = Arc::new(AtomicU32::new(0));
    let there = Arc::clone(&x);
    let other = thread::spawn(move || {
        let _ = there.load(Ordering::SeqCst);
        let _ = there.compare_exchange(0, 1, Ordering::SeqCst, Ordering::SeqCst);
    });
    let mine = x.load(Ordering::SeqCst);
    other.join().unwrap();
    mine
}

/// A thread's own load hides another's from loom (tokio-rs/loom issues 166 and 392): why there are strong runs.
#[test]
fn strong_runs_see_what_plain_ones_miss() {
    let seen = |strength| outcomes(with(strength), hidden_load).into_iter().collect::<Vec<_>>();
    assert_eq!(seen(Strength::Strong), [0, 1]);
    assert_eq!(seen(Strength::Plain), [0], "loom sees it now: are strong runs still needed?");
}

/// The newest value of a pointer and of a flag, whatever it is.
#[test]
fn strong_loads_change_nothing() {
    let seen = outcomes(with(Strength::Strong), || {
        let mut value = 7_u32;
        let pointer = AtomicPtr::<u32>::new(std::ptr::null_mut());
        assert!(pointer.load(Ordering::Acquire).is_null());
        pointer.store(&raw mut value, Ordering::Release);
        assert_eq!(pointer.load(Ordering::Relaxed), &raw mut value);
        let flag = AtomicBool::new(false);
        assert!(!flag.load(Ordering::SeqCst));
        flag.store(true, Ordering::SeqCst);
        assert!(flag.load(Ordering::Acquire));
        let number = AtomicU32::new(u32::MAX);
        (number.load(Ordering::Relaxed), number.into_inner())
    });
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(u32::MAX, u32::MAX)]);
}
