//! loom 0.7.3, bare: what the facade needs from an engine, and what loom lacks made up for.

pub(super) use loom::sync::atomic;
pub(super) use loom::sync::{Condvar, Mutex, MutexGuard};
pub(super) use loom::thread::{Builder, JoinHandle, park, yield_now};
pub(super) use yield_now as wait_for_others;

pub use loom::thread::{Thread, ThreadId, current};

/// loom's reference-counted pointer, whose leaks loom reports. It has no `Weak`.
pub type Arc<T> = loom::sync::Arc<T>;

use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    /// loom's thread ids are opaque: their numbers, in the order of spawning.
    static THREADS: RefCell<Vec<(ThreadId, usize)>> = const { RefCell::new(Vec::new()) };
    static SPAWNED: RefCell<usize> = const { RefCell::new(0) };
}

/// An execution begins, on its main thread.
pub(super) fn ready() {
    THREADS.with(|threads| *threads.borrow_mut() = vec![(current().id(), 0)]);
    SPAWNED.with(|spawned| *spawned.borrow_mut() = 0);
}

/// The number that the next spawned thread will have.
pub(super) fn next_index() -> usize {
    SPAWNED.with(|spawned| {
        *spawned.borrow_mut() += 1;
        *spawned.borrow()
    })
}

/// The current thread, just started, is number `index`.
pub(super) fn started(index: usize) {
    THREADS.with(|threads| threads.borrow_mut().push((current().id(), index)));
}

pub(super) fn thread_index() -> usize {
    let me = current().id();
    THREADS.with(|threads| threads.borrow().iter().find(|t| t.0 == me).map_or(0, |t| t.1))
}

/// Who borrows from a scope. loom unwinds nobody but the thread that panics, so it need not know.
pub(super) struct Borrower;

pub(super) fn borrower<T>(_: &JoinHandle<T>) -> Borrower {
    Borrower
}

pub(super) fn reclaim(_: Borrower) {}

/// loom switches at atomic operations only; its cells find races by their clocks, with no switch.
pub(super) fn point() {}

pub(super) fn spin_loop() {
    yield_now();
}

pub(super) fn fence(order: std::sync::atomic::Ordering) {
    atomic::fence(order);
}

/// A cell whose races loom reports.
pub(super) type UnsafeCell<T> = loom::cell::UnsafeCell<T>;

/// The content of a cell of which `&mut` is the only user. loom checks that all others are ordered before.
#[track_caller]
pub(super) fn get_mut<T>(cell: &mut UnsafeCell<T>) -> &mut T {
    let content = cell.with_mut(|content| content);
    // SAFETY: `&mut` keeps everybody else out as long as the reference lives.
    unsafe { &mut *content }
}

/// Watches over the life of a node: an access that a free is not ordered after is a race.
pub(super) type Canary = Rc<loom::cell::UnsafeCell<()>>;

/// Stands for a new node.
pub(super) fn canary(_: super::Place) -> Canary {
    Rc::new(loom::cell::UnsafeCell::new(()))
}
