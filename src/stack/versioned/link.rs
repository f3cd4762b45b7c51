//! What is in the link of a cell that is in the stack.

use crate::arena::Id;

/// The depth, and the cell below. The arena's own links are of the same shape, with depth 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link(pub u64);

impl Link {
    /// Of a cell that is put on `next`, with so many cells below.
    pub fn above(below: u32, next: Option<Id>) -> Self {
        Link(u64::from(below + 1) << 32 | u64::from(next.map_or(0, Id::get)))
    }

    /// How many cells there are, from this one down.
    pub fn depth(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The cell below.
    pub fn next(self) -> Option<Id> {
        Id::new(self.0 as u32)
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_goes_in_comes_out(below in 0..u32::MAX, next: u32) {
            let link = Link::above(below, Id::new(next));
            prop_assert_eq!((link.depth(), link.next()), (below + 1, Id::new(next)));
        }
    }
}
