//! The judge: is there an order of the calls that explains all answers?
//!
//! | file | idea |
//! |---|---|
//! | `limits.rs` | how long it may take, and how much it may remember |
//! | `plan.rs` | the calls of a part in lanes, and the intervals by which an order sees them |
//! | `frontier.rs` | what has happened, and what can come next |
//! | `memo.rs` | configurations without a way on |
//! | `past.rs` | what has happened, and how steps are taken back |
//! | `search.rs` | depth first over the orders in which calls can have happened |
//! | `beginning.rs` | if there is no order: how far a history can be explained |
//! | `ahead.rs` | what could have come next there, and what would have been right |
//! | `parts.rs` | parts that are judged by themselves, by several threads |
//! | `first.rs` | of parts that cannot be explained: the one that went wrong first |
//!
//! # Algorithm
//! The search of Wing and Gong with the memory of Lowe, part by part as by Horn and Kroening. What is ours:
//!
//! * *Lanes.* Calls of which each ended before the next began lie in a lane, and there are as few lanes as calls overlap.
//!   So what has happened is a number per lane, and what can come next is among their heads.
//! * *In the order of returns.* Of those that can come next the first that ended is tried first: a search that is not
//!   misled goes straight through.
//! * *Steps back* are taken by [`Spec::undo`] where there is one, and nothing is copied on the way. Else few states are kept of
//!   what lies back.
//! * *Remembered is what has failed*, when it has failed, and not what is under way: a search that is not misled hashes
//!   no state. It is compared exactly; hashes only find it.
//! * *Calls without an answer* happen or not. A configuration in which more of them have happened, and that is the same
//!   otherwise, is no better.
//! * *Hurry.* A call that can come next, fits, and cannot hurt is taken, and no other tried ([`Urgency`]).
//! * *Foresight.* A specification may conclude from all answers together that some call came before another, or
//!   that there is no explanation at all, or which it is ([`Spec::foresee`]). That one is tried like any other, and
//!   believed if it holds.
//!
//! # Why hurry is right
//! Say the calls that are left can be explained, `u` first, then `c`, and `c` can come next and fits.
//!
//! If `c` is a [`Read`](Urgency::Read), `c u` is an explanation too: the rest sees the same states, and nothing has to
//! come before `c` but what has happened.
//!
//! If `c` is [`Alone`](Urgency::Alone) in its class, then either `u` holds nothing of the class, and `c u` is one by what was
//! promised. Or some call `p` without an answer, of which it cannot be known, answered in `u` as `c` does. Take the first of
//! them: by what was promised it can come first, and since calls that are equal are equal, `c` can be in its place and it
//! in that of `c`: nobody has to wait for a call without an answer.
//!
//! # Complexity
//! Exponential at worst in the number of calls that overlap (the problem is NP-complete: Gibbons and Korach, theorem
//! 4.1), or of states that differ by the order of calls that overlapped once. Near linear on histories of correct
//! structures.
//!
//! # Which orders compose
//! A history all of whose operations name their part ([`Spec::partition`]) is judged part by part if that is the
//! same: for real time (Herlihy and Wing, theorem 1) and for quiescent consistency, with the quiet moments of the whole.
//! [`Order::PerKey`] asks for it. Program order and given orders do not compose: there may be an order for each part
//! and none for all of them.
//!
//! # Literature
//! M. Herlihy and J. Wing, *Linearizability*, ACM TOPLAS 12(3), 1990, section 3.
//! J. Wing and C. Gong, *Testing and verifying concurrent objects*, JPDC 17, 1993, section 3.
//! P. Gibbons and E. Korach, *Testing shared memories*, SIAM J. Comput. 26(4), 1997.
//! G. Lowe, *Testing for linearizability*, Concurrency and Computation 29(4), 2017, section 3.
//! A. Horn and D. Kroening, *Faster linearizability checking via P-compositionality*, FORTE 2015, section 3.
//! J. Aspnes, M. Herlihy and N. Shavit, *Counting networks*, JACM 41(5), 1994, section 2 (quiescent consistency).

mod ahead;
mod beginning;
mod first;
mod frontier;
mod limits;
mod memo;
mod parts;
mod past;
mod plan;
mod search;

pub(crate) use ahead::{Ahead, ahead};
pub(super) use beginning::spoiler;
pub use limits::{Limit, Limits};
pub(crate) use parts::count as parts;

use super::history::{History, Order};
use super::spec::Spec;
#[cfg(doc)]
use super::spec::Urgency;
use beginning::Beginning;
use limits::Clock;
use plan::{Plan, Until, intervals};
use search::{End, Search};

/// The verdict on a history. Calls are named by their index in [`History::calls`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The calls happened in this order, or may have. Calls without an answer that did not happen are left out.
    Explained(Vec<usize>),
    /// No order explains the answers.
    Unexplained {
        /// A longest beginning that can be explained: none holds all calls that ended up to a later moment, and of
        /// those that come as far none holds more answered calls. (For program order moments are phases, and a given
        /// order has only one of them.) Its last call is answered. If parts were judged, it is of the one that went
        /// wrong first: whose beginning comes least far.
        prefix: Vec<usize>,
        /// The answered calls that can come next in the order. If `prefix` is a longest, the answer of none of them is right
        /// there, whatever calls without an answer have happened before; otherwise nobody knows.
        stuck: Vec<usize>,
        /// Whether it is known that `prefix` is a longest, and that no part went wrong before. If it is not, it is the
        /// longest that was found: a limit was met while it was looked for, or so many calls were under way where it ends
        /// that not every choice of them was tried; or it is too hard to tell of another part what it was by then.
        longest: bool,
    },
    /// A limit was met before there was a verdict.
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
///
/// # Panics
/// If the order is [`Order::Given`] and there are more than 64 calls.
#[must_use]
pub fn judge<S: Spec>(spec: &S, history: &History<S::Op, S::Ret>, order: Order) -> Judgement {
    judge_within(spec, history, order, &Limits::default())
}

/// As [`judge`], within limits: the verdict is right, or [`Judgement::Unknown`].
///
/// A limit that is met while the longest beginning is looked for does not change the verdict: it is
/// [`Unexplained`](Judgement::Unexplained), and says that there may be a longer one.
///
/// # Panics
/// If the order is [`Order::Given`] and there are more than 64 calls.
#[must_use]
pub fn judge_within<S: Spec>(
    spec: &S,
    history: &History<S::Op, S::Ret>,
    order: Order,
    limits: &Limits,
) -> Judgement {
    let calls = history.calls();
    assert!(calls.len() <= 64 || order != Order::Given, "a given order is of up to 64 calls");
    let intervals = intervals(history, order);
    let case = Case { spec, history, order, intervals: &intervals };
    match parts::of(spec, history, order) {
        Some(parts) => parts::judged(&case, &parts, limits),
        None => {
            let all: Vec<u32> = (0..calls.len() as u32).collect();
            case.judged(&all, None, &Clock::new(limits, 1))
        }
    }
}

/// What is judged.
struct Case<'a, S: Spec> {
    spec: &'a S,
    history: &'a History<S::Op, S::Ret>,
    order: Order,
    /// The interval of each call, as the order sees it.
    intervals: &'a [(u64, u64)],
}

impl<S: Spec> Case<'_, S> {
    fn plan(&self, which: &[u32], until: Until<'_>) -> Plan {
        Plan::new(self.spec, self.history, self.order, self.intervals, which, until)
    }

    /// Whether a call has to come before another.
    fn is_before(&self, first: usize, then: usize) -> bool {
        let calls = self.history.calls();
        let own = || first < then && calls[first].thread == calls[then].thread;
        let told = match self.order {
            Order::RealTime | Order::Quiescent => false,
            Order::Program | Order::PerKey => own(),
            Order::Given => own() || self.history.is_before(first, then),
        };
        told || self.intervals[first].1 < self.intervals[then].0
    }

    /// Judges these calls, or only what ended of them before the moment `until`.
    fn judged(&self, which: &[u32], until: Option<u64>, clock: &Clock) -> Judgement {
        let plan = self.plan(which, until.map_or(Until::End, |moment| Until::Moment(moment, &[])));
        let plan = plan.foreseen(self.spec, self.history, clock);
        let calls =
            |items: &[u32]| items.iter().map(|&item| plan.items[item as usize].call as usize).collect();
        match Search::new(self.spec, self.history.calls(), &plan).run(clock) {
            End::Explained(order) => Judgement::Explained(calls(&order)),
            End::Unknown(limit) => Judgement::Unknown(limit),
            End::Unexplained(beginning) => {
                let seen = Beginning { calls: calls(&beginning), is_longest: true };
                // With foresight the search has seen only such beginnings as could have led to the end, and up to a moment
                // it has not counted the calls that were answered later.
                let has_seen_all = until.is_none() && !plan.has_foresight();
                let Beginning { calls: mut prefix, is_longest } =
                    if has_seen_all { seen } else { beginning::longest(self, which, until, clock) };
                let (stuck, in_time) = beginning::completed(self, which, &mut prefix, clock);
                Judgement::Unexplained { prefix, stuck, longest: is_longest && in_time }
            }
        }
    }
}
