//! The lesson's `BadStack` and `GoodStack`, as the lesson has them, and the `pop` that it leaves out. Do not
//! repair them: each defect is wanted.
//!
//! # Departures from the lesson
//! 1. The atomics are the facade's, and nodes come from the facade's heap instead of `Box`, so that engines
//!    see them live and die.
//! 2. `Node` is defined: the lesson uses it without.
//! 3. `new`, which the lesson lacks (ST5).
//!
//! # What is ours
//! The lesson's stacks can only be pushed to. A stack of which nothing is ever popped cannot suffer from ABA
//! (ST7), so what the lesson claims of its version counter can be tested only with a `pop`. The operations
//! marked *ours* below add what the counter implies, and nothing wiser:
//!
//! * [`GoodStack::pop`] looks at the version before and after it reads a node, and frees what it took at once;
//! * [`GoodStack::push_linked_anew`] and [`GoodStack::pop_from_lasting_memory`] are the same with ST2 repaired
//!   and with ST4 out of sight, so that ST3 stands alone.

use selvedge::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use selvedge::sync::heap;
use std::ptr;

pub struct Node<T> {
    pub value: T,
    pub next: *mut Node<T>,
}

pub struct BadStack<T> {
    pub head: AtomicPtr<Node<T>>,
}

impl<T> BadStack<T> {
    pub fn new() -> Self {
        Self { head: AtomicPtr::new(ptr::null_mut()) }
    }

    pub fn push(&self, value: T) {
        let new_node = heap::alloc(Node { value, next: self.head.load(Ordering::Acquire) });

        // ABA problem: head might have changed between load and compare_exchange
        loop {
            let current = self.head.load(Ordering::Acquire);
            if self
                .head
                .compare_exchange_weak(current, new_node, Ordering::Release, Ordering::Relaxed)
                .is_ok()
            {
                break;
            }
        }
    }
}

pub struct GoodStack<T> {
    pub head: AtomicPtr<Node<T>>,
    pub version: AtomicUsize, // Version counter to prevent ABA
}

impl<T> GoodStack<T> {
    pub fn new() -> Self {
        Self { head: AtomicPtr::new(ptr::null_mut()), version: AtomicUsize::new(0) }
    }

    pub fn push(&self, value: T) {
        let new_node = heap::alloc(Node { value, next: self.head.load(Ordering::Acquire) });

        loop {
            let current = self.head.load(Ordering::Acquire);
            let _current_version = self.version.load(Ordering::Acquire);

            // Use version to detect ABA problem
            if self
                .head
                .compare_exchange_weak(current, new_node, Ordering::Release, Ordering::Relaxed)
                .is_ok()
            {
                self.version.fetch_add(1, Ordering::Release);
                break;
            }
        }
    }
}

/// Ours, all of it.
impl<T: Copy> GoodStack<T> {
    /// Ours. Takes the top off, by the lesson's scheme, and frees it at once.
    pub fn pop(&self) -> Option<T> {
        // SAFETY: unsound, see ST4: another thread may have freed the node between the load of `head` and here.
        self.pop_with(|node| unsafe { heap::get(node) })
    }

    /// Ours. As [`pop`](Self::pop), from memory of which a freed node can still be read.
    ///
    /// Some allocators promise that much (memory that keeps its type, as of a kernel's slabs), and version
    /// counters are meant for them: what a late reader finds may be old or new, and the version tells. In a
    /// model the memory of freed nodes is kept, and a read that does not go through the facade is not noticed.
    pub fn pop_from_lasting_memory(&self) -> Option<T> {
        // SAFETY: unsound on any real heap, see ST4; in a model the memory is kept to the end of the execution.
        self.pop_with(|node| unsafe { &*node })
    }

    fn pop_with<'a>(&'a self, node: impl Fn(*mut Node<T>) -> &'a Node<T>) -> Option<T> {
        loop {
            let current_version = self.version.load(Ordering::Acquire);
            let current = self.head.load(Ordering::Acquire);
            if current.is_null() {
                return None;
            }
            let next = node(current).next;

            // Use version to detect ABA problem
            if self.version.load(Ordering::Acquire) != current_version {
                continue;
            }
            if self.head.compare_exchange_weak(current, next, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                self.version.fetch_add(1, Ordering::Release);
                let value = node(current).value;
                // SAFETY: unsound, see ST4: it was unlinked by us, but others may be reading it.
                unsafe { heap::free(current) };
                return Some(value);
            }
        }
    }

    /// Ours. The lesson's `push` with ST2 repaired: the node is linked anew for each attempt.
    pub fn push_linked_anew(&self, value: T) {
        let new_node = heap::alloc(Node { value, next: ptr::null_mut() });

        loop {
            let current = self.head.load(Ordering::Acquire);
            // SAFETY: not published yet, so ours alone.
            unsafe { (*new_node).next = current };
            let _current_version = self.version.load(Ordering::Acquire);

            // Use version to detect ABA problem
            if self
                .head
                .compare_exchange_weak(current, new_node, Ordering::Release, Ordering::Relaxed)
                .is_ok()
            {
                self.version.fetch_add(1, Ordering::Release);
                break;
            }
        }
    }
}

/// Ours. The nodes of a stack from top to bottom, when no other thread uses it. A chain that a defect has
/// closed to a ring is cut.
pub fn chain<T>(head: &AtomicPtr<Node<T>>) -> Vec<*mut Node<T>> {
    let top = head.load(Ordering::Acquire);
    let next = |node: &*mut Node<T>| {
        // SAFETY: no other thread uses the stack, and in a model the memory even of freed nodes is kept.
        let next = unsafe { (**node).next };
        (!next.is_null()).then_some(next)
    };
    let first = (!top.is_null()).then_some(top);
    std::iter::successors(first, next).take(16).collect()
}

// SAFETY: values go from thread to thread by move. The lesson has no such bound, see ST6.
unsafe impl<T: Send> Send for Node<T> {}
