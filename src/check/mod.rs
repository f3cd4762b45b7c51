//! The harness: declare a structure once, get every engine.
//!
//! A declaration says what a structure *should* do ([`Spec`]: operations, answers, a sequential state) and
//! how it *does* it ([`Structure`]: make one, apply an operation). From it come
//!
//! | build | engine | what it does |
//! |---|---|---|
//! | plain | sequential | random operation sequences, one thread, against the specification (proptest) |
//! | plain | stress | real threads, each history judged |
//! | `--cfg loom` | loom plain | loom's exploration; histories judged by program order (reads may be stale) |
//! | `--cfg loom` | loom strong | loads and stores as read-modify-writes; histories judged in real time |
//! | `--cfg shuttle` | random, PCT 2, PCT 3 | many schedules, sequentially consistent, judged in real time |
//! | `--cfg shuttle` | explorer SC | every interleaving, once up to what commutes; judged in every real time |
//! | `--cfg shuttle` | explorer weak | every execution of C11's weak memory, once; judged by happens-before |
//!
//! and what goes wrong is shown with one column per thread, source places, values, and the history.
//!
//! # What a run must show to count
//! * *Executions*, as they were counted, and whether the engine finished, was bounded, capped, or only sampled.
//! * *Overlap*: a model of two threads in which no two operations ever overlapped is vacuous, and fails.
//! * *Stops*: so is a model of progress in which no thread was ever stopped.
//! * *Claims*: a run that was capped fails unless its model says that it may be ([`Model::capped`]).
//! * *A control fails*: a model with [`Model::kills`] passes only if the named engines find the defect, and say
//!   what the model says they would.
//!
//! # Example
//! ```
//! use selvedge::check::{Arbitrary, Scenario, Spec, Structure};
//! use selvedge::sync::atomic::{AtomicU64, Ordering};
//!
//! #[derive(Clone, Debug, Arbitrary)]
//! enum Op { Add, Get }
//!
//! struct Counter;
//!
//! impl Spec for Counter {
//!     type Op = Op;
//!     type Ret = u64;
//!     type State = u64;
//!     fn initial(&self) -> u64 { 0 }
//!     fn step(&self, state: &mut u64, op: &Op) -> u64 {
//!         match op { Op::Add => { *state += 1; *state - 1 } Op::Get => *state }
//!     }
//! }
//!
//! impl Structure for Counter {
//!     type Sut = AtomicU64;
//!     fn create(&self) -> AtomicU64 { AtomicU64::new(0) }
//!     fn apply(&self, sut: &AtomicU64, op: &Op) -> u64 {
//!         match op { Op::Add => sut.fetch_add(1, Ordering::Relaxed), Op::Get => sut.load(Ordering::Relaxed) }
//!     }
//! }
//!
//! selvedge::check_structure!(counter, Counter);
//! selvedge::model!(two_adders, selvedge::check::Model::of(
//!     Counter, Scenario::new().thread([Op::Add, Op::Get]).thread([Op::Add, Op::Get])));
//! # fn main() {}
//! ```

mod body;
mod budget;
mod execute;
mod failure;
mod history;
pub mod linearizability;
pub mod measure;
mod model;
mod panicky;
#[cfg(shuttle)]
mod parts;
pub mod picture;
mod progress;
mod record;
mod run;
mod scenario;
mod spec;
pub mod specs;
mod tally;
mod verdict;
#[cfg(shuttle)]
mod waits;

#[cfg(any(loom, shuttle))]
mod columns;
#[cfg(shuttle)]
pub mod explore;
#[cfg(shuttle)]
mod explored;
#[cfg(loom)]
mod loom;
#[cfg(not(any(loom, shuttle)))]
mod sequential;
#[cfg(shuttle)]
mod shuttle;
#[cfg(not(any(loom, shuttle)))]
mod stress;
#[cfg(loom)]
mod subprocess;

pub use arbitrary::{Arbitrary, Unstructured};
pub use budget::Budget;
pub use failure::Failure;
pub use history::{Call, History, HistoryError, Order};
#[cfg(feature = "log")]
pub(crate) use linearizability::{Ahead, ahead, parts};
pub use linearizability::{Judgement, Limit, Limits, judge, judge_within};
pub use model::{Engine, Model};
pub use panicky::{Panicky, catch_chosen, may_panic};
pub use progress::Progress;
pub use record::{Coverage, Outcome, Record};
pub use scenario::{Scenario, Shape};
pub use spec::{Foresight, Seen, Spec, Structure, Urgency};
pub use verdict::Verdict;

#[cfg(not(any(loom, shuttle)))]
pub use sequential::{check_sequence, sequential};
#[cfg(not(any(loom, shuttle)))]
pub use stress::stress;

#[cfg(shuttle)]
pub use self::shuttle::fuzz_schedule;

pub use crate::sync::{Choice, Reuse};

/// The structure is gone: counts the steps, and panics if nodes were left behind.
#[cfg(any(loom, shuttle))]
fn close_execution(tally: &tally::Tally) {
    use crate::sync::model;
    tally.steps(model::most_steps());
    if let Err(leak) = model::end() {
        panic!("{leak}");
    }
}

/// A `#[test]` that checks a [`Model`] with every engine of the build.
///
/// `model!(name, expression)`: the expression is evaluated in the test and must be a [`Model`].
#[macro_export]
macro_rules! model {
    ($(#[$attribute:meta])* $name:ident, $model:expr $(,)?) => {
        #[test]
        $(#[$attribute])*
        fn $name() {
            let model = $crate::check::Model::written($model, stringify!($model), module_path!());
            model.check(concat!(module_path!(), "::", stringify!($name)));
        }
    };
}

/// A module of `#[test]`s that every declared structure gets, from its declaration alone: `sequential` and
/// `stress` in the plain build, `random_scenarios` under loom and shuttle.
#[macro_export]
macro_rules! check_structure {
    ($name:ident, $structure:expr $(,)?) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            $crate::__check_structure!($structure);
        }
    };
}

#[doc(hidden)]
#[macro_export]
#[cfg(not(any(loom, shuttle)))]
macro_rules! __check_structure {
    ($structure:expr) => {
        #[test]
        fn sequential() {
            $crate::check::sequential($structure, concat!(module_path!(), "::sequential"));
        }
        #[test]
        fn stress() {
            $crate::check::stress($structure, concat!(module_path!(), "::stress"));
        }
    };
}

#[doc(hidden)]
#[macro_export]
#[cfg(any(loom, shuttle))]
macro_rules! __check_structure {
    ($structure:expr) => {
        $crate::model!(random_scenarios, $crate::check::Model::random($structure));
    };
}
