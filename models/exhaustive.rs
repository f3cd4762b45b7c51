//! Every mix of operations of a small size, up to an exchange of threads: as two threads with three operations each, or
//! three with two. The name ends with the size. The explorer alone can see all executions of them.
//!
//! With three threads no compare-exchange fails for no reason: that would treble the executions, and two threads
//! show what it can do. Threads of the same operations are alike, as no value is compared with anything.
//!
//! Three threads with two operations each are too many for the structures with an arena: one of twenty such mixes of a
//! versioned stack has more than two million executions. One or two of the three have one operation there.
//! What takes minutes is `#[ignore]`d, and run by `cargo verify --long`.

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
use selvedge::check::{Model, Scenario};
use stack::Op::{Pop, Push};
use stack::treiber;

/// A value that tells who pushed it, and as the how-many-eth.
fn value(thread: usize, nth: usize) -> u8 {
    (10 * (thread + 1) + nth) as u8
}

fn stacks(sizes: &[usize]) -> Model {
    let operation = |kind, thread, nth| if kind == 0 { Push(value(thread, nth)) } else { Pop };
    let around = Scenario::new().before([Push(1)]).after([Pop]).alike();
    Model::mixes(treiber(), 2, sizes, operation, around).property("all mixes")
}

fn rings(capacity: usize, sizes: &[usize]) -> Model {
    let operation = |kind, thread, nth| if kind == 0 { TryPush(value(thread, nth)) } else { TryPop };
    let around = Scenario::new().before([TryPush(1)]).after([TryPop]).alike();
    Model::mixes(ring::bounded::<u8>(capacity), 2, sizes, operation, around).property("all mixes")
}

fn eliminating(sizes: &[usize]) -> Model {
    let operation = |kind, thread, nth| if kind == 0 { Push(value(thread, nth)) } else { Pop };
    let around = Scenario::new().before([Push(1)]).after([Pop]).alike();
    Model::mixes(elimination::eliminating(1), 2, sizes, operation, around).property("all mixes")
}

fn versioned(capacity: usize, sizes: &[usize]) -> Model {
    use versioned::Op::{Pop, Push};
    let operation = |kind, thread, nth| if kind == 0 { Push(value(thread, nth)) } else { Pop };
    let around = Scenario::new().before([Push(1)]).after([Pop]).alike();
    Model::mixes(versioned::bounded::<u8, 24>(capacity), 2, sizes, operation, around).property("all mixes")
}

fn helping_rings(capacity: usize, sizes: &[usize]) -> Model {
    let operation = |kind, thread, nth| if kind == 0 { TryPush(value(thread, nth)) } else { TryPop };
    let around = Scenario::new().before([TryPush(1)]).after([TryPop]).alike();
    Model::mixes(ring::helping::<u8, 24>(capacity, 1), 2, sizes, operation, around).property("all mixes")
}

selvedge::model!(stack_2x3, stacks(&[3, 3]));
selvedge::model!(stack_3x2, stacks(&[2, 2, 2]).choices([]));
selvedge::model!(ring_of_1_2x3, rings(1, &[3, 3]));
selvedge::model!(ring_of_2_2x3, rings(2, &[3, 3]));
selvedge::model!(
    #[ignore = "minutes"]
    ring_of_1_3x2,
    rings(1, &[2, 2, 2]).choices([])
);
selvedge::model!(ring_of_2_3x2, rings(2, &[2, 2, 2]).choices([]));
selvedge::model!(eliminating_2x3, eliminating(&[3, 3]).choices([]));
selvedge::model!(eliminating_3x1, eliminating(&[1, 1, 1]));
selvedge::model!(eliminating_2_2_1, eliminating(&[2, 2, 1]).choices([]));
selvedge::model!(
    #[ignore = "minutes"]
    eliminating_3x2,
    eliminating(&[2, 2, 2]).choices([])
);
selvedge::model!(versioned_of_2_2x2, versioned(2, &[2, 2]));
selvedge::model!(versioned_of_2_2x3, versioned(2, &[3, 3]).choices([]));
selvedge::model!(versioned_of_2_3x1, versioned(2, &[1, 1, 1]).choices([]));
selvedge::model!(versioned_of_2_2_1_1, versioned(2, &[2, 1, 1]).choices([]));
selvedge::model!(
    #[ignore = "minutes"]
    versioned_of_2_2_2_1,
    versioned(2, &[2, 2, 1]).choices([])
);
selvedge::model!(helping_ring_of_1_2x2, helping_rings(1, &[2, 2]));
selvedge::model!(helping_ring_of_2_2x2, helping_rings(2, &[2, 2]));
selvedge::model!(helping_ring_of_2_3x1, helping_rings(2, &[1, 1, 1]).choices([]));
selvedge::model!(helping_ring_of_2_2_1_1, helping_rings(2, &[2, 1, 1]).choices([]));
selvedge::model!(
    #[ignore = "minutes"]
    helping_ring_of_1_2x3,
    helping_rings(1, &[3, 3]).choices([])
);
selvedge::model!(
    #[ignore = "minutes"]
    helping_ring_of_2_2x3,
    helping_rings(2, &[3, 3]).choices([])
);
