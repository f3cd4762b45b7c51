//! The word of a slot: whose turn it is, two bits, and the cell.

use crate::arena::Id;

/// From the top: the turn, the waiting bit, the sealed bit, `INDEX` bits for the cell.
///
/// Turn `2l` is "free for its position of lap `l`", turn `2l+1` is "holds the element of that position".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SlotWord<const INDEX: u32>(pub u64);

/// Where a turn stands against another one, which the reader goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The turn right before.
    Before,
    /// The same turn.
    Now,
    /// The turn right after.
    Next,
    /// None of these: the reader is late.
    Past,
}

impl<const INDEX: u32> SlotWord<INDEX> {
    const SEALED: u64 = 1 << INDEX;
    const WAITING: u64 = 2 << INDEX;
    /// One turn.
    const TURN: u64 = 4 << INDEX;

    /// Free for the first lap.
    pub const FREE: Self = SlotWord(0);

    /// Where the word stands against "free for a position of this lap". Turns come round after `2^(62-INDEX)`.
    pub fn against_free(self, lap: u64) -> Standing {
        let turns = (self.0 & !(Self::TURN - 1)).wrapping_sub((lap << 1).wrapping_mul(Self::TURN));
        match turns {
            0 => Standing::Now,
            _ if turns == Self::TURN => Standing::Next,
            _ if turns == Self::TURN.wrapping_neg() => Standing::Before,
            _ => Standing::Past,
        }
    }

    /// The cell of the element, if the slot holds one.
    pub fn id(self) -> Option<Id> {
        Id::new((self.0 & (Self::SEALED - 1)) as u32)
    }

    /// With the element in this cell, of a slot that was free and not sealed. Nobody waits any more.
    pub fn filled(self, id: Id) -> Self {
        SlotWord((self.0 & !(Self::TURN - 1)).wrapping_add(Self::TURN) | u64::from(id.get()))
    }

    /// Without the element: free for the next lap. Nobody waits any more; the seal stays.
    pub fn emptied(self) -> Self {
        SlotWord((self.0 & !(Self::TURN - 1)).wrapping_add(Self::TURN) | self.0 & Self::SEALED)
    }

    /// The next position to be filled is this slot's, and nothing will be.
    pub fn sealed(self) -> bool {
        self.0 & Self::SEALED != 0
    }

    pub fn with_seal(self) -> Self {
        SlotWord(self.0 | Self::SEALED)
    }

    /// Of a free slot: consumers sleep. Of one that holds an element: producers do.
    pub fn waiting(self) -> bool {
        self.0 & Self::WAITING != 0
    }

    pub fn with_waiting(self) -> Self {
        SlotWord(self.0 | Self::WAITING)
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Word = SlotWord<24>;

    proptest! {
        #[test]
        fn a_slot_goes_from_turn_to_turn(laps in 1..50_u64, id in 1_u32..1 << 24, seal: bool, wait: bool) {
            let id = Id::new(id).expect("from 1");
            let mut word = Word::FREE;
            for lap in 0..laps {
                prop_assert_eq!((word.against_free(lap), word.id()), (Standing::Now, None));
                prop_assert_eq!(word.against_free(lap + 1), Standing::Past);
                if wait { word = word.with_waiting(); }
                word = word.filled(id);
                prop_assert_eq!((word.against_free(lap), word.id()), (Standing::Next, Some(id)));
                prop_assert_eq!((word.against_free(lap + 1), word.waiting()), (Standing::Before, false));
                if wait { word = word.with_waiting(); }
                if seal && lap + 1 == laps { word = word.with_seal(); }
                word = word.emptied();
                prop_assert_eq!((word.against_free(lap), word.waiting()), (Standing::Past, false));
            }
            prop_assert_eq!(word.sealed(), seal);
        }
    }

    #[test]
    fn turns_come_round() {
        // 38 bits of turns are 2^37 laps.
        let laps = 1_u64 << 37;
        let last = Word::FREE;
        assert_eq!((last.against_free(laps), last.against_free(laps - 1)), (Standing::Now, Standing::Past));
        assert_eq!(SlotWord::<60>::FREE.against_free(2), Standing::Now);
    }
}
