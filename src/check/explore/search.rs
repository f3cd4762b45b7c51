//! The search: one run after the other, and a stack of the graphs that are left.

use super::driver::{Driver, Stuck};
use super::graph::Graph;
use super::judge;
use super::machine::{Ended, Rules, Run};
use crate::sync::model;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// What a search has seen so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Seen {
    /// Executions that came to their end, each once.
    pub executions: u64,
    /// Runs that did not: some thread could not go on, for ever.
    pub blocked: u64,
    /// Runs that were given up, since another one does the same better.
    pub redundant: u64,
    /// Executions that failed.
    pub failed: u64,
    /// The part of all executions that is expected to be behind it (Knuth's estimate), from 0 to 1.
    pub share: f64,
}

impl Seen {
    /// How many runs that took.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.executions + self.blocked + self.redundant + self.failed
    }

    /// The same and what `other` has seen.
    pub(super) fn add(&mut self, other: Seen) {
        self.executions += other.executions;
        self.blocked += other.blocked;
        self.redundant += other.redundant;
        self.failed += other.failed;
        self.share += other.share;
    }
}

/// Graphs that are left, the youngest at the back.
pub(super) type Stack = VecDeque<Box<Graph>>;

/// What is left of a search, and what it has seen.
#[derive(Default)]
pub(super) struct Search {
    pub seen: Seen,
    pub stack: Stack,
    /// What has been left for the longest time comes first: the search goes into breadth.
    pub oldest_first: bool,
}

impl Search {
    /// All executions are left.
    pub(super) fn new() -> Self {
        let mut all = Box::<Graph>::default();
        all.share = 1.0;
        Search { stack: Stack::from([all]), ..Search::default() }
    }

    fn take(&mut self) -> Option<Box<Graph>> {
        if self.oldest_first { self.stack.pop_front() } else { self.stack.pop_back() }
    }
}

/// Explores until nothing is left, or until `go_on`, which is asked before each run and may take graphs away
/// or bring some, says no. `body` runs on the main thread of each execution.
///
/// A failure is a panic: `search` then holds what was left beside the graph that failed, which is in `driver`.
pub(super) fn explore(
    driver: &Rc<Driver>,
    search: &Rc<RefCell<Search>>,
    mut go_on: impl FnMut(&mut Search) -> bool + 'static,
    body: impl Fn() + Clone + 'static,
) {
    let (at_begin, at_end) = (Rc::clone(driver), Rc::clone(driver));
    let (left, seen) = (Rc::clone(search), Rc::clone(search));
    let next = move || {
        let mut search = left.borrow_mut();
        if !go_on(&mut search) {
            return None;
        }
        let graph = search.take()?;
        at_begin.reset();
        at_begin.run.borrow_mut().begin(graph);
        Some(body.clone())
    };
    let done = move || {
        at_end.close();
        let mut run = at_end.run.borrow_mut();
        let mut search = seen.borrow_mut();
        match run.ended {
            Ended::Complete => search.seen.executions += 1,
            Ended::Redundant => search.seen.redundant += 1,
            Ended::Stuck | Ended::Running => search.seen.blocked += 1,
        }
        search.seen.share += run.graph.share;
        search.stack.extend(run.out.left.drain(..));
    };
    // A run that has failed may have ended in any thread; main is the first of the next one.
    driver.run.borrow_mut().running = 0;
    judge::install(Some(Rc::clone(driver)));
    model::explored(Rc::clone(driver) as Rc<dyn model::Machine>, next, done);
}

/// A driver under these rules.
pub(super) fn driver(rules: Rules, stuck: Stuck) -> Rc<Driver> {
    Rc::new(Driver::new(Run::new(rules), stuck))
}
