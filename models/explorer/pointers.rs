//! Shared pointers under the explorer: they cost no executions, and what they leave out is told.

use super::said::{BOTH, executions, fails, outcomes};
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
use selvedge::sync::{Arc, heap, thread};

/// Closes something when it is dropped.
struct Closes(Arc<AtomicU64>);

impl Drop for Closes {
    fn drop(&mut self) {
        self.0.store(1, Relaxed);
    }
}

/// Two share what closes; main lets go of it before the other has been joined, or after.
fn shared(joined: bool) -> u64 {
    let closed = Arc::new(AtomicU64::new(0));
    let mine = Arc::new(Closes(Arc::clone(&closed)));
    let other = Arc::clone(&mine);
    let child = thread::spawn(move || drop(other));
    if joined {
        child.join().expect("no panic");
        drop(mine);
    } else {
        drop(mine);
        child.join().expect("no panic");
    }
    closed.load(Relaxed)
}

#[test]
fn who_drops_last_is_known_or_told() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || shared(true)), [1]);
        assert_eq!(executions(memory, || shared(true)), 1);
        fails(memory, &["the last two owners of an Arc drop it in no order"], || shared(false));
    }
}

/// As above, with a destructor that is nobody's business.
#[test]
fn a_destructor_that_takes_no_steps_is_anybodys() {
    for memory in BOTH {
        let vector = || {
            let mine = Arc::new((vec![1, 2], AtomicU64::new(3)));
            let other = Arc::clone(&mine);
            let child = thread::spawn(move || other.1.load(Relaxed) + other.0[0]);
            let seen = mine.1.load(Relaxed) + mine.0[1];
            drop(mine);
            (seen, child.join().expect("no panic"))
        };
        assert_eq!(outcomes(memory, vector), [(5, 4)]);
        assert_eq!(executions(memory, vector), 1);
        // The same with a node, which has to be freed by somebody.
        struct Owns(*mut u64);
        // SAFETY: a number on the heap, which it owns.
        unsafe impl Send for Owns {}
        // SAFETY: nobody looks at it.
        unsafe impl Sync for Owns {}
        impl Drop for Owns {
            fn drop(&mut self) {
                // SAFETY: it owns the node.
                unsafe { heap::free(self.0) };
            }
        }
        let node = |joined: bool| {
            move || {
                let mut mine = Some(Arc::new(Owns(heap::alloc(1))));
                let other = mine.clone();
                let child = thread::spawn(move || drop(other));
                if !joined {
                    mine.take();
                }
                child.join().expect("no panic");
            }
        };
        assert_eq!(outcomes(memory, node(true)), [()]);
        fails(memory, &["the last two owners of an Arc"], node(false));
    }
}

#[test]
fn a_count_that_others_change_is_told() {
    for memory in BOTH {
        let count = |joined: bool| {
            move || {
                let mut mine = Arc::new(7);
                assert_eq!((Arc::strong_count(&mine), Arc::get_mut(&mut mine).is_some()), (1, true));
                let other = Arc::clone(&mine);
                assert_eq!((Arc::strong_count(&mine), Arc::get_mut(&mut mine).is_some()), (2, false));
                assert!(Arc::ptr_eq(&mine, &other));
                let child = thread::spawn(move || drop(other));
                let mut child = Some(child);
                if joined && let Some(child) = child.take() {
                    child.join().expect("no panic");
                }
                let count = Arc::strong_count(&mine);
                if let Some(child) = child {
                    child.join().expect("no panic");
                }
                (count, Arc::into_inner(mine))
            }
        };
        assert_eq!(outcomes(memory, count(true)), [(1, Some(7))]);
        fails(
            memory,
            &["not explored: the count of an Arc", "asked for by thread 0", "in no order"],
            count(false),
        );
    }
}
