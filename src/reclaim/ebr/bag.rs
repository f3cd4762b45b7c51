//! What waits to be freed under epochs: nodes in a bag, which lies beside a mark of the
//! [registry](super::super::registry) and is its claimer's alone.
//!
//! # Invariants
//! 1. The nodes are used by who has claimed the mark, and by nobody else. Who comes next has acquired what it did.
//! 2. They are in the order of their epochs: who puts one in reads the epoch after all who have put one in before.

use crate::exhaust::exhaust;
use crate::reclaim::retired::Retired;
use crate::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use crate::sync::cell::UnsafeCell;
use std::collections::VecDeque;

#[derive(Default)]
pub(in crate::reclaim) struct Bag {
    content: UnsafeCell<Content>,
    /// How many nodes there are, for those who only look.
    count: AtomicUsize,
}

#[derive(Default)]
struct Content {
    /// Oldest first.
    nodes: VecDeque<Retired>,
    /// How many were put in since the last [`free`](Bag::free).
    fresh: usize,
}

impl Bag {
    /// Puts a node in. How many were since one looked what can be freed.
    ///
    /// # Safety
    /// The bag is the caller's.
    pub(super) unsafe fn put(&self, retired: Retired) -> usize {
        self.content.with_mut(|content| {
            // SAFETY: the caller's.
            let content = unsafe { &mut *content };
            content.nodes.push_back(retired);
            content.fresh += 1;
            // Relaxed: it says about how many.
            self.count.store(content.nodes.len(), Relaxed); // step: bag.put.count
            content.fresh
        })
    }

    /// Frees the oldest nodes, as long as they may be.
    ///
    /// # Safety
    /// The bag is the caller's, and nobody is reading a node of which `is_free` speaks.
    pub(super) unsafe fn free(&self, is_free: impl Fn(&Retired) -> bool) {
        let next = || {
            self.content.with_mut(|content| {
                // SAFETY: the caller's.
                let content = unsafe { &mut *content };
                let Some(retired) = content.nodes.pop_front_if(|oldest| is_free(oldest)) else {
                    // Not before the end: if a destructor panics, the next node to come goes on with the rest.
                    content.fresh = 0;
                    return None;
                };
                // Relaxed: it says about how many.
                self.count.store(content.nodes.len(), Relaxed); // step: bag.free.count
                Some(retired)
            })
        };
        // Destructors may do as they like: the bag is at rest while they run.
        while let Some(retired) = next() {
            // SAFETY: the caller's; it was in the bag once.
            unsafe { retired.free() };
        }
    }

    /// How many nodes wait here, about.
    pub(super) fn count(&self) -> usize {
        self.count.load(Relaxed) // step: bag.count
    }
}

impl Drop for Bag {
    /// Frees what waits still.
    fn drop(&mut self) {
        let nodes = &mut self.content.get_mut().nodes;
        // SAFETY: it was in the bag once, and no guard lives.
        exhaust(|| nodes.pop_front().map(|retired| unsafe { retired.free() }));
    }
}
