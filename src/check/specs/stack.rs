//! Stacks: last in, first out.

use super::{BagOp, BagRet, Value, hash};
use crate::check::spec::{Spec, Urgency};
use std::marker::PhantomData;

/// A stack without a bound.
#[derive(Clone, Debug)]
pub struct Stack<V>(PhantomData<fn() -> V>);

impl<V> Stack<V> {
    /// An empty stack.
    #[must_use]
    pub fn new() -> Self {
        Stack(PhantomData)
    }
}

impl<V> Default for Stack<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V: Value> Spec for Stack<V> {
    type Op = BagOp<V>;
    type Ret = BagRet<V>;
    type State = Vec<V>;

    fn initial(&self) -> Vec<V> {
        Vec::new()
    }

    fn step(&self, state: &mut Vec<V>, op: &BagOp<V>) -> BagRet<V> {
        match op {
            BagOp::Put(value) => {
                state.push(value.clone());
                BagRet::Done
            }
            BagOp::Take => state.pop().map_or(BagRet::Empty, BagRet::Taken),
        }
    }

    const UNDOES: bool = true;

    fn undo(&self, state: &mut Vec<V>, _op: &BagOp<V>, ret: &BagRet<V>) {
        match ret {
            BagRet::Done => drop(state.pop()),
            BagRet::Taken(value) => state.push(value.clone()),
            BagRet::Full | BagRet::Empty => {}
        }
    }

    /// What is on top can be taken at once, unless the same value may be put before it is taken: what comes before it is
    /// taken again before it, and does not look below. (With the same value twice, it may be the other one that is
    /// taken, and what is left is in another order.)
    fn urgency(&self, op: &BagOp<V>, ret: Option<&BagRet<V>>) -> Urgency {
        match (op, ret) {
            (BagOp::Put(value), _) => Urgency::Rival(hash(value)),
            (BagOp::Take, Some(BagRet::Taken(value))) => Urgency::Alone(hash(value)),
            (BagOp::Take, Some(BagRet::Empty)) => Urgency::Read,
            (BagOp::Take, _) => Urgency::Ordinary,
        }
    }

    fn bytes(&self, state: &Vec<V>) -> usize {
        size_of_val(state) + state.capacity() * size_of::<V>()
    }
}
