//! What can be wrong in a strategy, and who must find it. The same scenarios on the right strategies are in
//! `registers.rs`.

use crate::register::Op::{Flush, Read, Write};
use crate::register::{registers, retiring_too_early};
use crate::{Epochs, Hazards, OneEpoch, OneHazard, RoomyEpochs, two};
use selvedge::check::Engine::{
    self, ExplorerSc, ExplorerWeak, LoomPlain, LoomStrong, ShuttlePct2, ShuttlePct3,
};
use selvedge::check::Model;
use selvedge::reclaim::{Broken, Domain, Epoch};

/// Every engine but uniformly random schedules, which seldom stop a reader for as long as a scan takes.
pub(crate) const ALL: [Engine; 6] =
    [LoomPlain, LoomStrong, ShuttlePct2, ShuttlePct3, ExplorerSc, ExplorerWeak];

/// For what needs more than one such stop. loom strong has two preemptions at most in a quick run.
pub(crate) const EXHAUSTIVE: [Engine; 3] = [LoomPlain, ExplorerSc, ExplorerWeak];

/// Those that know weak memory, for what is wrong with an ordering alone.
pub(crate) const WEAK: [Engine; 2] = [LoomPlain, ExplorerWeak];

/// loom says that the free is not ordered after the read. A bag that two empty is a race.
pub(crate) const SAYING: [&str; 3] = ["use after free", "Causality violation", "data race"];

/// `name: what is wrong { and what else the domain says }, called so, on the strategy: scenario, by these engines`.
macro_rules! controls {
    ($($name:ident: $broken:ident $({ $($says:item)* })?, $called:literal, $strategy:ident $(<$($size:literal),*>)?: $scenario:expr, $by:expr;)*) => { $(
        mod $name {
            use super::*;
            struct Wrong;
            impl Domain for Wrong {
                const BROKEN: Option<Broken> = Some(Broken::$broken);
                $($($says)*)?
            }
            selvedge::model!(fails, Model::of(registers::<$strategy<Wrong $($(, $size)*)?>>(), $scenario)
                .structure(stringify!($strategy)).kills(concat!("control: ", $called), $by, SAYING));
        }
    )* };
}

controls! {
    hazard_not_validated: NoValidation, "hazard, not validated",
        Hazards: two([Read], [Write(1), Flush]).before([Read]), ALL;
    hazard_without_the_readers_fence: NoReaderFence, "hazard, published without a fence",
        Hazards: two([Read], [Write(1), Flush]).before([Read]), WEAK;
    hazard_without_the_scans_fence: NoScanFence, "hazard, scanned without a fence",
        Hazards: two([Read], [Write(1), Flush]).before([Read]), WEAK;
    fenced_hazard_without_the_readers_fence: NoReaderFence { const ASYMMETRIC: bool = false; },
        "fenced hazard, published without a fence", Hazards: two([Read], [Write(1), Flush]).before([Read]), WEAK;
    fenced_hazard_without_the_scans_fence: NoScanFence { const ASYMMETRIC: bool = false; },
        "fenced hazard, scanned without a fence", Hazards: two([Read], [Write(1), Flush]).before([Read]), WEAK;
    hazard_passed_over: SkipsOne, "hazard, one passed over by the scan",
        Hazards: two([Read], [Write(1), Flush]).before([Read]), ALL;
    hazard_cleared_early: ClearedEarly, "hazard, cleared before the last use",
        Hazards: two([Read], [Write(1), Flush]).before([Read]), ALL;
    hazard_claimed_twice: ClaimedTwice, "hazard, claimed while it is owned",
        OneHazard: two([Read], [Read, Write(1), Flush]).before([Read]), EXHAUSTIVE;
    slot_freed_on_old_evidence: OldEvidence, "hazard, freed on old evidence",
        Hazards: two([Flush], [Flush, Write(2)]).thread([Read]).before([Write(1)]), [ExplorerSc, ExplorerWeak];
    epoch_pinned_without_a_fence: NoReaderFence, "epoch, pinned without a fence",
        Epochs: two([Read], [Write(1), Flush]).before([Read]), WEAK;
    epoch_advanced_without_a_fence: NoScanFence, "epoch, advanced without a fence",
        Epochs: two([Read], [Write(1), Flush]).before([Read]), WEAK;
    epoch_passes_over_pins: NoGrace, "epoch, advanced over who is pinned",
        Epochs: two([Read], [Write(1), Flush]).before([Read]), ALL;
    epoch_pin_passed_over: SkipsOne, "epoch, one pin passed over",
        Epochs: two([Read], [Write(1), Flush]).before([Read]), ALL;
    epoch_claimed_twice: ClaimedTwice, "epoch, pin claimed while it is owned",
        OneEpoch: two([Read], [Read, Write(1), Flush]).before([Read]), EXHAUSTIVE;
    epoch_bag_of_others: BagOfOthers, "epoch, a bag emptied that is somebody's",
        Epochs: two([Write(1)], [Write(2)]).before([Read]), EXHAUSTIVE;
    epoch_too_early: OneEarly, "epoch, freed one too early",
        RoomyEpochs: two([Flush, Read], [Write(1), Flush]).before([Read]), [ExplorerWeak];
}

/// The user's mistake: the node is still linked when it is retired.
mod retired_before_it_is_unlinked {
    use super::*;

    selvedge::model!(
        under_hazard,
        Model::of(retiring_too_early::<Hazards>(), two([Write(1)], [Flush, Read])).structure("Hazard").kills(
            "control: retired before it is unlinked",
            // Two stops, of which three change points seldom hit both.
            [LoomPlain, LoomStrong, ShuttlePct2, ExplorerSc, ExplorerWeak],
            SAYING
        )
    );
    selvedge::model!(
        under_epoch,
        Model::of(retiring_too_early::<Epoch>(), two([Write(1)], [Read])).structure("Epoch").kills(
            "control: retired before it is unlinked",
            EXHAUSTIVE,
            SAYING
        )
    );
    selvedge::model!(
        under_ebr,
        Model::of(retiring_too_early::<Epochs>(), two([Write(1)], [Flush, Read])).structure("Ebr").kills(
            "control: retired before it is unlinked",
            EXHAUSTIVE,
            SAYING
        )
    );
}
