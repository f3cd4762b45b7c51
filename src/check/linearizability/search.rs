//! The search: depth first over the orders in which calls can have happened.

use super::frontier::{Cursor, Frontier};
use super::limits::{Clock, Limit};
use super::memo::Memo;
use super::past::Past;
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
    plan: &'p Plan,
    frontier: Frontier<'p>,
    /// The steps from the root on, and the nodes between which they lie.
    past: Past<'p, S>,
    nodes: Vec<Node>,
    memo: Memo<S::State>,
    furthest: (u64, usize),
    beginning: Vec<u32>,
}

impl<'p, S: Spec> Search<'p, S> {
    pub(super) fn new(spec: &'p S, calls: &'p [Call<S::Op, S::Ret>], plan: &'p Plan) -> Self {
        Search {
            spec,
            plan,
            frontier: Frontier::new(plan),
            past: Past::new(spec, calls, plan.items.len()),
            nodes: Vec::with_capacity(plan.items.len() + 1),
            memo: Memo::new(),
            furthest: (0, 0),
            beginning: Vec::new(),
        }
    }

    pub(super) fn run(mut self, clock: &Clock) -> End {
        if self.plan.impossible {
            return End::Unexplained(Vec::new());
        }
        if self.goes_as_foreseen() {
            return End::Explained(self.past.order());
        }
        self.enter();
        let mut watch = clock.watch();
        while self.frontier.left() > 0 {
            if let Some(limit) = watch.limit(|| self.memo.bytes() + self.past.bytes()) {
                return End::Unknown(limit);
            }
            if !self.advance() {
                self.look();
                if !self.retreat() {
                    return End::Unexplained(self.beginning);
                }
            }
        }
        End::Explained(self.past.order())
    }

    /// Whether an explanation was foreseen, and is one. Otherwise nothing has happened.
    fn goes_as_foreseen(&mut self) -> bool {
        let Some(order) = &self.plan.order else { return false };
        let fits = |&item: &u32| {
            let bound = self.frontier.bound();
            let can_be_next = self.frontier.is_next(item) && self.frontier.is_free(item, bound);
            can_be_next && self.take(item)
        };
        let is_one = order.iter().all(fits) && self.frontier.left() == 0;
        if !is_one {
            while self.past.last().is_some() {
                self.another();
            }
        }
        is_one
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
            self.beginning = self.past.order();
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
        debug_assert_eq!(self.past.last(), Some(item));
        loop {
            if !self.memo.is_dead(&self.frontier, self.past.state()) {
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
        let is_loose = item as usize >= self.plan.musts();
        let fits = self.past.take(item, self.plan.items[item as usize].call, is_loose);
        if fits {
            self.frontier.take(item);
        }
        fits
    }

    /// The last call has another outcome, or else has not happened.
    fn another(&mut self) -> bool {
        let gone = self.past.another();
        if let Some(item) = gone {
            self.frontier.put_back(item);
        }
        gone.is_none()
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
                let state = self.past.state();
                let bytes = self.spec.bytes(state);
                self.memo.bury(&self.frontier, state.clone(), bytes);
            }
            let item = self.past.last().expect("a call led here");
            if !self.another() {
                return true;
            }
            if self.is_new(item) {
                return true;
            }
        }
    }
}
