//! The stack's operations on values that are not `Copy`, which the shared declaration leaves out.

use crate::counted::Counted;
use crate::stack::{self, Ret, treiber};
use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::reclaim::Reclaim;
use std::marker::PhantomData;

#[cfg(feature = "planted")]
type Sut<R> = crate::planted::stack::Stack<Counted, R>;
#[cfg(not(feature = "planted"))]
type Sut<R> = selvedge::stack::TreiberStack<Counted, R>;

#[derive(Clone, Debug, Arbitrary)]
pub enum Op {
    Push(u8),
    Pop,
    PopAll,
    /// All are popped, so many at most are taken, and the others are dropped with the iterator.
    PopAllAndTake(u8),
    IsEmpty,
}

/// A last-in, first-out list of [`Counted`] values.
pub struct Owning<R>(pub PhantomData<R>);

impl<R: 'static + Send + Sync> Spec for Owning<R> {
    type Op = Op;
    type Ret = Ret;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        treiber().initial()
    }

    fn step(&self, state: &mut Vec<u8>, op: &Op) -> Ret {
        let declared = match op {
            Op::Push(value) => stack::Op::Push(*value),
            Op::Pop => stack::Op::Pop,
            Op::PopAll | Op::PopAllAndTake(_) => stack::Op::PopAll,
            Op::IsEmpty => stack::Op::IsEmpty,
        };
        match (op, treiber().step(state, &declared)) {
            (Op::PopAllAndTake(most), Ret::All(mut values)) => {
                values.truncate(usize::from(*most));
                Ret::All(values)
            }
            (_, ret) => ret,
        }
    }
}

impl<R: Reclaim + Default + 'static> Structure for Owning<R> {
    type Sut = Sut<R>;

    fn create(&self) -> Self::Sut {
        Sut::default()
    }

    fn apply(&self, stack: &Self::Sut, op: &Op) -> Ret {
        match op {
            Op::Push(value) => {
                stack.push(Counted::from(*value));
                Ret::Done
            }
            Op::Pop => Ret::Top(stack.pop().map(u8::from)),
            Op::PopAll => Ret::All(stack.pop_all().map(u8::from).collect()),
            Op::PopAllAndTake(most) => {
                Ret::All(stack.pop_all().take(usize::from(*most)).map(u8::from).collect())
            }
            Op::IsEmpty => Ret::Empty(stack.is_empty()),
        }
    }
}
