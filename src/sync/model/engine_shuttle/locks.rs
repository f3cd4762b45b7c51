//! Mutex and condition variable: shuttle's, and in explored executions locations of the machine beside them.

use crate::sync::model::explored::{Location, Machine, Request, Wanted, ask, machine, must_wait};
use crate::sync::model::{unwind, world};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::Ordering;
use std::sync::{LockResult, TryLockError, TryLockResult};

/// The states of a mutex's location.
const OPEN: u64 = 0;
const LOCKED: u64 = 1;

fn create() -> Location {
    machine().map_or(Location::NONE, |machine| machine.create(OPEN))
}

/// Changes a location of a lock or condition. `None`: this execution is not explored.
fn update(
    location: Location,
    order: Ordering,
    wanted: Option<Wanted>,
    expected: Option<u64>,
    new: &dyn Fn(u64) -> Option<u64>,
) -> Option<bool> {
    let machine = machine().filter(|_| !unwind::failing())?;
    let (failure, weak) = (Ordering::Relaxed, false);
    let update = Request::Update { location, order, failure, new, expected, weak, wanted };
    Some(ask(machine, world::place(machine.running()), &update)?.stored)
}

/// A mutex. Under the machine its location says who holds it, and shuttle's own lock is then always free.
#[derive(Debug)]
pub(in crate::sync::model) struct Mutex<T> {
    raw: shuttle::sync::Mutex<T>,
    location: Location,
}

/// The right to use a mutex's content.
#[derive(Debug)]
pub(in crate::sync::model) struct MutexGuard<'a, T> {
    raw: Option<shuttle::sync::MutexGuard<'a, T>>,
    mutex: &'a Mutex<T>,
}

impl<T> Mutex<T> {
    pub(in crate::sync::model) fn new(value: T) -> Self {
        Mutex { raw: shuttle::sync::Mutex::new(value), location: create() }
    }

    fn guard<'a>(
        &'a self,
        raw: LockResult<shuttle::sync::MutexGuard<'a, T>>,
    ) -> LockResult<MutexGuard<'a, T>> {
        let guard = |raw| MutexGuard { raw: Some(raw), mutex: self };
        raw.map(guard).map_err(|poison| std::sync::PoisonError::new(guard(poison.into_inner())))
    }

    pub(in crate::sync::model) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let open: Wanted = (|state, _| state == OPEN, 0);
        if update(self.location, Ordering::Acquire, Some(open), None, &|_| Some(LOCKED)).is_none()
            && let Some(machine) = machine()
        {
            return self.lock_unwinding(machine);
        }
        self.guard(self.raw.lock())
    }

    /// A destructor locks: who holds the lock gives it back when it unwinds.
    fn lock_unwinding(&self, machine: &dyn Machine) -> LockResult<MutexGuard<'_, T>> {
        loop {
            match self.raw.try_lock() {
                Ok(raw) => return self.guard(Ok(raw)),
                Err(TryLockError::Poisoned(poison)) => return self.guard(Err(poison)),
                Err(TryLockError::WouldBlock) => must_wait(machine),
            }
        }
    }

    pub(in crate::sync::model) fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let take = |state| (state == OPEN).then_some(LOCKED);
        if update(self.location, Ordering::Acquire, None, Some(OPEN), &take) == Some(false) {
            return Err(TryLockError::WouldBlock);
        }
        match self.raw.try_lock() {
            Ok(raw) => Ok(MutexGuard { raw: Some(raw), mutex: self }),
            Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
            Err(TryLockError::Poisoned(poison)) => self.guard(Err(poison)).map_err(TryLockError::Poisoned),
        }
    }

    pub(in crate::sync::model) fn into_inner(self) -> LockResult<T> {
        self.raw.into_inner()
    }

    pub(in crate::sync::model) fn get_mut(&mut self) -> LockResult<&mut T> {
        self.raw.get_mut()
    }
}

impl<T> MutexGuard<'_, T> {
    fn release(&mut self) {
        if let Some(machine) = machine().filter(|_| !unwind::failing()) {
            let (location, order, value) = (self.mutex.location, Ordering::Release, OPEN);
            ask(machine, world::place(machine.running()), &Request::Store { location, order, value });
        }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if self.raw.is_some() {
            self.release();
        }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.raw.as_ref().expect("held until it is dropped")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.raw.as_mut().expect("held until it is dropped")
    }
}

/// A condition variable. Its location holds who waits and who may wake.
#[derive(Debug)]
pub(in crate::sync::model) struct Condvar {
    raw: shuttle::sync::Condvar,
    location: Location,
}

/// The state of a condition: byte 0 holds those who wait, a bit each; every other byte is a wake-up, and
/// holds those who waited when it was sent: one of them may take it.
mod waiting {
    pub(super) fn enter(state: u64, thread: u64) -> u64 {
        state | 1 << thread
    }

    fn bytes(state: u64) -> [u8; 8] {
        state.to_le_bytes()
    }

    pub(super) fn may_wake(state: u64, thread: u64) -> bool {
        bytes(state)[1..].iter().any(|sent| sent >> thread & 1 == 1)
    }

    /// `thread` takes a wake-up that was meant for it; it is no candidate of the others any more.
    pub(super) fn wake(state: u64, thread: u64) -> u64 {
        let mut bytes = bytes(state);
        let taken = (1..8).find(|&nth| bytes[nth] >> thread & 1 == 1).expect("it may wake");
        bytes[taken] = 0;
        bytes.iter_mut().for_each(|byte| *byte &= !(1 << thread));
        pack(bytes)
    }

    /// One more wake-up for those who wait, unless each of them has one already.
    pub(super) fn notify(state: u64) -> u64 {
        let mut bytes = bytes(state);
        let sent = bytes[1..].iter().filter(|&&sent| sent & bytes[0] != 0).count();
        if sent < bytes[0].count_ones() as usize {
            bytes[7] = bytes[0];
        }
        pack(bytes)
    }

    /// A wake-up for each who waits.
    pub(super) fn notify_all(state: u64) -> u64 {
        let who = bytes(state)[0];
        let mut bytes = [who, 0, 0, 0, 0, 0, 0, 0];
        let each = (0..8).map(|thread| who & 1 << thread).filter(|bit| *bit != 0);
        bytes[1..].iter_mut().zip(each).for_each(|(sent, bit)| *sent = bit);
        pack(bytes)
    }

    /// Wake-ups have no order: equal sets of them are one state.
    fn pack(mut bytes: [u8; 8]) -> u64 {
        bytes[1..].sort_unstable();
        bytes[1..].reverse();
        u64::from_le_bytes(bytes)
    }
}

impl Condvar {
    pub(in crate::sync::model) fn new() -> Self {
        Condvar { raw: shuttle::sync::Condvar::new(), location: create() }
    }

    pub(in crate::sync::model) fn wait<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
    ) -> LockResult<MutexGuard<'a, T>> {
        let mutex = guard.mutex;
        let Some(machine) = machine() else {
            let woken = self.raw.wait(guard.raw.take().expect("held until it is dropped"));
            return mutex.guard(woken);
        };
        if unwind::failing() {
            drop(guard);
            must_wait(machine);
            return mutex.lock();
        }
        let me = machine.running() as u64;
        update(self.location, Ordering::Relaxed, None, None, &|state| Some(waiting::enter(state, me)));
        drop(guard);
        let wanted: Wanted = (waiting::may_wake, me);
        update(self.location, Ordering::Relaxed, Some(wanted), None, &|state| Some(waiting::wake(state, me)));
        mutex.lock()
    }

    pub(in crate::sync::model) fn notify_one(&self) {
        if update(self.location, Ordering::Relaxed, None, None, &|state| Some(waiting::notify(state)))
            .is_none()
        {
            self.raw.notify_one();
        }
    }

    pub(in crate::sync::model) fn notify_all(&self) {
        if update(self.location, Ordering::Relaxed, None, None, &|state| Some(waiting::notify_all(state)))
            .is_none()
        {
            self.raw.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::waiting::{enter, may_wake, notify, notify_all, wake};

    #[test]
    fn a_wake_up_is_for_those_who_waited_when_it_was_sent() {
        let state = enter(notify(enter(notify(0), 1)), 2);
        assert!(may_wake(state, 1) && !may_wake(state, 2));
        let state = wake(state, 1);
        assert!(!may_wake(state, 1) && !may_wake(state, 2));
    }

    #[test]
    fn one_wake_up_wakes_one_and_more_than_waiters_are_not_kept() {
        let state = notify(notify(notify(enter(enter(0, 1), 2))));
        let state = wake(state, 2);
        assert!(may_wake(state, 1));
        assert_eq!(wake(state, 1), 0);
        assert!(!may_wake(wake(notify(enter(enter(0, 1), 2)), 1), 2));
        assert_eq!(wake(wake(notify_all(enter(enter(0, 1), 2)), 1), 2), 0);
    }
}
