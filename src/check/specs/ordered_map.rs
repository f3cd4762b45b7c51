//! Maps whose keys have an order.

use super::{Value, read_if};
use crate::check::spec::{Spec, Urgency};
use arbitrary::Arbitrary;
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// A map with ranges. It has no parts: a range is about many keys at one moment.
#[derive(Clone, Debug)]
pub struct OrderedMap<K, V>(PhantomData<fn() -> (K, V)>);

impl<K, V> OrderedMap<K, V> {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        OrderedMap(PhantomData)
    }
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

/// What an [`OrderedMap`] is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Arbitrary)]
pub enum OrderedMapOp<K, V> {
    /// Looks up a key.
    Get(K),
    /// Gives a key a value.
    Insert(K, V),
    /// Removes a key.
    Remove(K),
    /// The first key.
    First,
    /// The last key.
    Last,
    /// The keys from one on, up to another which does not belong to them. If it is not greater there are none.
    Range(K, K),
}

/// What an [`OrderedMap`] answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OrderedMapRet<K, V> {
    /// What the key had: before, if it was changed.
    Value(Option<V>),
    /// The first or last key with what it has.
    Entry(Option<(K, V)>),
    /// The keys of the range in their order, with what they have.
    Entries(Vec<(K, V)>),
}

impl<K: Value, V: Value> Spec for OrderedMap<K, V> {
    type Op = OrderedMapOp<K, V>;
    type Ret = OrderedMapRet<K, V>;
    type State = BTreeMap<K, V>;

    fn initial(&self) -> BTreeMap<K, V> {
        BTreeMap::new()
    }

    fn step(&self, state: &mut BTreeMap<K, V>, op: &OrderedMapOp<K, V>) -> OrderedMapRet<K, V> {
        let owned = |(key, value): (&K, &V)| (key.clone(), value.clone());
        match op {
            OrderedMapOp::Get(key) => OrderedMapRet::Value(state.get(key).cloned()),
            OrderedMapOp::Insert(key, value) => {
                OrderedMapRet::Value(state.insert(key.clone(), value.clone()))
            }
            OrderedMapOp::Remove(key) => OrderedMapRet::Value(state.remove(key)),
            OrderedMapOp::First => OrderedMapRet::Entry(state.first_key_value().map(owned)),
            OrderedMapOp::Last => OrderedMapRet::Entry(state.last_key_value().map(owned)),
            OrderedMapOp::Range(from, to) if from < to => {
                OrderedMapRet::Entries(state.range(from..to).map(owned).collect())
            }
            OrderedMapOp::Range(..) => OrderedMapRet::Entries(Vec::new()),
        }
    }

    const UNDOES: bool = true;

    fn undo(&self, state: &mut BTreeMap<K, V>, op: &OrderedMapOp<K, V>, ret: &OrderedMapRet<K, V>) {
        let (OrderedMapOp::Insert(key, _) | OrderedMapOp::Remove(key)) = op else { return };
        match ret {
            OrderedMapRet::Value(Some(value)) => drop(state.insert(key.clone(), value.clone())),
            _ => drop(state.remove(key)),
        }
    }

    fn urgency(&self, op: &OrderedMapOp<K, V>, ret: Option<&OrderedMapRet<K, V>>) -> Urgency {
        let had = |value: Option<V>| ret == Some(&OrderedMapRet::Value(value));
        read_if(match op {
            OrderedMapOp::Insert(_, value) => had(Some(value.clone())),
            OrderedMapOp::Remove(_) => had(None),
            _ => true,
        })
    }

    fn bytes(&self, state: &BTreeMap<K, V>) -> usize {
        size_of_val(state) + state.len() * size_of::<(K, V)>()
    }
}
