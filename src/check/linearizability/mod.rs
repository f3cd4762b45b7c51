//! The judge: is there an order of the calls that explains all answers?
//!
//! # Algorithm
//! The search of Wing and Gong, with the memory of Lowe: depth first over the orders in which calls can have
//! happened; a set of calls that has happened together with the state that it led to is tried once.
//!
//! The calls of one thread do not overlap, so the calls that have happened are, for each thread, a prefix: a
//! position per thread says it all, and is what is remembered. The next call is some thread's next one, if
//! no other thread's next call had ended before it began. A call without an answer is the last of its
//! thread and may happen, with any answer, or not.
//!
//! A history whose operations all name their part ([`Spec::partition`]) is judged part by part: it is
//! linearizable if and only if each part is (Herlihy and Wing, section 3.3).
//!
//! # Complexity
//! Exponential at worst (the problem is NP-complete: Gibbons and Korach, SIAM J. Comput. 26, 1997), near
//! linear on histories of correct structures.
//!
//! # Literature
//! M. Herlihy and J. Wing, *Linearizability*, ACM TOPLAS 12(3), 1990.
//! J. Wing and C. Gong, *Testing and verifying concurrent objects*, JPDC 17, 1993, section 3.
//! G. Lowe, *Testing for linearizability*, Concurrency and Computation 29(4), 2017, section 3.

mod limits;

pub use limits::{Limit, Limits};

use super::history::{Call, History, Order};
use super::spec::Spec;
use limits::Clock;
use std::collections::{BTreeMap, HashSet};

/// The verdict on a history. Calls are named by their index in [`History::calls`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The calls happened in this order, or may have. Calls without an answer that did not happen are left out.
    Explained(Vec<usize>),
    /// No order explains the answers.
    Unexplained {
        /// A longest beginning that can be explained.
        prefix: Vec<usize>,
        /// The calls of which one would have had to come next.
        stuck: Vec<usize>,
    },
    /// A limit was met first.
    Unknown(Limit),
}

impl Judgement {
    /// Whether there is an order.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        matches!(self, Judgement::Explained(_))
    }
}

/// Judges a history against a specification: is there an order of the calls, within `order`, that explains it?
#[must_use]
pub fn judge<S: Spec>(spec: &S, history: &History<S::Op, S::Ret>, order: Order) -> Judgement {
    judge_within(spec, history, order, &Limits::default())
}

/// As [`judge`], within limits: the verdict is right, or [`Judgement::Unknown`].
#[must_use]
pub fn judge_within<S: Spec>(
    spec: &S,
    history: &History<S::Op, S::Ret>,
    order: Order,
    limits: &Limits,
) -> Judgement {
    let clock = Clock::new(limits);
    let calls = history.calls();
    let parts: Option<Vec<u64>> = calls.iter().map(|call| spec.partition(&call.op)).collect();
    // Only real time composes: program order may explain each part and not the whole.
    let Some(parts) = parts.filter(|_| order == Order::RealTime) else {
        return Search::new(spec, history, order, 0..calls.len()).run(&clock);
    };
    let mut groups: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (call, part) in parts.into_iter().enumerate() {
        groups.entry(part).or_default().push(call);
    }
    let mut merged: Vec<(u64, usize)> = Vec::with_capacity(calls.len());
    for group in groups.into_values() {
        match Search::new(spec, history, order, group).run(&clock) {
            Judgement::Explained(order) => {
                // A call's moment: the latest beginning among the calls of its part up to it. Sorted by moments
                // (stably), the whole respects the order of each part and real time across parts.
                let moments = order.iter().scan(0, |latest, &call| {
                    *latest = calls[call].start.max(*latest);
                    Some((*latest, call))
                });
                merged.extend(moments);
            }
            other => return other,
        }
    }
    merged.sort_by_key(|(moment, _)| *moment);
    Judgement::Explained(merged.into_iter().map(|(_, call)| call).collect())
}

struct Search<'h, S: Spec> {
    spec: &'h S,
    calls: &'h [Call<S::Op, S::Ret>],
    history: &'h History<S::Op, S::Ret>,
    order: Order,
    /// The calls of each thread.
    threads: Vec<Vec<usize>>,
    seen: HashSet<(Box<[u32]>, S::State)>,
    longest: Vec<usize>,
    stuck: Vec<usize>,
}

/// A step of the search: a call has happened, with one of its answers.
struct Happened<S: Spec> {
    thread: usize,
    before: S::State,
    /// The choices that are left at this depth: threads, and for the first of them outcomes.
    rest: Choices<S>,
}

/// What can happen next: (thread, state after it), in the order of trial, last first.
type Choices<S> = Vec<(usize, <S as Spec>::State)>;

impl<'h, S: Spec> Search<'h, S> {
    fn new(
        spec: &'h S,
        history: &'h History<S::Op, S::Ret>,
        order: Order,
        which: impl IntoIterator<Item = usize>,
    ) -> Self {
        let calls = history.calls();
        let mut threads: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for call in which {
            threads.entry(calls[call].thread).or_default().push(call);
        }
        let threads = threads.into_values().collect();
        let (seen, longest, stuck) = (HashSet::new(), Vec::new(), Vec::new());
        Self { spec, calls, history, order, threads, seen, longest, stuck }
    }

    fn next_call(&self, positions: &[u32], thread: usize) -> Option<usize> {
        self.threads[thread].get(positions[thread] as usize).copied()
    }

    /// Whether the order to respect has `first` before `then`. A call without an answer may happen whenever, or
    /// never: it keeps nobody waiting.
    fn precedes(&self, first: usize, then: usize) -> bool {
        let (one, two) = (&self.calls[first], &self.calls[then]);
        one.ret.is_some()
            && match self.order {
                Order::RealTime => one.end < two.start,
                Order::Program => one.phase < two.phase,
                Order::Given => self.history.is_before(first, then),
            }
    }

    /// The threads whose next call can be the next to happen: no other comes before it.
    fn candidates(&self, positions: &[u32]) -> Vec<usize> {
        let next = |thread| self.next_call(positions, thread);
        let free = |&thread: &usize| {
            let call = next(thread);
            call.is_some_and(|call| {
                !(0..self.threads.len()).filter_map(next).any(|other| self.precedes(other, call))
            })
        };
        (0..self.threads.len()).filter(free).collect()
    }

    fn choices(&self, positions: &[u32], state: &S::State) -> Choices<S> {
        let mut choices = Vec::new();
        for thread in self.candidates(positions).into_iter().rev() {
            let call = &self.calls[self.next_call(positions, thread).expect("a candidate has a call")];
            for (ret, after) in self.spec.outcomes(state, &call.op).into_iter().rev() {
                if call.ret.as_ref().is_none_or(|answered| *answered == ret) {
                    choices.push((thread, after));
                }
            }
        }
        choices
    }

    /// Whether every call with an answer has happened.
    fn done(&self, positions: &[u32]) -> bool {
        let left = |thread| self.next_call(positions, thread).map(|call: usize| &self.calls[call]);
        (0..self.threads.len()).filter_map(left).all(|call| call.ret.is_none())
    }

    fn run(mut self, clock: &Clock) -> Judgement {
        let mut positions: Box<[u32]> = vec![0; self.threads.len()].into();
        let mut state = self.spec.initial();
        let mut path: Vec<Happened<S>> = Vec::new();
        let mut choices = self.choices(&positions, &state);
        let mut order: Vec<usize> = Vec::new();
        self.remember_if_longest(&order, &positions);
        while !self.done(&positions) {
            if clock.is_over() {
                return Judgement::Unknown(Limit::Time);
            }
            let Some((thread, after)) = choices.pop() else {
                let Some(undone) = path.pop() else {
                    return Judgement::Unexplained { prefix: self.longest, stuck: self.stuck };
                };
                positions[undone.thread] -= 1;
                (state, choices) = (undone.before, undone.rest);
                order.pop();
                continue;
            };
            let call = self.next_call(&positions, thread).expect("a choice has a call");
            positions[thread] += 1;
            if !self.seen.insert((positions.clone(), after.clone())) {
                positions[thread] -= 1;
                continue;
            }
            order.push(call);
            self.remember_if_longest(&order, &positions);
            let next = self.choices(&positions, &after);
            let (before, rest) =
                (std::mem::replace(&mut state, after), std::mem::replace(&mut choices, next));
            path.push(Happened { thread, before, rest });
        }
        Judgement::Explained(order)
    }

    fn remember_if_longest(&mut self, order: &[usize], positions: &[u32]) {
        if order.len() > self.longest.len() || order.is_empty() {
            self.longest = order.to_vec();
            let candidates = self.candidates(positions).into_iter();
            self.stuck = candidates.filter_map(|thread| self.next_call(positions, thread)).collect();
        }
    }
}
