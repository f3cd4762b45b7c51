//! Queues: first in, first out.

use super::{BagOp, BagRet, Value, fifo, hash, read_if};
use crate::check::spec::{Foresight, Seen, Spec, Urgency};
use std::collections::VecDeque;
use std::marker::PhantomData;

/// A queue, with or without a bound.
#[derive(Clone, Debug)]
pub struct Queue<V> {
    capacity: Option<usize>,
    values: PhantomData<fn() -> V>,
}

impl<V> Queue<V> {
    /// A queue that always has room: a put that finds it full is wrong.
    #[must_use]
    pub fn unbounded() -> Self {
        Queue { capacity: None, values: PhantomData }
    }

    /// A queue of at most so many values. A put that finds as many answers [`BagRet::Full`].
    #[must_use]
    pub fn bounded(capacity: usize) -> Self {
        Queue { capacity: Some(capacity), values: PhantomData }
    }
}

impl<V: Value> Spec for Queue<V> {
    type Op = BagOp<V>;
    type Ret = BagRet<V>;
    type State = VecDeque<V>;

    fn initial(&self) -> VecDeque<V> {
        VecDeque::new()
    }

    fn step(&self, state: &mut VecDeque<V>, op: &BagOp<V>) -> BagRet<V> {
        match op {
            BagOp::Put(_) if self.capacity.is_some_and(|most| state.len() >= most) => BagRet::Full,
            BagOp::Put(value) => {
                state.push_back(value.clone());
                BagRet::Done
            }
            BagOp::Take => state.pop_front().map_or(BagRet::Empty, BagRet::Taken),
        }
    }

    const UNDOES: bool = true;

    fn undo(&self, state: &mut VecDeque<V>, _op: &BagOp<V>, ret: &BagRet<V>) {
        match ret {
            BagRet::Done => drop(state.pop_back()),
            BagRet::Taken(value) => state.push_front(value.clone()),
            BagRet::Full | BagRet::Empty => {}
        }
    }

    /// What is in front can be taken at once: until it is taken nothing else is, nor is the queue found empty, and puts do
    /// not mind. Unless there is a bound, which they do.
    fn urgency(&self, _op: &BagOp<V>, ret: Option<&BagRet<V>>) -> Urgency {
        match ret {
            Some(BagRet::Taken(value)) if self.capacity.is_none() => Urgency::Alone(hash(value)),
            ret => read_if(matches!(ret, Some(BagRet::Full | BagRet::Empty))),
        }
    }

    fn foresee(&self, calls: &[Seen<'_, Self>], may: &mut dyn FnMut(usize) -> bool) -> Foresight {
        fifo::foresee(calls, self.capacity.is_some(), may)
    }

    fn bytes(&self, state: &VecDeque<V>) -> usize {
        size_of_val(state) + state.capacity() * size_of::<V>()
    }
}
