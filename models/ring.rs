//! Models of Vyukov's ring: the same declarations on std, loom and shuttle.

#[path = "declarations/ring.rs"]
mod declaration;
#[path = "scenarios/ring.rs"]
mod scenarios;

use declaration::Op::{Pop, PushBatch};
use declaration::{Bounded, bounded};
use scenarios::two;
use selvedge::check::{Model, Scenario};
use selvedge::ring::Ring;

/// The ring that the scenarios are run on.
fn ring(capacity: usize) -> Bounded<Ring<u8>> {
    bounded(capacity)
}

/// To loom's end.
fn model(capacity: usize, scenario: Scenario<declaration::Op>) -> Model {
    Model::of(ring(capacity), scenario)
}

selvedge::check_structure!(capacity_1, ring(1));
selvedge::check_structure!(capacity_2, ring(2));
selvedge::check_structure!(capacity_3, ring(3));

selvedge::model!(
    a_batch_wakes_too,
    Model::of(ring(2), two([PushBatch(1, 2)], [Pop, Pop])).property("no lost wake-up").preemptions(2)
);

/// Two poppers wait for a producer that has claimed for both: loom lets the two yield to each other for ever.
#[cfg(not(loom))]
mod asleep {
    use super::{Model, Pop, PushBatch, ring, two};
    use crate::declaration::Op::TryPop;

    // Without disturbances, which smaller scenarios have: they are too many here.
    selvedge::model!(
        a_sleeper_and_a_batch,
        Model::of(ring(2), two([PushBatch(1, 2)], [Pop]).thread([TryPop]))
            .property("no lost wake-up")
            .choices([])
            .preemptions(2)
    );
    // Stopped after 600,000 executions, in which nothing was found.
    selvedge::model!(
        #[ignore = "minutes"]
        two_sleepers_one_batch,
        Model::of(ring(2), two([PushBatch(1, 2)], [Pop]).thread([Pop]).alike())
            .property("no lost wake-up")
            .choices([])
            .preemptions(2)
    );
}
