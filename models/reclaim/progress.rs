//! The bookkeeping is lock-free.

use crate::register::Op::{Flush, Read, Write};
use crate::register::registers;
use crate::{Epochs, Hazards, OneHazard, two};
use selvedge::check::{Model, Progress, Scenario};
use selvedge::reclaim::{Leak, Reclaim};

fn model<R: Reclaim + Default + 'static>(called: &str, scenario: Scenario<crate::Op>) -> Model {
    Model::of(registers::<R>(), scenario)
        .structure(called)
        .progress(Progress::LockFree)
        .property("lock-free")
        .choices([])
        .preemptions(2)
}

mod hazard {
    use super::*;

    selvedge::model!(both_retire, model::<Hazards>("Hazard", two([Write(1), Read], [Write(2), Read])));
    selvedge::model!(both_scan, model::<Hazards>("Hazard", two([Write(1), Flush], [Write(2), Flush])));
    selvedge::model!(blocks_are_added, model::<OneHazard>("Hazard", two([Read, Write(1)], [Read, Write(2)])));
}

mod ebr {
    use super::*;

    selvedge::model!(both_retire, model::<Epochs>("Ebr", two([Write(1), Read], [Write(2)])));
    selvedge::model!(both_scan, model::<Epochs>("Ebr", two([Write(1)], [Flush]).before([Write(9)])));
}

selvedge::model!(leak, model::<Leak>("Leak", two([Write(1)], [Write(2)])));
