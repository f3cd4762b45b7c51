//! The calls that have happened, and how their steps are taken back.
//!
//! By [`Spec::undo`], where there is one. Else states are kept: all of the last steps, and of those before only one in
//! [`GAP`]. From that the others are found again if the search comes back so far, by the same steps.

use crate::check::history::Call;
use crate::check::spec::{Spec, Urgency};

/// Of so many steps that lie back one state is kept.
const GAP: usize = 64;

/// A call has happened.
struct Step<Ret> {
    item: u32,
    call: u32,
    by: By<Ret>,
}

/// What it came to, and what else it can come to.
enum By<Ret> {
    /// This answer, or one of those.
    Answer(Ret, Vec<Ret>),
    /// The outcome of this number, or of one of those.
    Outcome(usize, Vec<usize>),
}

/// See the [module](self).
pub(super) struct Past<'p, S: Spec> {
    spec: &'p S,
    calls: &'p [Call<S::Op, S::Ret>],
    state: S::State,
    steps: Vec<Step<S::Ret>>,
    /// Without undo: the states before the steps, as far as they are kept.
    kept: Vec<Option<S::State>>,
    /// How much these are.
    bytes: usize,
}

impl<'p, S: Spec> Past<'p, S> {
    pub(super) fn new(spec: &'p S, calls: &'p [Call<S::Op, S::Ret>], length: usize) -> Self {
        let steps = Vec::with_capacity(length);
        Past { spec, calls, state: spec.initial(), steps, kept: Vec::new(), bytes: 0 }
    }

    pub(super) fn state(&self) -> &S::State {
        &self.state
    }

    /// The items that have happened, in their order.
    pub(super) fn order(&self) -> Vec<u32> {
        self.steps.iter().map(|step| step.item).collect()
    }

    pub(super) fn last(&self) -> Option<u32> {
        self.steps.last().map(|step| step.item)
    }

    /// The bytes of the states that are kept.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The item happens, which is this call, if its answer fits. A loose one that changes nothing may as well not.
    pub(super) fn take(&mut self, item: u32, call: u32, is_loose: bool) -> bool {
        let Call { op, ret: answer, .. } = &self.calls[call as usize];
        let by = if S::UNDOES {
            let reads = |ret: &S::Ret| is_loose && self.spec.urgency(op, Some(ret)) == Urgency::Read;
            let (ret, others) = match answer {
                Some(ret) if reads(ret) => return false,
                Some(ret) => (ret.clone(), Vec::new()),
                None => {
                    let mut answers = self.spec.answers(&mut self.state, op);
                    answers.retain(|ret| !reads(ret));
                    answers.reverse();
                    let Some(first) = answers.pop() else { return false };
                    (first, answers)
                }
            };
            if !self.spec.redo(&mut self.state, op, &ret) {
                return false;
            }
            By::Answer(ret, others)
        } else {
            let mut fitting: Vec<usize> = Vec::new();
            let mut first = None;
            for (number, (ret, after)) in self.spec.outcomes(&self.state, op).into_iter().enumerate() {
                let fits = answer.as_ref().is_none_or(|answer| *answer == ret);
                if fits && !(is_loose && after == self.state) {
                    fitting.push(number);
                    first.get_or_insert(after);
                }
            }
            let Some(first) = first else { return false };
            let before = std::mem::replace(&mut self.state, first);
            self.keep(before);
            let chosen = fitting.remove(0);
            fitting.reverse();
            By::Outcome(chosen, fitting)
        };
        self.steps.push(Step { item, call, by });
        true
    }

    /// The last call has another outcome, or else has not happened: then it is told which item it was.
    pub(super) fn another(&mut self) -> Option<u32> {
        let step = self.steps.last_mut().expect("a call has happened");
        let op = &self.calls[step.call as usize].op;
        match &mut step.by {
            By::Answer(ret, others) => {
                self.spec.undo(&mut self.state, op, ret);
                if let Some(other) = others.pop() {
                    let right = self.spec.redo(&mut self.state, op, &other);
                    assert!(right, "{op:?} can be answered {other:?} in {:?}", self.state);
                    *ret = other;
                    return None;
                }
            }
            By::Outcome(chosen, others) => {
                if let Some(other) = others.pop() {
                    *chosen = other;
                    let place = self.steps.len() - 1;
                    self.recall(place);
                    let before = self.kept[place].as_ref().expect("it was recalled");
                    self.state = outcome(self.spec, before, op, other);
                    return None;
                }
                let place = self.steps.len() - 1;
                self.recall(place);
                let before = self.kept.pop().flatten().expect("it was recalled");
                self.bytes -= self.spec.bytes(&before);
                self.state = before;
            }
        }
        self.steps.pop().map(|step| step.item)
    }

    /// Keeps the state before the next step, and lets go of one that lies back.
    fn keep(&mut self, before: S::State) {
        self.bytes += self.spec.bytes(&before);
        self.kept.push(Some(before));
        if let Some(old) = self.kept.len().checked_sub(GAP + 1)
            && !old.is_multiple_of(GAP)
            && let Some(state) = self.kept[old].take()
        {
            self.bytes -= self.spec.bytes(&state);
        }
    }

    /// Has the state before this step, which is the last.
    fn recall(&mut self, place: usize) {
        if self.kept[place].is_some() {
            return;
        }
        let from = (0..place).rev().find(|&place| self.kept[place].is_some()).expect("the first is kept");
        for place in from..place {
            let Step { call, by: By::Outcome(chosen, _), .. } = &self.steps[place] else { continue };
            let before = self.kept[place].as_ref().expect("it was found");
            let after = outcome(self.spec, before, &self.calls[*call as usize].op, *chosen);
            self.bytes += self.spec.bytes(&after);
            self.kept[place + 1] = Some(after);
        }
    }
}

/// The state to which one of the outcomes leads.
fn outcome<S: Spec>(spec: &S, before: &S::State, op: &S::Op, number: usize) -> S::State {
    let (_, after) = spec.outcomes(before, op).into_iter().nth(number).expect("it was there");
    after
}
