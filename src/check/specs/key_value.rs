//! Stores of texts, with append.

use super::{hash, read_if};
use crate::check::spec::{Spec, Urgency};
use arbitrary::Arbitrary;
use std::collections::BTreeMap;

/// A store of texts. Each key is a part of its own; a key that was never written has the empty text.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyValue;

/// What a [`KeyValue`] is asked. A get answers the text, the others nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Arbitrary)]
pub enum KeyValueOp {
    /// Reads a key.
    Get(String),
    /// Writes a key.
    Put(String, String),
    /// Writes behind what a key has.
    Append(String, String),
}

impl KeyValueOp {
    fn key(&self) -> &str {
        let (KeyValueOp::Get(key) | KeyValueOp::Put(key, _) | KeyValueOp::Append(key, _)) = self;
        key
    }
}

impl Spec for KeyValue {
    type Op = KeyValueOp;
    type Ret = Option<String>;
    /// Without keys that have the empty text.
    type State = BTreeMap<String, String>;

    fn initial(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    fn step(&self, state: &mut BTreeMap<String, String>, op: &KeyValueOp) -> Option<String> {
        match op {
            KeyValueOp::Get(key) => return Some(state.get(key).cloned().unwrap_or_default()),
            KeyValueOp::Put(key, text) if text.is_empty() => drop(state.remove(key)),
            KeyValueOp::Put(key, text) => drop(state.insert(key.clone(), text.clone())),
            KeyValueOp::Append(_, text) if text.is_empty() => {}
            KeyValueOp::Append(key, text) => state.entry(key.clone()).or_default().push_str(text),
        }
        None
    }

    fn urgency(&self, op: &KeyValueOp, _ret: Option<&Option<String>>) -> Urgency {
        read_if(matches!(op, KeyValueOp::Get(_)))
    }

    fn bytes(&self, state: &BTreeMap<String, String>) -> usize {
        let texts: usize = state.iter().map(|(key, text)| key.capacity() + text.capacity()).sum();
        size_of_val(state) + state.len() * size_of::<(String, String)>() + texts
    }

    fn partition(&self, op: &KeyValueOp) -> Option<u64> {
        Some(hash(&op.key()))
    }

    fn is_same_part(&self, first: &KeyValueOp, second: &KeyValueOp) -> bool {
        first.key() == second.key()
    }
}
