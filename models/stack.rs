//! Models of the stacks: the same declarations on std, loom and shuttle.

#[path = "declarations/stack.rs"]
mod declaration;

use declaration::Op::{self, IsEmpty, Iter, Peek, Pop, PopAll, Push};
use declaration::{Treiber, treiber};
use selvedge::check::{Model, Scenario};
use selvedge::reclaim::Leak;
use std::marker::PhantomData;

selvedge::check_structure!(treiber_stack, treiber());
selvedge::check_structure!(treiber_stack_leak, Treiber::<Leak>(PhantomData));

fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}

selvedge::model!(push_push, Model::of(treiber(), two([Push(1)], [Push(2)]).after([Pop, Pop, Pop])));
selvedge::model!(pop_pop, Model::of(treiber(), two([Pop], [Pop]).before([Push(1), Push(2)]).after([Pop])));
selvedge::model!(push_pop_2x2, Model::of(treiber(), two([Push(1), Pop], [Push(2), Pop]).after([Pop])));
selvedge::model!(
    pops_against_pushes_2x2,
    Model::of(treiber(), two([Pop, Pop], [Push(1), Push(2)]).before([Push(0)]).after([Pop, Pop]))
);
selvedge::model!(
    pop_all_against_push_and_pop,
    Model::of(treiber(), two([PopAll], [Pop, Push(3)]).before([Push(1), Push(2)]).after([PopAll]))
);
// Under a strategy without fences of its own: the swap alone must see what was pushed.
selvedge::model!(
    pop_all_without_fences,
    Model::of(Treiber::<Leak>(PhantomData), two([Push(1)], [PopAll]).after([PopAll]))
);
selvedge::model!(
    two_pop_alls,
    Model::of(treiber(), two([PopAll], [PopAll]).before([Push(1), Push(2)]).after([Pop]))
);
selvedge::model!(
    peek_and_iterate_while_popped,
    Model::of(treiber(), two([Pop, Push(3)], [Peek, Iter]).before([Push(1), Push(2)]))
);
selvedge::model!(
    empty_is_seen,
    Model::of(treiber(), two([Push(1), IsEmpty], [Pop, IsEmpty]).after([IsEmpty]))
);
selvedge::model!(
    three_threads,
    Model::of(treiber(), two([Push(1)], [Pop]).thread([Pop]).before([Push(0)]).after([Pop])).preemptions(3)
);
