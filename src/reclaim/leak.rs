//! No reclamation until the end: nodes are freed with the structure.
//!
//! With it a structure's logic can be studied alone: whatever still fails is no matter of memory. Retired
//! nodes are kept in a list of their own, a stack that is only pushed to and so needs no protection itself.

use super::retired::Retired;
use super::{Blanket, Guard, ProtectsAll, Reclaim};
use crate::exhaust::exhaust;
use crate::sync::atomic::{AtomicPtr, Ordering};
use std::ptr;

/// Keeps every retired node until the strategy is dropped.
#[derive(Debug)]
pub struct Leak {
    retired: AtomicPtr<Entry>,
}

struct Entry {
    retired: Retired,
    next: *mut Entry,
}

/// Costs nothing and protects everything.
#[must_use = "a guard is there to retire, and to make shields"]
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

// SAFETY: as above.
unsafe impl ProtectsAll for Leak {}

// SAFETY: nothing is freed while the strategy is borrowed.
unsafe impl Guard for LeakGuard<'_> {
    type Shield<'g>
        = Blanket<'g>
    where
        Self: 'g;

    fn shield(&self) -> Blanket<'_> {
        // SAFETY: nothing is freed while the strategy is borrowed.
        unsafe { Blanket::new() }
    }

    unsafe fn retire<T>(&self, node: *mut T) {
        // SAFETY: the caller's.
        let retired = unsafe { Retired::new(node) };
        // Relaxed: the list is read by `drop` alone, which its `&mut` orders after every retire.
        let mut head = self.0.retired.load(Ordering::Relaxed); // step: leak.retire.head_load
        let entry = Box::into_raw(Box::new(Entry { retired, next: head }));
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
        exhaust(|| {
            // SAFETY: made by `Box::into_raw` in `retire`, and reached once: `&mut self`, and the list is walked once.
            let entry = (!next.is_null()).then(|| unsafe { Box::from_raw(next) })?;
            next = entry.next;
            // SAFETY: the node was retired once, and no guard lives any more.
            unsafe { entry.retired.free() };
            Some(())
        });
    }
}

// SAFETY: the raw pointers are nodes that `retire` was allowed to free on any thread (its #3).
unsafe impl Send for Leak {}
// SAFETY: as above; the list's head is atomic.
unsafe impl Sync for Leak {}
