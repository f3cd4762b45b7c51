//! Treiber's stack under each strategy.

use crate::stack::Op::{self, Flush, Iter, Peek, Pop, PopAll, Push};
use crate::stack::{Sees, Treiber};
use crate::{Epochs, Hazards};
use selvedge::check::{Model, Reuse, Scenario};
use selvedge::reclaim::{Epoch, Leak};
use std::marker::PhantomData;

fn stack<R: Sees>(scenario: Scenario<Op>) -> Model {
    Model::of(Treiber::<R>(PhantomData), scenario)
}

fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}

/// The first thread reads the top and its successor, and stops. The other takes both off, has them freed, and pushes what
/// may get the address of the first. An exchange that compares addresses would put a freed node on top.
fn aba() -> Scenario<Op> {
    two([Pop], [Pop, Pop, Flush, Push(3)]).before([Push(1), Push(2)]).after([PopAll])
}

macro_rules! strategies {
    ($($module:ident, $called:literal, $strategy:ty;)*) => { $(
        mod $module {
            use super::*;
            fn model(scenario: Scenario<Op>) -> Model {
                stack::<$strategy>(scenario).structure(concat!("TreiberStack, ", $called)).preemptions(2)
            }
            selvedge::check_structure!(random, Treiber::<$strategy>(PhantomData));
            selvedge::model!(push_pop_2x2, model(two([Push(1), Pop], [Push(2), Pop]).after([Pop])));
            selvedge::model!(pop_pop, model(two([Pop, Flush], [Pop]).before([Push(1), Push(2)]).after([Pop])));
            selvedge::model!(
                peek_while_popped,
                model(two([Pop, Push(3)], [Peek, Iter]).before([Push(1), Push(2)]))
            );
            selvedge::model!(
                pop_all_against_pop,
                model(two([PopAll], [Pop]).before([Push(1), Push(2)]).after([PopAll]))
            );
            selvedge::model!(no_aba, model(aba()).reuse(Reuse::Lifo).property("no ABA"));
            selvedge::model!(no_aba_fifo, model(aba()).reuse(Reuse::Fifo).property("no ABA"));
        }
    )* };
}

strategies! {
    epoch, "Epoch", Epoch;
    leak, "Leak", Leak;
    hazard, "Hazard", Hazards;
    ebr, "Ebr", Epochs;
}
