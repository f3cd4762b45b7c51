//! Models of the stacks: the same declarations on std, loom and shuttle.

use selvedge::check::{Arbitrary, Model, Scenario, Spec, Structure};
use selvedge::reclaim::{Epoch, Leak, Reclaim};
use selvedge::stack::TreiberStack;
use std::marker::PhantomData;

#[derive(Clone, Debug, Arbitrary)]
enum Op {
    Push(u8),
    Pop,
    PopAll,
    Peek,
    Iter,
    IsEmpty,
}

use Op::{IsEmpty, Iter, Peek, Pop, PopAll, Push};

#[derive(Clone, Debug, PartialEq)]
enum Ret {
    Done,
    Top(Option<u8>),
    All(Vec<u8>),
    Empty(bool),
}

/// A last-in, first-out list; `R` is how nodes are freed.
struct Treiber<R>(PhantomData<R>);

fn treiber() -> Treiber<Epoch> {
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

selvedge::check_structure!(treiber_stack, treiber());
selvedge::check_structure!(treiber_stack_leak, Treiber::<Leak>(PhantomData));

fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}

selvedge::model!(push_push, Model::of(treiber(), two([Push(1)], [Push(2)]).after([Pop, Pop, Pop])));
selvedge::model!(pop_pop, Model::of(treiber(), two([Pop], [Pop]).before([Push(1), Push(2)]).after([Pop])));
selvedge::model!(push_pop_2x2, Model::of(treiber(), two([Push(1), Pop], [Push(2), Pop]).after([Pop])));
selvedge::model!(
    pops_against_pushes_2x2,
    Model::of(treiber(), two([Pop, Pop], [Push(1), Push(2)]).before([Push(0)]).after([Pop, Pop]))
);
selvedge::model!(
    pop_all_against_push_and_pop,
    Model::of(treiber(), two([PopAll], [Pop, Push(3)]).before([Push(1), Push(2)]).after([PopAll]))
);
// Under a strategy without fences of its own: the swap alone must see what was pushed.
selvedge::model!(
    pop_all_without_fences,
    Model::of(Treiber::<Leak>(PhantomData), two([Push(1)], [PopAll]).after([PopAll]))
);
selvedge::model!(
    two_pop_alls,
    Model::of(treiber(), two([PopAll], [PopAll]).before([Push(1), Push(2)]).after([Pop]))
);
selvedge::model!(
    peek_and_iterate_while_popped,
    Model::of(treiber(), two([Pop, Push(3)], [Peek, Iter]).before([Push(1), Push(2)]))
);
selvedge::model!(
    empty_is_seen,
    Model::of(treiber(), two([Push(1), IsEmpty], [Pop, IsEmpty]).after([IsEmpty]))
);
selvedge::model!(
    three_threads,
    Model::of(treiber(), two([Push(1)], [Pop]).thread([Pop]).before([Push(0)]).after([Pop])).preemptions(3)
);
