//! A history, and how far it could be explained.

use crate::check::history::{Call, Calls, History, Order};
use crate::check::linearizability::{Judgement, judge};
use crate::check::spec::Spec;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// Beyond so many calls it is not looked for which answer was the first that could not be explained: that asks
/// the judge once for each call.
const MOST_CALLS: usize = 200;

/// Longer histories have no order but their times.
const MOST_ORDERED: usize = 64;

/// One call of one thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which thread.
    pub thread: usize,
    /// What was asked.
    pub op: String,
    /// What was answered, if anything was.
    pub ret: Option<String>,
    /// When it began. In an execution with steps: the number of its first step.
    pub start: u64,
    /// When it ended, if it did. In an execution with steps: the number of its last step.
    pub end: Option<u64>,
}

/// A call that should have come next and could not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stuck {
    /// The call, by its number among the calls.
    pub call: usize,
    /// What it might have answered there. Empty where the specification was not at hand.
    pub right: Vec<String>,
}

/// What the judge concluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// There is an order of the calls that explains all answers.
    Explained,
    /// There is none.
    Unexplained,
    /// The search was stopped before it knew.
    Unknown,
}

/// A history, and how far it could be explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The calls, each thread's in their order.
    pub calls: Vec<Asked>,
    /// What the judge concluded.
    pub conclusion: Conclusion,
    /// The longest beginning that can be explained, in its order: numbers of calls.
    pub explained: Vec<usize>,
    /// The calls of which one would have had to come next.
    pub stuck: Vec<Stuck>,
    /// Pairs of calls of different threads of which the first had ended before the second began, where that is not
    /// told by their times.
    pub before: Vec<(usize, usize)>,
    /// The call whose answer was the first that could not be explained any more.
    pub fatal: Option<usize>,
}

/// A panic with this payload says that a history could not be explained.
#[derive(Clone, Debug)]
pub struct Refuted {
    /// The complaint.
    pub message: String,
    /// The history, and how far it could be explained.
    pub attempt: Attempt,
}

impl Attempt {
    /// A history and what the judge said of it.
    #[must_use]
    pub fn of<Op: Debug, Ret: Debug>(history: &History<Op, Ret>, judgement: &Judgement) -> Self {
        let calls = history.calls().iter().map(|call| Asked {
            thread: call.thread,
            op: format!("{:?}", call.op),
            ret: call.ret.as_ref().map(|ret| format!("{ret:?}")),
            start: call.start,
            end: call.ret.is_some().then_some(call.end),
        });
        let (conclusion, explained, stuck) = match judgement {
            Judgement::Explained(order) => (Conclusion::Explained, order.clone(), Vec::new()),
            Judgement::Unexplained { prefix, stuck } => {
                let stuck = stuck.iter().map(|&call| Stuck { call, right: Vec::new() });
                (Conclusion::Unexplained, prefix.clone(), stuck.collect())
            }
            Judgement::Unknown(_) => (Conclusion::Unknown, Vec::new(), Vec::new()),
        };
        let known = history.calls();
        let given = if known.len() <= MOST_ORDERED { known.len() } else { 0 };
        let pairs = (0..given).flat_map(|then| (0..given).map(move |first| (first, then)));
        let told = pairs.filter(|&(first, then)| {
            known[first].thread != known[then].thread && history.is_before(first, then)
        });
        Attempt { calls: calls.collect(), conclusion, explained, stuck, before: told.collect(), fatal: None }
    }

    /// The same, with what the specification would have had, and with the first answer that went wrong.
    pub(in crate::check) fn expecting<S: Spec>(
        self,
        spec: &S,
        history: &History<S::Op, S::Ret>,
        order: Order,
    ) -> Self {
        let calls = history.calls();
        let states = self.explained.iter().fold(vec![spec.initial()], |states, &call| {
            let outcomes = states.iter().flat_map(|state| spec.outcomes(state, &calls[call].op));
            let answered = |ret: &S::Ret| calls[call].ret.as_ref().is_none_or(|answer| answer == ret);
            distinct(outcomes.filter(|(ret, _)| answered(ret)).map(|(_, state)| state))
        });
        let right = |call: usize| {
            let outcomes = states.iter().flat_map(|state| spec.outcomes(state, &calls[call].op));
            distinct(outcomes.map(|(ret, _)| format!("{ret:?}")))
        };
        let stuck = self.stuck.iter().map(|stuck| Stuck { right: right(stuck.call), ..*stuck }).collect();
        let fatal = (calls.len() <= MOST_CALLS).then(|| first_unexplained(spec, history, order)).flatten();
        Attempt { stuck, fatal, ..self }
    }

    /// The threads that have called.
    #[must_use]
    pub fn threads(&self) -> BTreeSet<usize> {
        self.calls.iter().map(|call| call.thread).collect()
    }

    /// `Pop → Empty`.
    #[must_use]
    pub fn name(&self, call: usize) -> String {
        let Asked { op, ret, .. } = &self.calls[call];
        format!("{op} → {}", ret.as_deref().unwrap_or("(no answer)"))
    }
}

fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.fold(Vec::new(), |mut all, item| {
        if !all.contains(&item) {
            all.push(item);
        }
        all
    })
}

/// The call whose answer, when it came, was the first that no order of the calls so far explains.
fn first_unexplained<S: Spec>(spec: &S, history: &History<S::Op, S::Ret>, order: Order) -> Option<usize> {
    let calls = history.calls();
    let mut answered: Vec<usize> = (0..calls.len()).filter(|&call| calls[call].ret.is_some()).collect();
    answered.sort_by_key(|&call| calls[call].end);
    answered.into_iter().find(|&call| !judge(spec, &until(history, calls[call].end), order).is_explained())
}

/// What was known at `moment`: calls that had begun, and answers that had been given.
fn until<Op: Clone, Ret: Clone>(history: &History<Op, Ret>, moment: u64) -> History<Op, Ret> {
    let calls = history.calls();
    let kept: Vec<usize> = (0..calls.len()).filter(|&call| calls[call].start <= moment).collect();
    let known = kept.iter().map(|&call| {
        let ret = calls[call].ret.clone().filter(|_| calls[call].end <= moment);
        Call { ret, ..calls[call].clone() }
    });
    let before = |then: &usize| {
        let first = kept.iter().enumerate().filter(|(_, first)| history.is_before(**first, *then));
        first.fold(0, |set: Calls, (place, _)| set | 1 << place)
    };
    let before = if kept.len() <= MOST_ORDERED { kept.iter().map(before).collect() } else { Vec::new() };
    known.collect::<History<_, _>>().ordered(before)
}
