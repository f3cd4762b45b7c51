//! Mutex and condition variable.

use super::access::Step;
use super::clock;
use super::engine;
use super::event::{Object, Place, Value};
use super::unwind;
use super::world::{self, Pending};
use crate::sync::Choice;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
use std::time::Duration;

fn step(object: Object, action: &'static str, place: Place) -> Step {
    Step { object, action, writes: true, place, pointers: false, address: None }
}

/// A guard of the engine: whether it is poisoned hangs on `std::thread::panicking`, which may be about another thread.
fn guard_of<G>(result: LockResult<G>) -> G {
    result.unwrap_or_else(PoisonError::into_inner)
}

fn result_of<G>(guard: G, poisoned: bool) -> LockResult<G> {
    if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
}

/// A mutex of the model, as `std::sync::Mutex`.
pub struct Mutex<T> {
    raw: engine::Mutex<T>,
    object: Object,
    /// A thread has unwound while it held the lock.
    poisoned: AtomicBool,
}

/// The right to use a mutex's content.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct MutexGuard<'a, T> {
    raw: Option<engine::MutexGuard<'a, T>>,
    mutex: &'a Mutex<T>,
    /// The thread unwound already when it took the lock.
    unwinding: bool,
    /// Where the lock was taken: `drop` is called by nobody's source line.
    place: Place,
}

impl<T> Mutex<T> {
    /// An open mutex that holds `value`.
    pub fn new(value: T) -> Self {
        let (raw, object) = (engine::Mutex::new(value), world::new_object());
        Self { raw, object, poisoned: AtomicBool::new(false) }
    }

    fn guard<'a>(&'a self, raw: engine::MutexGuard<'a, T>, place: Place) -> LockResult<MutexGuard<'a, T>> {
        let unwinding = unwind::unwinding();
        result_of(MutexGuard { raw: Some(raw), mutex: self, unwinding, place }, self.is_poisoned())
    }

    fn is_poisoned(&self) -> bool {
        self.poisoned.load(Relaxed)
    }

    /// Waits for the lock and takes it.
    ///
    /// # Errors
    /// The guard, in a [`PoisonError`], if a thread panicked while it held the lock.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let place = Location::caller();
        let locked = step(self.object, Pending::LOCK, place).perform(|| (self.raw.lock(), Value::None, None));
        self.guard(guard_of(locked), place)
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    /// `WouldBlock` if it is taken, `Poisoned` with the guard as for [`lock`](Self::lock).
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let place = Location::caller();
        let tried = step(self.object, "try_lock", place).perform(|| (self.raw.try_lock(), Value::None, None));
        let raw = match tried {
            Ok(raw) => raw,
            Err(TryLockError::WouldBlock) => return Err(TryLockError::WouldBlock),
            Err(TryLockError::Poisoned(poison)) => poison.into_inner(),
        };
        Ok(self.guard(raw, place)?)
    }

    /// The content.
    ///
    /// # Errors
    /// The content, in a [`PoisonError`], if a thread panicked while it held the lock.
    pub fn into_inner(self) -> LockResult<T> {
        let poisoned = self.is_poisoned();
        result_of(guard_of(self.raw.into_inner()), poisoned)
    }

    /// The content, of which `&mut self` is the only user.
    ///
    /// # Errors
    /// As [`into_inner`](Self::into_inner).
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.is_poisoned();
        result_of(guard_of(self.raw.get_mut()), poisoned)
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    /// The number of the object: to look inside would be a step.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mutex #{}", self.object.0)
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.raw.as_ref().expect("held until the guard is dropped")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.raw.as_mut().expect("held until the guard is dropped")
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let Some(raw) = self.raw.take() else { return };
        if !self.unwinding && unwind::unwinding() {
            self.mutex.poisoned.store(true, Relaxed);
        }
        step(self.mutex.object, "unlock", self.place).perform(|| (drop(raw), Value::None, None));
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// Whether a timed wait ended because the time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// Whether the time was up.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

/// A condition variable of the model, as `std::sync::Condvar`.
///
/// A wake-up that nobody sent is a [`Choice`], and so is whether the time of a timed wait is up: that is
/// chosen when the wait begins. If it is not, the wait lasts until a notification, so a protocol that needs
/// its time-out for progress shows as a deadlock. On purpose: no progress in this crate may hang on a clock.
/// (For programs that may, there is `Explorer::time_outs`.)
pub struct Condvar {
    raw: engine::Condvar,
    object: Object,
}

impl Condvar {
    /// A condition that nobody waits for.
    #[must_use]
    pub fn new() -> Self {
        Self { raw: engine::Condvar::new(), object: world::new_object() }
    }

    /// Lets go of the lock and takes it again. Others may run between, and need not: no yield is made, since
    /// engines do not come back from a yield as long as anybody else can run.
    #[track_caller]
    fn pause<'a, T>(&self, action: &'static str, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let place = Location::caller();
        let mutex = guard.mutex;
        drop(guard);
        step(self.object, action, place).perform(|| ((), Value::None, None));
        mutex.lock()
    }

    /// Lets go of the lock, waits for a notification, and takes the lock again. May return for no reason.
    ///
    /// # Errors
    /// As [`Mutex::lock`].
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.wait_as("wait", guard)
    }

    #[track_caller]
    fn wait_as<'a, T>(
        &self,
        action: &'static str,
        mut guard: MutexGuard<'a, T>,
    ) -> LockResult<MutexGuard<'a, T>> {
        if world::choose(Choice::SpuriousWakeUp, 2) == 1 {
            return self.pause("wait: spurious wake-up", guard);
        }
        let place = Location::caller();
        let (mutex, raw) = (guard.mutex, guard.raw.take().expect("held"));
        let woken = step(self.object, action, place).perform(|| (self.raw.wait(raw), Value::None, None));
        mutex.guard(guard_of(woken), place)
    }

    /// As [`wait`](Self::wait), for at most `timeout` of model time.
    ///
    /// # Errors
    /// As [`Mutex::lock`].
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let up = world::choose(Choice::TimeOut, 2) == 1;
        let waited = if up {
            clock::pass(timeout);
            self.pause("wait: time is up", guard)
        } else {
            self.wait_as(Pending::TIMED_WAIT, guard)
        };
        let poisoned = waited.is_err();
        result_of((guard_of(waited), WaitTimeoutResult(up)), poisoned)
    }

    /// Wakes one of those that wait, if any.
    #[track_caller]
    pub fn notify_one(&self) {
        let place = Location::caller();
        step(self.object, "notify_one", place).perform(|| (self.raw.notify_one(), Value::None, None));
    }

    /// Wakes all of those that wait.
    #[track_caller]
    pub fn notify_all(&self) {
        let place = Location::caller();
        step(self.object, "notify_all", place).perform(|| (self.raw.notify_all(), Value::None, None));
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Condvar #{}", self.object.0)
    }
}
