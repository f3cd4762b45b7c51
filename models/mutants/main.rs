//! Our own structures, each with one mistake that its design guards against: the checks must find it.
//!
//! What stands here is as small as it can be: the protocol alone, on bytes, with nothing ever freed. Each of them is
//! right with `Bug::None`, in the very same scenarios.

#![cfg(any(loom, shuttle))]

mod elimination;
mod helping;
mod sleepers;
mod versioned;
mod versionless;

// Where a file of the library that stands here looks for it.
use selvedge::sync;

use selvedge::check::Engine::{self, ExplorerSc, ExplorerWeak};

/// Those who see every execution.
const EXPLORER: [Engine; 2] = [ExplorerSc, ExplorerWeak];

/// What a stack answers.
#[derive(Clone, Debug, PartialEq)]
enum Ret {
    Done,
    Popped(Option<u8>),
    Empty(bool),
}

#[derive(Clone, Debug, selvedge::check::Arbitrary)]
enum Op {
    Push(u8),
    Pop,
    IsEmpty,
}

/// A stack that may be broken.
trait Stack: Send + Sync + 'static {
    fn push(&self, value: u8);
    fn pop(&self) -> Option<u8>;
    fn is_empty(&self) -> bool;
}

/// What a stack must do, and how this one, with its bug, does it.
struct Broken<B, S>(B, fn(B) -> S);

impl<B: Copy + Send + Sync + 'static, S: Stack> selvedge::check::Spec for Broken<B, S> {
    type Op = Op;
    type Ret = Ret;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        Vec::new()
    }

    fn step(&self, state: &mut Vec<u8>, op: &Op) -> Ret {
        match op {
            Op::Push(value) => {
                state.push(*value);
                Ret::Done
            }
            Op::Pop => Ret::Popped(state.pop()),
            Op::IsEmpty => Ret::Empty(state.is_empty()),
        }
    }
}

impl<B: Copy + Send + Sync + 'static, S: Stack> selvedge::check::Structure for Broken<B, S> {
    type Sut = S;

    fn create(&self) -> S {
        (self.1)(self.0)
    }

    fn apply(&self, stack: &S, op: &Op) -> Ret {
        match op {
            Op::Push(value) => {
                stack.push(*value);
                Ret::Done
            }
            Op::Pop => Ret::Popped(stack.pop()),
            Op::IsEmpty => Ret::Empty(stack.is_empty()),
        }
    }
}
