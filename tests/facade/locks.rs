//! Mutex and condition variable.

#[cfg(loom)]
use crate::child::{child, is_child};
use crate::engine::{explore, log, outcomes, plain};
use selvedge::sync::atomic::{AtomicU32, Ordering};
use selvedge::sync::{Condvar, Mutex, TryLockError, thread};
use std::sync::Arc;

#[test]
fn a_mutex_lets_one_in() {
    explore(plain, || {
        let (mutex, inside) = (Mutex::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut guard = mutex.lock().unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0, "two are inside");
                    *guard += 1;
                    inside.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        assert_eq!(mutex.into_inner().unwrap(), 2);
    });
}

#[test]
fn without_the_mutex_there_are_two() {
    let most = outcomes(plain, || {
        let (inside, most) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    inside.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        most.into_inner()
    });
    assert_eq!(most.into_iter().collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn try_lock_does_both() {
    explore(plain, || {
        let mut mutex = Mutex::new(1);
        let guard = mutex.try_lock().unwrap();
        assert!(matches!(mutex.try_lock(), Err(TryLockError::WouldBlock)));
        drop(guard);
        *mutex.try_lock().unwrap() += 1;
        *mutex.get_mut().unwrap() += 1;
        assert_eq!(*mutex.lock().unwrap(), 3);
    });
    // loom may let a `try_lock` wait for the lock, so nobody holds it while he waits for the other.
    let seen = outcomes(plain, || {
        let mutex = Mutex::new(());
        thread::scope(|scope| {
            let other = scope.spawn(|| mutex.try_lock().is_ok());
            let mine = mutex.try_lock().is_ok_and(|_guard| {
                thread::yield_now();
                true
            });
            (mine, other.join().unwrap())
        })
    });
    assert!(seen.contains(&(true, false)) && seen.contains(&(true, true)), "{seen:?}");
    assert!(!seen.contains(&(false, false)), "somebody gets it: {seen:?}");
}

#[test]
fn locks_are_in_the_log() {
    let events = log(|| {
        let (mutex, bell) = (Mutex::new(0), Condvar::new());
        drop(mutex.lock().unwrap());
        drop(mutex.try_lock().unwrap());
        bell.notify_one();
        bell.notify_all();
        let shown = (format!("{mutex:?}"), format!("{bell:?}"), format!("{:?}", mutex.lock().unwrap()));
        assert!(shown.0.starts_with("Mutex #") && shown.1.starts_with("Condvar #") && shown.2 == "0");
    });
    let actions: Vec<_> = events.iter().map(|e| e.action).collect();
    assert_eq!(
        actions,
        ["lock", "unlock", "try_lock", "unlock", "notify_one", "notify_all", "lock", "unlock"]
    );
    assert!(events.iter().all(|e| e.place.file() == file!()), "{events:?}");
    // An unlock has no place of its own: it has that of its lock.
    assert_eq!((events[0].place, events[2].place), (events[1].place, events[3].place));
    assert_ne!(events[0].object, events[4].object);
}

/// Hands a value over; the flag is set under the lock, or not.
fn hand_over(under_the_lock: bool) {
    let pair = Arc::new((Mutex::new(()), Condvar::new(), AtomicU32::new(0)));
    let giver = Arc::clone(&pair);
    let other = thread::spawn(move || {
        let guard = under_the_lock.then(|| giver.0.lock().unwrap());
        giver.2.store(1, Ordering::Release);
        drop(guard);
        giver.1.notify_one();
    });
    let mut guard = pair.0.lock().unwrap();
    while pair.2.load(Ordering::Acquire) == 0 {
        guard = pair.1.wait(guard).unwrap();
    }
    drop(guard);
    other.join().unwrap();
}

#[test]
fn a_waiter_is_woken() {
    explore(plain, || hand_over(true));
}

#[cfg(shuttle)]
#[test]
fn a_lost_wake_up_is_a_deadlock() {
    let said = crate::engine::failure(plain, || hand_over(false));
    assert!(said.contains("deadlock"), "{said}");
}

/// loom ends the process at a deadlock.
#[cfg(loom)]
#[test]
fn a_lost_wake_up_is_a_deadlock() {
    let name = "locks::a_lost_wake_up_is_a_deadlock";
    if is_child(name) {
        return explore(plain, || hand_over(false));
    }
    let (held, said) = child(name, &[]);
    assert!(!held && said.contains("deadlock"), "{said}");
}

#[test]
fn all_are_woken() {
    explore(plain, || {
        let (mutex, bell) = (Mutex::new(false), Condvar::new());
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut open = mutex.lock().unwrap();
                    while !*open {
                        open = bell.wait(open).unwrap();
                    }
                });
            }
            *mutex.lock().unwrap() = true;
            bell.notify_all();
        });
    });
}
