//! A register under each strategy.

use crate::register::Op::{Flush, Read, Write};
use crate::register::registers;
use crate::{Epochs, Fenced, Hazards, OneEpoch, OneHazard, RoomyEpochs, two};
use selvedge::check::Model;
use selvedge::reclaim::{Ebr, Epoch, Hazard, Leak};

/// `name, what it is called: scenario` for each strategy.
macro_rules! strategies {
    ($($module:ident, $called:literal, $strategy:ty: { $($name:ident: $scenario:expr;)* })*) => { $(
        mod $module {
            use super::*;
            $(selvedge::model!($name, Model::of(registers::<$strategy>(), $scenario).structure($called).preemptions(2));)*
        }
    )* };
}

selvedge::check_structure!(hazard_at_random, registers::<Hazards>());
selvedge::check_structure!(ebr_at_random, registers::<RoomyEpochs>());

strategies! {
    // A first `Read` makes the block: who links one tells others more than they may know otherwise.
    hazard, "Hazard", Hazards: {
        read_against_write: two([Read], [Write(1)]);
        read_while_it_is_freed: two([Read], [Write(1), Flush]).before([Read]);
        a_full_slot_is_scanned: two([Read], [Write(1), Write(2)]);
        both_retire: two([Write(1), Read], [Write(2), Read]);
        both_scan: two([Write(1), Flush], [Write(2), Flush]);
        // Its content is read by who keeps it, and written by who comes after the one that frees it.
        a_kept_slot_is_reused: two([Write(1), Flush], [Flush, Write(2)]).thread([Read]).before([Read]);
        a_slot_is_reused: two([Flush], [Flush, Write(2)]).thread([Read]).before([Write(1)]);
    }
    one_hazard, "Hazard", OneHazard: {
        a_hazard_is_reused: two([Read], [Read, Write(1), Flush]).before([Read]);
        two_shields_want_one_hazard: two([Read], [Read]);
        a_block_is_added: two([Read, Write(1)], [Read, Write(2)]);
    }
    hazard_as_it_ships, "Hazard", Hazard: {
        read_while_it_is_freed: two([Read], [Write(1), Flush]).before([Read]);
        both_scan: two([Write(1), Flush], [Write(2), Flush]);
    }
    fenced_hazard, "Hazard", Hazards<Fenced>: {
        read_while_it_is_freed: two([Read], [Write(1), Flush]).before([Read]);
        a_full_slot_is_scanned: two([Read], [Write(1), Write(2)]);
    }
    ebr, "Ebr", Epochs: {
        read_against_write: two([Read], [Write(1)]);
        read_while_it_is_freed: two([Read], [Write(1), Flush]).before([Read]);
        a_full_slot_is_scanned: two([Read], [Write(1), Write(2)]);
        both_retire: two([Write(1), Read], [Write(2)]);
    }
    one_epoch, "Ebr", OneEpoch: {
        a_mark_is_reused: two([Read], [Read, Write(1), Flush]).before([Read]);
        two_guards_want_one_mark: two([Read], [Read]);
    }
    roomy_epochs, "Ebr", RoomyEpochs: {
        // Who advances has seen that the writer is done, and must say so to a reader that pins then.
        an_epoch_says_what_is_done: two([Read], [Write(1)]).thread([Flush, Flush]).before([Read]);
        an_epoch_is_read_late: two([Flush, Read], [Write(1), Flush]).before([Read]);
    }
    ebr_as_it_ships, "Ebr", Ebr: {
        read_while_it_is_freed: two([Read], [Write(1), Flush]).before([Read]);
    }
    epoch, "Epoch", Epoch: {
        read_against_write: two([Read], [Write(1)]);
        both_retire: two([Write(1), Read], [Write(2), Read]);
    }
    leak, "Leak", Leak: {
        read_against_write: two([Read], [Write(1)]);
        both_retire: two([Write(1), Read], [Write(2), Read]);
    }
}
