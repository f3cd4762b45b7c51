//! crossbeam-epoch itself, explored by loom: what `reclaim::Epoch` is in production.
//!
//! ```sh
//! RUSTFLAGS="--cfg loom --cfg crossbeam_loom" CARGO_TARGET_DIR=target/verify/crossbeam \
//!     cargo test --release --manifest-path models/crossbeam/Cargo.toml
//! ```
#![cfg(all(loom, crossbeam_loom))]

use crossbeam_epoch::{Atomic, Collector, Guard, LocalHandle, Owned, unprotected};
use loom::model::Builder;
use loom::sync::Arc;
use loom::sync::atomic::{
    AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, SeqCst},
};
use loom::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A number in a node, which is overwritten when the node ends: a read of it then is a race, or reads the wrong one.
struct Node(loom::cell::UnsafeCell<usize>);

const ALIVE: usize = 7;

impl Node {
    fn end(&self) {
        // SAFETY: the only user, or else loom says so.
        self.0.with_mut(|number| unsafe { *number = 0 });
    }
}

/// A place, and who frees what was there.
struct Register {
    place: Atomic<Node>,
    collector: Collector,
    freed: Arc<AtomicUsize>,
}

fn node() -> Owned<Node> {
    Owned::new(Node(loom::cell::UnsafeCell::new(ALIVE)))
}

impl Register {
    fn read(&self, guard: &Guard) {
        let node = self.place.load(Acquire, guard);
        // SAFETY: never null, and destroyed by `replace` under a guard.
        let number = unsafe { node.deref() }.0.with(|number| unsafe { *number });
        assert_eq!(number, ALIVE, "read after its end");
    }

    /// Retires what is there. By mistake it ends at once; its memory stays, so that loom can look at it.
    fn replace(&self, handle: &LocalHandle, deferred: bool) {
        let guard = handle.pin();
        let old = self.place.swap(node(), AcqRel, &guard);
        if !deferred {
            // SAFETY: not null.
            unsafe { old.deref() }.end();
        }
        let freed = Arc::clone(&self.freed);
        let end = move || {
            // SAFETY: unlinked by our swap alone, and no guard of then is left.
            let old = unsafe { old.into_owned() };
            if deferred {
                old.end();
            }
            drop(old);
            freed.fetch_add(1, Relaxed);
        };
        // SAFETY: all that it uses is owned by it.
        unsafe { guard.defer_unchecked(end) };
        guard.flush();
    }
}

/// One thread reads while another replaces what is there: how often the old node was freed before the end.
fn read_against_replacement(deferred: bool) -> Result<usize, String> {
    let freed_early = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let told = std::sync::Arc::clone(&freed_early);
    let mut builder = Builder::new();
    builder.preemption_bound = Some(2);
    builder.max_branches = 20_000;
    let explored = catch_unwind(AssertUnwindSafe(|| {
        builder.check(move || {
            let freed = Arc::new(AtomicUsize::new(0));
            let collector = Collector::new();
            let register = Register { place: Atomic::null(), collector, freed: Arc::clone(&freed) };
            register.place.store(node(), SeqCst);
            let register = Arc::new(register);
            let shared = Arc::clone(&register);
            let reading = thread::spawn(move || {
                let handle = shared.collector.register();
                shared.read(&handle.pin());
            });
            let handle = register.collector.register();
            register.replace(&handle, deferred);
            // Each of these advances the epoch by one at most.
            for _ in 0..3 {
                handle.pin().flush();
            }
            told.fetch_add(freed.load(Relaxed), std::sync::atomic::Ordering::Relaxed);
            reading.join().expect("no panic");
            drop(handle);
            // SAFETY: nobody else is here.
            unsafe { drop(register.place.load(Relaxed, unprotected()).into_owned()) };
        });
    }));
    match explored {
        Ok(()) => Ok(freed_early.load(std::sync::atomic::Ordering::Relaxed)),
        Err(panic) => Err(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".into())),
    }
}

#[test]
fn a_node_is_not_freed_under_a_reader() {
    let freed = read_against_replacement(true).expect("nothing is wrong");
    // Else nothing was shown: no execution would have freed a node while anybody could read it.
    assert!(freed > 0, "nothing was ever freed");
}

#[test]
fn the_control_is_found() {
    let said = read_against_replacement(false).expect_err("a node is freed at once");
    assert!(said.contains("Causality violation") || said.contains("read after its end"), "{said}");
}
