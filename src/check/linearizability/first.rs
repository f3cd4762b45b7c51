//! Of parts that cannot be explained: the one that went wrong first.
//!
//! A part has gone wrong at the first moment at which an answered call ended that is not in its longest beginning (see
//! [`Judgement::Unexplained`]): what ended before can be explained, and with what ended then it cannot. So a part that is
//! wrong goes on being wrong, and of another it is enough to know what it was before that moment: whether *that* can be
//! explained, and if not, how far. Of parts that went wrong at the same moment the first that is called is told.
//!
//! The verdict is known before this begins, and what is asked here may be as hard as what was asked before. So it is given up
//! after a number of turns: by their number, since what is told must not depend on who was quick. Then it is
//! said that nobody knows ([`longest`](Judgement::Unexplained::longest) is false).

use super::limits::Clock;
use super::parts::shared;
use super::{Case, Judgement};
use crate::check::history::Order;
use crate::check::spec::Spec;
use crate::sync::host::Mutex;

/// The turns of a search that all other parts together may take, and for each of their calls as many again.
const TURNS: u64 = 1 << 20;
const TURNS_OF_A_CALL: u64 = 64;

/// The moment at which a part has gone wrong, and whether that is known for sure: otherwise it was no earlier.
fn moment<S: Spec>(case: &Case<'_, S>, judgement: &Judgement) -> Option<(u64, bool)> {
    let Judgement::Unexplained { stuck, longest, .. } = judgement else { return None };
    let ends = stuck.iter().map(|&call| case.intervals[call].1);
    Some((ends.min()?, *longest))
}

/// The judgement of the part that went wrong first: that of `wrong`, or of one of the others.
pub(super) fn of<S: Spec>(
    case: &Case<'_, S>,
    wrong: Judgement,
    others: &[&[u32]],
    workers: usize,
    clock: &Clock,
) -> Judgement {
    let Some((until, _)) = moment(case, &wrong) else { return wrong };
    // Where threads matter, what was until a moment is no plan: of a thread only the last call can be left open there.
    let until = Some(until).filter(|_| case.order != Order::PerKey);
    let share = TURNS / others.len().max(1) as u64;
    let found = Mutex::new(Vec::new());
    shared(workers, others.len(), |other| {
        let part = others[other];
        let clock = clock.within(share + TURNS_OF_A_CALL * part.len() as u64);
        let judgement = case.judged(part, until, &clock);
        if !judgement.is_explained() {
            found.lock().expect("no panic under this lock").push((other, judgement));
        }
    });
    let mut found = found.into_inner().expect("no panic under this lock");
    found.sort_unstable_by_key(|(other, _)| *other);
    let nobody_knows = found.iter().any(|(_, judgement)| matches!(judgement, Judgement::Unknown(_)));
    let judgements = std::iter::once(wrong).chain(found.into_iter().map(|(_, judgement)| judgement));
    let mut wrong: Vec<(bool, u64, Judgement)> = judgements
        .filter_map(|judgement| moment(case, &judgement).map(|(moment, sure)| (!sure, moment, judgement)))
        .collect();
    let earliest = wrong.iter().map(|(_, moment, _)| *moment).min();
    // Of which it is known where they went wrong, those come first.
    wrong.sort_by_key(|(unsure, moment, _)| (*unsure, *moment));
    let (_, moment, mut judgement) = wrong.swap_remove(0);
    if let Judgement::Unexplained { longest, .. } = &mut judgement {
        *longest &= !nobody_knows && earliest == Some(moment);
    }
    judgement
}
