//! The ring whose threads help each other: what may not be left out of it.

use super::EXPLORER;
use selvedge::check::{Arbitrary, Engine, Model, Progress, Scenario, Spec, Structure};
use selvedge::sync::atomic::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst},
    fence,
};
use selvedge::sync::hint;
use std::collections::VecDeque;

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// A counter that is behind is waited for, not moved on.
    Unhelped,
    /// A counter is moved on by an addition: by two, if two do it.
    MovedTwice,
    /// Only whether a slot holds an element is looked at, not of which lap.
    NoTurn,
    /// An element is taken out with a store: by two, if two do it.
    TakenBlindly,
    /// Closing is a flag beside the slots.
    ClosedBeside,
    /// No fence before the word that says "full" or "empty".
    Unfenced,
    /// Counters are moved on with relaxed exchanges.
    MovedRelaxed,
}

/// Of a slot's word: `turn << 9 | sealed << 8 | value`.
const SEALED: u64 = 0x100;

/// Values in place of cells: bytes fit.
struct Ring {
    head: AtomicU64,
    tail: AtomicU64,
    closed: AtomicU64,
    slots: Vec<AtomicU64>,
    bug: Bug,
}

#[derive(Clone, Debug, Arbitrary)]
enum Op {
    Push(u8),
    Pop,
    Close,
}

use Op::{Close, Pop, Push};

#[derive(Clone, Debug, PartialEq)]
enum Ret {
    Done,
    Popped(u8),
    /// Full, or empty.
    NotNow,
    Closed,
}

impl Ring {
    fn slot(&self, position: u64) -> (&AtomicU64, u64) {
        let count = self.slots.len() as u64;
        (&self.slots[(position % count) as usize], position / count * 2)
    }

    fn turn(&self, word: u64, wanted: u64) -> u64 {
        match self.bug {
            Bug::NoTurn => wanted & !1 | word >> 9 & 1,
            _ => word >> 9,
        }
    }

    fn move_on(&self, counter: &AtomicU64, position: u64) {
        match self.bug {
            Bug::MovedTwice => drop(counter.fetch_add(1, Release)),
            Bug::MovedRelaxed => drop(counter.compare_exchange(position, position + 1, Relaxed, Relaxed)),
            _ => drop(counter.compare_exchange(position, position + 1, Release, Relaxed)),
        }
    }

    fn help(&self, counter: &AtomicU64, position: u64) {
        match self.bug {
            Bug::Unhelped => hint::spin_loop(),
            _ => self.move_on(counter, position),
        }
    }

    fn looks_again(&self, slot: &AtomicU64, word: u64) -> bool {
        if self.bug == Bug::Unfenced {
            return true;
        }
        fence(SeqCst);
        slot.load(Relaxed) == word
    }

    fn push(&self, value: u8) -> Ret {
        for attempt in 0.. {
            assert!(attempt < 9, "a counter runs away");
            if self.bug == Bug::ClosedBeside && self.closed.load(SeqCst) == 1 {
                return Ret::Closed;
            }
            let tail = self.tail.load(Acquire);
            let (slot, free) = self.slot(tail);
            let word = slot.load(Acquire);
            let turn = self.turn(word, free);
            if word & SEALED != 0 && (turn == free || turn + 1 == free) {
                return Ret::Closed;
            }
            if turn == free {
                let filled = (free + 1) << 9 | u64::from(value);
                if slot.compare_exchange(word, filled, AcqRel, Relaxed).is_ok() {
                    self.move_on(&self.tail, tail);
                    return Ret::Done;
                }
            } else if turn + 1 == free || self.bug == Bug::NoTurn {
                if self.looks_again(slot, word) {
                    return Ret::NotNow;
                }
            } else {
                self.help(&self.tail, tail);
            }
        }
        unreachable!("turns are counted without end")
    }

    fn pop(&self) -> Ret {
        loop {
            let head = self.head.load(Acquire);
            let (slot, free) = self.slot(head);
            let word = slot.load(Acquire);
            let turn = self.turn(word, free);
            if turn == free + 1 {
                let emptied = (free + 2) << 9 | word & SEALED;
                if self.bug == Bug::TakenBlindly {
                    slot.store(emptied, Release);
                } else if slot.compare_exchange(word, emptied, AcqRel, Relaxed).is_err() {
                    continue;
                }
                self.move_on(&self.head, head);
                return Ret::Popped(word as u8);
            }
            if turn != free {
                self.help(&self.head, head);
            } else if word & SEALED != 0 || self.bug == Bug::ClosedBeside && self.closed.load(SeqCst) == 1 {
                return Ret::Closed;
            } else if self.looks_again(slot, word) {
                return Ret::NotNow;
            }
        }
    }

    fn close(&self) -> Ret {
        if self.bug == Bug::ClosedBeside {
            self.closed.store(1, SeqCst);
            return Ret::Done;
        }
        loop {
            let tail = self.tail.load(Acquire);
            let (slot, free) = self.slot(tail);
            let word = slot.load(Acquire);
            if word >> 9 > free {
                self.help(&self.tail, tail);
            } else if slot.compare_exchange(word, word | SEALED, AcqRel, Relaxed).is_ok() {
                return Ret::Done;
            }
        }
    }
}

/// A queue of so many bytes, open or closed.
struct Queue(usize, Bug);

impl Spec for Queue {
    type Op = Op;
    type Ret = Ret;
    type State = (VecDeque<u8>, bool);

    fn initial(&self) -> Self::State {
        Self::State::default()
    }

    fn step(&self, (elements, closed): &mut Self::State, op: &Op) -> Ret {
        match op {
            Push(_) if *closed => Ret::Closed,
            Push(_) if elements.len() == self.0 => Ret::NotNow,
            Push(value) => {
                elements.push_back(*value);
                Ret::Done
            }
            Pop => match elements.pop_front() {
                Some(value) => Ret::Popped(value),
                None if *closed => Ret::Closed,
                None => Ret::NotNow,
            },
            Close => {
                *closed = true;
                Ret::Done
            }
        }
    }
}

impl Structure for Queue {
    type Sut = Ring;

    fn create(&self) -> Ring {
        let word = || AtomicU64::new(0);
        let slots = (0..self.0).map(|_| word()).collect();
        Ring { head: word(), tail: word(), closed: word(), slots, bug: self.1 }
    }

    fn apply(&self, ring: &Ring, op: &Op) -> Ret {
        match op {
            Push(value) => ring.push(*value),
            Pop => ring.pop(),
            Close => ring.close(),
        }
    }
}

fn model(bug: Bug, capacity: usize, scenario: &Scenario<Op>) -> Model {
    Model::of(Queue(capacity, bug), scenario.clone()).structure("HelpingRing, broken").choices([])
}

fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}

/// A mutant that is killed, and the same scenario without the bug.
macro_rules! mutants {
    ($($name:ident ($bug:ident, $capacity:expr): $scenario:expr, by $by:expr, saying $saying:expr, as $defect:literal;)*) => {
        $(mod $name {
            use super::*;
            selvedge::model!(
                broken,
                model(Bug::$bug, $capacity, &$scenario).kills(concat!("mutant: ", $defect), $by, [$saying])
            );
            selvedge::model!(whole, model(Bug::None, $capacity, &$scenario).preemptions(3));
        })*
    };
}

const WRONG: &str = "not linearizable";
const WEAK: [Engine; 1] = [Engine::ExplorerWeak];

mutants! {
    moved_twice (MovedTwice, 2): two([Push(1)], [Push(2)]).after([Pop, Pop]),
        by EXPLORER, saying WRONG, as "a counter is moved on by an addition";
    no_turn (NoTurn, 2): two([Push(9)], [Push(1), Push(2), Pop]).after([Pop, Pop]),
        by EXPLORER, saying WRONG, as "the turn of a slot is not compared";
    taken_blindly (TakenBlindly, 2): two([Pop], [Pop]).before([Push(1)]),
        by EXPLORER, saying WRONG, as "an element is taken out with a store";
    closed_beside (ClosedBeside, 1): two([Push(1)], [Close, Pop]).after([Pop]),
        by EXPLORER, saying WRONG, as "closing is a flag beside the slots";
    unfenced (Unfenced, 2): two([Push(2), Push(3)], [Pop, Pop]).before([Push(1)]),
        by WEAK, saying WRONG, as "no fence before full and empty";
    moved_relaxed (MovedRelaxed, 1): two([Push(1)], [Push(2)]).after([Pop, Pop]),
        by WEAK, saying "a counter runs away", as "counters are moved on relaxed";
}

/// Whoever waits for a counter waits for a thread.
mod unhelped {
    use super::*;

    fn progress(bug: Bug) -> Model {
        model(bug, 1, &two([Push(1)], [Pop, Push(2)])).progress(Progress::LockFree).property("lock-free")
    }

    selvedge::model!(
        broken,
        progress(Bug::Unhelped).kills(
            "mutant: a counter that is behind is waited for",
            EXPLORER,
            ["blocks:"]
        )
    );
    selvedge::model!(whole, progress(Bug::None));
}
