//! What a ring must do, and the two rings that are asked to: the lesson's and ours.

use crate::ring::{self as lesson, Slots};
use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::ring::LockFreeRingBuffer;
use std::collections::VecDeque;
use std::marker::PhantomData;

/// The operations that the lesson gives its ring.
pub trait RingUnderTest<T = u8>: Send + Sync + 'static {
    fn new(capacity: usize) -> Self;
    fn push(&self, value: T) -> Result<(), T>;
    fn pop(&self) -> Option<T>;
    fn try_push(&self, value: T) -> Result<(), T>;
    fn try_pop(&self) -> Option<T>;
    fn len(&self) -> usize;
    fn is_empty(&self) -> bool;
    fn is_full(&self) -> bool;
    fn capacity(&self) -> usize;
}

/// The methods of one ring under those names.
macro_rules! ring_under_test {
    ([$($bounds:tt)*] $ring:ty) => {
        impl<T: Send + 'static, $($bounds)*> RingUnderTest<T> for $ring {
            fn new(capacity: usize) -> Self { <$ring>::new(capacity).expect("a small ring") }
            fn push(&self, value: T) -> Result<(), T> { self.push(value) }
            fn pop(&self) -> Option<T> { self.pop() }
            fn try_push(&self, value: T) -> Result<(), T> { self.try_push(value) }
            fn try_pop(&self) -> Option<T> { self.try_pop() }
            fn len(&self) -> usize { self.len() }
            fn is_empty(&self) -> bool { self.is_empty() }
            fn is_full(&self) -> bool { self.is_full() }
            fn capacity(&self) -> usize { self.capacity() }
        }
    };
}

ring_under_test!([S: Slots<T> + 'static] lesson::LockFreeRingBuffer<T, S>);
ring_under_test!([] LockFreeRingBuffer<T>);

#[derive(Clone, Debug, Arbitrary)]
pub enum Op {
    Push(u8),
    Pop,
    TryPush(u8),
    TryPop,
    Len,
    IsEmpty,
    IsFull,
    Capacity,
}

use Op::{Capacity, IsEmpty, IsFull, Len, Pop, Push, TryPop, TryPush};

#[derive(Clone, Debug, PartialEq)]
pub enum Ret {
    Pushed,
    Full,
    Popped(u8),
    Empty,
    Number(usize),
    Is(bool),
}

/// A first-in, first-out list of at most so many elements; `R` is the ring that should be one.
pub struct Bounded<R> {
    /// What is asked of `new`, and what `capacity` must say.
    capacity: usize,
    /// How many elements must fit.
    usable: usize,
    /// "Full" and "empty" are never held against the ring, though they be lies.
    may_refuse: bool,
    ring: PhantomData<fn() -> R>,
}

/// What the lesson promises, and our ring keeps: as many elements fit as `capacity` says.
pub fn promised<R>(capacity: usize) -> Bounded<R> {
    Bounded { capacity, usable: capacity, may_refuse: false, ring: PhantomData }
}

/// One element less, so that RB10 is left to its own controls.
pub fn one_less<R>(capacity: usize) -> Bounded<R> {
    Bounded { usable: capacity - 1, ..promised(capacity) }
}

/// One element less, and RB6 to RB9 are left to their own controls, too.
pub fn one_less_and_may_refuse<R>(capacity: usize) -> Bounded<R> {
    Bounded { may_refuse: true, ..one_less(capacity) }
}

impl<R: RingUnderTest> Spec for Bounded<R> {
    type Op = Op;
    type Ret = Ret;
    type State = VecDeque<u8>;

    fn initial(&self) -> VecDeque<u8> {
        VecDeque::new()
    }

    fn step(&self, state: &mut VecDeque<u8>, op: &Op) -> Ret {
        match op {
            Push(_) | TryPush(_) if state.len() == self.usable => Ret::Full,
            Push(value) | TryPush(value) => {
                state.push_back(*value);
                Ret::Pushed
            }
            Pop | TryPop => state.pop_front().map_or(Ret::Empty, Ret::Popped),
            Len => Ret::Number(state.len()),
            IsEmpty => Ret::Is(state.is_empty()),
            IsFull => Ret::Is(state.len() == self.usable),
            Capacity => Ret::Number(self.capacity),
        }
    }

    fn outcomes(&self, state: &VecDeque<u8>, op: &Op) -> Vec<(Ret, VecDeque<u8>)> {
        let mut after = state.clone();
        let mut all = vec![(self.step(&mut after, op), after)];
        if self.may_refuse {
            match op {
                Push(_) | TryPush(_) => all.push((Ret::Full, state.clone())),
                Pop | TryPop => all.push((Ret::Empty, state.clone())),
                _ => {}
            }
        }
        all
    }
}

impl<R: RingUnderTest> Structure for Bounded<R> {
    type Sut = R;

    fn create(&self) -> R {
        R::new(self.capacity)
    }

    fn apply(&self, ring: &R, op: &Op) -> Ret {
        match op {
            Push(value) => ring.push(*value).map_or(Ret::Full, |()| Ret::Pushed),
            Pop => ring.pop().map_or(Ret::Empty, Ret::Popped),
            TryPush(value) => ring.try_push(*value).map_or(Ret::Full, |()| Ret::Pushed),
            TryPop => ring.try_pop().map_or(Ret::Empty, Ret::Popped),
            Len => Ret::Number(ring.len()),
            IsEmpty => Ret::Is(ring.is_empty()),
            IsFull => Ret::Is(ring.is_full()),
            Capacity => Ret::Number(ring.capacity()),
        }
    }
}
