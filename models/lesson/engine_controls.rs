//! Controls of the engines themselves: small programs with one mistake each, which must be found whatever
//! becomes of the harness, and the same programs with the mistake put right, which must hold.
//!
//! | mistake | who must see it |
//! |---|---|
//! | published without release | loom: an ordering |
//! | store buffering without fences | loom plain: a stale read, which strong loads never give |
//! | a pop without a guard, a freed node read, a node freed twice, a node never freed | all |
//! | a wake-up that comes too early, and is lost | all |
//! | a wait for what never comes | all |
//! | a wait that takes any wake-up for its own, or does not ask whether the time is up | all, given the choice |
//! | a length that loses count | all |

mod memory;
mod waiting;

use crate::ALL;
use selvedge::check::{Arbitrary, Model, Scenario, Spec, Structure};
use selvedge::sync::atomic::{AtomicUsize, Ordering};

/// A model of a small program.
fn program(name: &str, property: &str, run: impl Fn() + Send + Sync + 'static) -> Model {
    Model::program(name, property, run)
}

/// A count whose `len` lies when it has been written in two steps: of two additions at once it counts one.
mod length_loses_count {
    use super::*;

    #[derive(Clone, Debug, Arbitrary)]
    enum Op {
        Add,
        Len,
    }

    struct Count {
        in_one_step: bool,
    }

    impl Spec for Count {
        type Op = Op;
        type Ret = usize;
        type State = usize;

        fn initial(&self) -> usize {
            0
        }

        fn step(&self, state: &mut usize, op: &Op) -> usize {
            if matches!(op, Op::Add) {
                *state += 1;
            }
            // An addition answers nothing.
            if matches!(op, Op::Len) { *state } else { 0 }
        }
    }

    impl Structure for Count {
        type Sut = AtomicUsize;

        fn create(&self) -> AtomicUsize {
            AtomicUsize::new(0)
        }

        fn apply(&self, len: &AtomicUsize, op: &Op) -> usize {
            match op {
                Op::Len => return len.load(Ordering::Relaxed),
                Op::Add if self.in_one_step => drop(len.fetch_add(1, Ordering::Relaxed)),
                Op::Add => len.store(len.load(Ordering::Relaxed) + 1, Ordering::Relaxed),
            }
            0
        }
    }

    fn model(in_one_step: bool) -> Model {
        let scenario = Scenario::new().thread([Op::Add]).thread([Op::Add]).after([Op::Len]);
        Model::of(Count { in_one_step }, scenario).structure("count")
    }

    selvedge::model!(fails, model(false).kills("control: length loses count", ALL, ["Len -> 1"]));
    selvedge::model!(holds, model(true));
}
