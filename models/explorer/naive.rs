//! The judge of the weak model: all execution graphs of a program, built without thought and then tried.
//!
//! Take every way for the threads to run ([`unfold`](super::unfold)), every way for the reads to find writes
//! of their values, every total order of the writes to each place, and keep what the
//! [`axioms`](super::axioms) allow. Nothing is shared with the explorer, and nothing is clever. Work is saved
//! only where this is plainly right: what depends on `rf` alone is tried before `mo` is chosen, and what
//! concerns one place alone is tried before the orders of the places are put together.

use super::axioms::{Axioms, Events};
use super::program::{Outcome, Program, Verdict};
use super::relation::Relation;
use super::unfold::{self, Event, Kind, Path, places};
use selvedge::sync::atomic::Ordering;
use std::collections::BTreeMap;

/// All that RC11 allows, with at most `spurious` needless failures of weak compare-exchanges in an execution.
pub fn verdict(program: &Program, spurious: usize) -> Verdict {
    verdict_under(program, spurious, &Axioms::RC11)
}

/// The same under other axioms.
pub fn verdict_under(program: &Program, spurious: usize, axioms: &Axioms) -> Verdict {
    let mut verdict = Verdict { outcomes: BTreeMap::new(), blocked: false };
    each_candidate(program, spurious, axioms, &mut |candidate| candidate.judge(&mut verdict));
    verdict
}

#[cfg(shuttle)]
/// Calls `each` for every graph of every execution that comes to its end: the ways of its threads, `rf` and `mo`.
pub fn each_graph(program: &Program, spurious: usize, each: &mut impl FnMut(&[&Path], Relation, Relation)) {
    each_candidate(program, spurious, &Axioms::RC11, &mut |candidate| {
        if !candidate.is_blocked() {
            candidate.each_consistent(&mut |rf, mo, _| each(candidate.paths, rf, mo));
        }
    });
}

fn each_candidate(
    program: &Program,
    spurious: usize,
    axioms: &Axioms,
    each: &mut impl FnMut(&Candidate<'_>),
) {
    choose(&unfold::paths(program), &mut Vec::new(), &mut |chosen| {
        if chosen.iter().map(|path| path.spurious).sum::<usize>() <= spurious {
            each(&Candidate::new(program, chosen, axioms));
        }
    });
}

/// Calls `each` for every choice of one item from each of `lists`.
fn choose<'a, T>(lists: &'a [Vec<T>], chosen: &mut Vec<&'a T>, each: &mut impl FnMut(&[&'a T])) {
    let Some((first, others)) = lists.split_first() else {
        return each(chosen);
    };
    for item in first {
        chosen.push(item);
        choose(others, chosen, each);
        chosen.pop();
    }
}

/// A way for every thread to run.
struct Candidate<'a> {
    program: &'a Program,
    paths: &'a [&'a Path],
    axioms: &'a Axioms,
    /// The initial writes, one for each place, then the events of each thread.
    events: Vec<Event>,
}

impl<'a> Candidate<'a> {
    fn new(program: &'a Program, paths: &'a [&'a Path], axioms: &'a Axioms) -> Self {
        let initial = (0..places(program)).map(|place| Event {
            kind: Kind::Write,
            place,
            value: 0,
            order: Ordering::Relaxed,
        });
        let events = initial.chain(paths.iter().flat_map(|path| path.events.iter().copied())).collect();
        Self { program, paths, axioms, events }
    }

    /// Adds to the verdict all consistent graphs that have these events.
    fn judge(&self, verdict: &mut Verdict) {
        if !(verdict.blocked && self.is_blocked()) {
            self.each_consistent(&mut |_, _, orders| self.accept(orders, verdict));
        }
    }

    /// Calls `each` for every consistent graph that has these events: `rf`, `mo`, and the last value of each place.
    fn each_consistent(&self, each: &mut impl FnMut(Relation, Relation, &[&(Relation, u64)])) {
        let reads = (0..self.events.len()).filter(|read| self.events[*read].kind == Kind::Read);
        let sources: Vec<Vec<(usize, usize)>> = reads.map(|read| self.sources(read)).collect();
        if sources.iter().any(Vec::is_empty) {
            return;
        }
        let lengths = self.paths.iter().map(|path| path.events.len());
        let events = Events::new(&self.events, places(self.program), lengths);
        choose(&sources, &mut Vec::new(), &mut |chosen| self.judge_rf(&events, chosen, each));
    }

    /// Whether some thread waits.
    fn is_blocked(&self) -> bool {
        self.paths.iter().any(|path| path.waits_for.is_some())
    }

    /// All pairs of a write and `read` for which the place and the value fit.
    fn sources(&self, read: usize) -> Vec<(usize, usize)> {
        let wanted = &self.events[read];
        self.writes(wanted.place)
            .filter(|write| self.events[*write].value == wanted.value)
            .map(|write| (write, read))
            .collect()
    }

    fn writes(&self, place: usize) -> impl Iterator<Item = usize> {
        (0..self.events.len()).filter(move |index| {
            let event = &self.events[*index];
            matches!(event.kind, Kind::Write | Kind::Update) && event.place == place
        })
    }

    /// Tries all modification orders for one reads-from relation.
    fn judge_rf(
        &self,
        events: &Events,
        pairs: &[&(usize, usize)],
        each: &mut impl FnMut(Relation, Relation, &[&(Relation, u64)]),
    ) {
        let mut rf = Relation::EMPTY;
        pairs.iter().for_each(|(write, read)| rf.add(*write, *read));
        if self.axioms.no_thin_air && !events.po.or(rf).is_acyclic() {
            return;
        }
        let hb = events.hb(rf, self.axioms);
        let mut orders = Vec::new();
        for place in 0..places(self.program) {
            let mut here = Relation::EMPTY;
            let pairs = pairs.iter().filter(|(write, _)| self.events[*write].place == place);
            pairs.for_each(|(write, read)| here.add(*write, *read));
            let mut coherent = self.modification_orders(place);
            coherent.retain(|(mo, _)| events.is_coherent(hb, here, *mo, self.axioms));
            orders.push(coherent);
        }
        choose(&orders, &mut Vec::new(), &mut |chosen| {
            let mo = chosen.iter().fold(Relation::EMPTY, |all, (mo, _)| all.or(*mo));
            if events.is_psc(hb, rf, mo, self.axioms) {
                each(rf, mo, chosen);
            }
        });
    }

    /// All total orders of the writes to a place that begin with the initial one, each with the last value.
    fn modification_orders(&self, place: usize) -> Vec<(Relation, u64)> {
        let mut orders = Vec::new();
        let mut writes: Vec<usize> = self.writes(place).collect();
        permute(&mut writes, 1, &mut |writes| {
            let mut mo = Relation::EMPTY;
            for (position, b) in writes.iter().enumerate() {
                writes[..position].iter().for_each(|a| mo.add(*a, *b));
            }
            orders.push((mo, self.events[writes[writes.len() - 1]].value));
        });
        orders
    }

    /// Adds a consistent graph, of which `orders` has the last value of each place.
    fn accept(&self, orders: &[&(Relation, u64)], verdict: &mut Verdict) {
        if self.is_blocked() {
            let waits = |path: &&Path| path.waits_for.is_none_or(|(place, value)| orders[place].1 != value);
            verdict.blocked |= self.paths.iter().all(waits);
            return;
        }
        let outcome = Outcome {
            reads: self.paths.iter().map(|path| path.reads.clone()).collect(),
            last: orders[..self.program.locations].iter().map(|(_, last)| *last).collect(),
        };
        *verdict.outcomes.entry(outcome).or_default() += 1;
    }
}

/// Calls `each` for every permutation of the items from `from` on.
fn permute(items: &mut Vec<usize>, from: usize, each: &mut impl FnMut(&[usize])) {
    if from >= items.len() {
        return each(items);
    }
    for chosen in from..items.len() {
        items.swap(from, chosen);
        permute(items, from + 1, each);
        items.swap(from, chosen);
    }
}
