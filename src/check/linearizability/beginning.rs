//! If there is no order: how far the history can be explained, and what is in the way.

use super::Case;
use super::frontier::Frontier;
use super::limits::Clock;
use super::plan::Until;
use super::search::{End, Search};
use crate::check::history::Call;
use crate::check::spec::Spec;

/// The longest beginning that can be explained, if the clock lets it be found.
///
/// If a history can be explained up to a moment then up to each earlier one: an explanation cut after the last
/// call that must be in it holds no call that begins later, since that one would have to come after. So the last
/// such moment is found by halves.
pub(super) fn longest<S: Spec>(case: &Case<'_, S>, which: &[u32], clock: &Clock) -> Option<Vec<usize>> {
    let ends = which.iter().map(|&call| case.intervals[call as usize].1).filter(|end| *end != u64::MAX);
    let mut ends: Vec<u64> = ends.collect();
    ends.sort_unstable();
    ends.dedup();
    let mut longest = None;
    let (mut explained, mut not) = (0, ends.len());
    while explained < not {
        let middle = explained.midpoint(not);
        let plan = case.plan(which, Until::Moment(ends[middle]));
        match Search::new(case.spec, case.history.calls(), &plan).run(clock) {
            End::Explained(items) => {
                longest = Some(items.iter().map(|&item| plan.items[item as usize].call as usize).collect());
                explained = middle + 1;
            }
            End::Unexplained(_) => not = middle,
            End::Unknown(_) => break,
        }
    }
    longest
}

/// Adds answered calls to a beginning while one fits, and says which could come next then, if they were answered
/// otherwise.
///
/// # Panics
/// If the beginning is none.
pub(super) fn extended<S: Spec>(case: &Case<'_, S>, which: &[u32], prefix: &mut Vec<usize>) -> Vec<usize> {
    let plan = case.plan(which, Until::End).without_foresight();
    let call = |item: u32| plan.items[item as usize].call as usize;
    let mut frontier = Frontier::new(&plan);
    let mut states = vec![case.spec.initial()];
    for &happened in prefix.iter() {
        let item = (0..plan.items.len() as u32).find(|&item| call(item) == happened);
        frontier.take(item.expect("a call of the part"));
        states = after(case, &states, happened);
        assert!(!states.is_empty(), "a beginning can be explained");
    }
    loop {
        let mut free: Vec<u32> = frontier.musts(frontier.bound()).collect();
        free.sort_by_key(|&item| plan.items[item as usize].end);
        let fitting = free.iter().map(|&item| (item, after(case, &states, call(item))));
        let Some((item, next)) = fitting.into_iter().find(|(_, states)| !states.is_empty()) else {
            return free.into_iter().map(call).collect();
        };
        frontier.take(item);
        prefix.push(call(item));
        states = next;
    }
}

/// The states to which a call leads from one of these.
fn after<S: Spec>(case: &Case<'_, S>, states: &[S::State], call: usize) -> Vec<S::State> {
    let Call { op, ret: answer, .. } = &case.history.calls()[call];
    let mut after: Vec<S::State> = Vec::new();
    for state in states {
        for (ret, state) in case.spec.outcomes(state, op) {
            if answer.as_ref().is_none_or(|answer| *answer == ret) && !after.contains(&state) {
                after.push(state);
            }
        }
    }
    after
}
