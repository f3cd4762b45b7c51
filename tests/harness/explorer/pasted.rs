//! A counter that adds in two steps, and the tests that the explorer writes when it finds that out, as they are
//! written: that they can be pasted is shown by this file, which is compiled.

use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Arbitrary)]
pub enum Op {
    Add,
    Get,
}

pub struct Torn;

impl Spec for Torn {
    type Op = Op;
    type Ret = u64;
    type State = u64;

    fn initial(&self) -> u64 {
        0
    }

    fn step(&self, state: &mut u64, op: &Op) -> u64 {
        let old = *state;
        *state += u64::from(*op == Op::Add);
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
            sut.store(old + 1, Ordering::SeqCst);
        }
        old
    }
}

// As they are written, which is a little too wide.
#[rustfmt::skip]
mod sc {
    use super::{Op, Torn};

    #[should_panic(expected = "not linearizable")]
    #[test]
    #[cfg(shuttle)]
    fn as_found_under_sc() {
        use selvedge::check::explore::Memory;
        selvedge::check::Model::of(Torn, selvedge::check::Scenario::new().thread([Op::Add]).thread([Op::Add]))
            .replay(Memory::Sc, "0:2 1:4 0:2");
    }
}

#[rustfmt::skip]
mod weak {
    use super::{Op, Torn};

    #[should_panic(expected = "not linearizable")]
    #[test]
    #[cfg(shuttle)]
    fn as_found_under_weak() {
        use selvedge::check::explore::Memory;
        selvedge::check::Model::of(Torn, selvedge::check::Scenario::new().thread([Op::Add]).thread([Op::Add]))
            .replay(Memory::Weak, "0:3 1:1 r1 2 0:1");
    }
}
