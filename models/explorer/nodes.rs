//! Heap nodes under the explorer, and a stack that has guards or has none.

use super::said::{BOTH, fails, outcomes};
use selvedge::check::explore::Memory;
use selvedge::reclaim::{Ghost, Guard, Leak, ProtectsAll, Reclaim, Shield};
use selvedge::sync::atomic::{AtomicPtr, AtomicU64, Ordering, Ordering::Relaxed};
use selvedge::sync::{heap, thread};
use std::ptr;

/// A node is published with `order`, and whoever sees it looks into it.
fn publish(release: Ordering, acquire: Ordering) -> u64 {
    let head: AtomicPtr<u64> = AtomicPtr::new(ptr::null_mut());
    let seen = thread::scope(|scope| {
        scope.spawn(|| head.store(heap::alloc(7), release));
        let node = head.load(acquire);
        // SAFETY: nobody frees it before the scope ends.
        if node.is_null() { 0 } else { unsafe { *heap::get(node) } }
    });
    // SAFETY: everybody has ended.
    unsafe { heap::free(head.load(Relaxed)) };
    seen
}

#[test]
fn a_node_is_published_with_release_and_acquire() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || publish(Ordering::Release, Ordering::Acquire)), [0, 7]);
        for (release, acquire) in [(Relaxed, Ordering::Acquire), (Ordering::Release, Relaxed)] {
            match memory {
                Memory::Sc => assert_eq!(outcomes(memory, move || publish(release, acquire)), [0, 7]),
                Memory::Weak => fails(
                    memory,
                    &[
                        "before its making is known",
                        "made by thread 1 at models/explorer/nodes.rs:",
                        "used by thread 0 at",
                    ],
                    move || publish(release, acquire),
                ),
            }
        }
    }
}

#[derive(Clone, Copy)]
enum End {
    Never,
    Once,
    Twice,
    WhileUsed,
}

fn one_node(end: End) {
    let node = AtomicPtr::new(heap::alloc(7_u64));
    let node = &node;
    // SAFETY: (not in all of these: that is what is tested.)
    let free = || unsafe { heap::free(node.load(Relaxed)) };
    thread::scope(|scope| {
        // SAFETY: as above.
        scope.spawn(|| unsafe { *heap::get(node.load(Relaxed)) });
        if let End::WhileUsed = end {
            free();
        }
    });
    match end {
        End::Never | End::WhileUsed => {}
        End::Once => free(),
        End::Twice => {
            free();
            free();
        }
    }
}

#[test]
fn a_node_is_freed_once_and_after_all_uses() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || one_node(End::Once)), [()]);
        fails(memory, &["leak: 1 never freed: node 0 allocated by thread 0 at"], || one_node(End::Never));
        fails(memory, &["double free: node 0 freed by thread 0 at"], || one_node(End::Twice));
        fails(memory, &["use after free", "thread 1 at"], || one_node(End::WhileUsed));
    }
}

#[test]
fn an_atomic_in_a_node_dies_with_it() {
    struct Node {
        value: AtomicU64,
    }
    for memory in BOTH {
        let late = |late: bool| {
            move || {
                let node = heap::alloc(Node { value: AtomicU64::new(7) });
                // SAFETY: alive.
                let inside = unsafe { &heap::get(node).value };
                let before = if late { 0 } else { inside.load(Relaxed) };
                // SAFETY: (not used any more, unless late.)
                unsafe { heap::free(node) };
                if late { inside.load(Relaxed) } else { before }
            }
        };
        assert_eq!(outcomes(memory, late(false)), [7]);
        fails(memory, &["use after free: node 0 used by thread 0 at", "freed by thread 0 at"], late(true));
    }
}

/// When a pop takes its guard.
#[derive(Clone, Copy)]
enum Pin {
    First,
    /// After the head was read.
    Late,
    /// Only for the retirement.
    Last,
    /// It ends before the node is read.
    Short,
}

struct Node {
    value: u64,
    next: *mut Node,
}

/// R. K. Treiber's stack, as small as it can be.
struct Stack<R: ProtectsAll> {
    head: AtomicPtr<Node>,
    reclaim: R,
}

// SAFETY: values are numbers, and nodes are handed over by the head.
unsafe impl<R: ProtectsAll> Sync for Stack<R> {}

impl<R: ProtectsAll + Default> Stack<R> {
    /// A stack of these, the last on top.
    fn of(values: &[u64]) -> Self {
        let mut top = ptr::null_mut();
        for &value in values {
            top = heap::alloc(Node { value, next: top });
        }
        Stack { head: AtomicPtr::new(top), reclaim: R::default() }
    }

    fn pop(&self, pin: Pin) -> Option<u64> {
        loop {
            let mut guard = matches!(pin, Pin::First | Pin::Short).then(|| self.reclaim.pin());
            let head = match &guard {
                Some(guard) => guard.shield().protect(&self.head, Ordering::Acquire),
                None => self.head.load(Ordering::Acquire),
            };
            if head.is_null() {
                return None;
            }
            match pin {
                Pin::First | Pin::Last => {}
                Pin::Late => guard = Some(self.reclaim.pin()),
                Pin::Short => guard = None,
            }
            // SAFETY: guarded, or else the explorer says so.
            let Node { value, next } = *unsafe { heap::get(head) };
            if self.head.compare_exchange(head, next, Relaxed, Relaxed).is_ok() {
                let guard = guard.unwrap_or_else(|| self.reclaim.pin());
                // SAFETY: unlinked by this thread, once.
                unsafe { guard.retire(head) };
                return Some(value);
            }
        }
    }
}

impl<R: ProtectsAll> Drop for Stack<R> {
    fn drop(&mut self) {
        let mut node = self.head.load(Relaxed);
        while !node.is_null() {
            // SAFETY: linked, so not retired, and nobody else is left.
            let next = unsafe { heap::get(node).next };
            // SAFETY: as above.
            unsafe { heap::free(node) };
            node = next;
        }
    }
}

/// Two threads pop from a stack of two; what they got, in order.
fn two_pops<R: ProtectsAll + Default>(main: Pin, other: Pin) -> [Option<u64>; 2] {
    let stack = Stack::<R>::of(&[1, 2]);
    let mut got = thread::scope(|scope| {
        let popped = scope.spawn(|| stack.pop(other));
        [stack.pop(main), popped.join().expect("no panic")]
    });
    got.sort();
    got
}

#[test]
fn a_pop_with_a_guard_is_safe() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || two_pops::<Ghost>(Pin::First, Pin::First)), [[Some(1), Some(2)]]);
    }
}

#[test]
fn a_pop_without_a_guard_is_caught() {
    for memory in BOTH {
        for (main, other) in [(Pin::Last, Pin::First), (Pin::First, Pin::Last)] {
            fails(memory, &["use after free", "models/explorer/nodes.rs", "there was no guard"], move || {
                two_pops::<Ghost>(main, other)
            });
        }
        fails(memory, &["use after free", "there was no guard"], || {
            two_pops::<Ghost>(Pin::Short, Pin::First)
        });
    }
}

#[test]
fn a_guard_that_comes_too_late_is_caught() {
    for memory in BOTH {
        for (main, other) in [(Pin::Late, Pin::First), (Pin::First, Pin::Late)] {
            fails(
                memory,
                &["use after free", "retired by thread", "the guard was taken too late"],
                move || two_pops::<Ghost>(main, other),
            );
        }
    }
}

#[test]
fn who_never_frees_needs_no_guard() {
    for memory in BOTH {
        for pin in [Pin::First, Pin::Late, Pin::Last, Pin::Short] {
            let pops = move || two_pops::<Leak>(pin, Pin::First);
            assert_eq!(outcomes(memory, pops), [[Some(1), Some(2)]]);
        }
    }
}

#[test]
fn a_node_is_retired_once() {
    for memory in BOTH {
        let retired = |times: usize| {
            move || {
                let ghost = Ghost::default();
                let node = heap::alloc(1_u64);
                let guard = ghost.pin();
                // SAFETY: never linked; once, or else the explorer says so.
                (0..times).for_each(|_| unsafe { guard.retire(node) });
            }
        };
        assert_eq!(outcomes(memory, retired(1)), [()]);
        fails(memory, &["double free: retired by thread 0 at"], retired(2));
        fails(memory, &["leak: 1 never freed"], retired(0));
    }
}

/// Who makes a node waits until it is told that the other has done with it, by a word in the node itself.
fn told(order: Ordering) {
    let head: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());
    thread::scope(|scope| {
        scope.spawn(|| {
            let node = head.load(Ordering::Acquire);
            if !node.is_null() {
                // SAFETY: it is freed after it has been told.
                unsafe { heap::get(node) }.store(1, order);
            }
        });
        let node = heap::alloc(AtomicU64::new(0));
        head.store(node, Ordering::Release);
        // SAFETY: ours.
        if unsafe { heap::get(node) }.load(Ordering::Acquire) == 1 {
            // SAFETY: the other has done with it.
            unsafe { heap::free(node) };
            head.store(ptr::null_mut(), Relaxed);
        }
    });
    let node = head.load(Relaxed);
    if !node.is_null() {
        // SAFETY: everybody has ended.
        unsafe { heap::free(node) };
    }
}

#[test]
fn the_last_use_of_a_node_may_be_the_store_that_tells_it() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || told(Ordering::Release)), [()]);
    }
    fails(Memory::Weak, &["use after free", "thread 1 at"], || told(Relaxed));
}
