//! A word that names a cell, and a count that makes it a new word each time.

use std::num::NonZeroU32;

/// The number of a cell, from 1.
pub(crate) type Id = NonZeroU32;

/// `INDEX` bits for the cell, 0 being none; the rest count how often the word was changed.
///
/// The count comes round after `2^(64-INDEX)` changes: see the [arena](super) on what that means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word<const INDEX: u32>(pub u64);

impl<const INDEX: u32> Word<INDEX> {
    /// The bits of the number.
    const NUMBER: u64 = {
        // Fewer than 32 bits to count with are for models only, which show what goes wrong then.
        assert!(INDEX >= 8 && INDEX <= if cfg!(any(loom, shuttle)) { 64 } else { 32 });
        u64::MAX >> (64 - INDEX)
    };

    /// The largest number of a cell.
    pub const MOST: u32 = if INDEX < 32 { (1 << INDEX) - 1 } else { u32::MAX };

    /// No cell, never changed.
    pub const NONE: Self = Word(0);

    /// The cell that the word names.
    pub fn id(self) -> Option<Id> {
        Id::new((self.0 & Self::NUMBER) as u32)
    }

    /// The word that names `id` and comes after this one.
    pub fn then(self, id: Option<Id>) -> Self {
        let counted = match 1_u64.checked_shl(INDEX) {
            Some(one) => (self.0 & !Self::NUMBER).wrapping_add(one),
            None => 0, // a model without any count
        };
        Word(counted | u64::from(id.map_or(0, Id::get)))
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_cell_and_the_count_do_not_touch_each_other(word: u64, id in 0_u32..1 << 24) {
            let (before, id) = (Word::<24>(word), Id::new(id));
            let after = before.then(id);
            prop_assert_eq!(after.id(), id);
            prop_assert_eq!(after.0 >> 24, (word >> 24).wrapping_add(1) & ((1 << 40) - 1));
        }
    }

    #[test]
    fn the_count_comes_round() {
        let last = Word::<32>(u64::from(u32::MAX) << 32 | 7);
        assert_eq!(last.then(Id::new(9)), Word(9));
        assert_eq!((Word::<24>::MOST, Word::<32>::MOST), ((1 << 24) - 1, u32::MAX));
    }
}
