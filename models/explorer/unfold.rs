//! What each thread may do if the others may do anything: the events of a thread for every guess of what it
//! reads.
//!
//! A read-modify-write is two events, a read and a write next to each other, as in the literature. A mutex is
//! a place like a location: 0 is unlocked; to lock is to exchange 0 for 1 with `Acquire`, to unlock is to
//! store 0 with `Release`.

use super::program::{Instr, Program};
use selvedge::sync::atomic::Ordering;
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Read,
    Write,
    /// The second half of a read-modify-write; the event before it is the first.
    Update,
    Fence,
}

/// One event; the place and the value of a fence mean nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub kind: Kind,
    pub place: usize,
    pub value: u64,
    pub order: Ordering,
}

/// One way for a thread to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    pub events: Vec<Event>,
    /// What it contributes to the outcome.
    pub reads: Vec<u64>,
    /// How often a weak compare-exchange failed without need.
    pub spurious: usize,
    /// The place and the value that it waits for, if it came no further.
    pub waits_for: Option<(usize, u64)>,
    /// The last value read, of which `StoreLast` and `Guard` speak.
    last: Option<u64>,
}

impl Path {
    fn with(mut self, kind: Kind, place: usize, value: u64, order: Ordering) -> Self {
        self.events.push(Event { kind, place, value, order });
        self
    }

    /// With a read of which the program is told.
    fn reading(self, place: usize, value: u64, order: Ordering) -> Self {
        let mut path = self.with(Kind::Read, place, value, order);
        path.reads.push(value);
        path.last = Some(value);
        path
    }

    fn telling(mut self, value: u64) -> Self {
        self.reads.push(value);
        self
    }
}

/// The places of a program: its locations, then its mutexes.
pub fn places(program: &Program) -> usize {
    program.locations + program.mutexes
}

/// For each thread all of its paths.
pub fn paths(program: &Program) -> Vec<Vec<Path>> {
    let domains = domains(program);
    program.threads.iter().map(|thread| thread_paths(program, thread, &domains)).collect()
}

/// For each place the values that it may hold: the least sets that have 0 in them and are closed under what
/// the threads write if they read what is in them.
///
/// Nothing comes out of thin air, so a value is a constant of the program to which each instruction has added
/// at most once. No larger value is possible, and without this bound the sets might never be complete.
fn domains(program: &Program) -> Vec<BTreeSet<u64>> {
    let instrs = || program.threads.iter().flatten();
    let constant = instrs().map(|instr| match *instr {
        Instr::Store { value, .. } | Instr::Swap { value, .. } => value,
        Instr::Cas { new, .. } | Instr::CasWeak { new, .. } => new,
        Instr::Lock { .. } => 1,
        _ => 0,
    });
    let added = instrs().map(|instr| match *instr {
        Instr::Add { value, .. } => value,
        Instr::StoreLast { .. } => 1,
        _ => 0,
    });
    let bound = constant.max().unwrap_or(0) + added.sum::<u64>();
    let mut domains = vec![BTreeSet::from([0]); places(program)];
    loop {
        let before = domains.clone();
        for thread in &program.threads {
            for event in thread_paths(program, thread, &before).iter().flat_map(|path| &path.events) {
                if matches!(event.kind, Kind::Write | Kind::Update) && event.value <= bound {
                    domains[event.place].insert(event.value);
                }
            }
        }
        if domains == before {
            return domains;
        }
    }
}

fn thread_paths(program: &Program, thread: &[Instr], domains: &[BTreeSet<u64>]) -> Vec<Path> {
    let mut ended = Vec::new();
    let mut running = vec![Path::default()];
    for instr in thread {
        for path in std::mem::take(&mut running) {
            step(program, instr, path, domains, &mut running, &mut ended);
        }
    }
    ended.append(&mut running);
    ended
}

/// All that `instr` may do after `path`: go on to `running`, or stop and be among the `ended`.
fn step(
    program: &Program,
    instr: &Instr,
    path: Path,
    domains: &[BTreeSet<u64>],
    running: &mut Vec<Path>,
    ended: &mut Vec<Path>,
) {
    let guesses = |loc: usize| domains[loc].iter().copied();
    match *instr {
        Instr::Load { loc, order } => {
            running.extend(guesses(loc).map(|seen| path.clone().reading(loc, seen, order)));
        }
        Instr::Store { loc, value, order } => running.push(path.with(Kind::Write, loc, value, order)),
        Instr::StoreLast { loc, order } => {
            let value = path.last.map_or(1, |last| last + 1);
            running.push(path.with(Kind::Write, loc, value, order));
        }
        Instr::Add { loc, value, order } => {
            running.extend(guesses(loc).map(|old| update(path.clone(), loc, old, old + value, order)));
        }
        Instr::Swap { loc, value, order } => {
            running.extend(guesses(loc).map(|old| update(path.clone(), loc, old, value, order)));
        }
        Instr::Cas { loc, expected, new, success, failure } => {
            running.extend(guesses(loc).map(|seen| {
                if seen == expected {
                    update(path.clone(), loc, seen, new, success).telling(1)
                } else {
                    path.clone().reading(loc, seen, failure).telling(0)
                }
            }));
        }
        Instr::CasWeak { loc, expected, new, success, failure } => {
            if domains[loc].contains(&expected) {
                let mut spurious = path.clone().reading(loc, expected, failure).telling(0);
                spurious.spurious += 1;
                running.push(spurious);
            }
            step(
                program,
                &Instr::Cas { loc, expected, new, success, failure },
                path,
                domains,
                running,
                ended,
            );
        }
        Instr::Fence { order } => running.push(path.with(Kind::Fence, 0, 0, order)),
        Instr::Guard { value } if path.last == Some(value) => running.push(path),
        Instr::Guard { .. } => ended.push(path),
        Instr::Await { loc, value, order } => {
            ended.push(Path { waits_for: Some((loc, value)), ..path.clone() });
            running.push(path.reading(loc, value, order));
        }
        Instr::Lock { mutex } => {
            let place = program.locations + mutex;
            ended.push(Path { waits_for: Some((place, 0)), ..path.clone() });
            let locked = path.with(Kind::Read, place, 0, Ordering::Acquire);
            running.push(locked.with(Kind::Update, place, 1, Ordering::Relaxed));
        }
        Instr::Unlock { mutex } => {
            running.push(path.with(Kind::Write, program.locations + mutex, 0, Ordering::Release));
        }
    }
}

/// A read-modify-write: either half has what concerns it of the ordering.
fn update(path: Path, loc: usize, old: u64, new: u64, order: Ordering) -> Path {
    let (read, write) = match order {
        Ordering::Relaxed => (Ordering::Relaxed, Ordering::Relaxed),
        Ordering::Acquire => (Ordering::Acquire, Ordering::Relaxed),
        Ordering::Release => (Ordering::Relaxed, Ordering::Release),
        Ordering::AcqRel => (Ordering::Acquire, Ordering::Release),
        _ => (Ordering::SeqCst, Ordering::SeqCst),
    };
    path.reading(loc, old, read).with(Kind::Update, loc, new, write)
}
