//! The lesson's own unit tests, as the lesson has them. The other three come with their structures.
#![cfg(not(any(loom, shuttle)))]

use selvedge::ring::LockFreeRingBuffer;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_lock_free_ring_buffer() {
        let buffer = LockFreeRingBuffer::new(4).unwrap();

        assert!(buffer.is_empty());
        assert!(!buffer.is_full());

        assert!(buffer.try_push(1).is_ok());
        assert!(buffer.try_push(2).is_ok());
        assert!(buffer.try_push(3).is_ok());
        assert!(buffer.try_push(4).is_ok());

        assert!(buffer.is_full());
        assert!(buffer.try_push(5).is_err());

        assert_eq!(buffer.try_pop(), Some(1));
        assert_eq!(buffer.try_pop(), Some(2));
        assert_eq!(buffer.try_pop(), Some(3));
        assert_eq!(buffer.try_pop(), Some(4));
        assert_eq!(buffer.try_pop(), None);

        assert!(buffer.is_empty());
    }
}
