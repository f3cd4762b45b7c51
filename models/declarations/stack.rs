//! What a stack must do, and how ours does it: for the models in `models/stack.rs` and for the fuzzers in `fuzz/`.

use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::reclaim::{Epoch, Reclaim};
use selvedge::stack::TreiberStack;
use std::marker::PhantomData;

#[derive(Clone, Debug, Arbitrary)]
pub enum Op {
    Push(u8),
    Pop,
    PopAll,
    Peek,
    Iter,
    IsEmpty,
}

use Op::{IsEmpty, Iter, Peek, Pop, PopAll, Push};

#[derive(Clone, Debug, PartialEq)]
pub enum Ret {
    Done,
    Top(Option<u8>),
    All(Vec<u8>),
    Empty(bool),
}

/// A last-in, first-out list; `R` is how nodes are freed.
pub struct Treiber<R>(pub PhantomData<R>);

pub fn treiber() -> Treiber<Epoch> {
    Treiber(PhantomData)
}

impl<R: Reclaim + 'static> Spec for Treiber<R> {
    type Op = Op;
    type Ret = Ret;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        Vec::new()
    }

    fn step(&self, state: &mut Vec<u8>, op: &Op) -> Ret {
        match op {
            Push(value) => {
                state.push(*value);
                Ret::Done
            }
            Pop => Ret::Top(state.pop()),
            PopAll => Ret::All(std::mem::take(state).into_iter().rev().collect()),
            Peek => Ret::Top(state.last().copied()),
            Iter => Ret::All(state.iter().rev().copied().collect()),
            IsEmpty => Ret::Empty(state.is_empty()),
        }
    }
}

impl<R: Reclaim + 'static> Structure for Treiber<R> {
    type Sut = TreiberStack<u8, R>;

    fn create(&self) -> Self::Sut {
        TreiberStack::default()
    }

    fn apply(&self, stack: &Self::Sut, op: &Op) -> Ret {
        match op {
            Push(value) => {
                stack.push(*value);
                Ret::Done
            }
            Pop => Ret::Top(stack.pop()),
            PopAll => Ret::All(stack.pop_all().collect()),
            Peek => Ret::Top(stack.pin().peek().copied()),
            Iter => Ret::All(stack.pin().iter().copied().collect()),
            IsEmpty => Ret::Empty(stack.is_empty()),
        }
    }
}
