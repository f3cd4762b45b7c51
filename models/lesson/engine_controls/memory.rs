//! What is seen, and what is freed.

use super::program;
use crate::{ALL, WEAK};
use selvedge::check::{Engine, Model};
use selvedge::reclaim::{Epoch, Guard, Reclaim};
use selvedge::sync::atomic::{AtomicBool, AtomicPtr, Ordering, fence};
use selvedge::sync::cell::UnsafeCell;
use selvedge::sync::{Arc, heap, thread};
use std::ptr;

/// A chain of nodes: as much of Treiber's stack as a mistake needs.
struct Chain {
    head: AtomicPtr<Node>,
    reclaim: Epoch,
}

struct Node {
    value: UnsafeCell<u8>,
    next: *mut Node,
}

// SAFETY: that nodes are used by one thread at a time or read only is what the controls are about.
unsafe impl Send for Chain {}
// SAFETY: as above.
unsafe impl Sync for Chain {}

impl Chain {
    fn new() -> Arc<Self> {
        Arc::new(Chain { head: AtomicPtr::new(ptr::null_mut()), reclaim: Epoch::default() })
    }

    /// For one pusher alone, so that once is enough.
    fn push(&self, value: u8, publish: Ordering) {
        let next = self.head.load(Ordering::Relaxed);
        let node = heap::alloc(Node { value: UnsafeCell::new(0), next });
        // SAFETY: not published yet, so ours alone.
        unsafe { heap::get(node).value.with_mut(|cell| *cell = value) };
        self.head.compare_exchange(next, node, publish, Ordering::Relaxed).expect("one pusher alone");
    }

    /// Reads the value on top.
    fn peek(&self) -> Option<u8> {
        let head = self.head.load(Ordering::Acquire);
        // SAFETY: nobody frees nodes in the models that peek.
        (!head.is_null()).then(|| unsafe { heap::get(head).value.with(|cell| *cell) })
    }

    /// Takes the top off; guarded from before the load, or only when it is too late.
    fn pop(&self, guarded: bool) {
        let early = guarded.then(|| self.reclaim.pin());
        let mut head = self.head.load(Ordering::Acquire);
        while !head.is_null() {
            // SAFETY: with an early guard the node is not freed yet; without one this is the mistake.
            let next = unsafe { heap::get(head).next };
            match self.head.compare_exchange(head, next, Ordering::Acquire, Ordering::Acquire) {
                Ok(_) => {
                    let guard = early.unwrap_or_else(|| self.reclaim.pin());
                    // SAFETY: unlinked by this exchange, so by nobody else.
                    unsafe { guard.retire(head) };
                    return;
                }
                Err(now) => head = now,
            }
        }
    }

    fn free_all(&self) {
        let mut node = self.head.load(Ordering::Acquire);
        while !node.is_null() {
            // SAFETY: linked, and the last thread that has the chain calls this.
            let next = unsafe { heap::get(node).next };
            // SAFETY: as above, and it is freed once.
            unsafe { heap::free(node) };
            node = next;
        }
    }
}

/// A push that does not release what it wrote: the node is seen, and what is in it is not. The main thread pushes,
/// because loom plain misses it the other way round.
mod published_without_release {
    use super::*;

    fn model(publish: Ordering) -> Model {
        program("chain", "what was pushed is seen", move || {
            let chain = Chain::new();
            let reader = Arc::clone(&chain);
            let reading = thread::spawn(move || assert!(matches!(reader.peek(), None | Some(7))));
            chain.push(7, publish);
            reading.join().expect("no panic");
            chain.free_all();
        })
    }

    selvedge::model!(
        fails,
        model(Ordering::Relaxed).kills(
            "control: published without release",
            WEAK,
            ["Causality violation", "data race", "before its making"]
        )
    );
    selvedge::model!(holds, model(Ordering::Release));
}

/// Two threads say that they are here and look for the other: with relaxed accesses both may see nobody.
mod store_buffering {
    use super::*;

    fn model(fenced: bool) -> Model {
        program("two flags", "one sees the other", move || {
            let flags = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
            let look = move |flags: &[AtomicBool; 2], me: usize| {
                flags[me].store(true, Ordering::Relaxed);
                if fenced {
                    fence(Ordering::SeqCst);
                }
                flags[1 - me].load(Ordering::Relaxed)
            };
            let shared = Arc::clone(&flags);
            let other = thread::spawn(move || look(&shared, 1));
            let first = look(&flags, 0);
            let second = other.join().expect("no panic");
            assert!(first || second, "both saw nobody");
        })
    }

    selvedge::model!(
        fails,
        model(false).kills(
            "control: store buffering",
            [Engine::LoomPlain, Engine::ExplorerWeak],
            ["both saw nobody"]
        )
    );
    selvedge::model!(holds, model(true));
}

/// A pop that pins only to retire: it follows a pointer that another pop has freed meanwhile. loom may say
/// that the free is not ordered after the read.
mod pop_without_a_guard {
    use super::*;

    fn model(guarded: bool) -> Model {
        program("chain", "no use after free", move || {
            let chain = Chain::new();
            chain.push(1, Ordering::Release);
            let other = Arc::clone(&chain);
            let popping = thread::spawn(move || other.pop(guarded));
            chain.pop(guarded);
            popping.join().expect("no panic");
        })
    }

    const SAYING: [&str; 2] = ["use after free", "Causality violation"];
    selvedge::model!(fails, model(false).kills("control: pop without a guard", ALL, SAYING));
    selvedge::model!(holds, model(true));
}

/// What can be done to a node by one thread alone.
mod nodes {
    use super::*;

    fn model(property: &str, run: fn(*mut u8)) -> Model {
        program("node", property, move || run(heap::alloc(7))).sequential()
    }

    fn free(node: *mut u8) {
        // SAFETY: a node of `alloc`; in `freed_twice` it is freed already, which is the mistake.
        unsafe { heap::free(node) };
    }

    fn read(node: *mut u8) {
        // SAFETY: a node of `alloc`; in `read_after_free` it is freed, which is the mistake.
        assert_eq!(*unsafe { heap::get(node) }, 7);
    }

    selvedge::model!(
        read_after_free,
        model("no use after free", |node| {
            free(node);
            read(node);
        })
        .kills("control: freed node read", ALL, ["use after free"])
    );
    selvedge::model!(
        freed_twice,
        model("no double free", |node| {
            free(node);
            free(node);
        })
        .kills("control: double free", ALL, ["double free"])
    );
    selvedge::model!(
        never_freed,
        model("no leak", read).kills("control: leak", ALL, ["leak: 1 never freed"])
    );
    selvedge::model!(
        holds,
        model("no leak", |node| {
            read(node);
            free(node);
        })
    );
}
