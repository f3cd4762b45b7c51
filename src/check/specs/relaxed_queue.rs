//! Relaxed queues: one of the first k (T. Henzinger, C. Kirsch, H. Payer, A. Sezgin and A. Sokolova, *Quantitative
//! relaxation of concurrent data structures*, POPL 2013, section 4).

use super::{BagOp, BagRet, Queue, Value, read_if};
use crate::check::spec::{Spec, Urgency};
use std::collections::VecDeque;

/// A queue without a bound, of which a take gives one of the `k` oldest values.
#[derive(Clone, Debug)]
pub struct RelaxedQueue<V> {
    k: usize,
    queue: Queue<V>,
}

impl<V> RelaxedQueue<V> {
    /// One of the `k` oldest; with 1 it is a queue.
    ///
    /// # Panics
    /// If `k` is 0.
    #[must_use]
    pub fn new(k: usize) -> Self {
        assert!(k > 0, "a take gives one of the first k values, and k is 0");
        RelaxedQueue { k, queue: Queue::unbounded() }
    }
}

impl<V: Value> Spec for RelaxedQueue<V> {
    type Op = BagOp<V>;
    type Ret = BagRet<V>;
    type State = VecDeque<V>;

    fn initial(&self) -> VecDeque<V> {
        self.queue.initial()
    }

    fn step(&self, state: &mut VecDeque<V>, op: &BagOp<V>) -> BagRet<V> {
        self.queue.step(state, op)
    }

    fn outcomes(&self, state: &VecDeque<V>, op: &BagOp<V>) -> Vec<(BagRet<V>, VecDeque<V>)> {
        if matches!(op, BagOp::Put(_)) || state.is_empty() {
            let mut after = state.clone();
            return vec![(self.step(&mut after, op), after)];
        }
        let taken = |place: usize| {
            let mut after = state.clone();
            let value = after.remove(place).expect("it is there");
            (BagRet::Taken(value), after)
        };
        (0..self.k.min(state.len())).map(taken).collect()
    }

    fn urgency(&self, _op: &BagOp<V>, ret: Option<&BagRet<V>>) -> Urgency {
        read_if(ret == Some(&BagRet::Empty))
    }

    fn bytes(&self, state: &VecDeque<V>) -> usize {
        self.queue.bytes(state)
    }
}
