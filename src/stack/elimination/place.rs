//! A place where a push and a pop meet.

use crate::stack::treiber::Node;
use crate::sync::Backoff;
use crate::sync::atomic::{
    AtomicPtr,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use std::ptr;

/// Null, a node that a push offers, or [`taken`]. The protocol is told in the [module](super).
pub(super) struct Place<T>(AtomicPtr<Node<T>>);

/// What a pop leaves in place of the node. No node lies at this address: it is not aligned for one.
fn taken<T>() -> *mut Node<T> {
    ptr::without_provenance_mut(1)
}

impl<T> Default for Place<T> {
    fn default() -> Self {
        Place(AtomicPtr::new(ptr::null_mut()))
    }
}

impl<T> Place<T> {
    /// Offers `node` for a moment. Whether a pop has taken it: it is the popper's then, and else the caller's again.
    pub(super) fn offer(&self, node: *mut Node<T>) -> bool {
        let free = ptr::null_mut();
        // Release: publishes the node to `elimination.take.take`.
        // Relaxed on failure: somebody else is here, and that is all.
        // step: elimination.offer.post
        if self.0.compare_exchange(free, node, Release, Relaxed).is_err() {
            return false;
        }
        // Relaxed: the exchange below is what decides.
        Backoff::moment(|| self.0.load(Relaxed) == node); // step: elimination.offer.watch
        // Relaxed on success: nobody has met us.
        // Acquire on failure: pairs with `elimination.take.take`; what the popper has seen is seen.
        // step: elimination.offer.withdraw
        if self.0.compare_exchange(node, free, Relaxed, Acquire).is_ok() {
            return false;
        }
        // Only a pop can have changed it, and only we may change it now.
        // Relaxed: the next offer publishes its own node.
        self.0.store(free, Relaxed); // step: elimination.offer.clear
        true
    }

    /// Takes the node that is offered here, if there is one: the caller's alone from then on.
    pub(super) fn take(&self) -> Option<*mut Node<T>> {
        // Relaxed: the exchange below acquires.
        let offered = self.0.load(Relaxed); // step: elimination.take.look
        if offered.is_null() || offered == taken() {
            return None;
        }
        // Acquire: pairs with `elimination.offer.post`; the node's fields are seen.
        // Release: pairs with `elimination.offer.withdraw`; the pusher sees what we have seen.
        // The node that the exchange returns: what was looked at may have been another one at the same address.
        // step: elimination.take.take
        self.0.compare_exchange(offered, taken(), AcqRel, Relaxed).ok()
    }
}
