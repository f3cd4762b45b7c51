//! Pools: what was put may be taken in any order.

use super::{BagOp, BagRet, Value, read_if};
use crate::check::spec::{Spec, Urgency};
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// A multiset without a bound: a take gives any of its values.
#[derive(Clone, Debug)]
pub struct Pool<V>(PhantomData<fn() -> V>);

impl<V> Pool<V> {
    /// An empty pool.
    #[must_use]
    pub fn new() -> Self {
        Pool(PhantomData)
    }
}

impl<V> Default for Pool<V> {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes a value out, and says whether it was there.
fn remove<V: Value>(state: &mut BTreeMap<V, usize>, value: &V) -> bool {
    let Some(count) = state.get_mut(value) else { return false };
    *count -= 1;
    if *count == 0 {
        state.remove(value);
    }
    true
}

impl<V: Value> Spec for Pool<V> {
    type Op = BagOp<V>;
    type Ret = BagRet<V>;
    /// How often each value is there.
    type State = BTreeMap<V, usize>;

    fn initial(&self) -> BTreeMap<V, usize> {
        BTreeMap::new()
    }

    /// Of the values, the least is taken.
    fn step(&self, state: &mut BTreeMap<V, usize>, op: &BagOp<V>) -> BagRet<V> {
        match op {
            BagOp::Put(value) => {
                *state.entry(value.clone()).or_default() += 1;
                BagRet::Done
            }
            BagOp::Take => match state.keys().next().cloned() {
                None => BagRet::Empty,
                Some(value) => {
                    remove(state, &value);
                    BagRet::Taken(value)
                }
            },
        }
    }

    fn outcomes(&self, state: &BTreeMap<V, usize>, op: &BagOp<V>) -> Vec<(BagRet<V>, BTreeMap<V, usize>)> {
        if matches!(op, BagOp::Put(_)) || state.is_empty() {
            let mut after = state.clone();
            return vec![(self.step(&mut after, op), after)];
        }
        let taken = |value: &V| {
            let mut after = state.clone();
            remove(&mut after, value);
            (BagRet::Taken(value.clone()), after)
        };
        state.keys().map(taken).collect()
    }

    const UNDOES: bool = true;

    fn redo(&self, state: &mut BTreeMap<V, usize>, op: &BagOp<V>, ret: &BagRet<V>) -> bool {
        match (op, ret) {
            (BagOp::Put(_), BagRet::Done) => self.step(state, op) == *ret,
            (BagOp::Take, BagRet::Taken(value)) => remove(state, value),
            (BagOp::Take, BagRet::Empty) => state.is_empty(),
            _ => false,
        }
    }

    fn answers(&self, state: &mut BTreeMap<V, usize>, op: &BagOp<V>) -> Vec<BagRet<V>> {
        match op {
            BagOp::Put(_) => vec![BagRet::Done],
            BagOp::Take if state.is_empty() => vec![BagRet::Empty],
            BagOp::Take => state.keys().cloned().map(BagRet::Taken).collect(),
        }
    }

    fn undo(&self, state: &mut BTreeMap<V, usize>, op: &BagOp<V>, ret: &BagRet<V>) {
        match (op, ret) {
            (BagOp::Put(value), _) => drop(remove(state, value)),
            (_, BagRet::Taken(value)) => *state.entry(value.clone()).or_default() += 1,
            _ => {}
        }
    }

    fn urgency(&self, _op: &BagOp<V>, ret: Option<&BagRet<V>>) -> Urgency {
        read_if(ret == Some(&BagRet::Empty))
    }

    fn bytes(&self, state: &BTreeMap<V, usize>) -> usize {
        size_of_val(state) + state.len() * size_of::<(V, usize)>()
    }
}
