//! What a stack with a capacity must do, and how ours does it: for the models in `models/versioned.rs` and for the
//! fuzzers in `fuzz/`.

use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::stack::VersionedStack;
use std::marker::PhantomData;

// Not every target that shares this declaration asks for all of it.
#[allow(dead_code)]
#[derive(Clone, Debug, Arbitrary)]
pub enum Op {
    Push(u8),
    Pop,
    Len,
    IsEmpty,
    IsFull,
}

use Op::{IsEmpty, IsFull, Len, Pop, Push};

#[derive(Clone, Debug, PartialEq)]
pub enum Ret {
    Pushed,
    Full,
    Popped(Option<u8>),
    Number(usize),
    Is(bool),
}

/// A last-in, first-out list of at most so many elements. `INDEX` bits of a word name a cell; a small number of
/// others is left for the version.
///
/// `T` is what the stack holds: bytes, or things around a byte that notice what becomes of them.
pub struct Bounded<T = u8, const INDEX: u32 = 24> {
    capacity: usize,
    element: PhantomData<fn() -> T>,
}

/// A stack that grows stands for a capacity that no model comes to.
const GROWING: usize = usize::MAX;

// Not every target that shares this declaration has both kinds.
#[allow(dead_code)]
pub fn growing<T, const INDEX: u32>() -> Bounded<T, INDEX> {
    bounded(GROWING)
}

/// Of so many elements.
pub fn bounded<T, const INDEX: u32>(capacity: usize) -> Bounded<T, INDEX> {
    Bounded { capacity, element: PhantomData }
}

impl<T: 'static, const INDEX: u32> Spec for Bounded<T, INDEX> {
    type Op = Op;
    type Ret = Ret;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        Vec::new()
    }

    fn step(&self, state: &mut Vec<u8>, op: &Op) -> Ret {
        match op {
            Push(_) if state.len() == self.capacity => Ret::Full,
            Push(value) => {
                state.push(*value);
                Ret::Pushed
            }
            Pop => Ret::Popped(state.pop()),
            Len => Ret::Number(state.len()),
            IsEmpty => Ret::Is(state.is_empty()),
            IsFull => Ret::Is(state.len() == self.capacity),
        }
    }
}

impl<T: From<u8> + Into<u8> + Send + 'static, const INDEX: u32> Structure for Bounded<T, INDEX> {
    type Sut = VersionedStack<T, INDEX>;

    fn create(&self) -> Self::Sut {
        match self.capacity {
            GROWING => VersionedStack::default(),
            capacity => VersionedStack::of_capacity(capacity).expect("a small stack"),
        }
    }

    fn apply(&self, stack: &Self::Sut, op: &Op) -> Ret {
        match op {
            Push(value) => stack.push(T::from(*value)).map_or(Ret::Full, |()| Ret::Pushed),
            Pop => Ret::Popped(stack.pop().map(T::into)),
            Len => Ret::Number(stack.len()),
            IsEmpty => Ret::Is(stack.is_empty()),
            IsFull => Ret::Is(stack.is_full()),
        }
    }

    fn most_steps(&self, op: &Op) -> Option<u16> {
        matches!(op, IsEmpty).then_some(1)
    }
}
