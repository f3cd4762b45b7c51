//! Operations that drop a value inside, whose destructor may panic. What was left has no answer; the others go on.

use selvedge::check::{Arbitrary, Model, Panicky, Scenario, Spec, Structure};
use selvedge::ring::Ring;
use selvedge::stack::TreiberStack;
use std::collections::VecDeque;

#[derive(Clone, Debug, Arbitrary)]
enum Op {
    Push(u8),
    /// Takes a value, and drops it before it answers.
    Pop,
}

use Op::{Pop, Push};

#[derive(Clone, Debug, PartialEq)]
enum Ret {
    Pushed(bool),
    Popped(Option<u8>),
}

/// What was taken, as a number. Its destructor runs here.
fn spent(value: Option<Panicky<u8>>) -> Ret {
    Ret::Popped(value.map(|value| value.0))
}

struct Stack;

impl Spec for Stack {
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
                Ret::Pushed(true)
            }
            Pop => Ret::Popped(state.pop()),
        }
    }
}

impl Structure for Stack {
    type Sut = TreiberStack<Panicky<u8>>;

    fn create(&self) -> Self::Sut {
        TreiberStack::new()
    }

    fn apply(&self, stack: &Self::Sut, op: &Op) -> Ret {
        match op {
            Push(value) => {
                stack.push(Panicky(*value));
                Ret::Pushed(true)
            }
            Pop => spent(stack.pop()),
        }
    }
}

/// A ring of two.
struct Bounded;

impl Spec for Bounded {
    type Op = Op;
    type Ret = Ret;
    type State = VecDeque<u8>;

    fn initial(&self) -> VecDeque<u8> {
        VecDeque::new()
    }

    fn step(&self, state: &mut VecDeque<u8>, op: &Op) -> Ret {
        match op {
            Push(_) if state.len() == 2 => Ret::Pushed(false),
            Push(value) => {
                state.push_back(*value);
                Ret::Pushed(true)
            }
            Pop => Ret::Popped(state.pop_front()),
        }
    }
}

impl Structure for Bounded {
    type Sut = Ring<Panicky<u8>>;

    fn create(&self) -> Self::Sut {
        Ring::with_capacity(2).expect("a small ring")
    }

    fn apply(&self, ring: &Self::Sut, op: &Op) -> Ret {
        match op {
            // One that finds no room is dropped.
            Push(value) => Ret::Pushed(ring.try_push(Panicky(*value)).is_ok()),
            Pop => spent(ring.try_pop().ok()),
        }
    }
}

fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}

/// The property of the models here.
fn with_panics(model: Model) -> Model {
    model.property("linearizable, with panics")
}

selvedge::model!(
    a_stack,
    with_panics(Model::of(Stack, two([Pop, Push(3)], [Pop]).before([Push(1), Push(2)]).after([Pop, Pop])))
);
selvedge::model!(
    a_ring,
    with_panics(Model::of(Bounded, two([Push(2)], [Pop]).before([Push(1)]).after([Pop, Pop])))
);
selvedge::model!(
    a_full_ring,
    with_panics(Model::of(Bounded, two([Push(3)], [Push(4)]).before([Push(1)]).after([Pop, Pop])))
);
