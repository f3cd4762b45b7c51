//! Many at once: one claim for as many neighbouring slots as are ready.

use super::claim::Refusal;
use super::error::Closed;
use super::mpmc::Ring;

impl<T> Ring<T> {
    /// Moves values from the front of `values` into the ring: as many as there is room for in a row, in their
    /// order, with nobody else's between. Returns how many; 0 if the ring is full, or `values` empty.
    ///
    /// One atomic step for the whole batch. Fewer than would fit go in if a slot of the row is still being emptied.
    /// What stays in `values` moves up: O(`values.len()`), so feed many values through a small ring in portions.
    ///
    /// # Errors
    /// If the ring is closed. `values` is as it was.
    pub fn push_batch(&self, values: &mut Vec<T>) -> Result<usize, Closed> {
        if values.is_empty() {
            return if self.is_closed() { Err(Closed) } else { Ok(0) };
        }
        match self.claim_push(values.len() as u64) {
            Ok(claim) => {
                let count = claim.count();
                claim.fill(values.drain(..count));
                Ok(count)
            }
            Err(Refusal::NotNow) => Ok(0),
            Err(Refusal::Closed) => Err(Closed),
        }
    }

    /// Moves up to `most` elements from the ring to the end of `values`: as many as are ready in a row, in their
    /// order. Returns how many; 0 if the ring is empty, or `most` is 0.
    ///
    /// One atomic step for the whole batch. Fewer than there are come out if a slot of the row is still being filled.
    ///
    /// # Errors
    /// If the ring is closed and empty.
    ///
    /// # Panics
    /// As `Vec::reserve`, before anything is taken.
    pub fn pop_batch(&self, values: &mut Vec<T>, most: usize) -> Result<usize, Closed> {
        if most == 0 {
            return if self.is_closed() && self.is_empty() { Err(Closed) } else { Ok(0) };
        }
        // No more than there are, but at least one, to be told whether the ring is closed.
        let most = most.min(self.len()).max(1);
        // Before the claim: to allocate may fail, and others wait for what is claimed.
        values.reserve(most);
        match self.claim_pop(most as u64) {
            Ok(claim) => {
                let before = values.len();
                claim.empty(|value| values.push(value));
                Ok(values.len() - before)
            }
            Err(Refusal::NotNow) => Ok(0),
            Err(Refusal::Closed) => Err(Closed),
        }
    }
}
