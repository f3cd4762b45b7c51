//! The lesson's ring buffer: its name and its signatures, on [`Ring`].

use super::error::TryPushError;
use super::mpmc::Ring;
use crate::capacity::CapacityError;

/// The lesson's `LockFreeRingBuffer`, made true, with the lesson's signatures.
///
/// It keeps its name because learners look for it; like every ring of this family it is not lock-free (see the
/// [module](super)). What differs from the lesson, and the lesson's defect that it repairs:
///
/// * It holds as many elements as [`capacity`](Self::capacity) says (RB10).
/// * `push` and `try_push` fail only if the ring was full, `pop` and `try_pop` only if it was empty (RB6 to RB9).
/// * The fields are private (RB14); `new` says what is wrong with a capacity (RB12).
#[derive(Debug)]
pub struct LockFreeRingBuffer<T>(Ring<T>);

impl<T> LockFreeRingBuffer<T> {
    /// An empty ring that holds `capacity` elements, rounded up to a power of two.
    ///
    /// # Errors
    /// If `capacity` is 0, or too large to round up, to count or to allocate.
    pub fn new(capacity: usize) -> Result<Self, CapacityError> {
        if capacity == 0 {
            return Err(CapacityError::Zero);
        }
        let rounded = capacity.checked_next_power_of_two().ok_or(CapacityError::TooLarge(capacity))?;
        let ring = Ring::with_capacity(rounded).map_err(|why| match why {
            CapacityError::TooLarge(_) => CapacityError::TooLarge(capacity),
            CapacityError::OutOfMemory(_) => CapacityError::OutOfMemory(capacity),
            zero => zero,
        });
        ring.map(Self)
    }

    /// Puts `value` in.
    ///
    /// # Errors
    /// The value, if the ring was full.
    pub fn push(&self, value: T) -> Result<(), T> {
        self.0.try_push(value).map_err(TryPushError::into_inner)
    }

    /// Takes the oldest element out, or `None` if the ring was empty.
    pub fn pop(&self) -> Option<T> {
        self.0.try_pop().ok()
    }

    /// As [`push`](Self::push): the lesson has both, and means one attempt; one attempt is what it takes here.
    ///
    /// # Errors
    /// The value, if the ring was full.
    pub fn try_push(&self, value: T) -> Result<(), T> {
        self.push(value)
    }

    /// As [`pop`](Self::pop).
    pub fn try_pop(&self) -> Option<T> {
        self.pop()
    }

    /// Whether the ring was empty at one moment of this call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the ring was full at one moment of this call.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.is_full()
    }

    /// How many elements were in the ring at one moment of this call.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// How many elements the ring can hold.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }
}
