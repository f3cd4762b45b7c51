//! Operations that drop a value inside, whose destructor may panic. What was left has no answer; the others go on.

use selvedge::check::{Arbitrary, Model, Panicky, Scenario, Spec, Structure};
use selvedge::ring::{HelpingRing, Ring};
use selvedge::stack::{EliminationStack, TreiberStack, VersionedStack};
use std::collections::VecDeque;
use std::marker::PhantomData;

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

/// What holds values that may panic.
trait Holds: Send + Sync + 'static {
    /// How many.
    const MOST: usize;
    /// Whether the oldest comes out first.
    const QUEUE: bool;

    fn empty() -> Self;

    /// Whether there was room. A value that has found none is dropped.
    fn push(&self, value: Panicky<u8>) -> bool;

    fn pop(&self) -> Option<Panicky<u8>>;
}

/// `structure: how many, whether a queue, an empty one, a push and a pop`.
macro_rules! holds {
    ($($structure:ident: $most:expr, $queue:expr, $empty:expr, $push:expr, $pop:expr;)*) => { $(
        impl Holds for $structure<Panicky<u8>> {
            const MOST: usize = $most;
            const QUEUE: bool = $queue;

            fn empty() -> Self {
                $empty
            }

            fn push(&self, value: Panicky<u8>) -> bool {
                let push: fn(&Self, Panicky<u8>) -> bool = $push;
                push(self, value)
            }

            fn pop(&self) -> Option<Panicky<u8>> {
                let pop: fn(&Self) -> Option<Panicky<u8>> = $pop;
                pop(self)
            }
        }
    )* };
}

/// Of what has a capacity.
const SMALL: usize = 2;

holds! {
    TreiberStack: usize::MAX, false, Self::new(), |stack, value| { stack.push(value); true }, Self::pop;
    // Two threads meet at one place.
    EliminationStack: usize::MAX, false, Self::with_reclaim(Default::default(), 1).expect("one place"),
        |stack, value| { stack.push(value); true }, Self::pop;
    VersionedStack: SMALL, false, Self::with_capacity(SMALL).expect("a small stack"),
        |stack, value| stack.push(value).is_ok(), Self::pop;
    Ring: SMALL, true, Self::with_capacity(SMALL).expect("a small ring"),
        |ring, value| ring.try_push(value).is_ok(), |ring| ring.try_pop().ok();
    HelpingRing: SMALL, true, Self::with_capacity(SMALL).expect("a small ring"),
        |ring, value| ring.try_push(value).is_ok(), |ring| ring.try_pop().ok();
}

struct Held<S>(PhantomData<S>);

impl<S: Holds> Spec for Held<S> {
    type Op = Op;
    type Ret = Ret;
    type State = VecDeque<u8>;

    fn initial(&self) -> VecDeque<u8> {
        VecDeque::new()
    }

    fn step(&self, state: &mut VecDeque<u8>, op: &Op) -> Ret {
        match op {
            Push(_) if state.len() == S::MOST => Ret::Pushed(false),
            Push(value) => {
                state.push_back(*value);
                Ret::Pushed(true)
            }
            Pop if S::QUEUE => Ret::Popped(state.pop_front()),
            Pop => Ret::Popped(state.pop_back()),
        }
    }
}

impl<S: Holds> Structure for Held<S> {
    type Sut = S;

    fn create(&self) -> S {
        S::empty()
    }

    fn apply(&self, held: &S, op: &Op) -> Ret {
        match op {
            Push(value) => Ret::Pushed(held.push(Panicky(*value))),
            // What was taken, as a number. Its destructor runs here.
            Pop => Ret::Popped(held.pop().map(|value| value.0)),
        }
    }
}

fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}

fn with_panics<S: Holds>(scenario: Scenario<Op>) -> Model {
    Model::of(Held::<S>(PhantomData), scenario).property("linearizable, with panics")
}

macro_rules! stacks {
    ($($name:ident: $stack:ident;)*) => { $(
        selvedge::model!(
            $name,
            with_panics::<$stack<_>>(two([Pop, Push(3)], [Pop]).before([Push(1), Push(2)]).after([Pop, Pop]))
        );
    )* };
}

stacks! {
    a_stack: TreiberStack;
    an_elimination_stack: EliminationStack;
    a_versioned_stack: VersionedStack;
}

selvedge::model!(
    two_that_meet_beside_a_stack,
    with_panics::<EliminationStack<_>>(two([Push(1)], [Push(2), Pop]).after([Pop, Pop]))
);
selvedge::model!(
    a_full_stack,
    with_panics::<VersionedStack<_>>(two([Push(3)], [Push(4)]).before([Push(1)]).after([Pop, Pop]))
);

macro_rules! rings {
    ($($module:ident: $ring:ident;)*) => { $(
        mod $module {
            use super::*;
            selvedge::model!(
                one_each,
                with_panics::<$ring<_>>(two([Push(2)], [Pop]).before([Push(1)]).after([Pop, Pop]))
            );
            selvedge::model!(
                full,
                with_panics::<$ring<_>>(two([Push(3)], [Push(4)]).before([Push(1)]).after([Pop, Pop]))
            );
        }
    )* };
}

rings! {
    a_ring: Ring;
    a_helping_ring: HelpingRing;
}
