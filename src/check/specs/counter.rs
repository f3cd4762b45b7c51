//! Counters.

use super::read_if;
use crate::check::spec::{Spec, Urgency};
use arbitrary::Arbitrary;

/// A counter, from 0 on. Beyond the greatest number comes the least.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter;

/// What a [`Counter`] is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Arbitrary)]
pub enum CounterOp {
    /// Reads it.
    Get,
    /// Adds to it.
    Add(i64),
    /// Adds to it, and tells what it was before.
    FetchAdd(i64),
}

/// What a [`Counter`] answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CounterRet {
    /// What it is, or was before.
    Value(i64),
    /// It was added.
    Added,
}

impl Spec for Counter {
    type Op = CounterOp;
    type Ret = CounterRet;
    type State = i64;

    fn initial(&self) -> i64 {
        0
    }

    fn step(&self, state: &mut i64, op: &CounterOp) -> CounterRet {
        let before = *state;
        match op {
            CounterOp::Get => CounterRet::Value(before),
            CounterOp::Add(number) => {
                *state = before.wrapping_add(*number);
                CounterRet::Added
            }
            CounterOp::FetchAdd(number) => {
                *state = before.wrapping_add(*number);
                CounterRet::Value(before)
            }
        }
    }

    const UNDOES: bool = true;

    fn undo(&self, state: &mut i64, op: &CounterOp, _ret: &CounterRet) {
        if let CounterOp::Add(number) | CounterOp::FetchAdd(number) = op {
            *state = state.wrapping_sub(*number);
        }
    }

    fn urgency(&self, op: &CounterOp, _ret: Option<&CounterRet>) -> Urgency {
        read_if(matches!(op, CounterOp::Get | CounterOp::Add(0) | CounterOp::FetchAdd(0)))
    }
}
