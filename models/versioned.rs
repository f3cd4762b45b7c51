//! Models of the versioned stack: the same declarations on std, loom and shuttle.

#[path = "declarations/versioned.rs"]
mod declaration;

use declaration::Op::{self, IsEmpty, IsFull, Len, Pop, Push};
use declaration::{Bounded, bounded, growing};
use selvedge::check::{Model, Scenario};

selvedge::check_structure!(capacity_1, wide(1));
selvedge::check_structure!(capacity_3, wide(3));
selvedge::check_structure!(of_any_size, growing::<u8, 24>());

fn wide(capacity: usize) -> Bounded {
    bounded(capacity)
}

fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}

/// `name (capacity): scenario` for each model.
macro_rules! models {
    ($($name:ident ($capacity:expr): $scenario:expr;)*) => {
        $(selvedge::model!($name, Model::of(wide($capacity), $scenario).preemptions(3));)*
    };
}

models! {
    push_push (2): two([Push(1)], [Push(2)]).after([Pop, Pop, Pop]);
    pop_pop (2): two([Pop], [Pop]).before([Push(1), Push(2)]).after([Pop]);
    push_pop_2x2 (2): two([Push(1), Pop], [Push(2), Pop]).after([Pop]);
    pops_against_pushes_2x2 (3): two([Pop, Pop], [Push(1), Push(2)]).before([Push(0)]).after([Pop, Pop]);
    // "Full" is true: a cell that is on its way back takes no room.
    full_after_empty (1): two([Pop], [Pop, Push(2)]).before([Push(1)]).after([Pop]);
    two_for_one_place (1): two([Push(1)], [Push(2)]).after([Len, Pop, Pop]);
    length_is_a_snapshot (2): two([Pop, Push(2)], [Len]).before([Push(1)]);
    full_is_a_snapshot (2): two([Pop, Push(3)], [IsFull]).before([Push(1), Push(2)]);
    empty_is_seen (2): two([Push(1), IsEmpty], [Pop, IsEmpty]).after([IsEmpty]);
    // The link of a cell that has left the stack is no depth: the length was never 0 here.
    length_of_a_cell_that_left (3): two([Pop, Push(3)], [Len]).before([Push(1), Push(2)]);
    // The second look must acquire, too, if it is not the last.
    length_while_one_comes (2): two([Push(2)], [Len]).before([Push(1)]);
    full_while_one_comes (2): two([Push(2)], [Push(3), IsFull]).before([Push(1)]).after([Pop, Pop]);
    // One cell to spare: the second thread makes a segment, or two of them do.
    cells_run_out (1): two([Push(1)], [Push(2)]).thread([Push(3)]).before([Push(0)]).after([Pop, Pop]);
}

// The two pushed before fill the segments there are. Two cells are in the next: each thread makes it, or is shown it.
selvedge::model!(
    two_make_one_segment,
    Model::of(
        growing::<u8, 24>(),
        two([Push(3)], [Push(4)]).before([Push(1), Push(2)]).after([Pop, Pop, Pop])
    )
    .preemptions(3)
);

/// What `len` and "full" read beside the head, under weak memory: three threads are too many for loom.
#[cfg(shuttle)]
mod depths {
    use super::*;

    fn three(capacity: usize, first: Op, others: [&[Op]; 2]) -> Model {
        let [second, third] = others.map(<[Op]>::to_vec);
        let scenario = Scenario::new().before([Push(1)]).thread([first]).thread(second).thread(third);
        Model::of(wide(capacity), scenario).choices([])
    }

    // A push writes into the link of the cell that was on top how deep it would be, and its exchange fails: the stack was
    // never so long. Who has read that must see that the head is another one.
    selvedge::model!(of_a_push_that_failed, three(3, Len, [&[Pop, Pop], &[Push(2), Push(3)]]));
    selvedge::model!(full_of_a_push_that_failed, three(2, Push(9), [&[Pop, Pop], &[Push(2), Push(3)]]));
    // Full, and then not: of the new top the depth must be seen, or there will be two.
    selvedge::model!(full_and_then_not, three(1, Push(9), [&[Pop], &[Push(3)]]));
}

/// What the version is for: cells come back as the top, over others. Versions so narrow are for models only.
#[cfg(any(loom, shuttle))]
mod aba {
    use super::*;
    use selvedge::check::Engine::{ExplorerSc, ExplorerWeak};

    /// The first thread reads the top and what is below, and stops. The others change the head four times: two take
    /// a value each and one of them another, so that the cell of the top is given back *last* and pushed again
    /// first, over nothing. Then the first one goes on, and puts a free cell on top.
    ///
    /// One other thread alone cannot do that: cells come back in the order in which they went.
    fn even() -> Scenario<Op> {
        Scenario::new()
            .before([Push(1), Push(2), Push(3)])
            .thread([Pop])
            .thread([Pop])
            .thread([Pop, Pop, Push(4)])
            .after([Pop, Pop])
    }

    /// The same with three changes.
    fn odd() -> Scenario<Op> {
        Scenario::new()
            .before([Push(1), Push(2)])
            .thread([Pop])
            .thread([Pop])
            .thread([Pop, Push(3)])
            .after([Pop, Pop])
    }

    fn narrow<const INDEX: u32>(scenario: Scenario<Op>, defect: &str) -> Model {
        Model::of(bounded::<u8, INDEX>(3), scenario).kills(
            defect,
            [ExplorerSc, ExplorerWeak],
            ["not linearizable", "data race", "use after free", "wrong"],
        )
    }

    selvedge::model!(without_a_version, narrow::<64>(odd(), "control: no version in the exchange"));
    selvedge::model!(
        two_bits,
        narrow::<62>(even(), "control: a version of two bits comes round after four changes")
    );
    selvedge::model!(
        wide_enough_for_three,
        Model::of(wide(3), odd()).property("no ABA").choices([]).preemptions(3)
    );
    // 557,000 executions with weak memory, which is nearly all that a quick run has.
    selvedge::model!(
        wide_enough_for_four,
        Model::of(wide(3), even()).property("no ABA").choices([]).preemptions(3)
    );
}
