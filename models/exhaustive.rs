//! Every mix of operations of a small size, up to an exchange of threads: two threads with three operations each,
//! and three with two. The explorer alone can see all executions of them.
//!
//! With three threads no compare-exchange fails for no reason: that would treble the executions, and two threads
//! show what it can do. Threads of the same operations are alike, as no value is compared with anything.
//!
//! Some of them take minutes (`at_length`): they are explored to the end in a long run, and are incomplete in any other.

#![cfg(shuttle)]

// Not every operation of the declarations is used here.
#[allow(dead_code)]
#[path = "declarations/elimination.rs"]
mod elimination;
#[allow(dead_code)]
#[path = "declarations/ring.rs"]
mod ring;
#[path = "declarations/stack.rs"]
mod stack;
#[allow(dead_code)]
#[path = "declarations/versioned.rs"]
mod versioned;

use ring::Op::{TryPop, TryPush};
use selvedge::check::{Budget, Model, Scenario};
use stack::Op::{Pop, Push};
use stack::treiber;

/// A value that tells who pushed it, and as the how-many-eth.
fn value(thread: usize, nth: usize) -> u8 {
    (10 * (thread + 1) + nth) as u8
}

/// To the end in a long run, and else a little of it.
fn at_length(model: Model) -> Model {
    if Budget::get() == Budget::Long { model } else { model.at_most(500).capped() }
}

fn stacks(size: (usize, usize)) -> Model {
    let operation = |kind, thread, nth| if kind == 0 { Push(value(thread, nth)) } else { Pop };
    let around = Scenario::new().before([Push(1)]).after([Pop]).alike();
    Model::mixes(treiber(), 2, size, operation, around).property("all mixes")
}

fn rings(capacity: usize, size: (usize, usize)) -> Model {
    let operation = |kind, thread, nth| if kind == 0 { TryPush(value(thread, nth)) } else { TryPop };
    let around = Scenario::new().before([TryPush(1)]).after([TryPop]).alike();
    Model::mixes(ring::bounded::<u8>(capacity), 2, size, operation, around).property("all mixes")
}

fn eliminating(size: (usize, usize)) -> Model {
    let operation = |kind, thread, nth| if kind == 0 { Push(value(thread, nth)) } else { Pop };
    let around = Scenario::new().before([Push(1)]).after([Pop]).alike();
    Model::mixes(elimination::eliminating(1), 2, size, operation, around).property("all mixes")
}

fn versioned(capacity: usize, size: (usize, usize)) -> Model {
    use versioned::Op::{Pop, Push};
    let operation = |kind, thread, nth| if kind == 0 { Push(value(thread, nth)) } else { Pop };
    let around = Scenario::new().before([Push(1)]).after([Pop]).alike();
    Model::mixes(versioned::bounded::<u8, 24>(capacity), 2, size, operation, around).property("all mixes")
}

fn helping_rings(capacity: usize, size: (usize, usize)) -> Model {
    let operation = |kind, thread, nth| if kind == 0 { TryPush(value(thread, nth)) } else { TryPop };
    let around = Scenario::new().before([TryPush(1)]).after([TryPop]).alike();
    Model::mixes(ring::helping::<u8, 24>(capacity, 1), 2, size, operation, around).property("all mixes")
}

selvedge::model!(stack_2x3, stacks((2, 3)));
selvedge::model!(stack_3x2, stacks((3, 2)).choices([]));
selvedge::model!(ring_of_1_2x3, rings(1, (2, 3)));
selvedge::model!(ring_of_2_2x3, rings(2, (2, 3)));
selvedge::model!(ring_of_2_3x2, rings(2, (3, 2)).choices([]));
selvedge::model!(eliminating_2x3, eliminating((2, 3)).choices([]));
selvedge::model!(eliminating_3x1, eliminating((3, 1)));
selvedge::model!(eliminating_3x2, at_length(eliminating((3, 2)).choices([])));
selvedge::model!(versioned_of_2_2x2, versioned(2, (2, 2)));
selvedge::model!(versioned_of_2_3x1, versioned(2, (3, 1)).choices([]));
selvedge::model!(versioned_of_2_2x3, versioned(2, (2, 3)).choices([]));
selvedge::model!(versioned_of_2_3x2, at_length(versioned(2, (3, 2)).choices([])));
selvedge::model!(helping_ring_of_1_2x2, helping_rings(1, (2, 2)));
selvedge::model!(helping_ring_of_2_2x2, helping_rings(2, (2, 2)));
selvedge::model!(helping_ring_of_2_3x1, helping_rings(2, (3, 1)).choices([]));
selvedge::model!(helping_ring_of_1_2x3, at_length(helping_rings(1, (2, 3)).choices([])));
selvedge::model!(helping_ring_of_2_2x3, at_length(helping_rings(2, (2, 3)).choices([])));
selvedge::model!(helping_ring_of_2_3x2, at_length(helping_rings(2, (3, 2)).choices([])));
