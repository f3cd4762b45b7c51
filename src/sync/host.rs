//! The real `std` primitives, in every build, for the harness's own bookkeeping.
//!
//! The harness counts executions and collects histories beside the code that is explored; what it does
//! for that must not be a step of the model. Structures never import this module.
//!
//! Aliases, not re-exports: to clippy a re-export is the type itself, which the floors above may not name.

pub(crate) type Arc<T> = std::sync::Arc<T>;
pub(crate) type Mutex<T> = std::sync::Mutex<T>;
#[cfg(all(feature = "check", any(loom, shuttle)))]
pub(crate) type Once = std::sync::Once;
#[cfg(all(feature = "check", shuttle))]
pub(crate) type OnceLock<T> = std::sync::OnceLock<T>;
#[cfg(all(feature = "check", shuttle))]
pub(crate) type Condvar = std::sync::Condvar;
#[cfg(feature = "check")]
pub(crate) type MutexGuard<'a, T> = std::sync::MutexGuard<'a, T>;
#[cfg(feature = "check")]
pub(crate) type Instant = std::time::Instant;

/// Runs `f` on so many threads of the operating system, this one among them, until all of them have come to
/// its end.
#[cfg(feature = "check")]
pub(crate) fn on_threads(threads: usize, f: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(&f);
        }
        f();
    });
}
