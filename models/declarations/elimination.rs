//! The elimination stack, which must do what Treiber's does: for the models in `models/elimination.rs` and
//! `models/reclaim`, and for the fuzzers in `fuzz/`.

use super::stack::{Op, Ours, Ret, Sees, Treiber};
use selvedge::check::{Spec, Structure};
use selvedge::reclaim::Epoch;
use selvedge::stack::EliminationStack;
use std::marker::PhantomData;

/// With so many places where threads may meet; `R` is how nodes are freed.
pub struct Eliminating<R>(pub usize, pub PhantomData<R>);

pub fn eliminating(places: usize) -> Eliminating<Epoch> {
    Eliminating(places, PhantomData)
}

impl<R: Sees> Spec for Eliminating<R> {
    type Op = Op;
    type Ret = Ret;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        Treiber::<R>(PhantomData).initial()
    }

    fn step(&self, state: &mut Vec<u8>, op: &Op) -> Ret {
        Treiber::<R>(PhantomData).step(state, op)
    }
}

impl<R: Sees> Structure for Eliminating<R> {
    type Sut = EliminationStack<u8, R>;

    fn create(&self) -> Self::Sut {
        EliminationStack::with_reclaim(R::default(), self.0).expect("few places")
    }

    fn apply(&self, stack: &Self::Sut, op: &Op) -> Ret {
        stack.apply(op)
    }

    fn most_steps(&self, op: &Op) -> Option<u16> {
        Treiber::<R>(PhantomData).most_steps(op)
    }
}
