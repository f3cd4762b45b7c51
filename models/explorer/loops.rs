//! Loops that wait for several locations, against the judges, who know no loops.
//!
//! A loop of so many turns is a program without one: its turns, one after the other. So the judges are asked for every
//! number of turns, and of what they allow that is taken in which the loop would have made just these turns: all
//! but the last fail, and none reads just what the turn before it has read. Two turns read the same if they read
//! the same values, as no value is written twice to a location. With each turn but the first, some read of
//! it has moved on to a later write: there are no more than there are pairs of a read and a write to its location.
//!
//! That is what the explorer's executions of such a loop are said to be (`spin.rs`), and how it comes by them is
//! no part of it.
//!
//! Where a turn begins the explorer has to find out, by the places in the source. If each read has its own, it makes these
//! executions and no others. If all have the same, it may make a turn once more that has read just the same, but must
//! miss nothing: so what it has beside is left out, and the rest must be equal.

use super::adapter::explorer;
use super::litmus::{Model, SPURIOUS};
use super::program::{Instr, Outcome, Program, Verdict};
use super::random::{Random, seeds};
use super::{interleave, naive};
use selvedge::check::Budget;
use selvedge::check::explore::{Broken, Explorer};
use selvedge::sync::atomic::{
    AtomicU64,
    Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst},
    fence,
};
use selvedge::sync::{Backoff, thread};
use std::collections::BTreeMap;

/// Random programs of a normal run.
const PROGRAMS: u64 = 200;

/// So many are enough to tell an explorer that is broken.
const MANY: u64 = 5_000;

/// The most that the turns of a program may cost the naive judge.
const COST: u64 = 10_000;

/// A loop: it reads each location in turn, until each holds the value that is awaited.
#[derive(Clone, Debug)]
struct Wait {
    reads: Vec<(usize, Ordering, u64)>,
    /// Between two reads.
    fence: Option<Ordering>,
}

/// Where in the source the reads are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Places {
    /// Each read of a turn has a place of its own, and so have those outside. The loop says where a turn ends.
    Apart,
    /// All have the same, and the loop just yields.
    One,
}

/// What comes before a loop, the loop, and what comes after.
#[derive(Clone, Debug)]
struct Part {
    before: Vec<Instr>,
    wait: Option<Wait>,
    after: Vec<Instr>,
}

/// How a loop went: after so many turns it ended, or it waits for ever.
#[derive(Clone, Copy, Debug)]
struct Way {
    turns: usize,
    ends: bool,
}

impl Wait {
    fn turn(&self) -> Vec<Instr> {
        let mut turn = Vec::new();
        for (nth, &(loc, order, _)) in self.reads.iter().enumerate() {
            turn.extend(self.fence.filter(|_| nth > 0).map(|order| Instr::Fence { order }));
            turn.push(Instr::Load { loc, order });
        }
        turn
    }

    fn awaited(&self) -> Vec<u64> {
        self.reads.iter().map(|(_, _, awaited)| *awaited).collect()
    }
}

impl Part {
    fn unrolled(&self, way: Way) -> Vec<Instr> {
        let Some(wait) = &self.wait else { return self.before.clone() };
        let turns = (0..way.turns).flat_map(|_| wait.turn());
        let after = self.after.iter().copied().filter(|_| way.ends);
        self.before.iter().copied().chain(turns).chain(after).collect()
    }

    /// All ways that its loop may go, with the writes that come to what it reads.
    fn ways(&self, program: &[Part]) -> Vec<Way> {
        let Some(wait) = &self.wait else { return vec![Way { turns: 0, ends: true }] };
        let readers = |loc: usize| wait.reads.iter().filter(|(read, ..)| *read == loc).count();
        let instrs = program.iter().flat_map(|part| part.before.iter().chain(&part.after));
        let writes = instrs.filter(|instr| writes(instr)).filter_map(Instr::loc);
        let turns = 1..=writes.map(readers).sum::<usize>() + 1;
        turns.flat_map(|turns| [true, false].map(|ends| Way { turns, ends })).collect()
    }

    /// Whether the loop goes this way if it reads this, where `last` is the last value of each location.
    fn goes(&self, way: Way, reads: &[u64], last: &[u64]) -> bool {
        let Some(wait) = &self.wait else { return true };
        let before = self.before.iter().filter(|instr| reads_a_value(instr)).count();
        let turns: Vec<&[u64]> = reads[before..].chunks(wait.reads.len()).take(way.turns).collect();
        let awaited = wait.awaited();
        let newest = || wait.reads.iter().map(|(loc, ..)| last[*loc]).collect::<Vec<u64>>();
        let end = turns[way.turns - 1];
        turns[..way.turns - 1].iter().all(|turn| *turn != awaited)
            && turns.windows(2).all(|pair| pair[0] != pair[1])
            && (end == awaited) == way.ends
            && (way.ends || end == newest())
    }
}

fn writes(instr: &Instr) -> bool {
    matches!(instr, Instr::Store { .. } | Instr::Swap { .. })
}

fn reads_a_value(instr: &Instr) -> bool {
    matches!(instr, Instr::Load { .. } | Instr::Swap { .. })
}

/// Calls `each` for every choice of a way for each part.
fn choose(ways: &[Vec<Way>], chosen: &mut Vec<Way>, each: &mut impl FnMut(&[Way])) {
    let Some((first, others)) = ways.split_first() else { return each(chosen) };
    for way in first {
        chosen.push(*way);
        choose(others, chosen, each);
        chosen.pop();
    }
}

/// The programs without loops that make up this one, and how the loops go in each.
fn unrolled(parts: &[Part]) -> Vec<(Program, Vec<Way>)> {
    let ways: Vec<Vec<Way>> = parts.iter().map(|part| part.ways(parts)).collect();
    let mut programs = Vec::new();
    choose(&ways, &mut Vec::new(), &mut |ways| {
        let threads = parts.iter().zip(ways).map(|(part, way)| part.unrolled(*way));
        programs.push((Program::new(threads.collect()), ways.to_vec()));
    });
    programs
}

fn judge(parts: &[Part], model: Model) -> Verdict {
    let mut verdict = Verdict { outcomes: BTreeMap::new(), blocked: false };
    for (program, ways) in unrolled(parts) {
        let judged = match model {
            Model::Sc => interleave::verdict(&program, SPURIOUS),
            Model::Weak => naive::verdict(&program, SPURIOUS),
        };
        let goes = |outcome: &Outcome| {
            let mut threads = parts.iter().zip(&ways).zip(&outcome.reads);
            threads.all(|((part, way), reads)| part.goes(*way, reads, &outcome.last))
        };
        let these = judged.outcomes.into_iter().filter(|(outcome, _)| goes(outcome));
        if ways.iter().all(|way| way.ends) {
            verdict.outcomes.extend(these);
        } else {
            verdict.blocked |= these.count() > 0;
        }
    }
    verdict
}

impl Places {
    /// Reads; `nth` of a turn, from 1, and 0 outside.
    fn load(self, nth: usize, location: &AtomicU64, order: Ordering) -> u64 {
        match if self == Places::One { 0 } else { nth } {
            0 => location.load(order),
            1 => location.load(order),
            2 => location.load(order),
            3 => location.load(order),
            nth => unreachable!("a turn has no read number {nth}"),
        }
    }
}

/// Runs one thread; what it read.
fn run(locations: &[AtomicU64], part: &Part, places: Places) -> Vec<u64> {
    let mut reads = Vec::new();
    let once = |instr: &Instr, nth: usize, reads: &mut Vec<u64>| match *instr {
        Instr::Load { loc, order } => reads.push(places.load(nth, &locations[loc], order)),
        Instr::Store { loc, value, order } => locations[loc].store(value, order),
        Instr::Swap { loc, value, order } => reads.push(locations[loc].swap(value, order)),
        Instr::Fence { order } => fence(order),
        _ => unreachable!("no other instruction is drawn here"),
    };
    part.before.iter().for_each(|instr| once(instr, 0, &mut reads));
    if let Some(wait) = &part.wait {
        loop {
            let start = reads.len();
            wait.turn().iter().for_each(|instr| once(instr, reads.len() - start + 1, &mut reads));
            if reads[start..] == wait.awaited() {
                break;
            }
            match places {
                Places::Apart => Backoff::new().wait(),
                Places::One => thread::yield_now(),
            }
        }
    }
    part.after.iter().for_each(|instr| once(instr, 0, &mut reads));
    reads
}

/// Whether some turn has read just what the turn before it has.
fn repeats(part: &Part, reads: &[u64]) -> bool {
    let Some(wait) = &part.wait else { return false };
    let outside = |instrs: &[Instr]| instrs.iter().filter(|instr| reads_a_value(instr)).count();
    let turns = &reads[outside(&part.before)..reads.len() - outside(&part.after)];
    let turns: Vec<&[u64]> = turns.chunks(wait.reads.len()).collect();
    turns.windows(2).any(|pair| pair[0] == pair[1])
}

/// What the explorer says.
fn explore(explorer: &Explorer, parts: &[Part], places: Places) -> Verdict {
    let mut verdict = explore_all(explorer, parts, places);
    if places == Places::One {
        verdict
            .outcomes
            .retain(|outcome, _| !parts.iter().zip(&outcome.reads).any(|(part, reads)| repeats(part, reads)));
    }
    verdict
}

fn explore_all(explorer: &Explorer, parts: &[Part], places: Places) -> Verdict {
    let parts = parts.to_vec();
    let instrs = parts.iter().flat_map(|part| part.unrolled(Way { turns: 1, ends: true }));
    let count = instrs.filter_map(|instr| instr.loc()).max().map_or(0, |last| last + 1);
    let explored = explorer.explore(move || {
        let locations: Vec<AtomicU64> = (0..count).map(|_| AtomicU64::new(0)).collect();
        let locations = &locations;
        let reads = thread::scope(|scope| {
            let others = parts[1..].iter().map(|part| scope.spawn(move || run(locations, part, places)));
            let others: Vec<_> = others.collect();
            let mut reads = vec![run(locations, &parts[0], places)];
            reads.extend(others.into_iter().map(|other| other.join().expect("no panic")));
            reads
        });
        let last = locations.iter().map(|location| location.load(Ordering::Relaxed)).collect();
        Outcome { reads, last }
    });
    assert!(explored.failure.is_none(), "{}", explored.failure.expect("a failure"));
    Verdict { outcomes: explored.outcomes, blocked: explored.blocked > 0 }
}

/// A random program: some threads wait, the others write; the same for the same seed everywhere.
fn program(seed: u64) -> Vec<Part> {
    let mut random = Random(seed);
    loop {
        let parts = draw(&mut random);
        let costs = unrolled(&parts).into_iter().map(|(program, _)| cost(&program));
        if costs.fold(0, u64::saturating_add) <= COST {
            return parts;
        }
    }
}

/// In how many ways the reads of a program may find values: so much does it cost the naive judge, at least.
fn cost(program: &Program) -> u64 {
    let instrs = || program.threads.iter().flatten();
    let values = |loc| 1 + instrs().filter(|instr| writes(instr) && instr.loc() == Some(loc)).count() as u64;
    let reads = instrs().filter(|instr| reads_a_value(instr)).filter_map(Instr::loc);
    reads.map(values).fold(1, u64::saturating_mul)
}

fn draw(random: &mut Random) -> Vec<Part> {
    let (waiters, writers) = random.pick(&[(1, 1), (1, 1), (1, 2), (2, 1), (2, 0), (2, 0)]);
    let mut written = [0; 3];
    let mut parts = Vec::new();
    for nth in 0..waiters + writers {
        let waits = nth < waiters;
        let lengths = if waits {
            (random.pick(&[0, 0, 1]), random.pick(&[0, 1, 1]))
        } else {
            (random.pick(&[1, 2, 2, 3]), 0)
        };
        let mut some = |count| (0..count).map(|_| instr(random, &mut written)).collect();
        let (before, after) = (some(lengths.0), some(lengths.1));
        let wait = waits.then(|| Wait { reads: Vec::new(), fence: None });
        parts.push(Part { before, wait, after });
    }
    for wait in parts.iter_mut().filter_map(|part| part.wait.as_mut()) {
        let locations: &[usize] = random.pick(&[&[0, 1], &[1, 0], &[0, 1], &[1, 0], &[0], &[0, 1, 0]]);
        // Mostly a value that is written, and mostly the last.
        let awaited = |random: &mut Random, loc: usize| match random.below(8) {
            0 => random.below(written[loc] as usize + 1) as u64,
            _ => written[loc],
        };
        let read = |loc: &usize| (*loc, random.pick(&[Relaxed, Acquire, SeqCst]), awaited(random, *loc));
        wait.reads = locations.iter().map(read).collect();
        wait.fence = random.pick(&[None, None, Some(Acquire), Some(SeqCst)]);
    }
    parts
}

fn instr(random: &mut Random, written: &mut [u64; 3]) -> Instr {
    let loc = random.pick(&[0, 0, 1, 1, 2]);
    let mut value = || {
        written[loc] += 1;
        written[loc]
    };
    match random.below(8) {
        0 => Instr::Load { loc, order: random.pick(&[Relaxed, Acquire, SeqCst]) },
        1 => Instr::Fence { order: random.pick(&[Acquire, Release, SeqCst]) },
        2 => Instr::Swap { loc, value: value(), order: random.pick(&[Relaxed, AcqRel]) },
        _ => Instr::Store { loc, value: value(), order: random.pick(&[Relaxed, Release, SeqCst]) },
    }
}

/// So many random programs, each under both models. In a long run: others each time.
fn programs(count: u64) -> impl Iterator<Item = (Vec<Part>, Model)> {
    seeds(count).map(program).flat_map(|parts| [Model::Sc, Model::Weak].map(|model| (parts.clone(), model)))
}

const PLACES: [Places; 2] = [Places::Apart, Places::One];

#[test]
fn loops_have_the_executions_that_the_judges_count() {
    for (parts, model) in programs(Budget::get().scale(PROGRAMS)) {
        let right = judge(&parts, model);
        for places in PLACES {
            let ours = explore(&explorer(model, SPURIOUS), &parts, places);
            assert_eq!(ours, right, "{model:?}, {places:?}, ours on the left: {parts:?}");
        }
    }
}

#[test]
fn who_waits_for_others_does_not_miss_them() {
    for broken in [Broken::NextReadAlone, Broken::Impatient, Broken::LastLikeness] {
        let places = if broken == Broken::LastLikeness { Places::One } else { Places::Apart };
        let told = programs(MANY).any(|(parts, model)| {
            let right = explore(&explorer(model, SPURIOUS), &parts, places);
            explore(&explorer(model, SPURIOUS).broken(broken), &parts, places) != right
        });
        assert!(told, "no program tells that the explorer is broken: {broken:?}");
    }
}

/// That turns are made again, where nothing in the source tells where one begins, is left out above, and happens.
#[test]
fn where_all_reads_have_one_place_a_turn_may_be_made_again() {
    let again = programs(MANY).any(|(parts, model)| {
        let ours = explore_all(&explorer(model, SPURIOUS), &parts, Places::One);
        ours != explore(&explorer(model, SPURIOUS), &parts, Places::One)
    });
    assert!(again, "nothing is left out");
}
