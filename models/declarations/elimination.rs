//! The elimination stack, which must do what Treiber's does: for the models in `models/elimination.rs` and for the
//! fuzzers in `fuzz/`.

use super::stack::{Op, Ret, treiber};
use selvedge::check::{Spec, Structure};
use selvedge::reclaim::{Epoch, ProtectsAll};
use selvedge::stack::EliminationStack;
use std::marker::PhantomData;

/// With so many places where threads may meet; `R` is how nodes are freed.
pub struct Eliminating<R>(pub usize, pub PhantomData<R>);

pub fn eliminating(places: usize) -> Eliminating<Epoch> {
    Eliminating(places, PhantomData)
}

impl<R: ProtectsAll + 'static> Spec for Eliminating<R> {
    type Op = Op;
    type Ret = Ret;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        treiber().initial()
    }

    fn step(&self, state: &mut Vec<u8>, op: &Op) -> Ret {
        treiber().step(state, op)
    }
}

impl<R: ProtectsAll + 'static> Structure for Eliminating<R> {
    type Sut = EliminationStack<u8, R>;

    fn create(&self) -> Self::Sut {
        EliminationStack::with_reclaim(R::default(), self.0)
    }

    fn apply(&self, stack: &Self::Sut, op: &Op) -> Ret {
        match op {
            Op::Push(value) => {
                stack.push(*value);
                Ret::Done
            }
            Op::Pop => Ret::Top(stack.pop()),
            Op::PopAll => Ret::All(stack.pop_all().collect()),
            Op::Peek => Ret::Top(stack.peek()),
            Op::Iter => Ret::All(stack.pin().iter().copied().collect()),
            Op::IsEmpty => Ret::Empty(stack.is_empty()),
            Op::Flush => {
                stack.flush();
                Ret::Done
            }
        }
    }
}
