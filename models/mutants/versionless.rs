//! A stack of numbered cells that come back, the oldest first, as an allocator may give out its addresses: without a
//! version in the exchange it suffers from ABA, although no memory is ever freed. One thread that stops is enough.

use super::Op::{Pop, Push};
use super::{Broken, Stack};
use selvedge::check::Engine::{ExplorerSc, ExplorerWeak, LoomPlain, LoomStrong, ShuttlePct2, ShuttlePct3};
use selvedge::check::{Model, Scenario};
use selvedge::sync::Mutex;
use selvedge::sync::atomic::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed},
};
use std::collections::VecDeque;

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// The exchange of the head compares the cell alone.
    NoVersion,
}

/// `version << 8 | cell`, cells from 1; 0 is none.
struct Cells {
    head: AtomicU64,
    /// The cell below, and the value.
    cells: [[AtomicU64; 2]; 2],
    free: Mutex<VecDeque<u64>>,
    bug: Bug,
}

impl Cells {
    fn new(bug: Bug) -> Self {
        let cells = [(); 2].map(|()| [(); 2].map(|()| AtomicU64::new(0)));
        Cells { head: AtomicU64::new(0), cells, free: Mutex::new([1, 2].into()), bug }
    }

    fn cell(&self, word: u64) -> &[AtomicU64; 2] {
        &self.cells[(word & 0xFF) as usize - 1]
    }

    /// Puts `cell` on top in place of what `top` names, if the head is still `top`.
    fn exchange(&self, top: u64, cell: u64) -> bool {
        let version = if self.bug == Bug::NoVersion { 0 } else { (top & !0xFF) + 0x100 };
        self.head.compare_exchange(top, version | cell, AcqRel, Relaxed).is_ok()
    }
}

impl Stack for Cells {
    fn push(&self, value: u8) {
        let free = self.free.lock().expect("no panic under this lock").pop_front();
        let cell = free.expect("as many cells as values");
        let [link, content] = self.cell(cell);
        content.store(value.into(), Relaxed);
        loop {
            let top = self.head.load(Acquire);
            link.store(top & 0xFF, Relaxed);
            if self.exchange(top, cell) {
                return;
            }
        }
    }

    fn pop(&self) -> Option<u8> {
        loop {
            let top = self.head.load(Acquire);
            if top & 0xFF == 0 {
                return None;
            }
            let [link, content] = self.cell(top);
            let below = link.load(Relaxed);
            if self.exchange(top, below) {
                let value = content.load(Relaxed);
                self.free.lock().expect("no panic under this lock").push_back(top & 0xFF);
                return Some(value as u8);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.head.load(Relaxed) & 0xFF == 0
    }
}

/// The first thread reads the top and what is below, and stops. The other one takes both off and pushes one, for which the
/// cell of the top comes back, over nothing. Then the first one puts a free cell on top.
fn model(bug: Bug) -> Model {
    let scenario = Scenario::new()
        .before([Push(1), Push(2)])
        .thread([Pop])
        .thread([Pop, Pop, Push(3)])
        .after([Pop, Pop]);
    Model::of(Broken(bug, Cells::new), scenario).structure("stack of numbered cells").choices([])
}

selvedge::model!(
    aba,
    model(Bug::NoVersion).kills(
        "control: ABA on numbered cells",
        [LoomPlain, LoomStrong, ShuttlePct2, ShuttlePct3, ExplorerSc, ExplorerWeak],
        ["not linearizable", "not explained"]
    )
);
selvedge::model!(none_with_one, model(Bug::None).property("no ABA"));
