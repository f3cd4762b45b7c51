//! Models of the lock-free ring: the same declarations on std, loom and shuttle.

// Batches are asked for one element here.
#[allow(dead_code)]
#[path = "declarations/ring.rs"]
mod declaration;
#[path = "scenarios/ring.rs"]
mod scenarios;

use declaration::Op::{Pop, PushBatch, TryPop, TryPush};
use declaration::{Bounded, helping};
use scenarios::two;
use selvedge::check::{Model, Scenario};
use selvedge::ring::HelpingRing;

/// The ring that the scenarios are run on.
fn ring(capacity: usize) -> Bounded<HelpingRing<u8>> {
    helping(capacity, 1)
}

/// Two threads that help each other meet often: loom does not come to its end in minutes without a bound.
fn model(capacity: usize, scenario: Scenario<declaration::Op>) -> Model {
    Model::of(ring(capacity), scenario).preemptions(3)
}

selvedge::check_structure!(capacity_1, ring(1));
selvedge::check_structure!(capacity_2, ring(2));
selvedge::check_structure!(capacity_3, ring(3));

// The cell that comes back was not the topmost when the push began to take one.
selvedge::model!(
    a_cell_comes_back,
    model(2, two([TryPush(3)], [TryPop]).before([TryPush(1), TryPush(2), TryPop]).after([TryPop, TryPop]))
);

// The popper may come between the two: that is as good as one after the other.
selvedge::model!(
    a_batch_wakes_too,
    Model::of(helping::<u8, 24>(2, 2), two([PushBatch(1, 2)], [Pop, Pop]))
        .property("no lost wake-up")
        .preemptions(2)
);

/// One thread: batches are whole.
#[cfg(not(any(loom, shuttle)))]
mod whole_batches {
    use super::helping;

    #[test]
    fn sequential() {
        selvedge::check::sequential(
            helping::<u8, 24>(3, usize::MAX),
            concat!(module_path!(), "::sequential"),
        );
    }
}

/// What the turns are for. Turns so narrow are for models only.
#[cfg(any(loom, shuttle))]
mod aba {
    use super::declaration::Op::{self, TryPop, TryPush};
    use super::helping;
    use super::scenarios::two;
    use selvedge::check::Engine::{ExplorerSc, ExplorerWeak};
    use selvedge::check::{Model, Scenario};

    /// The first thread reads that slot 0 is free, and stops; the other one goes round twice, but for one position. The
    /// first one then puts its element into slot 0, where that one position is still to come before.
    fn scenario() -> Scenario<Op> {
        two([TryPush(9)], [TryPush(1), TryPop, TryPush(2), TryPop, TryPush(3), TryPop]).after([TryPop])
    }

    selvedge::model!(
        two_bits,
        Model::of(helping::<u8, 60>(2, 1), scenario()).kills(
            "control: turns of two bits come round after two laps",
            [ExplorerSc, ExplorerWeak],
            ["not linearizable"]
        )
    );
    selvedge::model!(
        wide_enough,
        Model::of(helping::<u8, 24>(2, 1), scenario()).property("no ABA").preemptions(3)
    );
}
