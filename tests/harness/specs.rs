//! Small specifications, and structures that keep them or do not.

use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::sync::atomic::{AtomicU64, Ordering};

/// A counter.
#[derive(Clone, Copy, Debug, PartialEq, Arbitrary)]
pub enum Count {
    Add,
    Get,
}

/// A counter that adds in one step, or in two.
pub struct Counter {
    /// Whether it adds in one step, and so is right.
    pub atomic: bool,
}

impl Spec for Counter {
    type Op = Count;
    type Ret = u64;
    type State = u64;

    fn initial(&self) -> u64 {
        0
    }

    fn step(&self, state: &mut u64, op: &Count) -> u64 {
        let old = *state;
        *state += u64::from(*op == Count::Add);
        old
    }
}

impl Structure for Counter {
    type Sut = AtomicU64;

    fn create(&self) -> AtomicU64 {
        AtomicU64::new(0)
    }

    fn apply(&self, sut: &AtomicU64, op: &Count) -> u64 {
        match (op, self.atomic) {
            (Count::Get, _) => sut.load(Ordering::SeqCst),
            (Count::Add, true) => sut.fetch_add(1, Ordering::SeqCst),
            (Count::Add, false) => {
                let old = sut.load(Ordering::SeqCst);
                selvedge::sync::thread::yield_now();
                sut.store(old + 1, Ordering::SeqCst);
                old
            }
        }
    }
}
