//! The order in which the threads of an execution that was given up unwind.
//!
//! A thread unwinds before those that it descends from, the youngest first. A destructor may wait for somebody: to
//! get a lock, for the end of a thread, or in a loop. Nobody takes a step any more, so all that can help it is
//! what others drop: they unwind first, and then it goes on.

use super::machine::{Life, Run};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// How often those that wait may take turns with none of them unwinding to its end.
const PATIENCE: u32 = 10_000;

#[derive(Debug, Default)]
pub(super) struct Unwinding {
    /// Threads that unwind and wait meanwhile for others, the last of them at the end.
    waiting: RefCell<VecDeque<usize>>,
    /// How often somebody was asked to wait on.
    turns: Cell<u32>,
}

impl Unwinding {
    pub(super) fn reset(&self) {
        self.waiting.borrow_mut().clear();
        self.turns.set(0);
    }

    /// The thread that unwinds next, of those that have not begun to.
    pub(super) fn next(&self, run: &Run) -> Option<usize> {
        let waiting = self.waiting.borrow();
        let alive = |thread: &usize| run.lives[*thread] == Life::Alive;
        let open = |thread: &usize| alive(thread) && !waiting.contains(thread);
        let childless =
            |thread: &usize| !(1..run.threads).any(|other| alive(&other) && descends(run, other, *thread));
        let mut youngest = (0..run.threads).rev().filter(open);
        youngest.clone().find(childless).or_else(|| youngest.next())
    }

    /// `thread`, which unwinds, waits: who goes on. `None`: that has been so for too long.
    pub(super) fn instead_of(&self, thread: usize, run: &Run) -> Option<usize> {
        self.waiting.borrow_mut().push_back(thread);
        self.next(run).or_else(|| {
            self.turns.set(self.turns.get() + 1);
            let first = self.waiting.borrow_mut().pop_front();
            first.filter(|_| self.turns.get() <= PATIENCE)
        })
    }

    /// A thread has unwound: one that has waited goes on.
    pub(super) fn waits_no_more(&self) -> Option<usize> {
        self.turns.set(0);
        self.waiting.borrow_mut().pop_back()
    }
}

/// Whether `thread` was started by `ancestor`, or by a thread that descends from it.
fn descends(run: &Run, mut thread: usize, ancestor: usize) -> bool {
    while thread != 0 {
        thread = run.spawns[thread].thread();
        if thread == ancestor {
            return true;
        }
    }
    false
}
