//! Who can never go on, although somebody waits with a time-out.
//!
//! A run in which nobody goes on is not over where a time-out may come: what comes of that is another execution. But not
//! for a thread that waits for the end of another, or for a lock that another holds, if that one waits in the same
//! way, and so on in a circle: only who holds a lock gives it back, and nobody else can end for it. Nor is a lock given
//! back whose holder has ended.
//!
//! Who sleeps, waits for a condition, or waits in a loop may be helped by anybody, so it is taken for one that goes on; and
//! so is who takes its lock again behind a condition. What hangs on them is not told as a deadlock beside a time-out.

use super::machine::{Life, Run, Want};
use crate::sync::model::Pending;

impl Run {
    /// Whether `thread` never goes on, whoever's time-outs come. `pending`: what each thread is about to do.
    pub(super) fn is_lost(&self, thread: usize, pending: &[(usize, Pending)]) -> bool {
        let mut helper = thread;
        // After so many steps they are in a circle.
        for _ in 0..self.threads {
            match self.helper(helper, pending) {
                Some(next) => helper = next,
                None => return self.lives[helper] == Life::Over,
            }
        }
        true
    }

    /// The one thread that can end the wait of `thread`, if there is just one.
    fn helper(&self, thread: usize, pending: &[(usize, Pending)]) -> Option<usize> {
        if self.lives[thread] != Life::Alive {
            return None;
        }
        match self.wants[thread] {
            Want::End(other) => Some(other),
            Want::Value(location, _) => {
                let locks = pending.iter().any(|(other, pending)| *other == thread && pending.is_lock());
                let cell = self.graph.find_cell(location).filter(|_| locks)?;
                // Who has taken it has written last.
                let taken = self.graph.write_at(cell, self.graph.newest(cell));
                (!taken.is_initial()).then(|| taken.thread())
            }
            _ => None,
        }
    }
}
