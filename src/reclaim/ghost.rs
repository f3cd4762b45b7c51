//! The earliest legal free: the strategy of the models.
//!
//! A retired node is freed at the very moment the last guard is gone that lived when it was retired; at once
//! if there is none. No real strategy may free earlier, so a structure that is right under `Ghost` frees in
//! time under any strategy that keeps the contract, and a guard that is missing shows in the first execution
//! in which it matters.
//!
//! The bookkeeping is beside the model: it is no step, and makes no executions (about 2,500 times fewer than
//! real epochs on a stack of two threads with two operations each). What a real strategy gives in ordering is
//! given by sequentially consistent fences at pin, unpin and retire, as epochs have them.
//!
//! Under the explorer no moment of the free is chosen: that would make executions that differ in nothing else,
//! and would hang on the order in which threads happen to run. Retired nodes are kept, and each use is judged:
//! was a guard of this `Ghost` there before the retirement, in every order that the execution leaves open? That is
//! asked of the thread that has retired the node as well. So the fences of unpin and retire, stronger than what some
//! real strategies have there, are not needed, and not there.

use super::{Blanket, Guard, ProtectsAll, Reclaim};
use crate::exhaust::exhaust;
use crate::sync::atomic::{Ordering, fence};
use crate::sync::{PoisonError, heap, host, model};
use std::fmt;

/// Frees each retired node at the earliest legal moment.
#[derive(Default)]
pub struct Ghost {
    state: host::Mutex<State>,
}

#[derive(Default)]
struct State {
    next_guard: u64,
    guards: Vec<u64>,
    retired: Vec<Retired>,
}

/// A guard that nobody has: what waits for it waits until the strategy is dropped.
const NOBODY: u64 = 0;

struct Retired {
    /// The guards that lived when the node was retired, and still do.
    waits_for: Vec<u64>,
    free: Box<dyn FnOnce()>,
}

// SAFETY: `free` drops a node that `retire` was allowed to drop on any thread (its #3).
unsafe impl Send for Retired {}

/// Keeps alive what is not retired yet.
#[must_use = "a guard that is dropped at once protects nothing"]
#[derive(Debug)]
pub struct GhostGuard<'r> {
    ghost: &'r Ghost,
    id: u64,
    /// What the explorer knows this guard by.
    explored: Option<usize>,
}

impl fmt::Debug for Ghost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ghost").finish_non_exhaustive()
    }
}

impl Ghost {
    /// What the explorer knows this strategy by: where it is. Who moves it has no guard of it, and what was retired before
    /// then was so before any later guard.
    fn domain(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

// SAFETY: a node is freed when no guard of the time of its retirement is left; the fences order it after them.
unsafe impl Reclaim for Ghost {
    type Guard<'r> = GhostGuard<'r>;

    fn pin(&self) -> GhostGuard<'_> {
        let id = self.with(|state| {
            state.next_guard += 1;
            let id = state.next_guard;
            state.guards.push(id);
            id
        });
        let explored = model::pin(self.domain());
        fence(Ordering::SeqCst); // step: ghost.pin.fence
        GhostGuard { ghost: self, id, explored }
    }
}

// SAFETY: what is retired waits for every guard of that time.
unsafe impl ProtectsAll for Ghost {}

// SAFETY: as above.
unsafe impl Guard for GhostGuard<'_> {
    type Shield<'g>
        = Blanket<'g>
    where
        Self: 'g;

    fn shield(&self) -> Blanket<'_> {
        // SAFETY: what is retired waits for every guard of that time.
        unsafe { Blanket::new() }
    }

    #[track_caller]
    unsafe fn retire<T>(&self, node: *mut T) {
        let explored = model::retire(node, self.ghost.domain());
        if !explored {
            fence(Ordering::SeqCst); // step: ghost.retire.fence
        }
        // SAFETY: the caller's #1 and #2, and this strategy's promise.
        let free: Box<dyn FnOnce()> = Box::new(move || unsafe { heap::free(node) });
        // SAFETY: the box does not outlive what `T` borrows: the caller's #3 (until the strategy is dropped).
        let free: Box<dyn FnOnce() + 'static> = unsafe { std::mem::transmute(free) };
        // The guard that retires lives, so there is always somebody to wait for.
        self.ghost.with(|state| {
            let waits_for = if explored { vec![NOBODY] } else { state.guards.clone() };
            state.retired.push(Retired { waits_for, free });
        });
    }
}

fn free(retired: Vec<Retired>) {
    let mut retired = retired.into_iter();
    exhaust(|| retired.next().map(|retired| (retired.free)()));
}

impl Drop for Ghost {
    fn drop(&mut self) {
        let left = self.with(|state| std::mem::take(&mut state.retired));
        free(left);
    }
}

impl Drop for GhostGuard<'_> {
    fn drop(&mut self) {
        match self.explored {
            Some(guard) => model::unpin(guard),
            None => fence(Ordering::SeqCst), // step: ghost.unpin.fence
        }
        let due = self.ghost.with(|state| {
            state.guards.retain(|guard| *guard != self.id);
            state.retired.iter_mut().for_each(|r| r.waits_for.retain(|guard| *guard != self.id));
            let (due, waiting) =
                std::mem::take(&mut state.retired).into_iter().partition(|r| r.waits_for.is_empty());
            state.retired = waiting;
            let due: Vec<Retired> = due;
            due
        });
        // Not under the lock: a free is a step, at which other threads run.
        free(due);
    }
}
