//! A slot: a cell and the stamp that says whose turn it is.

use crate::sync::atomic::AtomicU64;
use crate::sync::cell::UnsafeCell;
use std::mem::MaybeUninit;

pub(super) struct Slot<T> {
    /// `free(p)` or `full(p)` for the position `p` that comes next here.
    pub stamp: AtomicU64,
    /// The element of `p` while the stamp is `full(p)`.
    pub value: UnsafeCell<MaybeUninit<T>>,
}

/// The stamp of a slot that is free for `position`.
pub(super) const fn free(position: u64) -> u64 {
    2 * position
}

/// The stamp of a slot that holds the element of `position`.
pub(super) const fn full(position: u64) -> u64 {
    2 * position + 1
}

impl<T> Slot<T> {
    /// Free for its first position.
    pub(super) fn new(position: u64) -> Self {
        Slot { stamp: AtomicU64::new(free(position)), value: UnsafeCell::new(MaybeUninit::uninit()) }
    }
}
