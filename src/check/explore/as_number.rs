//! Orderings in checkpoints.

use crate::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::Serializer;

const ALL: [Ordering; 5] = [Relaxed, Acquire, Release, AcqRel, SeqCst];

pub(super) fn serialize<S: Serializer>(order: &Ordering, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u8(ALL.iter().position(|other| other == order).unwrap_or(ALL.len()) as u8)
}

pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Ordering, D::Error> {
    let number = u8::deserialize(from)?;
    ALL.get(usize::from(number)).copied().ok_or_else(|| D::Error::custom("no ordering"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for order in ALL {
            let mut text = Vec::new();
            serialize(&order, &mut serde_json::Serializer::new(&mut text)).unwrap();
            let read = deserialize(&mut serde_json::Deserializer::from_slice(&text));
            assert_eq!(read.unwrap(), order);
        }
        assert!(deserialize(&mut serde_json::Deserializer::from_slice(b"5")).is_err());
    }
}
