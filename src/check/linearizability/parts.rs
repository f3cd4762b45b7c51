//! Parts that are judged by themselves.

use super::limits::{Clock, Limit, Limits};
use super::{Case, Judgement, first};
use crate::check::history::{History, Order};
use crate::check::spec::Spec;
use crate::sync::host::{self, Mutex};
use std::collections::{BTreeMap, HashSet};

/// The calls part by part, if they can be judged so: first the part that is called first.
pub(super) fn of<S: Spec>(spec: &S, history: &History<S::Op, S::Ret>, order: Order) -> Option<Vec<Vec<u32>>> {
    if matches!(order, Order::Program | Order::Given) {
        return None;
    }
    let calls = history.calls();
    // Parts may have the same number.
    let mut parts: BTreeMap<u64, Vec<Vec<u32>>> = BTreeMap::new();
    for (number, call) in calls.iter().enumerate() {
        let alike = parts.entry(spec.partition(&call.op)?).or_default();
        let own = alike.iter_mut().find(|part| spec.is_same_part(&calls[part[0] as usize].op, &call.op));
        match own {
            Some(part) => part.push(number as u32),
            None => alike.push(vec![number as u32]),
        }
    }
    let mut parts: Vec<Vec<u32>> = parts.into_values().flatten().collect();
    parts.sort_unstable_by_key(|part| part[0]);
    Some(parts)
}

/// How many parts are judged by themselves: one, if the history is judged as a whole.
pub(crate) fn count<S: Spec>(spec: &S, history: &History<S::Op, S::Ret>, order: Order) -> usize {
    of(spec, history, order).map_or(1, |parts| parts.len())
}

/// What has become of the parts so far.
#[derive(Default)]
struct Progress {
    /// The explanations that were found.
    orders: Vec<(usize, Vec<usize>)>,
    /// The first part that has none.
    failed: Option<(usize, Judgement)>,
    unknown: Option<Limit>,
}

/// Judges all parts. If some cannot be explained, the judgement is that of the one that went wrong first, whoever was
/// quickest to find one.
pub(super) fn judged<S: Spec>(case: &Case<'_, S>, parts: &[Vec<u32>], limits: &Limits) -> Judgement {
    let workers = limits.workers.clamp(1, parts.len().max(1));
    let clock = Clock::new(limits, workers);
    let progress = Mutex::new(Progress::default());
    let look = || progress.lock().expect("no panic under this lock");
    let has_failed_before = |part: usize| look().failed.as_ref().is_some_and(|(failed, _)| *failed < part);
    shared(workers, parts.len(), |part| {
        let in_vain = || has_failed_before(part);
        if in_vain() {
            return;
        }
        let judgement = case.judged(&parts[part], None, &clock.unless(&in_vain));
        let mut progress = look();
        match judgement {
            Judgement::Explained(order) => progress.orders.push((part, order)),
            Judgement::Unknown(limit) => progress.unknown = Some(limit),
            Judgement::Unexplained { .. } => {
                if progress.failed.as_ref().is_none_or(|(failed, _)| part < *failed) {
                    progress.failed = Some((part, judgement));
                }
            }
        }
    });
    let Progress { mut orders, failed, unknown } = progress.into_inner().expect("no panic under this lock");
    match (failed, unknown) {
        (Some((failed, judgement)), _) => {
            // Some after it may have been explained as well, but who was quick must make no difference.
            let known: HashSet<usize> =
                orders.into_iter().map(|(part, _)| part).filter(|part| *part < failed).collect();
            let is_open = |part: &usize| *part != failed && !known.contains(part);
            let others: Vec<&[u32]> = (0..parts.len()).filter(is_open).map(|part| &parts[part][..]).collect();
            first::of(case, judgement, &others, workers, &clock)
        }
        (None, Some(limit)) => Judgement::Unknown(limit),
        (None, None) => {
            orders.sort_unstable_by_key(|(part, _)| *part);
            Judgement::Explained(merged(case, orders.into_iter().map(|(_, order)| order)))
        }
    }
}

/// Has the numbers below `end` worked on by several threads. They are begun in their order.
pub(super) fn shared(workers: usize, end: usize, work: impl Fn(usize) + Sync) {
    let begun = Mutex::new(0);
    let begin = || {
        let mut begun = begun.lock().expect("no panic under this lock");
        let next = Some(*begun).filter(|next| *next < end)?;
        *begun += 1;
        Some(next)
    };
    host::on_threads(workers, || {
        while let Some(next) = begin() {
            work(next);
        }
    });
}

/// One order of all calls from an order for each part.
///
/// A call's moment is the latest beginning among the calls of its part up to it. Sorted by moments (stably), the whole
/// respects the order of each part, and the intervals across parts: if a call ended before another began, then so did
/// all that its part had to put before it begin, else they could not have come before it.
fn merged<S: Spec>(case: &Case<'_, S>, orders: impl Iterator<Item = Vec<usize>>) -> Vec<usize> {
    if case.order == Order::PerKey {
        return orders.flatten().collect();
    }
    let mut moments: Vec<(u64, usize)> = Vec::with_capacity(case.intervals.len());
    for order in orders {
        let mut latest = 0;
        for call in order {
            latest = case.intervals[call].0.max(latest);
            moments.push((latest, call));
        }
    }
    moments.sort_by_key(|(moment, _)| *moment);
    moments.into_iter().map(|(_, call)| call).collect()
}
