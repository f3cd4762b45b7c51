//! shuttle 0.9.9, bare: what the facade needs from an engine, and what shuttle lacks made up for.

pub(super) use shuttle::sync::atomic;
pub(super) use shuttle::sync::{Condvar, Mutex, MutexGuard};
pub(super) use shuttle::thread::{Builder, JoinHandle, park, yield_now};

pub use shuttle::thread::{Thread, ThreadId, current};

/// `std`'s reference-counted pointer: shuttle does not model it.
pub type Arc<T> = std::sync::Arc<T>;

use std::cell::Cell;

thread_local! {
    /// shuttle has no bare switch in its interface; the load of an atomic is one.
    static POINT: atomic::AtomicBool = const { atomic::AtomicBool::new(false) };
}

/// An execution begins, on its main thread.
pub(super) fn ready() {}

/// shuttle numbers its tasks itself, in the order of spawning.
pub(super) fn next_index() -> usize {
    0
}

pub(super) fn started(_index: usize) {}

pub(super) fn thread_index() -> usize {
    shuttle::current::me().into()
}

/// A switch of threads may happen here.
pub(super) fn point() {
    POINT.with(|point| point.load(std::sync::atomic::Ordering::SeqCst));
}

pub(super) fn spin_loop() {
    shuttle::hint::spin_loop();
}

/// Everything is sequentially consistent: a fence orders nothing that is not ordered already.
pub(super) fn fence(_order: std::sync::atomic::Ordering) {}

/// A cell whose accesses are scheduling points, and which notices accesses that overlap.
#[derive(Debug, Default)]
pub(super) struct UnsafeCell<T> {
    /// How many read it now; -1: one writes it.
    users: Cell<isize>,
    content: std::cell::UnsafeCell<T>,
}

/// Counts the users down again, also when the access panics.
struct Using<'a>(&'a Cell<isize>, isize);

impl Drop for Using<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - self.1);
    }
}

impl<T> UnsafeCell<T> {
    pub(super) fn new(value: T) -> Self {
        Self { users: Cell::new(0), content: std::cell::UnsafeCell::new(value) }
    }

    pub(super) fn into_inner(self) -> T {
        self.content.into_inner()
    }

    #[track_caller]
    pub(super) fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        point();
        assert!(self.users.get() >= 0, "data race: a read of a cell while another thread writes it");
        self.users.set(self.users.get() + 1);
        let _using = Using(&self.users, 1);
        f(self.content.get())
    }

    #[track_caller]
    pub(super) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        point();
        assert!(self.users.get() == 0, "data race: a write of a cell while another thread uses it");
        self.users.set(-1);
        let _using = Using(&self.users, -1);
        f(self.content.get())
    }
}

/// The content of a cell of which `&mut` is the only user: nobody else could be scheduled to look at it.
pub(super) fn get_mut<T>(cell: &mut UnsafeCell<T>) -> &mut T {
    cell.content.get_mut()
}

/// shuttle is told of node accesses by [`point`] alone; frees are noticed by the log of the heap.
#[derive(Debug)]
pub(super) struct Canary;

impl Canary {
    pub(super) fn new(_: ()) -> Self {
        Canary
    }
    pub(super) fn with(&self, f: impl FnOnce(*const ())) {
        point();
        f(std::ptr::null());
    }
    pub(super) fn with_mut(&self, f: impl FnOnce(*mut ())) {
        point();
        f(std::ptr::null_mut());
    }
}
