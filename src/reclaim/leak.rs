//! No reclamation until the end: nodes are freed with the structure.
//!
//! With it a structure's logic can be studied alone: whatever still fails is no matter of memory. Retired
//! nodes are kept in a list of their own, a stack that is only pushed to and so needs no protection itself.

use super::{Guard, Reclaim};
use crate::sync::atomic::{AtomicPtr, Ordering};
use crate::sync::heap;
use std::ptr;

/// Keeps every retired node until the strategy is dropped.
#[derive(Debug)]
pub struct Leak {
    retired: AtomicPtr<Retired>,
}

struct Retired {
    node: *mut (),
    free: unsafe fn(*mut ()),
    next: *mut Retired,
}

/// Costs nothing and protects everything.
#[derive(Debug)]
pub struct LeakGuard<'r>(&'r Leak);

impl Default for Leak {
    fn default() -> Self {
        Leak { retired: AtomicPtr::new(ptr::null_mut()) }
    }
}

// SAFETY: a node is freed in `Drop`, when no guard can live any more, since guards borrow the strategy.
unsafe impl Reclaim for Leak {
    type Guard<'r> = LeakGuard<'r>;

    fn pin(&self) -> LeakGuard<'_> {
        LeakGuard(self)
    }
}

// SAFETY: a load, and nothing is freed while the strategy is borrowed.
unsafe impl Guard for LeakGuard<'_> {
    #[cfg_attr(any(loom, shuttle), track_caller)]
    fn protect<T>(&self, source: &AtomicPtr<T>, order: Ordering) -> *mut T {
        source.load(order) // step: leak.protect.load
    }

    unsafe fn retire<T>(&self, node: *mut T) {
        /// # Safety
        /// As `heap::free`, with a pointer that was a `*mut T`.
        unsafe fn free<T>(node: *mut ()) {
            // SAFETY: the caller's.
            unsafe { heap::free(node.cast::<T>()) }
        }
        // Relaxed: the list is read by `drop` alone, which its `&mut` orders after every retire.
        let mut head = self.0.retired.load(Ordering::Relaxed); // step: leak.retire.head_load
        let entry = Box::into_raw(Box::new(Retired { node: node.cast(), free: free::<T>, next: head }));
        // step: leak.retire.publish
        while let Err(now) =
            self.0.retired.compare_exchange_weak(head, entry, Ordering::Relaxed, Ordering::Relaxed)
        {
            head = now;
            // SAFETY: `entry` is not published yet, so it is ours alone.
            unsafe { (*entry).next = head };
        }
    }
}

impl Drop for Leak {
    fn drop(&mut self) {
        let mut next = self.retired.load(Ordering::Relaxed); // step: leak.drop.head_load
        while !next.is_null() {
            // SAFETY: made by `Box::into_raw` in `retire`, and reached once: `&mut self`, and the list is walked once.
            let entry = unsafe { Box::from_raw(next) };
            // SAFETY: `free` is for this node's type; the node was retired once, and no guard lives any more.
            unsafe { (entry.free)(entry.node) };
            next = entry.next;
        }
    }
}

// SAFETY: the raw pointers are nodes that `retire` was allowed to free on any thread (its #3).
unsafe impl Send for Leak {}
// SAFETY: as above; the list's head is atomic.
unsafe impl Sync for Leak {}
