//! What a stack must do, and how ours do it: for the models in `models/stack.rs`, `models/elimination.rs` and
//! `models/reclaim`, and for the fuzzers in `fuzz/`.

use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::reclaim::{Domain, Ebr, Epoch, Hazard, Leak, ProtectsAll, Reclaim};
use selvedge::stack::{EliminationStack, TreiberStack};
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

/// Our stacks: the same operations by the same names. `R` is how nodes are freed.
pub trait Ours<R: Sees>: Send + Sync + 'static {
    fn apply(&self, op: &Op) -> Ret;

    /// All that can be seen under one guard.
    fn all(&self) -> Vec<u8>
    where
        R: ProtectsAll;

    fn top(&self) -> Option<u8>;
}

macro_rules! ours {
    ($($stack:ident)*) => { $(
        impl<R: Sees> Ours<R> for $stack<u8, R> {
            fn apply(&self, op: &Op) -> Ret {
                match op {
                    Push(value) => {
                        self.push(*value);
                        Ret::Done
                    }
                    Pop => Ret::Top(self.pop()),
                    PopAll => Ret::All(self.pop_all().collect()),
                    Peek => Ret::Top(self.peek()),
                    Iter => Ret::All(R::see(self)),
                    IsEmpty => Ret::Empty(self.is_empty()),
                    Flush => {
                        self.flush();
                        Ret::Done
                    }
                }
            }

            fn all(&self) -> Vec<u8>
            where
                R: ProtectsAll,
            {
                self.pin().iter().copied().collect()
            }

            fn top(&self) -> Option<u8> {
                self.peek()
            }
        }
    )* };
}

ours! { TreiberStack EliminationStack }

/// What can be seen of a stack under one guard of the strategy.
pub trait Sees: Reclaim + Default + 'static {
    /// How many of the values.
    const MOST: usize = usize::MAX;

    fn see(stack: &impl Ours<Self>) -> Vec<u8>;
}

macro_rules! sees_all {
    ($([$($generics:tt)*] $strategy:ty;)*) => { $(
        impl<$($generics)*> Sees for $strategy {
            fn see(stack: &impl Ours<Self>) -> Vec<u8> {
                stack.all()
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

    fn see(stack: &impl Ours<Self>) -> Vec<u8> {
        stack.top().into_iter().collect()
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
        stack.apply(op)
    }

    fn most_steps(&self, op: &Op) -> Option<u16> {
        matches!(op, IsEmpty).then_some(1)
    }
}
