//! A place where a push and a pop meet: what may not be left out of it.

use super::Op::{IsEmpty, Pop, Push};
use super::{Broken, EXPLORER, Stack};
use selvedge::check::{Engine, Model, Scenario};
use selvedge::sync::atomic::{
    AtomicU64,
    Ordering::{self, AcqRel, Acquire, Relaxed, Release},
};
use selvedge::sync::cell::UnsafeCell;

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// A pop takes the value that is offered and leaves the offer there.
    NotCleared,
    /// A push withdraws its offer with a store, whatever has become of it.
    WithdrawnBlindly,
    /// An offer is made with a relaxed exchange.
    OfferedRelaxed,
    /// A push does not learn what the pop knew that it has met.
    OneWay,
}

const FREE: u64 = 0;
const TAKEN: u64 = u64::MAX;

/// A stack whose values are never freed, and one place. Values are 1, 2, 3, and the numbers of their own nodes.
struct Eliminating {
    head: AtomicU64,
    place: AtomicU64,
    nodes: Vec<(UnsafeCell<u64>, UnsafeCell<u8>)>,
    bug: Bug,
}

// SAFETY: nodes are written before they are shown; where a bug breaks that, the engines say so.
unsafe impl Sync for Eliminating {}

impl Eliminating {
    fn new(bug: Bug) -> Self {
        let nodes = (0..4).map(|_| (UnsafeCell::new(0), UnsafeCell::new(0))).collect();
        Eliminating { head: AtomicU64::new(0), place: AtomicU64::new(FREE), nodes, bug }
    }

    fn node(&self, node: u64) -> &(UnsafeCell<u64>, UnsafeCell<u8>) {
        &self.nodes[node as usize - 1]
    }

    fn offer(&self, node: u64) -> bool {
        let release = if self.bug == Bug::OfferedRelaxed { Relaxed } else { Release };
        if self.place.compare_exchange(FREE, node, release, Relaxed).is_err() {
            return false;
        }
        if self.bug == Bug::WithdrawnBlindly {
            self.place.store(FREE, Relaxed);
            return false;
        }
        let acquire: Ordering = if self.bug == Bug::OneWay { Relaxed } else { Acquire };
        if self.place.compare_exchange(node, FREE, Relaxed, acquire).is_ok() {
            return false;
        }
        self.place.store(FREE, Relaxed);
        true
    }

    fn meet(&self) -> Option<u64> {
        let offered = self.place.load(if self.bug == Bug::NotCleared { Acquire } else { Relaxed });
        if offered == FREE || offered == TAKEN {
            return None;
        }
        if self.bug == Bug::NotCleared {
            return Some(offered);
        }
        self.place.compare_exchange(offered, TAKEN, AcqRel, Relaxed).ok()
    }

    fn value(&self, node: u64) -> u8 {
        // SAFETY: written before it was shown, if there is no bug.
        self.node(node).1.with(|value| unsafe { *value })
    }
}

impl Stack for Eliminating {
    fn is_empty(&self) -> bool {
        self.head.load(Relaxed) == 0
    }

    fn push(&self, value: u8) {
        let node = u64::from(value);
        // SAFETY: ours until it is shown.
        self.node(node).1.with_mut(|at| unsafe { *at = value });
        loop {
            let head = self.head.load(Relaxed);
            // SAFETY: as above.
            self.node(node).0.with_mut(|next| unsafe { *next = head });
            if self.head.compare_exchange_weak(head, node, Release, Relaxed).is_ok() || self.offer(node) {
                return;
            }
        }
    }

    fn pop(&self) -> Option<u8> {
        loop {
            let head = self.head.load(Acquire);
            if head == 0 {
                return None;
            }
            // SAFETY: written before it was shown.
            let next = self.node(head).0.with(|next| unsafe { *next });
            if self.head.compare_exchange_weak(head, next, Relaxed, Relaxed).is_ok() {
                return Some(self.value(head));
            }
            if let Some(node) = self.meet() {
                return Some(self.value(node));
            }
        }
    }
}

use selvedge::check::Choice::SpuriousFailure;

/// Each loses an exchange: the one to the other, the other for no reason.
fn meeting() -> Scenario<super::Op> {
    Scenario::new().thread([Push(1), Pop]).thread([Push(2), Pop]).after([Pop, Pop])
}

/// The first one's exchange fails for no reason, before the others come: so it has seen nothing of them. The second one
/// pushes, and loses its pop to the third.
fn strangers() -> Scenario<super::Op> {
    Scenario::new().thread([Push(1), IsEmpty]).thread([Push(2), Pop]).thread([Push(3)])
}

fn model(bug: Bug, scenario: Scenario<super::Op>) -> Model {
    let of = Model::of(Broken(bug, Eliminating::new), scenario);
    of.structure("EliminationStack, broken").choices([SpuriousFailure])
}

fn killed(bug: Bug, by: &[Engine], defect: &str, saying: &'static str) -> Model {
    model(bug, meeting()).kills(defect, by.iter().copied(), [saying])
}

const WRONG: &str = "not linearizable";
const WEAK: [Engine; 1] = [Engine::ExplorerWeak];

selvedge::model!(no_bug, model(Bug::None, meeting()).preemptions(3));
selvedge::model!(no_bug_among_strangers, model(Bug::None, strangers()).preemptions(3));
selvedge::model!(
    not_cleared,
    killed(Bug::NotCleared, &EXPLORER, "mutant: an offer is taken and left where it was", WRONG)
);
selvedge::model!(
    withdrawn_blindly,
    killed(Bug::WithdrawnBlindly, &EXPLORER, "mutant: an offer is withdrawn without an exchange", WRONG)
);
selvedge::model!(
    offered_relaxed,
    killed(Bug::OfferedRelaxed, &WEAK, "mutant: an offer is made relaxed", "data race")
);
selvedge::model!(
    one_way,
    model(Bug::OneWay, strangers()).kills(
        "mutant: a push does not learn what its popper knew",
        WEAK,
        [WRONG]
    )
);
