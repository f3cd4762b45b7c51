//! Maps.

use super::{Value, hash, read_if};
use crate::check::spec::{Spec, Urgency};
use arbitrary::Arbitrary;
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// A map. Each key is a part of its own.
#[derive(Clone, Debug)]
pub struct Map<K, V>(PhantomData<fn() -> (K, V)>);

impl<K, V> Map<K, V> {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Map(PhantomData)
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

/// What a [`Map`] is asked. It answers what the key had: before, if it was changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Arbitrary)]
pub enum MapOp<K, V> {
    /// Looks up a key.
    Get(K),
    /// Gives a key a value.
    Insert(K, V),
    /// Removes a key.
    Remove(K),
}

impl<K, V> MapOp<K, V> {
    fn key(&self) -> &K {
        let (MapOp::Get(key) | MapOp::Insert(key, _) | MapOp::Remove(key)) = self;
        key
    }
}

impl<K: Value, V: Value> Spec for Map<K, V> {
    type Op = MapOp<K, V>;
    type Ret = Option<V>;
    type State = BTreeMap<K, V>;

    fn initial(&self) -> BTreeMap<K, V> {
        BTreeMap::new()
    }

    fn step(&self, state: &mut BTreeMap<K, V>, op: &MapOp<K, V>) -> Option<V> {
        match op {
            MapOp::Get(key) => state.get(key).cloned(),
            MapOp::Insert(key, value) => state.insert(key.clone(), value.clone()),
            MapOp::Remove(key) => state.remove(key),
        }
    }

    const UNDOES: bool = true;

    fn undo(&self, state: &mut BTreeMap<K, V>, op: &MapOp<K, V>, ret: &Option<V>) {
        match (op, ret) {
            (MapOp::Get(_), _) => {}
            (op, Some(value)) => drop(state.insert(op.key().clone(), value.clone())),
            (op, None) => drop(state.remove(op.key())),
        }
    }

    fn urgency(&self, op: &MapOp<K, V>, ret: Option<&Option<V>>) -> Urgency {
        read_if(match op {
            MapOp::Get(_) => true,
            MapOp::Insert(_, value) => ret == Some(&Some(value.clone())),
            MapOp::Remove(_) => ret == Some(&None),
        })
    }

    fn bytes(&self, state: &BTreeMap<K, V>) -> usize {
        size_of_val(state) + state.len() * size_of::<(K, V)>()
    }

    fn partition(&self, op: &MapOp<K, V>) -> Option<u64> {
        Some(hash(op.key()))
    }

    fn is_same_part(&self, first: &MapOp<K, V>, second: &MapOp<K, V>) -> bool {
        first.key() == second.key()
    }
}
