//! A history, and how far it could be explained.

use crate::check::history::{History, Order};
use crate::check::linearizability::{Ahead, Judgement, Limits, ahead, parts, spoiler};
use crate::check::spec::Spec;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// What would have been right is told of histories of models, which are short. Of others it is looked for no longer than this.
const LONGEST: Duration = Duration::from_secs(10);

/// One call of one thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which thread.
    pub thread: usize,
    /// Who that is, if it has a name: `process 3`.
    #[serde(default)]
    pub caller: Option<String>,
    /// The lines of the log that tell of it: the first and the last.
    #[serde(default)]
    pub lines: Option<[usize; 2]>,
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
    /// All that it could have answered there. Empty where that was too much to find out.
    pub right: Vec<String>,
    /// The places before at which it could have come instead. Empty for long histories, and where answers are missing.
    #[serde(default)]
    pub earlier: Vec<Earlier>,
}

/// A place within the explained beginning at which a stuck call could have come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// It is the place before this call.
    pub before: usize,
    /// All that the stuck call could have answered there.
    pub right: Vec<String>,
    /// A call from there on that has to come before the stuck one: so it could not be there.
    pub barred: Option<usize>,
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
    /// What was asked of an order of the calls.
    #[serde(default = "real_time")]
    pub order: Order,
    /// How many parts were judged by themselves. What could not be explained is of one of them.
    #[serde(default = "one")]
    pub parts: usize,
    /// What that part is called, if there are several and they have names: `key "a"`.
    #[serde(default)]
    pub part: Option<String>,
    /// An order that explains all answers, or the longest beginning of one: numbers of calls.
    pub explained: Vec<usize>,
    /// Whether there is no longer beginning for sure, nor a part that went wrong before: a limit may have ended the search
    /// for one.
    #[serde(default = "yes")]
    pub longest: bool,
    /// The calls of which one would have had to come next. Nothing if there may be a longer beginning.
    pub stuck: Vec<Stuck>,
    /// The calls without an answer that may have happened there, or not.
    #[serde(default)]
    pub pending: Vec<usize>,
    /// Pairs of calls of different threads of which the first had ended before the second began, where that is not
    /// told by their times.
    pub before: Vec<(usize, usize)>,
    /// The call that has spoiled it: up to before its answer all that was known by then could be explained.
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
    /// A history, and what the judge said of it.
    #[must_use]
    pub fn of<S: Spec>(
        spec: &S,
        history: &History<S::Op, S::Ret>,
        order: Order,
        judgement: &Judgement,
    ) -> Self {
        let known = history.calls();
        let calls = known.iter().map(|call| Asked {
            thread: call.thread,
            caller: None,
            lines: None,
            op: format!("{:?}", call.op),
            ret: call.ret.as_ref().map(|ret| format!("{ret:?}")),
            start: call.start,
            end: call.ret.is_some().then_some(call.end),
        });
        let attempt = Attempt {
            calls: calls.collect(),
            conclusion: Conclusion::Explained,
            order,
            parts: parts(spec, history, order),
            part: None,
            explained: Vec::new(),
            longest: true,
            stuck: Vec::new(),
            pending: Vec::new(),
            before: pairs(history),
            fatal: None,
        };
        match judgement {
            Judgement::Explained(order) => Attempt { explained: order.clone(), ..attempt },
            Judgement::Unknown(_) => Attempt { conclusion: Conclusion::Unknown, ..attempt },
            Judgement::Unexplained { prefix, stuck, longest } => {
                // Of several parts more than one may be wrong, and only one of them is told.
                let told = |call: &usize| attempt.parts == 1 || stuck.contains(call);
                let limits = Limits { time: Some(LONGEST), ..Limits::default() };
                let fatal = spoiler(spec, history, order, &limits).filter(told);
                if !longest {
                    let conclusion = Conclusion::Unexplained;
                    return Attempt {
                        conclusion,
                        explained: prefix.clone(),
                        longest: false,
                        fatal,
                        ..attempt
                    };
                }
                let Ahead { right, pending, earlier } = ahead(spec, history, order, prefix, stuck, &limits);
                let shown = |rets: &[S::Ret]| rets.iter().map(|ret| format!("{ret:?}")).collect();
                let earlier = earlier.iter().map(|places| {
                    let places = places.iter().map(|place| Earlier {
                        before: place.before,
                        right: shown(&place.right),
                        barred: place.barred,
                    });
                    places.collect()
                });
                let stuck = stuck.iter().zip(&right).zip(earlier);
                let stuck =
                    stuck.map(|((&call, right), earlier)| Stuck { call, right: shown(right), earlier });
                Attempt {
                    conclusion: Conclusion::Unexplained,
                    explained: prefix.clone(),
                    stuck: stuck.collect(),
                    pending,
                    fatal,
                    ..attempt
                }
            }
        }
    }

    /// The threads that have called.
    #[must_use]
    pub fn threads(&self) -> BTreeSet<usize> {
        self.calls.iter().map(|call| call.thread).collect()
    }

    /// Who calls: a thread, or if callers have names a process, and several of them.
    #[cfg(feature = "picture")]
    pub(super) fn callers(&self) -> [&'static str; 2] {
        let named = self.calls.iter().any(|call| call.caller.is_some());
        if named { ["process", "processes"] } else { ["thread", "threads"] }
    }

    /// `thread 3`, or the caller's name.
    #[must_use]
    pub fn caller(&self, call: usize) -> String {
        let Asked { thread, caller, .. } = &self.calls[call];
        caller.clone().unwrap_or_else(|| format!("thread {thread}"))
    }

    /// `Pop → Empty`.
    #[must_use]
    pub fn name(&self, call: usize) -> String {
        let Asked { op, ret, .. } = &self.calls[call];
        format!("{op} → {}", ret.as_deref().unwrap_or("(no answer)"))
    }
}

/// Pairs of calls of different threads of which a given order puts the first before the second.
fn pairs<Op, Ret>(history: &History<Op, Ret>) -> Vec<(usize, usize)> {
    let calls = history.calls();
    let given = 0..history.before().len();
    let pairs = given.clone().flat_map(|then| given.clone().map(move |first| (first, then)));
    let told = |&(first, then): &(usize, usize)| {
        calls[first].thread != calls[then].thread && history.is_before(first, then)
    };
    pairs.filter(told).collect()
}

fn real_time() -> Order {
    Order::RealTime
}

fn one() -> usize {
    1
}

fn yes() -> bool {
    true
}
