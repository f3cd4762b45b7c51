//! A counter that adds in two steps, and the tests that the explorer writes when it finds that out, as they are
//! written: that they can be pasted is shown by this file, which is compiled.

use selvedge::check::{Arbitrary, Model, Scenario, Spec, Structure};
use selvedge::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Arbitrary)]
pub enum Op {
    Add,
    Get,
}

/// Each addition adds so many.
pub struct Torn {
    pub by: u64,
}

impl Spec for Torn {
    type Op = Op;
    type Ret = u64;
    type State = u64;

    fn initial(&self) -> u64 {
        0
    }

    fn step(&self, state: &mut u64, op: &Op) -> u64 {
        let old = *state;
        *state += if *op == Op::Add { self.by } else { 0 };
        old
    }
}

impl Structure for Torn {
    type Sut = AtomicU64;

    fn create(&self) -> AtomicU64 {
        AtomicU64::new(0)
    }

    fn apply(&self, sut: &AtomicU64, op: &Op) -> u64 {
        let old = sut.load(Ordering::SeqCst);
        if *op == Op::Add {
            sut.store(old + self.by, Ordering::SeqCst);
        }
        old
    }
}

/// Much more than it takes to fail.
pub fn wide() -> Scenario<Op> {
    let scenario = Scenario::new().before([Op::Get]).thread([Op::Add, Op::Get, Op::Add]);
    scenario.thread([Op::Get, Op::Add]).thread([Op::Get]).after([Op::Get, Op::Get])
}

/// The model as `model!` makes it.
pub fn torn() -> Model {
    let model = Model::of(Torn { by: 3 }, wide());
    model.written("Model::of(Torn { by: 3 }, wide())", module_path!())
}

// As they are written, which is a little too wide.
#[rustfmt::skip]
mod sc {
    use super::{Model, Torn, wide};

    #[should_panic(expected = "not linearizable")]
    #[test]
    #[cfg(shuttle)]
    fn as_found_under_sc() {
        use selvedge::check::explore::Memory;
        let model = Model::of(Torn { by: 3 }, wide());
        model
            .on(selvedge::check::Scenario::new().thread([crate::explorer::pasted::Op::Add]).thread([crate::explorer::pasted::Op::Add]))
            .replay(Memory::Sc, "0:2 1:4 0:2");
    }
}

#[rustfmt::skip]
mod weak {
    use super::{Model, Torn, wide};

    #[should_panic(expected = "not linearizable")]
    #[test]
    #[cfg(shuttle)]
    fn as_found_under_weak() {
        use selvedge::check::explore::Memory;
        let model = Model::of(Torn { by: 3 }, wide());
        model
            .on(selvedge::check::Scenario::new().thread([crate::explorer::pasted::Op::Add]).thread([crate::explorer::pasted::Op::Add]))
            .replay(Memory::Weak, "0:3 1:1 r1 2 0:1");
    }
}
