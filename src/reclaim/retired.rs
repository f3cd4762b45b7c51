//! A node that waits to be freed.

use crate::sync::heap;

/// A retired node of a type that is known no more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retired {
    node: *mut (),
    free: unsafe fn(*mut ()),
    epoch: usize,
}

impl Retired {
    /// # Safety
    /// Those of [`Guard::retire`](super::Guard::retire).
    pub(super) unsafe fn new<T>(node: *mut T) -> Self {
        /// # Safety
        /// As `heap::free`, with a pointer that was a `*mut T`.
        unsafe fn free<T>(node: *mut ()) {
            // SAFETY: the caller's.
            unsafe { heap::free(node.cast::<T>()) }
        }
        Retired { node: node.cast(), free: free::<T>, epoch: 0 }
    }

    /// The same, with the epoch in which it was retired.
    pub(super) fn at(self, epoch: usize) -> Self {
        Retired { epoch, ..self }
    }

    /// The epoch in which it was retired, if its strategy has any.
    pub(super) fn epoch(&self) -> usize {
        self.epoch
    }

    /// What shields know the node by.
    pub(super) fn address(&self) -> *mut () {
        self.node
    }

    /// # Safety
    /// Called once, and nobody is reading the node.
    pub(super) unsafe fn free(self) {
        // SAFETY: `free` is for this node's type; `new` says that it was retired once; the rest is the caller's.
        unsafe { (self.free)(self.node) }
    }
}

// SAFETY: a node that `retire` was allowed to free on any thread (its #3).
unsafe impl Send for Retired {}
