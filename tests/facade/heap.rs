//! Nodes: each life and each death is watched, and what is wrong is told with all places.

use crate::engine::{explore, failure, log, plain, reusing};
use selvedge::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use selvedge::sync::cell::UnsafeCell;
use selvedge::sync::model::{self, Value};
use selvedge::sync::{Reuse, heap, thread};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Rc;

struct Node {
    atomic: AtomicU32,
    cell: UnsafeCell<u32>,
}

fn node() -> *mut Node {
    heap::alloc(Node { atomic: AtomicU32::new(1), cell: UnsafeCell::new(2) })
}

/// A pointer that the test sends to another thread.
#[derive(Clone, Copy)]
struct Sent(*mut Node);

// SAFETY: all threads of a model are coroutines of one thread.
unsafe impl Send for Sent {}

impl Sent {
    fn get(self) -> *mut Node {
        self.0
    }
}

/// Thread 0 allocates, thread 1 frees, thread 0 does something.
fn after_the_free(act: impl Fn(*mut Node) + Send + Sync + 'static) -> String {
    failure(plain, move || {
        let sent = Sent(node());
        // SAFETY: the node is used after this, which is what is to be found.
        thread::spawn(move || unsafe { heap::free(sent.get()) }).join().unwrap();
        act(sent.get());
    })
}

/// `verb` by thread 0 here, freed by thread 1, allocated by thread 0: with places in this file.
#[track_caller]
fn assert_tells(said: &str, fault: &str, line: u32) {
    let parts: Vec<&str> = said.split("; ").collect();
    let file = file!();
    assert_eq!(parts.len(), 3, "{said}");
    assert!(parts[0].starts_with(&format!("{fault} by thread 0 at {file}:{line}:")), "{said}");
    assert!(parts[1].starts_with(&format!("freed by thread 1 at {file}:")), "{said}");
    assert!(parts[2].starts_with(&format!("allocated by thread 0 at {file}:")), "{said}");
}

#[test]
fn a_use_after_free_is_found_by_get() {
    // SAFETY: none: this is what is to be found. So it is below.
    let said = after_the_free(|node| _ = unsafe { heap::get(node) });
    assert_tells(&said, "use after free: node 0 used", line!() - 1);
}

#[test]
fn a_use_after_free_is_found_by_an_atomic_in_the_node() {
    // SAFETY: as above.
    let said = after_the_free(|node| _ = unsafe { (*node).atomic.load(Ordering::Relaxed) });
    assert_tells(&said, "use after free: node 0 used", line!() - 1);
}

#[test]
fn a_use_after_free_is_found_by_a_cell_in_the_node() {
    // SAFETY: as above.
    let said = after_the_free(|node| unsafe { (*node).cell.with(|_| ()) });
    assert_tells(&said, "use after free: node 0 used", line!() - 1);
}

#[test]
fn a_double_free_is_found() {
    // SAFETY: as above.
    let said = after_the_free(|node| unsafe { heap::free(node) });
    assert_tells(&said, "double free: node 0 freed", line!() - 1);
}

#[test]
fn a_leak_is_found() {
    let line = line!() + 3;
    let said = failure(plain, || {
        let kept = node();
        heap::alloc(0_u8);
        thread::spawn(|| _ = heap::alloc(0_u16)).join().unwrap();
        // SAFETY: freed once.
        unsafe { heap::free(kept) };
    });
    let file = file!();
    assert!(said.starts_with("leak: 2 never freed: node 1 allocated by thread 0 at "), "{said}");
    assert!(
        said.contains(&format!("{file}:{line}:")) && said.contains("node 2 allocated by thread 1"),
        "{said}"
    );
}

#[test]
fn a_wild_pointer_is_found() {
    let outside = failure(plain, || {
        let mut local = 1_u32;
        // SAFETY: as above.
        unsafe { heap::free(&raw mut local) };
    });
    assert!(outside.starts_with("wild pointer: 0x") && outside.contains("freed by thread 0"), "{outside}");
    let inside = failure(plain, || {
        let node = heap::alloc([1_u32, 2]);
        // SAFETY: as above: the node's middle is not its beginning.
        let _ = unsafe { heap::get(node.cast::<u32>().add(1)) };
    });
    assert!(inside.starts_with("wild pointer: 0x") && inside.contains("used by thread 0"), "{inside}");
    // SAFETY: as above.
    let null = failure(plain, || _ = unsafe { heap::get(ptr::null::<u32>()) });
    assert!(null.starts_with("wild pointer: 0x0 used by thread 0"), "{null}");
}

#[test]
fn what_is_used_well_is_not_complained_of() {
    explore(plain, || {
        let (first, second) = (node(), node());
        // SAFETY: both live; each is freed once.
        unsafe {
            heap::free(first);
            assert_eq!(heap::get(second).atomic.load(Ordering::Relaxed), 1);
            assert_eq!(heap::get(second).cell.with(|value| *value), 2);
            heap::free(second);
        }
    });
}

/// With `Reuse` the second life of an address hides the end of the first: that is what it is for.
#[test]
fn a_reused_address_is_a_living_node() {
    let program = || {
        let first = heap::alloc(1_u32);
        // SAFETY: freed once; `first` is used in its second life.
        unsafe {
            heap::free(first);
            let second = heap::alloc(2_u32);
            assert_eq!(*heap::get(first), 2);
            heap::free(second);
        }
    };
    explore(reusing(Reuse::Lifo), program);
    assert!(failure(reusing(Reuse::Never), program).starts_with("use after free: node 0"));
}

#[test]
fn empty_nodes_have_addresses_of_their_own() {
    explore(plain, || {
        let (first, second) = (heap::alloc(()), heap::alloc(()));
        assert_ne!(first, second);
        let slot = AtomicPtr::new(first);
        assert!(slot.compare_exchange(second, second, Ordering::AcqRel, Ordering::Acquire).is_err());
        // SAFETY: each is freed once.
        unsafe {
            heap::free(first);
            heap::get(second);
            heap::free(second);
        }
    });
    let twice = failure(plain, || {
        let node = heap::alloc(());
        // SAFETY: none: this is what is to be found.
        unsafe {
            heap::free(node);
            heap::free(node);
        }
    });
    assert!(twice.starts_with("double free: node 0"), "{twice}");
}

#[test]
fn nodes_are_aligned() {
    #[repr(align(4096))]
    struct Page(u8);
    for reuse in [Reuse::Never, Reuse::Lifo] {
        explore(reusing(reuse), || {
            for n in 0..3 {
                let page = heap::alloc(Page(n));
                assert_eq!(page as usize % 4096, 0);
                // SAFETY: lives, and is freed once.
                unsafe {
                    assert_eq!(heap::get(page).0, n);
                    heap::free(page);
                }
            }
        });
    }
}

#[test]
fn a_free_drops_the_value_once() {
    explore(plain, || {
        let value = Rc::new(());
        let node = heap::alloc(Rc::clone(&value));
        assert_eq!(Rc::strong_count(&value), 2);
        // SAFETY: freed once.
        unsafe { heap::free(node) };
        assert_eq!(Rc::strong_count(&value), 1);
    });
}

/// As with a `Box`: the memory is given back even if the value's destructor panics.
#[test]
fn a_free_whose_destructor_panics_is_a_free() {
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            panic!("a bad destructor");
        }
    }
    let program = |again: bool| {
        move || {
            let node = heap::alloc(Bad);
            // SAFETY: freed once, and perhaps again, which is to be found.
            let free = || unsafe { heap::free(node) };
            assert!(catch_unwind(AssertUnwindSafe(free)).is_err());
            if again {
                free();
            }
        }
    };
    explore(plain, program(false));
    assert!(failure(plain, program(true)).starts_with("double free: node 0"));
}

/// A destructor may use what is in its own node.
#[test]
fn a_destructor_may_use_its_node() {
    struct Counting(AtomicU32);
    impl Drop for Counting {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let events = log(|| {
        let node = heap::alloc(Counting(AtomicU32::new(0)));
        // SAFETY: freed once.
        unsafe { heap::free(node) };
    });
    let actions: Vec<_> = events.iter().map(|event| event.action).collect();
    assert_eq!(actions, ["alloc", "fetch_add", "free"]);
    assert!(matches!((events[0].value, events[2].value), (Value::Wrote(a), Value::Wrote(b)) if a == b));
    assert!(model::events().len() <= events.len());
}

/// loom orders frees: an access that the free is not ordered after is a race, even if it came first.
#[cfg(loom)]
#[test]
fn an_unordered_free_is_a_race() {
    let program = |order: Ordering| {
        move || {
            let sent = Sent(node());
            let slot = selvedge::sync::Arc::new(AtomicU32::new(0));
            let told = selvedge::sync::Arc::clone(&slot);
            let reader = thread::spawn(move || {
                // SAFETY: the other thread frees once `told` says that we are done.
                let _ = unsafe { heap::get(sent.get()) };
                told.store(1, order);
            });
            while slot.load(Ordering::Acquire) == 0 {
                thread::yield_now();
            }
            // SAFETY: the reader is done: ordered or not is what loom is to tell.
            unsafe { heap::free(sent.get()) };
            reader.join().unwrap();
        }
    };
    explore(plain, program(Ordering::Release));
    let said = failure(plain, program(Ordering::Relaxed));
    assert!(said.contains("Causality violation"), "{said}");
}
