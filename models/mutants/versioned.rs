//! The versioned stack: what may not be left out of it.

use super::Op::{Pop, Push};
use super::{Broken, EXPLORER, Stack};
use selvedge::check::{Engine, Model, Scenario};
use selvedge::sync::atomic::{
    AtomicU64,
    Ordering::{self, Acquire, Relaxed, Release},
};
use selvedge::sync::cell::UnsafeCell;

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// The exchange of the head compares the cell alone.
    NoVersion,
    /// A pop gives the cell back before it has read the value.
    BackBeforeRead,
    /// A push links its cell once, and not anew for each attempt.
    LinkedOnce,
    /// A push publishes with a relaxed exchange.
    Unpublished,
    /// A pop reads the head relaxed, and relies on nothing.
    Unacquired,
    /// A cell is given back with a relaxed exchange: its last reader is not known to have read.
    UnpublishedFree,
}

/// A head, or the top of the free list: `version << 8 | cell`, cells from 1.
struct Versioned {
    head: AtomicU64,
    free: AtomicU64,
    cells: Vec<(AtomicU64, UnsafeCell<u8>)>,
    bug: Bug,
}

// SAFETY: cells are used by their owners alone; where a bug breaks that, the engines say so, which is the point.
unsafe impl Sync for Versioned {}

impl Versioned {
    fn new(bug: Bug) -> Self {
        // Cell 1 on top, then 2, 3, 4.
        let cell = |n: u64| (AtomicU64::new((n + 1) % 5), UnsafeCell::new(0));
        let cells = (1..5).map(cell).collect();
        Versioned { head: AtomicU64::new(0), free: AtomicU64::new(1), cells, bug }
    }

    fn cell(&self, word: u64) -> &(AtomicU64, UnsafeCell<u8>) {
        &self.cells[(word & 0xFF) as usize - 1]
    }

    /// The word after `old` that names `cell`.
    fn then(&self, list: &AtomicU64, old: u64, cell: u64) -> u64 {
        if self.bug == Bug::NoVersion && std::ptr::eq(list, &self.head) {
            return cell & 0xFF;
        }
        ((old & !0xFF) + 0x100) | (cell & 0xFF)
    }

    fn put(&self, list: &AtomicU64, cell: u64, release: Ordering) {
        let mut top = list.load(Relaxed);
        self.cell(cell).0.store(top & 0xFF, Relaxed);
        while let Err(now) = list.compare_exchange(top, self.then(list, top, cell), release, Relaxed) {
            top = now;
            if self.bug != Bug::LinkedOnce {
                self.cell(cell).0.store(top & 0xFF, Relaxed);
            }
        }
    }

    fn take(&self, list: &AtomicU64, acquire: Ordering) -> Option<u64> {
        let mut top = list.load(acquire);
        while top & 0xFF != 0 {
            let below = self.cell(top).0.load(Relaxed);
            match list.compare_exchange(top, self.then(list, top, below), Relaxed, acquire) {
                Ok(_) => return Some(top & 0xFF),
                Err(now) => top = now,
            }
        }
        None
    }
}

impl Stack for Versioned {
    fn is_empty(&self) -> bool {
        self.head.load(Relaxed) & 0xFF == 0
    }

    fn push(&self, value: u8) {
        let cell = self.take(&self.free, Acquire).expect("as many cells as values");
        // SAFETY: the owner's.
        self.cell(cell).1.with_mut(|at| unsafe { *at = value });
        self.put(&self.head, cell, if self.bug == Bug::Unpublished { Relaxed } else { Release });
    }

    fn pop(&self) -> Option<u8> {
        let cell = self.take(&self.head, if self.bug == Bug::Unacquired { Relaxed } else { Acquire })?;
        // SAFETY: the owner's, unless the bug is that it is not.
        let read = || self.cell(cell).1.with(|at| unsafe { *at });
        if self.bug == Bug::BackBeforeRead {
            self.put(&self.free, cell, Release);
            return Some(read());
        }
        let value = read();
        self.put(&self.free, cell, if self.bug == Bug::UnpublishedFree { Relaxed } else { Release });
        Some(value)
    }
}

fn model(bug: Bug, scenario: Scenario<super::Op>) -> Model {
    Model::of(Broken(bug, Versioned::new), scenario).structure("VersionedStack, broken").choices([])
}

fn killed(
    bug: Bug,
    scenario: Scenario<super::Op>,
    by: &[Engine],
    defect: &str,
    saying: &'static str,
) -> Model {
    model(bug, scenario).kills(defect, by.iter().copied(), [saying])
}

fn two_pushes() -> Scenario<super::Op> {
    Scenario::new().thread([Push(1)]).thread([Push(2)]).after([Pop, Pop])
}

fn reused() -> Scenario<super::Op> {
    Scenario::new().before([Push(1)]).thread([Pop]).thread([Push(2), Push(3)])
}

/// The cell of the top is given back last, and pushed first, over nothing.
fn aba() -> Scenario<super::Op> {
    Scenario::new()
        .before([Push(1), Push(2)])
        .thread([Pop])
        .thread([Pop])
        .thread([Pop, Push(3)])
        .after([Pop, Pop])
}

/// The only cell that is free is the one that is just popped.
fn at_once() -> Scenario<super::Op> {
    Scenario::new().before([Push(1)]).thread([Pop]).thread([Push(2), Push(3), Push(4), Pop, Push(5)])
}

const RACE: &str = "data race";
const WRONG: &str = "not linearizable";
const WEAK: [Engine; 1] = [Engine::ExplorerWeak];

// What the exchange should have refused was written by somebody of whom it learns nothing: a race, where memory is weak.
selvedge::model!(
    no_version,
    model(Bug::NoVersion, aba()).kills(
        "mutant: the head is exchanged without its version",
        EXPLORER,
        [WRONG, RACE]
    )
);
selvedge::model!(no_version_holds_with_one, model(Bug::None, aba()).preemptions(3));
selvedge::model!(
    back_before_read,
    killed(
        Bug::BackBeforeRead,
        reused(),
        &EXPLORER,
        "mutant: a cell is given back before its value is taken",
        RACE
    )
);
selvedge::model!(back_before_read_holds_after, model(Bug::None, reused()));
selvedge::model!(
    linked_once,
    killed(
        Bug::LinkedOnce,
        two_pushes(),
        &EXPLORER,
        "mutant: a cell is linked once, not for each attempt",
        WRONG
    )
);
selvedge::model!(
    unpublished,
    killed(Bug::Unpublished, reused(), &WEAK, "mutant: a push publishes relaxed", RACE)
);
selvedge::model!(
    unacquired,
    killed(Bug::Unacquired, reused(), &WEAK, "mutant: a pop reads the head relaxed", RACE)
);
selvedge::model!(
    unpublished_free,
    killed(Bug::UnpublishedFree, at_once(), &WEAK, "mutant: a cell is given back relaxed", RACE)
);
selvedge::model!(two_pushes_hold, model(Bug::None, two_pushes()));
selvedge::model!(at_once_holds, model(Bug::None, at_once()).preemptions(3));
