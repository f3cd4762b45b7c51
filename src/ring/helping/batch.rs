//! Many at once. Each element is a step of its own: there is no claim that would hold for several.

use super::HelpingRing;
use crate::ring::{Closed, TryPopError, TryPushError};

impl<T, const INDEX: u32> HelpingRing<T, INDEX> {
    /// Moves values from the front of `values` into the ring, one after the other, until it is full or closed, or
    /// nothing is left. Returns how many. What stays in `values` keeps its order.
    ///
    /// Each is a [`try_push`](Self::try_push) of its own: what others push may come between. O(`values.len()`).
    ///
    /// # Errors
    /// If the ring is closed, and nothing went in. `values` is as it was.
    pub fn push_batch(&self, values: &mut Vec<T>) -> Result<usize, Closed> {
        if values.is_empty() {
            return if self.is_closed() { Err(Closed) } else { Ok(0) };
        }
        let before = values.len();
        // From the end, so that nothing has to move up each time.
        values.reverse();
        let mut closed = false;
        while let Some(value) = values.pop() {
            if let Err(refused) = self.try_push(value) {
                closed = matches!(refused, TryPushError::Closed(_));
                values.push(refused.into_inner());
                break;
            }
        }
        values.reverse();
        let count = before - values.len();
        if closed && count == 0 { Err(Closed) } else { Ok(count) }
    }

    /// Moves up to `most` elements from the ring to the end of `values`, one after the other, until it is empty. Returns
    /// how many.
    ///
    /// Each is a [`try_pop`](Self::try_pop) of its own: what others pop may come between.
    ///
    /// # Errors
    /// If the ring is closed and empty, and nothing came out.
    ///
    /// # Panics
    /// As `Vec::reserve`, before anything is taken.
    pub fn pop_batch(&self, values: &mut Vec<T>, most: usize) -> Result<usize, Closed> {
        if most == 0 {
            return if self.is_closed() && self.is_empty() { Err(Closed) } else { Ok(0) };
        }
        // No more than there are, but at least one, to be told whether the ring is closed.
        let most = most.min(self.len()).max(1);
        values.reserve(most);
        for count in 0..most {
            match self.try_pop() {
                Ok(value) => values.push(value),
                Err(TryPopError::Closed) if count == 0 => return Err(Closed),
                Err(_) => return Ok(count),
            }
        }
        Ok(most)
    }
}
