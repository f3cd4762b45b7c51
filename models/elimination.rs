//! Models of the elimination stack: the same declarations on std, loom and shuttle.
//!
//! Threads meet beside the stack only when each has lost an exchange of the head. With one disturbance in an execution
//! two threads can do it, three can without.

#[path = "declarations/elimination.rs"]
mod declaration;
// Not every operation of the declaration is used here.
#[allow(dead_code)]
#[path = "declarations/stack.rs"]
mod stack;

use declaration::{Eliminating, eliminating};
use selvedge::check::Choice::SpuriousFailure;
use selvedge::check::{Model, Scenario};
use selvedge::reclaim::Leak;
use stack::Op::{self, IsEmpty, Pop, PopAll, Push};
use std::marker::PhantomData;

selvedge::check_structure!(one_place, eliminating(1));
selvedge::check_structure!(two_places, eliminating(2));
selvedge::check_structure!(no_place, eliminating(0));

fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}

macro_rules! models {
    ($($name:ident: $scenario:expr;)*) => {
        $(selvedge::model!($name, Model::of(eliminating(1), $scenario).preemptions(3));)*
    };
}

models! {
    push_push: two([Push(1)], [Push(2)]).after([Pop, Pop, Pop]);
    push_pop_2x2: two([Push(1), Pop], [Push(2), Pop]).after([Pop]);
    pops_against_pushes_2x2: two([Pop, Pop], [Push(1), Push(2)]).before([Push(0)]).after([Pop, Pop]);
    // The second thread's pop may take the first one's push, once an exchange has failed for no reason.
    a_push_is_taken: two([Push(1)], [Push(2), Pop]).after([Pop, Pop]);
    // A push that was taken learns what its popper has pushed before: it cannot find the stack empty.
    what_the_popper_knew: two([Push(1), Pop], [Push(2), Pop]);
    what_the_popper_knew_is_seen: two([Push(1), IsEmpty], [Push(2), Pop]);
    pop_all_beside_a_meeting: two([Push(1), PopAll], [Push(2), Pop]);
}

/// The first one's exchange fails for no reason, and it has seen nothing of the others when it meets the second.
fn strangers() -> Scenario<Op> {
    two([Push(1), IsEmpty], [Push(2), Pop]).thread([Push(3)])
}

selvedge::model!(
    strangers_meet,
    Model::of(eliminating(1), strangers()).choices([SpuriousFailure]).preemptions(3)
);
// Under a strategy without fences of its own: the meeting alone must tell.
selvedge::model!(
    strangers_meet_without_fences,
    Model::of(Eliminating::<Leak>(1, PhantomData), strangers()).choices([SpuriousFailure]).preemptions(3)
);
// Both lose to the third thread, and meet.
selvedge::model!(
    three_threads,
    Model::of(
        eliminating(1),
        two([Push(1)], [Pop]).thread([Push(9)]).before([Push(0)]).after([Pop, Pop, Pop])
    )
    .choices([])
    .preemptions(3)
);
