//! Where a beginning ends: what could have come next, and what it should have answered.

use super::beginning::{after, states};
use super::frontier::Frontier;
use super::limits::{Clock, Limits};
use super::plan::{Plan, Until};
use super::{Case, intervals, parts};
use crate::check::history::{History, Order};
use crate::check::spec::Spec;
use std::collections::{HashSet, VecDeque};

/// Beyond so many ways it is not told what would have been right.
const MOST_WAYS: usize = 4096;
/// Nor after so many calls: each copies the states.
const MOST_CALLS: usize = 10_000;
/// Of longer beginnings it is not told what would have been right within.
const MOST_PLACES: usize = 12;

/// What could have come after a beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ahead<Ret> {
    /// For each call that is stuck all that it could have answered there, whatever calls without an answer have happened.
    /// Nothing if that is too much to find out.
    pub right: Vec<Vec<Ret>>,
    /// The calls without an answer that may have happened there.
    pub pending: Vec<usize>,
    /// For each call that is stuck, the places before the end at which it could have come instead. Nothing of long
    /// beginnings, and where there are calls without an answer.
    pub earlier: Vec<Vec<Earlier<Ret>>>,
}

/// A place within a beginning at which a call could have come that is stuck at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Earlier<Ret> {
    /// It is the place before this call.
    pub before: usize,
    /// What the call could have answered there.
    pub right: Vec<Ret>,
    /// A call from there on that has to come before it: so it could not be there.
    pub barred: Option<usize>,
}

/// What could have come after `prefix`, where the answers of `stuck` are wrong. Once the time is over nothing more is found out:
/// it is told as if it were too much.
pub(crate) fn ahead<S: Spec>(
    spec: &S,
    history: &History<S::Op, S::Ret>,
    order: Order,
    prefix: &[usize],
    stuck: &[usize],
    limits: &Limits,
) -> Ahead<S::Ret> {
    let clock = &Clock::new(limits, 1);
    let calls = history.calls();
    let mine = |part: &Vec<u32>| stuck.first().is_some_and(|&call| part.contains(&(call as u32)));
    let whole = || (0..calls.len() as u32).collect();
    let which = parts::of(spec, history, order).and_then(|parts| parts.into_iter().find(mine));
    let case = Case { spec, history, order, intervals: &intervals(history, order) };
    let plan: Plan = case.plan(&which.unwrap_or_else(whole), Until::End);
    let frontier = Frontier::after(&plan, prefix);
    let call = |item: u32| plan.items[item as usize].call as usize;
    let pending: Vec<usize> = frontier.loose(frontier.bound()).map(call).collect();
    let reached = if prefix.len() > MOST_CALLS { None } else { reached(&case, prefix, &pending, clock) };
    let at_the_end =
        stuck.iter().map(|&call| right(spec, reached.iter().flatten(), &calls[call].op)).collect();
    let within = if prefix.len() > MOST_PLACES || !pending.is_empty() { &[][..] } else { prefix };
    let earlier = |&call: &usize| {
        let places = within.iter().enumerate().map(|(place, &before)| {
            let states = states(spec, calls, &within[..place], clock).unwrap_or_default();
            let barred = within[place..].iter().copied().find(|&other| case.is_before(other, call));
            Earlier { before, right: right(spec, &states, &calls[call].op), barred }
        });
        places.collect()
    };
    Ahead { right: at_the_end, earlier: stuck.iter().map(earlier).collect(), pending }
}

/// What an operation can answer in these states, each answer once.
fn right<'s, S: Spec>(spec: &S, states: impl IntoIterator<Item = &'s S::State>, op: &S::Op) -> Vec<S::Ret>
where
    S::State: 's,
{
    let mut right: Vec<S::Ret> = Vec::new();
    for (ret, _) in states.into_iter().flat_map(|state| spec.outcomes(state, op)) {
        if !right.contains(&ret) {
            right.push(ret);
        }
    }
    right
}

/// The states after a beginning and any of the calls without an answer, in any order; first those without. `None` if
/// there are too many ways.
fn reached<S: Spec>(
    case: &Case<'_, S>,
    prefix: &[usize],
    pending: &[usize],
    clock: &Clock,
) -> Option<Vec<S::State>> {
    let calls = case.history.calls();
    let mut ways: Vec<(S::State, HashSet<usize>)> = Vec::new();
    let mut next: VecDeque<(S::State, HashSet<usize>)> =
        states(case.spec, calls, prefix, clock)?.into_iter().map(|state| (state, HashSet::new())).collect();
    while let Some((state, used)) = next.pop_front() {
        // Who has used fewer can go wherever who has used more can: they come first.
        if ways.iter().any(|(other, fewer)| *other == state && fewer.is_subset(&used)) {
            continue;
        }
        if ways.len() + next.len() > MOST_WAYS || clock.is_over() {
            return None;
        }
        for &call in pending.iter().filter(|call| !used.contains(call)) {
            let mut more = used.clone();
            more.insert(call);
            let states = after(case.spec, HashSet::from([state.clone()]), &calls[call]);
            next.extend(states.into_iter().map(|state| (state, more.clone())));
        }
        ways.push((state, used));
    }
    let mut states: Vec<S::State> = Vec::new();
    for (state, _) in ways {
        if !states.contains(&state) {
            states.push(state);
        }
    }
    Some(states)
}
