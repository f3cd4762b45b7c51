//! What can be wrong with a capacity.

use thiserror::Error;

/// A structure of this capacity cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CapacityError {
    /// It could hold nothing.
    #[error("the capacity must be at least 1")]
    Zero,
    /// It could not be counted, or not be addressed.
    #[error("a capacity of {0} is too large")]
    TooLarge(usize),
    /// There is not so much memory.
    #[error("no memory for a capacity of {0}")]
    OutOfMemory(usize),
}

impl CapacityError {
    /// `count` things, numbered from 0, for a structure of so much `capacity`.
    pub(crate) fn filled<S>(
        count: usize,
        capacity: usize,
        thing: impl FnMut(usize) -> S,
    ) -> Result<Box<[S]>, Self> {
        let mut room = Self::reserve(count, capacity)?;
        fill(&mut room, count, thing);
        Ok(room.into_boxed_slice())
    }

    /// Room for `count` things of type `S`, for a structure of so much `capacity`.
    fn reserve<S>(count: usize, capacity: usize) -> Result<Vec<S>, Self> {
        let bytes = count.checked_mul(size_of::<S>()).and_then(|bytes| isize::try_from(bytes).ok());
        if bytes.is_none() {
            return Err(CapacityError::TooLarge(capacity));
        }
        let mut room = Vec::new();
        room.try_reserve_exact(count).map_err(|_| CapacityError::OutOfMemory(capacity))?;
        Ok(room)
    }
}

/// Never inlined: a thing may be larger than the stack. Then there was no room for it, and no frame must hold one.
#[inline(never)]
fn fill<S>(room: &mut Vec<S>, count: usize, thing: impl FnMut(usize) -> S) {
    room.extend((0..count).map(thing));
}
