//! A judge that is too simple to be wrong: it tries all orders of all calls, as long as they may be right.

use selvedge::check::picture::Attempt;
use selvedge::check::{Call, History, Judgement, Order, Spec};
use std::collections::BTreeSet;

/// Whether a call has to come before another.
pub fn is_before<S: Spec>(
    spec: &S,
    history: &History<S::Op, S::Ret>,
    how: Order,
    a: usize,
    b: usize,
) -> bool {
    let calls = history.calls();
    let (first, then) = (&calls[a], &calls[b]);
    let own = first.thread == then.thread && a < b;
    // A call without an answer may happen at any time after its beginning.
    let answered = first.ret.is_some();
    match how {
        Order::RealTime => answered && first.end < then.start,
        Order::Program => own || answered && first.phase < then.phase,
        Order::PerKey => {
            let apart = parts(spec, history).is_some_and(|parts| parts[a] != parts[b]);
            !apart && is_before(spec, history, Order::Program, a, b)
        }
        Order::Quiescent => {
            // Between two whole moments, that of its end and the beginning of the other, nothing was under way.
            let busy = |at: u64| calls.iter().any(|c| c.start <= at && (c.ret.is_none() || at < c.end));
            answered && (first.end..then.start).any(|at| !busy(at))
        }
        Order::Given => own || answered && history.is_before(a, b),
    }
}

/// The part of each call, if all have one: the first call that is about the same.
fn parts<S: Spec>(spec: &S, history: &History<S::Op, S::Ret>) -> Option<Vec<usize>> {
    let ops = history.calls().iter().map(|call| &call.op);
    let numbered: Option<Vec<_>> = ops.map(|op| Some((spec.partition(op)?, op))).collect();
    let numbered = numbered?;
    let same = |(one, first): &(u64, &S::Op), (other, op): &(u64, &S::Op)| {
        one == other && spec.is_same_part(first, op)
    };
    let first =
        |call| numbered.iter().position(|first| same(first, call)).expect("a call is of its own part");
    Some(numbered.iter().map(first).collect())
}

/// What a state may be after a call, from one of these.
fn after<S: Spec>(spec: &S, states: &[S::State], call: &Call<S::Op, S::Ret>) -> Vec<S::State> {
    let outcomes = states.iter().flat_map(|state| spec.outcomes(state, &call.op));
    let fitting = outcomes.filter(|(ret, _)| call.ret.as_ref().is_none_or(|answer| answer == ret));
    fitting.map(|(_, state)| state).collect()
}

/// What is right to say of a history.
pub struct Brute<'a, S: Spec> {
    spec: &'a S,
    history: &'a History<S::Op, S::Ret>,
    before: Vec<Vec<bool>>,
    how: Order,
}

/// How far a beginning comes: the first moment at which an answered call ended that is not in it, and how many answered
/// calls are.
type Reach = (u64, usize);

impl<'a, S: Spec> Brute<'a, S> {
    pub fn new(spec: &'a S, history: &'a History<S::Op, S::Ret>, how: Order) -> Self {
        let calls = 0..history.calls().len();
        let row = |a| calls.clone().map(|b| is_before(spec, history, how, a, b)).collect();
        let before = calls.clone().map(row).collect();
        Brute { spec, history, before, how }
    }

    /// Whether a call may come after those that have happened.
    fn is_free(&self, happened: &[usize], call: usize, which: &[usize]) -> bool {
        let keeps = |other: usize| !happened.contains(&other) && self.before[other][call];
        !happened.contains(&call) && !which.iter().any(|&other| keeps(other))
    }

    fn reach(&self, happened: &[usize], which: &[usize]) -> Reach {
        let calls = self.history.calls();
        let answered = |call: &&usize| calls[**call].ret.is_some();
        let left = which.iter().filter(answered).filter(|call| !happened.contains(call));
        let end = |call: &usize| match self.how {
            Order::RealTime => calls[*call].end,
            Order::Program | Order::PerKey => u64::from(calls[*call].phase),
            // How many others have to come before counts the quiet moments as well, as long as it is compared.
            Order::Quiescent => (0..calls.len()).filter(|&other| self.before[other][*call]).count() as u64,
            Order::Given => 0,
        };
        let first = left.map(end).min().unwrap_or(u64::MAX);
        (first, happened.iter().filter(answered).count())
    }

    /// Whether these calls can be explained, and how far they can if not.
    fn search(
        &self,
        states: &[S::State],
        happened: &mut Vec<usize>,
        which: &[usize],
        best: &mut Reach,
    ) -> bool {
        *best = self.reach(happened, which).max(*best);
        if best.0 == u64::MAX {
            return true;
        }
        for &call in which {
            if self.is_free(happened, call, which) {
                let next = after(self.spec, states, &self.history.calls()[call]);
                happened.push(call);
                let found = !next.is_empty() && self.search(&next, happened, which, best);
                happened.pop();
                if found {
                    return true;
                }
            }
        }
        false
    }

    fn furthest(&self, which: &[usize]) -> Reach {
        let mut best = (0, 0);
        self.search(&[self.spec.initial()], &mut Vec::new(), which, &mut best);
        best
    }

    /// The calls that are judged together.
    fn parts(&self) -> Vec<Vec<usize>> {
        let all: Vec<usize> = (0..self.history.calls().len()).collect();
        let apart = parts(self.spec, self.history).filter(|_| self.how == Order::PerKey);
        let Some(parts) = apart else { return vec![all] };
        let mut names = parts.clone();
        names.sort_unstable();
        names.dedup();
        names.iter().map(|name| all.iter().copied().filter(|&call| parts[call] == *name).collect()).collect()
    }

    /// Whether there is an explanation.
    pub fn is_explained(&self) -> bool {
        self.parts().iter().all(|part| self.furthest(part).0 == u64::MAX)
    }

    /// Whether these calls can happen in this order, with their answers.
    fn replays(&self, order: &[usize], which: &[usize]) -> bool {
        let mut states = vec![self.spec.initial()];
        for (place, &call) in order.iter().enumerate() {
            if !self.is_free(&order[..place], call, which) {
                return false;
            }
            states = after(self.spec, &states, &self.history.calls()[call]);
        }
        !states.is_empty()
    }

    /// What is wrong with a judgement, if something is.
    pub fn complaint(&self, judgement: &Judgement) -> Option<String> {
        let explained = self.is_explained();
        let wrong = match judgement {
            Judgement::Explained(_) if !explained => Some("there is no explanation"),
            Judgement::Explained(order) => {
                let calls = self.history.calls();
                let complete = (0..calls.len()).all(|c| calls[c].ret.is_none() || order.contains(&c));
                let mut parts = self.parts().into_iter();
                let right = parts.all(|part| {
                    let own: Vec<usize> = order.iter().copied().filter(|call| part.contains(call)).collect();
                    self.replays(&own, &part)
                });
                (!complete || !right).then_some("this is no explanation")
            }
            Judgement::Unexplained { .. } if explained => Some("there is an explanation"),
            Judgement::Unexplained { longest: false, .. } => Some("there were no limits"),
            Judgement::Unexplained { prefix, stuck, .. } => self.wrong_beginning(prefix, stuck),
            Judgement::Unknown(_) => Some("there were no limits"),
        };
        wrong.map(|wrong| format!("{wrong}: {judgement:?}, {:?}\n{:?}", self.how, self.history))
    }

    /// Whether some part can be explained less far than to this moment.
    fn goes_wrong_before(&self, moment: u64, parts: &[usize]) -> bool {
        let names: BTreeSet<usize> = parts.iter().copied().collect();
        names.into_iter().any(|name| {
            let own: Vec<usize> = (0..parts.len()).filter(|&call| parts[call] == name).collect();
            self.furthest(&own).0 < moment
        })
    }

    /// What is wrong with a beginning that is said to be the longest.
    fn wrong_beginning(&self, prefix: &[usize], stuck: &[usize]) -> Option<&'static str> {
        let all: Vec<usize> = (0..self.history.calls().len()).collect();
        let together = matches!(self.how, Order::Program | Order::Given);
        let parts = parts(self.spec, self.history).filter(|_| !together);
        let Some(&first) = stuck.first() else { return Some("nothing is in the way") };
        let own = |call: &usize| parts.as_ref().is_none_or(|parts| parts[*call] == parts[first]);
        let which: Vec<usize> = all.into_iter().filter(own).collect();
        if !self.replays(prefix, &which) {
            return Some("this is no beginning");
        }
        let (reach, furthest) = (self.reach(prefix, &which), self.furthest(&which));
        if reach != furthest {
            return Some("this is not the longest beginning");
        }
        if parts.is_some_and(|parts| self.goes_wrong_before(reach.0, &parts)) {
            return Some("another part went wrong before");
        }
        let free =
            |call: usize| self.history.calls()[call].ret.is_some() && self.is_free(prefix, call, &which);
        let mut next: Vec<usize> = which.iter().copied().filter(|&call| free(call)).collect();
        let mut said = stuck.to_vec();
        next.sort_unstable();
        said.sort_unstable();
        if next != said {
            return Some("these are not the calls that come next");
        }
        if prefix.last().is_some_and(|&call| self.history.calls()[call].ret.is_none()) {
            return Some("its last call may as well not have happened");
        }
        let fits = |&call: &usize| self.replays(&[prefix, &[call]].concat(), &which);
        said.iter().any(fits).then_some("some call can come next")
    }

    /// All states after these calls, then any that have no answer and can come next, in any order.
    fn states(&self, states: Vec<S::State>, happened: &mut Vec<usize>, open: &[usize]) -> Vec<S::State> {
        let mut all = states.clone();
        for &call in open.iter().filter(|call| !happened.contains(call)).collect::<Vec<_>>() {
            happened.push(call);
            let next = after(self.spec, &states, &self.history.calls()[call]);
            all.extend(self.states(next, happened, open));
            happened.pop();
        }
        all
    }

    /// What is wrong with what is told of the end of a longest beginning: which calls have perhaps happened, and what would
    /// be right. Of histories that are judged as a whole.
    pub fn complaint_of_the_end(&self, attempt: &Attempt) -> Option<String> {
        let calls = self.history.calls();
        let all: Vec<usize> = (0..calls.len()).collect();
        let prefix = &attempt.explained;
        let free = |call: &usize| calls[*call].ret.is_none() && self.is_free(prefix, *call, &all);
        let open: Vec<usize> =
            all.iter().copied().filter(|call| !attempt.stuck.is_empty() && free(call)).collect();
        let mut pending = attempt.pending.clone();
        pending.sort_unstable();
        let begun = prefix
            .iter()
            .fold(vec![self.spec.initial()], |states, &call| after(self.spec, &states, &calls[call]));
        let states = self.states(begun, &mut prefix.clone(), &open);
        let answers = |call: usize| -> BTreeSet<String> {
            let outcomes = states.iter().flat_map(|state| self.spec.outcomes(state, &calls[call].op));
            outcomes.map(|(ret, _)| format!("{ret:?}")).collect()
        };
        let wrong = if pending != open {
            "what has perhaps happened"
        } else if attempt
            .stuck
            .iter()
            .any(|stuck| answers(stuck.call) != stuck.right.iter().cloned().collect())
        {
            "what would be right"
        } else {
            return None;
        };
        Some(format!("this is not {wrong}: {attempt:?}\n{:?}", self.history))
    }
}
