//! The shield of strategies whose guards protect everything.

use super::Shield;
use crate::sync::atomic::{AtomicPtr, Ordering};
use std::marker::PhantomData;

/// A shield that costs nothing: its guard protects all that can be reached.
#[derive(Debug)]
#[must_use = "a shield is there to protect"]
pub struct Blanket<'g>(PhantomData<&'g ()>);

impl Blanket<'_> {
    /// # Safety
    /// Nothing is freed that is retired while the result lives.
    #[inline(always)]
    pub(super) unsafe fn new() -> Self {
        Blanket(PhantomData)
    }
}

// SAFETY: a load, and a guard that keeps alive what is retired while it lives: that of who made the blanket.
unsafe impl Shield for Blanket<'_> {
    #[inline(always)]
    #[cfg_attr(any(loom, shuttle), track_caller)]
    fn protect<T>(&mut self, source: &AtomicPtr<T>, order: Ordering) -> *mut T {
        source.load(order) // step: blanket.protect.load
    }

    #[inline(always)]
    fn protect_seen<T>(&mut self, _source: &AtomicPtr<T>, seen: *mut T, _order: Ordering) -> *mut T {
        seen
    }
}
