//! Programs of a few accesses.

use super::programs::{Program, on_threads};
use selvedge::sync::atomic::{AtomicU64, Ordering};
use selvedge::sync::{Mutex, thread};
use std::sync::Arc;

type Places<const N: usize> = [AtomicU64; N];

fn places<const N: usize>() -> Places<N> {
    std::array::from_fn(|_| AtomicU64::new(0))
}

/// Those of the table.
pub fn programs() -> [(&'static str, Program); 3] {
    [
        ("SB", Box::new(store_buffering)),
        ("IRIW, acquire loads", Box::new(independent_reads)),
        ("3 fetch_add, 3 threads", adds(3)),
    ]
}

/// Two threads write, and read what the other has written.
fn store_buffering() {
    on_threads(2, places::<2>(), |places, thread| {
        places[thread].store(1, Ordering::Relaxed);
        places[1 - thread].load(Ordering::Relaxed);
    });
}

/// Two threads write, and two others read both places, in opposite order.
fn independent_reads() {
    on_threads(4, places::<2>(), |places, thread| match thread {
        0 | 1 => places[thread].store(1, Ordering::Release),
        _ => {
            places[thread - 2].load(Ordering::Acquire);
            places[3 - thread].load(Ordering::Acquire);
        }
    });
}

/// So many threads count to their number: as many executions as there are orders of them.
pub fn adds(threads: usize) -> Program {
    Box::new(move || {
        on_threads(threads, places::<1>(), |places, _| {
            places[0].fetch_add(1, Ordering::Relaxed);
        });
    })
}

/// A thread waits for a lock that its parent holds, and its parent for the thread.
pub fn deadlock() {
    let mutex = Arc::new(Mutex::new(()));
    let held = mutex.lock().expect("nobody panics under it");
    let other = {
        let mutex = Arc::clone(&mutex);
        thread::spawn(move || drop(mutex.lock()))
    };
    other.join().expect("it never ends");
    drop(held);
}
