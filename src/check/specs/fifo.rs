//! What the answers of a queue say of the order of its puts.
//!
//! If values are put more than once, and there is no bound, it is told rank by rank (`ranks.rs`). Otherwise:
//!
//! Of a value that is put once and taken at most once it is known when it was surely in the queue, and when it was
//! surely gone. From this follows, for values `a` and `b` of this kind:
//!
//! * If the take of `a` ended before that of `b` began, or `b` is never taken, then `a` was put before `b`, as the queue is in
//!   the order of the puts. That is an order of intervals: those of the takes.
//! * So it is impossible if the put of `b` also ended before that of `a` began.
//! * A value cannot be taken that was not put, or not yet, nor more often than it was put.
//! * The queue was not found empty if at every moment of that call some value was surely in it.
//!
//! These are the aspects of T. Henzinger, A. Sezgin and V. Vafeiadis, *Aspect-oriented linearizability proofs*, CONCUR
//! 2013, section 4, where it is shown that nothing else can go wrong in an unbounded queue of different values. Here that is
//! not relied on: what is said above is necessary for each queue, and what is sufficient the search finds out. It tells why
//! the search has little left to do: if no two orders contradict each other, all orders of the puts that respect both
//! intervals are as good.

use super::ranks::{self, Deed, Ranked, Ranks};
use super::{BagOp, BagRet, Value};
use crate::check::spec::{Foresight, Seen, Spec};
use hashbrown::HashMap;

/// What is known of a value.
#[derive(Default)]
struct Known {
    /// The calls that put it, or may have: how many, and the last of them.
    puts: usize,
    put: usize,
    /// The calls that took it.
    takes: usize,
    take: usize,
    /// Of these, those that must have happened.
    sure: usize,
}

/// When a value was surely in the queue: after the first and before the second moment.
type Stay = (u64, u64);

/// See the [module](self).
pub(super) fn foresee<V, S>(
    calls: &[Seen<'_, S>],
    is_bounded: bool,
    may: &mut dyn FnMut(usize) -> bool,
) -> Foresight
where
    V: Value,
    S: Spec<Op = BagOp<V>, Ret = BagRet<V>>,
{
    let mut values: HashMap<&V, Known> = HashMap::with_capacity(calls.len());
    // From when on a call whose answer is not known can take anything.
    let mut anything = u64::MAX;
    for (number, call) in calls.iter().enumerate() {
        match (call.op, call.ret) {
            (BagOp::Put(value), None | Some(BagRet::Done)) => {
                let known = values.entry(value).or_default();
                (known.puts, known.put) = (known.puts + 1, number);
            }
            (BagOp::Take, Some(BagRet::Taken(value))) => {
                let known = values.entry(value).or_default();
                (known.takes, known.take) = (known.takes + 1, number);
                known.sure += usize::from(call.must);
            }
            (BagOp::Take, None) => anything = anything.min(call.start),
            _ => {}
        }
    }
    let is_repeated = values.values().any(|known| known.puts > 1);
    if is_repeated
        && !is_bounded
        && let Some(calls) = ranked(calls)
    {
        match ranks::judged(&calls, may) {
            Ranks::Explained(order) => return Foresight::Order(order),
            Ranks::Impossible => return Foresight::Impossible,
            Ranks::GivenUp => {}
        }
    }
    let mut second = vec![(0, u64::MAX); calls.len()];
    let mut stays: Vec<Stay> = Vec::new();
    for known in values.values() {
        if known.sure > known.puts {
            return Foresight::Impossible;
        }
        if known.puts != 1 || known.takes > 1 {
            continue;
        }
        let put = &calls[known.put];
        let taken = (known.takes == 1).then(|| &calls[known.take]);
        if taken.is_some_and(|take| take.must && take.end < put.start) {
            return Foresight::Impossible;
        }
        second[known.put] = match taken {
            Some(take) if take.must => (take.start, take.end),
            // As long as that take has not happened, another may have taken it.
            Some(take) => (take.start.min(anything), u64::MAX),
            None => (anything, u64::MAX),
        };
        if put.must && put.end < second[known.put].0 {
            stays.push((put.end, second[known.put].0));
        }
    }
    if contradict(calls, &second) || never_empty(calls, stays) {
        return Foresight::Impossible;
    }
    Foresight::Intervals(second)
}

/// The calls that can be told of by ranks. `None` if one of them is answered as it cannot be.
fn ranked<V, S>(calls: &[Seen<'_, S>]) -> Option<Vec<Ranked>>
where
    V: Value,
    S: Spec<Op = BagOp<V>, Ret = BagRet<V>>,
{
    let mut numbers: HashMap<&V, u32> = HashMap::new();
    let mut number = |value| {
        let next = numbers.len() as u32;
        *numbers.entry(value).or_insert(next)
    };
    let mut ranked = Vec::with_capacity(calls.len());
    for (call, &Seen { op, ret, start, end, must }) in calls.iter().enumerate() {
        let deed = match (op, ret) {
            (BagOp::Put(value), None | Some(BagRet::Done)) => Deed::Put(number(value)),
            (BagOp::Take, Some(BagRet::Taken(value))) => Deed::Take(number(value)),
            (BagOp::Take, None) => Deed::TakeAny,
            (BagOp::Take, Some(BagRet::Empty)) if must => Deed::Empty,
            _ if must => return None,
            _ => continue,
        };
        ranked.push(Ranked { call, deed, start, end, must });
    }
    Some(ranked)
}

/// Whether some call comes before another by its interval, and after it by its second interval.
fn contradict<S: Spec>(calls: &[Seen<'_, S>], second: &[(u64, u64)]) -> bool {
    let mut by_start: Vec<usize> = (0..calls.len()).collect();
    let mut by_end = by_start.clone();
    by_start.sort_unstable_by_key(|&call| calls[call].start);
    by_end.sort_unstable_by_key(|&call| calls[call].end);
    // The first end of a second interval among the calls that begin after the end of this one.
    let mut first = u64::MAX;
    by_end.into_iter().rev().any(|call| {
        while let Some(&later) = by_start.last().filter(|&&later| calls[later].start > calls[call].end) {
            first = first.min(second[later].1);
            by_start.pop();
        }
        first < second[call].0
    })
}

/// Whether the queue was found empty by a call during all of which some value was in it.
fn never_empty<V, S>(calls: &[Seen<'_, S>], mut stays: Vec<Stay>) -> bool
where
    V: Value,
    S: Spec<Op = BagOp<V>, Ret = BagRet<V>>,
{
    stays.sort_unstable();
    let mut full: Vec<Stay> = Vec::new();
    for (from, to) in stays {
        match full.last_mut() {
            // At the very moment when one value may go and the next may come, the queue may be empty.
            Some((_, end)) if from < *end => *end = to.max(*end),
            _ => full.push((from, to)),
        }
    }
    let empty = calls.iter().filter(|call| call.must && call.ret == Some(&BagRet::Empty));
    empty.into_iter().any(|call| {
        let begun = full.partition_point(|(from, _)| *from < call.start);
        begun > 0 && call.end < full[begun - 1].1
    })
}
