//! The programs. In each of them, but where it is said, the main thread works as thread 0.

use super::{hooks, litmus};
use selvedge::reclaim::{Epoch, Leak, Reclaim};
use selvedge::ring::Ring;
use selvedge::stack::TreiberStack;
use selvedge::sync::atomic::AtomicUsize;
use selvedge::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use selvedge::sync::cell::UnsafeCell;
use selvedge::sync::thread;
use std::sync::Arc;

/// A program.
pub type Program = Box<dyn Fn() + Send + Sync>;

/// Threads and the operations of each.
const STACKS: [(usize, usize); 7] = [(2, 1), (2, 2), (2, 3), (2, 4), (3, 1), (3, 2), (4, 1)];
const ALIKE: [(usize, usize); 3] = [(2, 2), (3, 1), (3, 2)];
const RINGS: [(usize, usize); 3] = [(2, 2), (2, 3), (3, 1)];

/// The same operations on each thread. Where they are said to be alike, the explorer makes use of it.
const SAME: &str = "TreiberStack, Leak, the same on each";

/// What the explorer's prototype ran, as it had it: see [`numbered`].
const NUMBERED: &str = "Treiber's algorithm, numbered nodes";

/// The programs of the table, by group, in the order of its rows.
fn table() -> Vec<(&'static str, String, Program)> {
    let mut all: Vec<(&'static str, String, Program)> = Vec::new();
    let size = |(threads, operations)| format!("{threads}x{operations}");
    all.extend(STACKS.map(|at| ("TreiberStack, Leak", size(at), stack::<Leak>(at))));
    all.extend(STACKS.map(|at| ("TreiberStack", size(at), stack::<Epoch>(at))));
    for at in ALIKE {
        all.push((SAME, size(at), same(at, on_others)));
        all.push((SAME, size(at) + ", alike", same(at, on_alike)));
    }
    all.push((NUMBERED, size((3, 2)), numbered((3, 2))));
    all.extend(RINGS.map(|at| ("Ring", size(at), ring(at))));
    all.extend(litmus::programs().map(|(name, program)| ("litmus", name.to_string(), program)));
    all
}

/// Group and name of each row of the table.
pub fn titles() -> Vec<(String, String)> {
    table().into_iter().map(|(group, name, _)| (group.to_string(), name)).collect()
}

/// The program of this name: `group/name` for a row of the table.
#[cfg_attr(not(any(loom, shuttle)), allow(dead_code))]
pub fn named(wanted: &str) -> Option<Program> {
    let control: Option<Program> = match wanted {
        hooks::FACADE => Some(Box::new(hooks::facade)),
        "control/adds" => Some(litmus::adds(2)),
        "control/deadlock" => Some(Box::new(litmus::deadlock)),
        "control/abort" => Some(Box::new(|| std::process::abort())),
        "control/endless" => Some(Box::new(|| std::thread::sleep(std::time::Duration::from_secs(3_600)))),
        _ => None,
    };
    let mut rows = table().into_iter();
    control.or_else(|| {
        rows.find_map(|(group, name, body)| (format!("{group}/{name}") == wanted).then_some(body))
    })
}

/// Runs `work` on so many threads, with the number of each. What they share is counted by `std`: it is no part of
/// the program.
pub fn on_threads<T: Send + Sync + 'static>(threads: usize, shared: T, work: fn(&T, usize)) {
    let shared = Arc::new(shared);
    let others = (1..threads).map(|number| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || work(&shared, number))
    });
    let others: Vec<_> = others.collect();
    work(&shared, 0);
    others.into_iter().for_each(|other| other.join().expect("a thread that panics fails the execution"));
}

/// Pushes and pops in turn; odd threads begin with a pop.
fn stack<R: Reclaim + Default + 'static>((threads, operations): (usize, usize)) -> Program {
    Box::new(move || {
        let stack = TreiberStack::<usize, R>::default();
        on_threads(threads, (stack, operations), |(stack, operations), thread| {
            for nth in 0..*operations {
                match (thread + nth).is_multiple_of(2) {
                    true => stack.push(nth),
                    false => _ = stack.pop(),
                }
            }
        });
    })
}

/// Pushes and pops in turn as above, of nodes that are numbers. Steps are those of the head and of a cell in each node; the
/// links are beside the facade, as those of the prototype were.
fn numbered((threads, operations): (usize, usize)) -> Program {
    struct Stack {
        head: AtomicUsize,
        next: Vec<(std::sync::atomic::AtomicUsize, UnsafeCell<()>)>,
    }
    // SAFETY: who makes a node writes its cell before it is pushed, and that is not pushed again.
    unsafe impl Sync for Stack {}

    impl Stack {
        fn push(&self, node: usize) {
            let (next, cell) = &self.next[node];
            cell.with_mut(|_| ());
            let mut head = self.head.load(Relaxed);
            loop {
                next.store(head, Relaxed);
                match self.head.compare_exchange(head, node, Release, Relaxed) {
                    Ok(_) => return,
                    Err(now) => head = now,
                }
            }
        }

        fn pop(&self) {
            let mut head = self.head.load(Acquire);
            while head != 0 {
                let (next, cell) = &self.next[head];
                cell.with(|_| ());
                match self.head.compare_exchange(head, next.load(Relaxed), Acquire, Acquire) {
                    Ok(_) => return,
                    Err(now) => head = now,
                }
            }
        }
    }

    Box::new(move || {
        let nodes = 1 + threads * operations;
        let next = (0..nodes).map(|_| Default::default()).collect();
        let stack = Stack { head: AtomicUsize::new(0), next };
        on_threads(threads, (stack, operations), |(stack, operations), thread| {
            for nth in 0..*operations {
                match (thread + nth).is_multiple_of(2) {
                    true => stack.push(1 + thread * operations + nth),
                    false => stack.pop(),
                }
            }
        });
    })
}

/// Pushes and pops in turn, on each thread; the main one only waits.
fn same((threads, operations): (usize, usize), on: fn(usize, Arc<dyn Fn() + Send + Sync>)) -> Program {
    Box::new(move || {
        let stack = TreiberStack::<usize, Leak>::default();
        let work = move || {
            for nth in 0..operations {
                match nth.is_multiple_of(2) {
                    true => stack.push(nth),
                    false => _ = stack.pop(),
                }
            }
        };
        on(threads, Arc::new(work));
    })
}

fn on_others(threads: usize, work: Arc<dyn Fn() + Send + Sync>) {
    let started = (0..threads).map(|_| {
        let work = Arc::clone(&work);
        thread::spawn(move || work())
    });
    let started: Vec<_> = started.collect();
    started.into_iter().for_each(|thread| thread.join().expect("a thread that panics fails the execution"));
}

fn on_alike(threads: usize, work: Arc<dyn Fn() + Send + Sync>) {
    #[cfg(shuttle)]
    selvedge::check::explore::on_threads_alike(threads, move |_| work());
    #[cfg(not(shuttle))]
    on_others(threads, work);
}

/// The same on a ring of two slots.
fn ring((threads, operations): (usize, usize)) -> Program {
    Box::new(move || {
        let ring = Ring::<usize>::with_capacity(2).expect("two slots");
        on_threads(threads, (ring, operations), |(ring, operations), thread| {
            for nth in 0..*operations {
                match (thread + nth).is_multiple_of(2) {
                    true => _ = ring.try_push(nth),
                    false => _ = ring.try_pop(),
                }
            }
        });
    })
}
