//! The search: depth first over the orders in which calls can have happened.

use super::frontier::{Cursor, Frontier};
use super::limits::{Clock, Limit};
use super::memo::Memo;
use super::plan::Plan;
use crate::check::history::Call;
use crate::check::spec::{Spec, Urgency};

/// How a search ended.
pub(super) enum End {
    /// All musts have happened, in this order of items.
    Explained(Vec<u32>),
    /// They cannot; of all beginnings this one leads furthest: to the latest moment up to which all calls that ended
    /// have happened, and among these to most calls.
    Unexplained(Vec<u32>),
    /// Who knows.
    Unknown(Limit),
}

/// How a state is had back.
enum Back<S: Spec> {
    /// By [`Spec::undo`], which is told the answer.
    Undo(S::Ret),
    /// It was kept.
    Kept(S::State),
}

/// A call has happened, and this is where it led.
struct Step<S: Spec> {
    item: u32,
    back: Back<S>,
    /// The states to which other outcomes of the call lead.
    others: Vec<S::State>,
}

/// A configuration on the way: what of it was tried.
struct Node {
    cursor: Cursor,
    bound: u64,
    /// One call was taken for all.
    hurried: bool,
    /// Some call could be taken.
    fertile: bool,
}

pub(super) struct Search<'p, S: Spec> {
    spec: &'p S,
    calls: &'p [Call<S::Op, S::Ret>],
    plan: &'p Plan,
    frontier: Frontier<'p>,
    state: S::State,
    /// The nodes from the root on, and the steps between them.
    nodes: Vec<Node>,
    steps: Vec<Step<S>>,
    memo: Memo<S::State>,
    furthest: (u64, usize),
    beginning: Vec<u32>,
}

impl<'p, S: Spec> Search<'p, S> {
    pub(super) fn new(spec: &'p S, calls: &'p [Call<S::Op, S::Ret>], plan: &'p Plan) -> Self {
        Search {
            spec,
            calls,
            plan,
            frontier: Frontier::new(plan),
            state: spec.initial(),
            nodes: Vec::with_capacity(plan.items.len() + 1),
            steps: Vec::with_capacity(plan.items.len()),
            memo: Memo::new(),
            furthest: (0, 0),
            beginning: Vec::new(),
        }
    }

    pub(super) fn run(mut self, clock: &Clock) -> End {
        if self.plan.impossible {
            return End::Unexplained(Vec::new());
        }
        self.enter();
        let mut turns = 0;
        while self.frontier.left() > 0 {
            if let Some(limit) = clock.limit(turns, || self.memo.bytes()) {
                return End::Unknown(limit);
            }
            turns += 1;
            if !self.advance() {
                self.look();
                if !self.retreat() {
                    return End::Unexplained(self.beginning);
                }
            }
        }
        End::Explained(self.order())
    }

    fn order(&self) -> Vec<u32> {
        self.steps.iter().map(|step| step.item).collect()
    }

    fn enter(&mut self) {
        let bound = self.frontier.bound();
        self.nodes.push(Node { cursor: None, bound, hurried: false, fertile: false });
    }

    /// Remembers how far the search has come. Asked where it turns back: on the way there it only grows.
    fn look(&mut self) {
        let bound = self.nodes.last().expect("the search is somewhere").bound;
        let come = (bound, self.plan.musts() - self.frontier.left());
        if come > self.furthest {
            self.furthest = come;
            self.beginning = self.order();
        }
    }

    /// Takes the next call that leads somewhere new, if there is one.
    fn advance(&mut self) -> bool {
        let at = self.nodes.len() - 1;
        let Node { cursor, bound, hurried, .. } = self.nodes[at];
        if hurried {
            return false;
        }
        if cursor.is_none()
            && let Some(item) = self.urgent(bound)
        {
            self.nodes[at].hurried = true;
            return self.is_new(item);
        }
        let mut cursor = cursor;
        while let Some(next) = self.frontier.next(bound, cursor) {
            cursor = Some(next);
            if self.take(next.1) {
                self.nodes[at].fertile = true;
                if self.is_new(next.1) {
                    self.nodes[at].cursor = cursor;
                    return true;
                }
            }
        }
        false
    }

    /// The call has been taken: goes on from there, or takes it back if that is known to lead nowhere.
    fn is_new(&mut self, item: u32) -> bool {
        debug_assert_eq!(self.steps.last().map(|step| step.item), Some(item));
        loop {
            if !self.memo.is_dead(&self.frontier, &self.state) {
                self.enter();
                return true;
            }
            if !self.another() {
                return false;
            }
        }
    }

    /// Takes a call that can be taken without trying the others, if there is one.
    fn urgent(&mut self, bound: u64) -> Option<u32> {
        let lanes = self.frontier.heads().len();
        for lane in 0..lanes {
            let head = self.frontier.heads()[lane];
            if head == self.plan.lanes[lane + 1] {
                continue;
            }
            let hurry = match self.plan.items[head as usize].urgency {
                Urgency::Read => true,
                // In other orders a call cannot take the place of another.
                Urgency::Alone(class) => self.plan.is_of_intervals && !self.frontier.has_rival(head, class),
                Urgency::Ordinary | Urgency::Rival(_) => false,
            };
            if hurry && self.frontier.is_free(head, bound) && self.take(head) {
                return Some(head);
            }
        }
        None
    }

    /// The item happens, if its answer fits.
    fn take(&mut self, item: u32) -> bool {
        let Call { op, ret: answer, .. } = &self.calls[self.plan.items[item as usize].call as usize];
        let loose = item as usize >= self.plan.musts();
        let step = if S::UNDOES {
            let ret = self.spec.step(&mut self.state, op);
            let fits = answer.as_ref().is_none_or(|answer| *answer == ret);
            // A loose call that changes nothing may as well not happen.
            if !fits || loose && self.spec.urgency(op, Some(&ret)) == Urgency::Read {
                self.spec.undo(&mut self.state, op, &ret);
                return false;
            }
            Step { item, back: Back::Undo(ret), others: Vec::new() }
        } else {
            let mut others = Vec::new();
            let mut first = None;
            for (ret, after) in self.spec.outcomes(&self.state, op) {
                let fits = answer.as_ref().is_none_or(|answer| *answer == ret);
                if !fits || loose && after == self.state {
                } else if first.is_none() {
                    first = Some(after);
                } else {
                    others.push(after);
                }
            }
            let Some(first) = first else { return false };
            others.reverse();
            Step { item, back: Back::Kept(std::mem::replace(&mut self.state, first)), others }
        };
        self.frontier.take(item);
        self.steps.push(step);
        true
    }

    /// The last call has another outcome, or else has not happened.
    fn another(&mut self) -> bool {
        let step = self.steps.last_mut().expect("a call has happened");
        if let Some(other) = step.others.pop() {
            self.state = other;
            return true;
        }
        let Step { item, back, .. } = self.steps.pop().expect("it was there");
        match back {
            Back::Kept(state) => self.state = state,
            Back::Undo(ret) => {
                let call = self.plan.items[item as usize].call as usize;
                self.spec.undo(&mut self.state, &self.calls[call].op, &ret);
            }
        }
        self.frontier.put_back(item);
        false
    }

    /// There is no way on from here: back to where something is left to try. At the root there is nothing.
    fn retreat(&mut self) -> bool {
        loop {
            let node = self.nodes.pop().expect("the search is somewhere");
            if self.nodes.is_empty() {
                return false;
            }
            // What is found out in a step need not be remembered: that nothing fits, or that one call decides.
            if node.fertile && !node.hurried {
                let bytes = self.spec.bytes(&self.state);
                self.memo.bury(&self.frontier, self.state.clone(), bytes);
            }
            let item = self.steps.last().expect("a call led here").item;
            if !self.another() {
                return true;
            }
            if self.is_new(item) {
                return true;
            }
        }
    }
}
