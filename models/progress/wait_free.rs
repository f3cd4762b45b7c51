//! Operations that are wait-free: they take so many steps whatever others do, and not one less.
//!
//! What takes the same number under each strategy is told by the declarations ([`Structure::most_steps`]), and so is counted
//! in all models. Here it is shown that it is counted, and what depends on the strategy is told. Others stop for ever
//! before each of their steps: these operations end all the same.

use super::elimination::eliminating;
use super::stack::{Treiber, treiber};
use super::{EXPLORER, ring, stack, versioned};
use selvedge::check::{Model, Progress, Scenario, Spec, Structure};
use selvedge::reclaim::Leak;
use std::marker::PhantomData;

/// The same structure, of which each operation that is named may take so many steps.
struct Within<S: Structure> {
    structure: S,
    most: fn(&S::Op) -> Option<u16>,
}

impl<S: Structure> Spec for Within<S> {
    type Op = S::Op;
    type Ret = S::Ret;
    type State = S::State;

    fn initial(&self) -> S::State {
        self.structure.initial()
    }

    fn step(&self, state: &mut S::State, op: &S::Op) -> S::Ret {
        self.structure.step(state, op)
    }

    fn outcomes(&self, state: &S::State, op: &S::Op) -> Vec<(S::Ret, S::State)> {
        self.structure.outcomes(state, op)
    }
}

impl<S: Structure> Structure for Within<S> {
    type Sut = S::Sut;

    fn create(&self) -> S::Sut {
        self.structure.create()
    }

    fn apply(&self, sut: &S::Sut, op: &S::Op) -> S::Ret {
        self.structure.apply(sut, op)
    }

    fn most_steps(&self, op: &S::Op) -> Option<u16> {
        (self.most)(op)
    }
}

/// Thread 0 changes the structure, and may stop; thread 1 does what is wait-free.
fn within<S: Structure>(structure: S, scenario: Scenario<S::Op>, most: fn(&S::Op) -> Option<u16>) -> Model {
    Model::of(Within { structure, most }, scenario).progress(Progress::LockFree).stopping([0])
}

/// A stack with something in it, which is popped, and something else is pushed.
fn popped(op: stack::Op) -> Scenario<stack::Op> {
    use stack::Op::{Pop, Push};
    Scenario::new().before([Push(0)]).thread([Pop, Push(1)]).thread([op])
}

fn popped_of_cells(op: versioned::Op) -> Scenario<versioned::Op> {
    use versioned::Op::{Pop, Push};
    Scenario::new().before([Push(0)]).thread([Pop, Push(1)]).thread([op])
}

fn taken(op: ring::Op) -> Scenario<ring::Op> {
    use ring::Op::{Close, TryPop, TryPush};
    Scenario::new().before([TryPush(0)]).thread([TryPop, TryPush(1), Close]).thread([op])
}

/// So many steps for an operation, and not one less.
macro_rules! wait_free {
    ($($name:ident: $structure:expr, $beside:ident($($op:ident)::+), $steps:literal;)*) => { $(
        mod $name {
            use super::*;

            const STEPS: u16 = $steps;

            selvedge::model!(
                enough,
                within($structure, $beside($($op)::+), |op| matches!(op, $($op)::+).then_some(STEPS))
                    .property("wait-free")
            );
            selvedge::model!(
                one_less,
                within($structure, $beside($($op)::+), |op| matches!(op, $($op)::+).then_some(STEPS - 1))
                    .kills("control: steps of an operation are counted", EXPLORER, ["not wait-free"])
            );
        }
    )* };
}

wait_free! {
    stack_is_empty: treiber(), popped(stack::Op::IsEmpty), 1;
    // The exchange; for the one node that can be there, a guard, whose fence is that of `Ghost`.
    stack_pop_all: treiber(), popped(stack::Op::PopAll), 2;
    leaking_stack_peek: Treiber::<Leak>(PhantomData), popped(stack::Op::Peek), 1;
    eliminating_is_empty: eliminating(1), popped(stack::Op::IsEmpty), 1;
    versioned_is_empty: versioned::bounded::<u8, 24>(1), popped_of_cells(versioned::Op::IsEmpty), 1;
    // A counter, a fence, the other counter.
    ring_is_empty: ring::bounded::<u8>(1), taken(ring::Op::IsEmpty), 3;
    ring_is_full: ring::bounded::<u8>(1), taken(ring::Op::IsFull), 3;
    ring_is_closed: ring::bounded::<u8>(1), taken(ring::Op::IsClosed), 1;
}
