//! A counter's word: the position, and two bits.

/// The bits of the position: enough for a hundred years of a push each nanosecond.
const POSITION: u64 = (1 << 62) - 1;
const WAITING: u64 = 1 << 62;
const CLOSED: u64 = 1 << 63;

/// The content of `head` or `tail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Index(pub u64);

impl Index {
    /// What `close` adds to `tail`.
    pub const CLOSED: u64 = CLOSED;

    /// The largest capacity: a stamp of the lap after the last position must fit.
    pub const MOST_SLOTS: u64 = 1 << 61;

    /// Nobody waits, open.
    pub fn at(position: u64) -> Self {
        debug_assert!(position <= POSITION, "more positions than a counter holds");
        Index(position)
    }

    /// How many claims there have been.
    pub fn position(self) -> u64 {
        self.0 & POSITION
    }

    /// On `tail`: consumers sleep. On `head`: producers do.
    pub fn waiting(self) -> bool {
        self.0 & WAITING != 0
    }

    pub fn with_waiting(self) -> Self {
        Index(self.0 | WAITING)
    }

    /// On `tail`: no more pushes.
    pub fn closed(self) -> bool {
        self.0 & CLOSED != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn fields_do_not_touch_each_other(position in 0..=POSITION, waiting: bool, closed: bool) {
            let mut index = Index::at(position);
            prop_assert!(!index.waiting() && !index.closed());
            if waiting { index = index.with_waiting(); }
            if closed { index = Index(index.0 | Index::CLOSED); }
            prop_assert_eq!((index.position(), index.waiting(), index.closed()), (position, waiting, closed));
        }
    }
}
