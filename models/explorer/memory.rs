//! Plain memory under the explorer: who may use a cell, an atomic that is taken apart, a shared pointer.

use super::said::{BOTH, fails, outcomes};
use selvedge::check::explore::Memory;
use selvedge::sync::atomic::{AtomicU64, Ordering, Ordering::Relaxed};
use selvedge::sync::cell::UnsafeCell;
use selvedge::sync::{Arc, Mutex, heap, thread};
use std::cell;

/// A cell that anybody may use, and the explorer judges it.
struct Open(UnsafeCell<u64>);

// SAFETY: a race is what the explorer is there to find, and it stops before the second access.
unsafe impl Sync for Open {}

impl Open {
    fn new() -> Self {
        Open(UnsafeCell::new(0))
    }

    #[track_caller]
    fn write(&self, value: u64) {
        // SAFETY: the explorer stops before an access that is not ordered after all others.
        self.0.with_mut(|content| unsafe { *content = value });
    }

    #[track_caller]
    fn read(&self) -> u64 {
        // SAFETY: as above.
        self.0.with(|content| unsafe { *content })
    }
}

/// A message in a cell, and a flag that says that it is there.
fn message(release: Ordering, acquire: Ordering) -> u64 {
    let (cell, flag) = (Open::new(), AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            cell.write(7);
            flag.store(1, release);
        });
        if flag.load(acquire) == 1 { cell.read() } else { 0 }
    })
}

#[test]
fn a_message_needs_release_and_acquire() {
    use Ordering::{Acquire, Release};
    for memory in BOTH {
        assert_eq!(outcomes(memory, || message(Release, Acquire)), [0, 7]);
        for (release, acquire) in [(Relaxed, Acquire), (Release, Relaxed), (Relaxed, Relaxed)] {
            let racy = move || message(release, acquire);
            match memory {
                // Every atomic access synchronises.
                Memory::Sc => assert_eq!(outcomes(memory, racy), [0, 7]),
                Memory::Weak => fails(
                    memory,
                    &[
                        "data race: ",
                        "written by thread 1 at models/explorer/memory.rs:",
                        "read by thread 0 at",
                    ],
                    racy,
                ),
            }
        }
    }
}

#[test]
fn accesses_in_no_order_race() {
    for memory in BOTH {
        let race = |one: fn(&Open), two: fn(&Open)| {
            move || {
                let cell = Open::new();
                thread::scope(|scope| {
                    scope.spawn(|| one(&cell));
                    two(&cell);
                });
                cell.read()
            }
        };
        fn read(cell: &Open) {
            cell.read();
        }
        fn write(cell: &Open) {
            cell.write(1);
        }
        fails(memory, &["data race: written by", "and written by", "in no order"], race(write, write));
        fails(memory, &["data race", "written by", "read by"], race(write, read));
        fails(memory, &["data race", "written by", "read by"], race(read, write));
        assert_eq!(outcomes(memory, race(read, read)), [0]);
    }
}

/// The write of one and the read of the other are far apart in each run, and only the mutex could order them.
fn far_apart(inside: bool) -> u64 {
    let (cell, lock) = (Open::new(), Mutex::new(()));
    thread::scope(|scope| {
        scope.spawn(|| {
            if !inside {
                cell.write(1);
            }
            let _held = lock.lock().expect("no panic");
            if inside {
                cell.write(1);
            }
        });
        let _held = lock.lock().expect("no panic");
        cell.read()
    })
}

#[test]
fn a_race_is_found_far_apart() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || far_apart(true)), [0, 1]);
        fails(memory, &["data race"], || far_apart(false));
    }
}

/// A cell and an atomic are taken apart, after the join or before it.
fn taken_apart(cell: bool, joined: bool) -> u64 {
    struct Both(UnsafeCell<Open>, cell::UnsafeCell<AtomicU64>);
    // SAFETY: as with `Open`; an atomic, of which the explorer judges each use.
    unsafe impl Sync for Both {}
    // SAFETY: as above.
    unsafe impl Send for Both {}
    let both = Arc::new(Both(UnsafeCell::new(Open::new()), cell::UnsafeCell::new(AtomicU64::new(0))));
    let other = Arc::clone(&both);
    let child = thread::spawn(move || {
        let both = &other;
        if cell {
            // SAFETY: shared only; the explorer judges the access of the inner cell.
            both.0.with(|open| unsafe { (*open).write(1) });
        } else {
            // SAFETY: an atomic; `into_inner` below is judged by the explorer.
            unsafe { &*both.1.get() }.store(1, Relaxed);
        }
    });
    let mut child = Some(child);
    if joined && let Some(child) = child.take() {
        child.join().expect("no panic");
    }
    let seen = if cell {
        // SAFETY: judged before it is used.
        both.0.with(|open| unsafe { *(*open.cast_mut()).0.get_mut() })
    } else {
        // SAFETY: judged before it is used.
        unsafe { both.1.get().read() }.into_inner()
    };
    if let Some(child) = child {
        child.join().expect("no panic");
    }
    seen
}

#[test]
fn what_is_taken_apart_belongs_to_one() {
    for memory in BOTH {
        for cell in [false, true] {
            assert_eq!(outcomes(memory, move || taken_apart(cell, true)), [1]);
            fails(memory, &["data race"], move || taken_apart(cell, false));
        }
        let inside = || {
            let x = AtomicU64::new(3);
            x.fetch_add(1, Relaxed);
            (x.into_inner(), UnsafeCell::new(5_u64).into_inner())
        };
        assert_eq!(outcomes(memory, inside), [(4, 5)]);
    }
}

/// How a thread uses a cell, and what it does as long as it does.
type Access = fn(&Open, &dyn Fn());

/// A thread says that it has done with a cell, inside its access or behind it.
fn tells(done: &AtomicU64, cell: &Open, access: Access, inside: bool) {
    let tell = || done.store(1, Ordering::Release);
    access(cell, if inside { &tell } else { &|| () });
    if !inside {
        tell();
    }
}

/// Main uses the cell when it has been told.
fn used_then(access: Access, inside: bool, then: fn(&Open)) {
    let (cell, done) = (Open::new(), AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| tells(&done, &cell, access, inside));
        if done.load(Ordering::Acquire) == 1 {
            then(&cell);
        }
    });
}

/// Main frees the node in which the cell lies, when it has been told or when the other has ended.
fn freed_then(access: Access, inside: bool) {
    let (node, done) = (heap::alloc(Open::new()), AtomicU64::new(0));
    // SAFETY: alive until it is told, or else the explorer says so.
    let cell = unsafe { heap::get(node) };
    thread::scope(|scope| {
        let other = scope.spawn(|| tells(&done, cell, access, inside));
        if done.load(Ordering::Acquire) == 0 {
            other.join().expect("no panic");
        }
        // SAFETY: once; and the other has done with it, or else the explorer says so.
        unsafe { heap::free(node) };
    });
}

#[test]
fn an_access_lasts_as_long_as_its_closure() {
    let read: Access = |cell, meanwhile| cell.0.with(|_| meanwhile());
    let write: Access = |cell, meanwhile| cell.0.with_mut(|_| meanwhile());
    let reads: fn(&Open) = |cell| _ = cell.read();
    let writes: fn(&Open) = |cell| cell.write(1);
    for memory in BOTH {
        for (access, then) in [(read, writes), (write, writes), (write, reads)] {
            assert_eq!(outcomes(memory, move || used_then(access, false, then)), [()]);
            fails(memory, &["data race", "thread 0", "thread 1"], move || used_then(access, true, then));
        }
        assert_eq!(outcomes(memory, move || used_then(read, true, reads)), [()]);
        for access in [read, write] {
            assert_eq!(outcomes(memory, move || freed_then(access, false)), [()]);
            fails(memory, &["use after free", "thread 0", "thread 1"], move || freed_then(access, true));
        }
    }
}
