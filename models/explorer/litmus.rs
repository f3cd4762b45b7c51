//! Litmus tests: programs of which the literature knows what may happen.
//!
//! Each test tells all that may happen, in both models. What may happen under sequential consistency may
//! also happen under the weak model, so two lists are enough: `both`, and what is `weak_only`. Where they
//! would be too long to be read (two tests, with more than 20), a rule makes them from the reason.
//! `never` has the outcomes that somebody might wrongly expect.
//!
//! Most tests are known by names from the literature, where their shapes are drawn: Alglave, Maranget,
//! Tautschnig, "Herding Cats", TOPLAS 2014 (MP, SB, LB, WRC, ISA2, RWC, W+RWC, IRIW, R, S, 2+2W, Z6.3, Co..);
//! Batty, Owens, Sarkar, Sewell, Weber, "Mathematizing C++ Concurrency", POPL 2011 (release sequences, SC);
//! Lahav, Vafeiadis, Kang, Hur, Dreyer, "Repairing Sequential Consistency in C/C++11", PLDI 2017 (Z6.U,
//! IRIW-acq-sc, RWC+syncs, and why RC11 decides them otherwise than C11 did).
//!
//! Outcomes are written as they print: what each thread read, then the last value of each location.

mod coherence;
mod engines;
mod messages;
mod orders;
mod stores;
mod updates;
mod waits;

use super::program::{Instr, Outcome, Program};
use selvedge::sync::atomic::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// How many weak compare-exchanges may fail without need in the executions that the table speaks of.
pub const SPURIOUS: usize = 1;

/// The two memory models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    Sc,
    Weak,
}

/// A program, and what is known of it.
pub struct Litmus {
    pub name: &'static str,
    pub reason: &'static str,
    pub program: Program,
    both: Vec<String>,
    weak_only: Vec<String>,
    never: Vec<String>,
    /// The models in which an execution may be blocked.
    blocked: Vec<Model>,
}

/// All tests.
pub fn all() -> Vec<Litmus> {
    let files = [
        messages::tests(),
        stores::tests(),
        orders::tests(),
        coherence::tests(),
        updates::tests(),
        engines::tests(),
        waits::tests(),
    ];
    files.into_iter().flatten().collect()
}

/// The test of that name.
pub fn named(name: &str) -> Litmus {
    all().into_iter().find(|litmus| litmus.name == name).expect("no litmus test has that name")
}

impl Litmus {
    /// What is wrong with these as the outcomes of all complete executions; nothing if all is well.
    pub fn disagreement(
        &self,
        model: Model,
        outcomes: &BTreeMap<Outcome, u64>,
        blocked: bool,
    ) -> Option<String> {
        let seen: BTreeSet<String> = outcomes.keys().map(Outcome::to_string).collect();
        let (mut required, mut forbidden) = (self.both.clone(), self.never.clone());
        match model {
            Model::Sc => forbidden.extend_from_slice(&self.weak_only),
            Model::Weak => required.extend_from_slice(&self.weak_only),
        }
        let mut wrong = Vec::new();
        wrong.extend(required.iter().filter(|o| !seen.contains(*o)).map(|o| format!("`{o}` is missing")));
        wrong.extend(forbidden.iter().filter(|o| seen.contains(*o)).map(|o| format!("`{o}` is impossible")));
        if seen.len() != required.len() {
            wrong.push(format!("{} outcomes instead of {}: {seen:?}", seen.len(), required.len()));
        }
        if blocked != self.blocked.contains(&model) {
            wrong.push(format!("blocked: {blocked}"));
        }
        let (name, program, reason) = (self.name, &self.program, self.reason);
        let wrong = wrong.join("; ");
        (!wrong.is_empty()).then(|| format!("{name} under {model:?}: {wrong}\n  {program}\n  {reason}"))
    }

    fn thread<const N: usize>(mut self, instrs: [Instr; N]) -> Self {
        self.program.threads.push(instrs.to_vec());
        self.program = Program::new(self.program.threads);
        self
    }

    fn both(mut self, outcomes: &[&str]) -> Self {
        self.both.extend(outcomes.iter().copied().map(Into::into));
        self
    }

    fn weak_only(mut self, outcomes: &[&str]) -> Self {
        self.weak_only.extend(outcomes.iter().copied().map(Into::into));
        self
    }

    fn never(mut self, outcomes: &[&str]) -> Self {
        self.never.extend(outcomes.iter().copied().map(Into::into));
        self
    }

    /// What a rule says.
    fn both_by_rule(mut self, outcomes: Vec<String>) -> Self {
        self.both.extend(outcomes);
        self
    }

    fn blocked(mut self) -> Self {
        self.blocked = vec![Model::Sc, Model::Weak];
        self
    }
}

fn test(name: &'static str, reason: &'static str) -> Litmus {
    Litmus {
        name,
        reason,
        program: Program::new(Vec::new()),
        both: Vec::new(),
        weak_only: Vec::new(),
        never: Vec::new(),
        blocked: Vec::new(),
    }
}

const RLX: Ordering = Ordering::Relaxed;
const ACQ: Ordering = Ordering::Acquire;
const REL: Ordering = Ordering::Release;
const AR: Ordering = Ordering::AcqRel;
const SC: Ordering = Ordering::SeqCst;

const X: usize = 0;
const Y: usize = 1;
const Z: usize = 2;

fn load(loc: usize, order: Ordering) -> Instr {
    Instr::Load { loc, order }
}

fn store(loc: usize, value: u64, order: Ordering) -> Instr {
    Instr::Store { loc, value, order }
}

fn store_last(loc: usize, order: Ordering) -> Instr {
    Instr::StoreLast { loc, order }
}

fn add(loc: usize, value: u64, order: Ordering) -> Instr {
    Instr::Add { loc, value, order }
}

fn swap(loc: usize, value: u64, order: Ordering) -> Instr {
    Instr::Swap { loc, value, order }
}

fn cas(loc: usize, expected: u64, new: u64, success: Ordering, failure: Ordering) -> Instr {
    Instr::Cas { loc, expected, new, success, failure }
}

fn cas_weak(loc: usize, expected: u64, new: u64, success: Ordering, failure: Ordering) -> Instr {
    Instr::CasWeak { loc, expected, new, success, failure }
}

fn fence(order: Ordering) -> Instr {
    Instr::Fence { order }
}

fn guard(value: u64) -> Instr {
    Instr::Guard { value }
}

fn wait(loc: usize, value: u64, order: Ordering) -> Instr {
    Instr::Await { loc, value, order }
}

fn lock(mutex: usize) -> Instr {
    Instr::Lock { mutex }
}

fn unlock(mutex: usize) -> Instr {
    Instr::Unlock { mutex }
}
