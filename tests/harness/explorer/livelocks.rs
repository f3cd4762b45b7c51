//! Threads that keep each other from getting on, and write meanwhile: told as such, and soon, although each execution is long.

use super::{EXPLORERS, failure, records};
use crate::child::is_child;
use selvedge::check::Model;
use selvedge::sync::atomic::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use selvedge::sync::thread;
use std::sync::Arc;

/// Each undoes what the other has begun: obstruction-free, and no more.
fn steal(owner: &AtomicU64, value: &AtomicU64, me: u64) {
    loop {
        owner.store(me, Release);
        let seen = value.load(Acquire);
        let ours = owner.load(Acquire) == me;
        if ours && value.compare_exchange(seen, seen + 1, AcqRel, Relaxed).is_ok() {
            return;
        }
    }
}

/// Each gives way as long as it sees the other.
fn give_way(inside: &AtomicU64, value: &AtomicU64, _: u64) {
    while inside.fetch_add(1, AcqRel) > 0 {
        inside.fetch_sub(1, AcqRel);
        thread::yield_now();
    }
    value.store(value.load(Relaxed) + 1, Relaxed);
    inside.fetch_sub(1, AcqRel);
}

fn program(act: fn(&AtomicU64, &AtomicU64, u64)) -> Model {
    Model::program("counter", "progress", move || {
        let shared = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
        let other = Arc::clone(&shared);
        let other = thread::spawn(move || act(&other.0, &other.1, 1));
        act(&shared.0, &shared.1, 2);
        other.join().expect("no panic");
    })
}

fn is_told(name: &str, act: fn(&AtomicU64, &AtomicU64, u64)) {
    if is_child(name) {
        return program(act).check(&format!("harness::{name}"));
    }
    let (passed, said, records) = records(name);
    assert!(!passed, "{said}");
    for (record, engine) in records.iter().zip(EXPLORERS) {
        let message = &failure(record).message;
        assert!(message.starts_with("no progress: thread "), "{engine}: {message}");
        assert!(message.contains("one that writes in each turn"), "{engine}: {message}");
    }
}

#[test]
fn who_undoes_what_the_other_has_begun() {
    is_told("explorer::livelocks::who_undoes_what_the_other_has_begun", steal);
}

#[test]
fn who_gives_way_as_long_as_the_other_is_there() {
    is_told("explorer::livelocks::who_gives_way_as_long_as_the_other_is_there", give_way);
}
