//! What a stack must do, and how ours does it: for the models in `models/stack.rs` and for the fuzzers in `fuzz/`.

use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::reclaim::{Domain, Ebr, Epoch, Hazard, Leak, Reclaim};
use selvedge::stack::TreiberStack;
use std::marker::PhantomData;

#[derive(Clone, Debug, Arbitrary)]
pub enum Op {
    Push(u8),
    Pop,
    PopAll,
    Peek,
    /// What can be seen under one guard: all, or the top alone.
    Iter,
    IsEmpty,
    /// Frees what waits: nothing that could be seen.
    Flush,
}

use Op::{Flush, IsEmpty, Iter, Peek, Pop, PopAll, Push};

#[derive(Clone, Debug, PartialEq)]
pub enum Ret {
    Done,
    Top(Option<u8>),
    All(Vec<u8>),
    Empty(bool),
}

/// What can be seen of a stack under one guard of the strategy.
pub trait Sees: Reclaim + 'static {
    /// How many of the values.
    const MOST: usize = usize::MAX;

    fn see(stack: &TreiberStack<u8, Self>) -> Vec<u8>;
}

macro_rules! sees_all {
    ($([$($generics:tt)*] $strategy:ty;)*) => { $(
        impl<$($generics)*> Sees for $strategy {
            fn see(stack: &TreiberStack<u8, Self>) -> Vec<u8> {
                stack.pin().iter().copied().collect()
            }
        }
    )* };
}

sees_all! {
    [] Epoch;
    [] Leak;
    [D: Domain, const PINS: usize, const WAITING: usize] Ebr<D, PINS, WAITING>;
}

impl<D: Domain, const HAZARDS: usize, const WAITING: usize> Sees for Hazard<D, HAZARDS, WAITING> {
    const MOST: usize = 1;

    fn see(stack: &TreiberStack<u8, Self>) -> Vec<u8> {
        stack.peek().into_iter().collect()
    }
}

/// A last-in, first-out list; `R` is how nodes are freed.
pub struct Treiber<R>(pub PhantomData<R>);

pub fn treiber() -> Treiber<Epoch> {
    Treiber(PhantomData)
}

impl<R: Sees> Spec for Treiber<R> {
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
            Iter => Ret::All(state.iter().rev().take(R::MOST).copied().collect()),
            IsEmpty => Ret::Empty(state.is_empty()),
            Flush => Ret::Done,
        }
    }
}

impl<R: Sees> Structure for Treiber<R> {
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
            Peek => Ret::Top(stack.peek()),
            Iter => Ret::All(R::see(stack)),
            IsEmpty => Ret::Empty(stack.is_empty()),
            Flush => {
                stack.flush();
                Ret::Done
            }
        }
    }
}
