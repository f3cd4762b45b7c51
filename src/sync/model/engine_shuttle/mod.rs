//! shuttle 0.9.9, bare: what the facade needs from an engine, and what shuttle lacks made up for.
//!
//! Each part works in two ways. Sampled executions keep their memory here, and switch threads before each
//! access. Explored ones ask the machine ([`explored`](mod@super::explored)), which holds the memory itself.

mod arc;
mod atomics;
mod cells;
mod locks;
mod threads;

pub(super) use atomics::{atomic, fence};
pub(super) use cells::{Canary, UnsafeCell, canary, get_mut};
pub(super) use locks::{Condvar, Mutex, MutexGuard};
pub(super) use threads::{
    Borrower, Builder, JoinHandle, borrower, next_index, park, ready, reclaim, spin_loop, started,
    thread_index, wait_for_others, yield_now,
};
#[cfg(feature = "check")]
pub(super) use threads::{end_main, explored_main, forget_tasks, running};

pub use arc::Arc;
pub use threads::{Thread, ThreadId, current};

/// shuttle's scheduler is asked who goes on. To shuttle, which has no time, a sleep is that and nothing else.
pub(super) fn switch() {
    shuttle::thread::sleep(std::time::Duration::ZERO);
}

/// A switch of threads may happen here. Explored executions switch at requests only.
pub(super) fn point() {
    if super::explored::machine().is_none() {
        switch();
    }
}
