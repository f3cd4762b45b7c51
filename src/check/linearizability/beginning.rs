//! If there is no order: how far the history can be explained, and what is in the way.
//!
//! # What is a longest beginning
//! One that holds all calls that ended before the latest moment possible, and of those that come as far one with most
//! answered calls. A search that has seen all beginnings tells it. One that was led by foresight has seen only such as
//! could have led to the end, so it is asked again, about less:
//!
//! 1. *How far?* If the calls that ended before a moment can be explained, then those that ended before an earlier one can:
//!    an explanation cut after the last call that must be in it holds no call that begins later, since that one would
//!    have to come after. So the last such moment is found by halves.
//! 2. *With which of the calls under way?* Of the answered calls that were under way at that moment, and of nothing later,
//!    some can be in the beginning as well. If some of them can, then so can fewer (the others may still have happened):
//!    each is tried alone, then all that are left together, which often is the end of it; else sets of them from small to
//!    large, and none that could not become larger than the largest so far.
//!
//! The second is exponential in the number of calls that overlap at one moment, at worst, and is given up after
//! [`MOST_SETS`].

use super::frontier::Frontier;
use super::limits::{Clock, Limits};
use super::plan::Until;
use super::search::{End, Search};
use super::{Case, Judgement};
use crate::check::history::{Call, History, Order};
use crate::check::spec::Spec;
use std::collections::HashSet;

/// So many sets of calls are tried, each in a search of its own.
const MOST_SETS: usize = 1000;

/// How far a history can be explained.
pub(super) struct Beginning {
    /// In their order.
    pub calls: Vec<usize>,
    /// No other is longer. Otherwise none was found.
    pub is_longest: bool,
}

/// The longest beginning, as far as the clock lets it be found, of a history of which already the calls cannot be
/// explained that ended before the moment `until`, if there is one.
pub(super) fn longest<S: Spec>(
    case: &Case<'_, S>,
    which: &[u32],
    until: Option<u64>,
    clock: &Clock,
) -> Beginning {
    let end = |call: u32| case.intervals[call as usize].1;
    let until = until.unwrap_or(u64::MAX);
    let mut ends: Vec<u64> = which.iter().map(|&call| end(call)).filter(|end| *end < until).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut calls = Vec::new();
    let known = by_halves(ends.len(), |ended| match explained(case, which, ends[ended], &[], clock) {
        End::Explained(order) => {
            calls = order.into_iter().map(|call| call as usize).collect();
            Some(true)
        }
        End::Unexplained(_) => Some(false),
        End::Unknown(_) => None,
    });
    let Some(ended) = known else { return Beginning { calls, is_longest: false } };
    let moment = ends[ended];
    let under_way = |&call: &u32| case.intervals[call as usize].0 <= moment && end(call) >= moment;
    let mut open: Vec<u32> = which.iter().copied().filter(under_way).collect();
    open.retain(|&call| end(call) != u64::MAX);
    // What ended at this very moment is most likely what is wrong: it is tried last.
    open.sort_by_key(|&call| std::cmp::Reverse(end(call)));
    let mut widest =
        Widest { case, which, clock, moment, open: Vec::new(), best: calls, sets: 0, is_sure: true };
    widest.open = open.into_iter().filter(|call| widest.can_be_in(*call)).collect();
    let all = widest.open.clone();
    if widest.held(&widest.best) < all.len() && widest.tried(&all).is_none() {
        let first = widest.best.clone();
        widest.widen(&mut Vec::new(), 0, &first);
    }
    Beginning { calls: widest.best, is_longest: widest.is_sure }
}

/// The last number for which something holds, of which it is known that it holds for 0 and not for `end`, and for none
/// after one for which it does not. `None` if that could not be told of some number.
fn by_halves(end: usize, mut holds: impl FnMut(usize) -> Option<bool>) -> Option<usize> {
    let (mut yes, mut no) = (0, end);
    while no - yes > 1 {
        let middle = yes.midpoint(no);
        *if holds(middle)? { &mut yes } else { &mut no } = middle;
    }
    Some(yes)
}

/// Whether the calls that ended before a moment, and these, can be explained. In the order: calls, and not items.
fn explained<S: Spec>(case: &Case<'_, S>, which: &[u32], moment: u64, also: &[u32], clock: &Clock) -> End {
    let plan = case.plan(which, Until::Moment(moment, also));
    let plan = plan.foreseen(case.spec, case.history, clock);
    let end = Search::new(case.spec, case.history.calls(), &plan).run(clock);
    let End::Explained(order) = end else { return end };
    End::Explained(order.into_iter().map(|item| plan.items[item as usize].call).collect())
}

/// Looks for as many of the calls under way at a moment as can be in a beginning.
struct Widest<'a, S: Spec> {
    case: &'a Case<'a, S>,
    which: &'a [u32],
    clock: &'a Clock<'a>,
    moment: u64,
    /// The answered calls that were under way, of those that can be in a beginning at all.
    open: Vec<u32>,
    /// The beginning with most of them.
    best: Vec<usize>,
    /// How many sets were tried.
    sets: usize,
    /// None was left out.
    is_sure: bool,
}

impl<S: Spec> Widest<'_, S> {
    fn held(&self, beginning: &[usize]) -> usize {
        self.open.iter().filter(|&&call| beginning.contains(&(call as usize))).count()
    }

    /// Whether a call can be in a beginning, alone.
    fn can_be_in(&mut self, call: u32) -> bool {
        self.best.contains(&(call as usize)) || self.tried(&[call]).is_some()
    }

    /// Tries all sets that hold `chosen` and otherwise calls from the place `from` on. `shown` is a beginning with those
    /// that are chosen.
    fn widen(&mut self, chosen: &mut Vec<u32>, from: usize, shown: &[usize]) {
        for place in from..self.open.len() {
            if !self.is_sure || chosen.len() + self.open.len() - place <= self.held(&self.best) {
                return;
            }
            let call = self.open[place];
            chosen.push(call);
            if shown.contains(&(call as usize)) {
                self.widen(chosen, place + 1, shown);
            } else if let Some(shown) = self.tried(chosen) {
                self.widen(chosen, place + 1, &shown);
            }
            chosen.pop();
        }
    }

    /// A beginning with these, if there is one.
    fn tried(&mut self, chosen: &[u32]) -> Option<Vec<usize>> {
        self.sets += 1;
        match explained(self.case, self.which, self.moment, chosen, self.clock) {
            End::Explained(order) if self.sets <= MOST_SETS => {
                let shown: Vec<usize> = order.into_iter().map(|call| call as usize).collect();
                if self.held(&shown) > self.held(&self.best) {
                    self.best.clone_from(&shown);
                }
                Some(shown)
            }
            End::Unexplained(_) if self.sets <= MOST_SETS => None,
            _ => {
                self.is_sure = false;
                None
            }
        }
    }
}

/// Cuts a beginning after its last answered call, adds answered calls while one fits (to one that is the longest there is
/// nothing to add), and says which could come next then, if they were answered otherwise; and whether there was time for all
/// that.
///
/// # Panics
/// If the beginning is none.
pub(super) fn completed<S: Spec>(
    case: &Case<'_, S>,
    which: &[u32],
    prefix: &mut Vec<usize>,
    clock: &Clock,
) -> (Vec<usize>, bool) {
    let calls = case.history.calls();
    let answered = prefix.iter().rposition(|&call| calls[call].ret.is_some());
    prefix.truncate(answered.map_or(0, |last| last + 1));
    let plan = case.plan(which, Until::End);
    let call = |item: u32| plan.items[item as usize].call as usize;
    let mut frontier = Frontier::after(&plan, prefix);
    let mut reached = states(case.spec, calls, prefix, clock);
    assert!(reached.as_ref().is_none_or(|states| !states.is_empty()), "a beginning can be explained");
    loop {
        let mut free: Vec<u32> = frontier.musts(frontier.bound()).collect();
        free.sort_by_key(|&item| plan.items[item as usize].end);
        let next = |&item: &u32| {
            // Whether it could still be added is of no interest without time.
            let states = reached.as_ref().filter(|_| !clock.is_over())?;
            Some((item, after(case.spec, states.clone(), &calls[call(item)])))
                .filter(|(_, states)| !states.is_empty())
        };
        let Some((item, states)) = free.iter().find_map(next) else {
            let in_time = reached.is_some() && !clock.is_over();
            return (free.into_iter().map(call).collect(), in_time);
        };
        frontier.take(item);
        prefix.push(call(item));
        reached = Some(states);
    }
}

/// The states in which a structure may be after these calls, in this order. `None` if that takes too long.
pub(super) fn states<S: Spec>(
    spec: &S,
    calls: &[Call<S::Op, S::Ret>],
    order: &[usize],
    clock: &Clock,
) -> Option<HashSet<S::State>> {
    let mut watch = clock.watch();
    let mut reached = HashSet::from([spec.initial()]);
    for &call in order {
        if watch.limit(|| 0).is_some() {
            return None;
        }
        reached = after(spec, reached, &calls[call]);
    }
    Some(reached)
}

/// The states to which a call leads from one of these.
pub(super) fn after<S: Spec>(
    spec: &S,
    states: HashSet<S::State>,
    call: &Call<S::Op, S::Ret>,
) -> HashSet<S::State> {
    let Call { op, ret, .. } = call;
    match ret {
        Some(ret) if S::UNDOES => {
            let fits = |mut state| spec.redo(&mut state, op, ret).then_some(state);
            states.into_iter().filter_map(fits).collect()
        }
        _ => {
            let outcomes = states.iter().flat_map(|state| spec.outcomes(state, op));
            let fits = outcomes.filter(|(own, _)| ret.as_ref().is_none_or(|answer| answer == own));
            fits.map(|(_, state)| state).collect()
        }
    }
}

/// The call that has spoiled a history that cannot be explained: before its answer all that was known by then could be,
/// and with it not. `None` if that is not found within the limits.
pub(in crate::check) fn spoiler<S: Spec>(
    spec: &S,
    history: &History<S::Op, S::Ret>,
    order: Order,
    limits: &Limits,
) -> Option<usize> {
    let clock = Clock::new(limits, 1);
    let calls = history.calls();
    let mut answered: Vec<usize> = (0..calls.len()).filter(|&call| calls[call].ret.is_some()).collect();
    answered.sort_by_key(|&call| calls[call].end);
    let known = |answers: usize| history.until(calls[answered[answers - 1]].end);
    let last = by_halves(answered.len(), |answers| {
        match super::judge_within(spec, &known(answers), order, &clock.left(limits)) {
            Judgement::Explained(_) => Some(true),
            Judgement::Unexplained { .. } => Some(false),
            Judgement::Unknown(_) => None,
        }
    });
    answered.get(last?).copied()
}
