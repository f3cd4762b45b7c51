//! Sets.

use super::{Value, hash, read_if};
use crate::check::spec::{Spec, Urgency};
use arbitrary::Arbitrary;
use std::collections::BTreeSet;
use std::marker::PhantomData;

/// A set. Each value is a part of its own.
#[derive(Clone, Debug)]
pub struct Set<V>(PhantomData<fn() -> V>);

impl<V> Set<V> {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Set(PhantomData)
    }
}

impl<V> Default for Set<V> {
    fn default() -> Self {
        Self::new()
    }
}

/// What a [`Set`] is asked. It answers whether the value was absent and is there now, was there and is absent now, or
/// is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Arbitrary)]
pub enum SetOp<V> {
    /// Adds a value.
    Insert(V),
    /// Removes a value.
    Remove(V),
    /// Looks for a value.
    Contains(V),
}

impl<V> SetOp<V> {
    fn value(&self) -> &V {
        let (SetOp::Insert(value) | SetOp::Remove(value) | SetOp::Contains(value)) = self;
        value
    }
}

impl<V: Value> Spec for Set<V> {
    type Op = SetOp<V>;
    type Ret = bool;
    type State = BTreeSet<V>;

    fn initial(&self) -> BTreeSet<V> {
        BTreeSet::new()
    }

    fn step(&self, state: &mut BTreeSet<V>, op: &SetOp<V>) -> bool {
        match op {
            SetOp::Insert(value) => state.insert(value.clone()),
            SetOp::Remove(value) => state.remove(value),
            SetOp::Contains(value) => state.contains(value),
        }
    }

    const UNDOES: bool = true;

    fn undo(&self, state: &mut BTreeSet<V>, op: &SetOp<V>, ret: &bool) {
        match op {
            SetOp::Insert(value) if *ret => drop(state.remove(value)),
            SetOp::Remove(value) if *ret => drop(state.insert(value.clone())),
            _ => {}
        }
    }

    fn urgency(&self, op: &SetOp<V>, ret: Option<&bool>) -> Urgency {
        read_if(matches!(op, SetOp::Contains(_)) || ret == Some(&false))
    }

    fn bytes(&self, state: &BTreeSet<V>) -> usize {
        size_of_val(state) + state.len() * size_of::<V>()
    }

    fn partition(&self, op: &SetOp<V>) -> Option<u64> {
        Some(hash(op.value()))
    }

    fn is_same_part(&self, first: &SetOp<V>, second: &SetOp<V>) -> bool {
        first.value() == second.value()
    }
}
