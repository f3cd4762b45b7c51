//! Threads that do the same: as many executions as there are orbits of graphs, and no outcome missing.
//!
//! The judge exchanges the threads of each graph in every way, and counts by Burnside's lemma: there are as many orbits
//! as graphs that stay as they are, on average over all exchanges. It knows nothing of which graph of an orbit the
//! explorer keeps, nor how.

use super::adapter::{self, explorer};
use super::litmus::{Model, SPURIOUS};
use super::naive::{self, each_graph};
use super::program::{Instr, Outcome, Program};
use super::random;
use super::relation::Relation;
use super::said::{BOTH, executions, fails};
use super::unfold::{Path, places};
use selvedge::check::Budget;
use selvedge::check::explore::{Broken, Explorer, on_threads_alike};
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
use selvedge::sync::{Arc, Mutex};
use std::collections::BTreeSet;

/// Random programs of a normal run.
const PROGRAMS: u64 = 1_000;

/// A program whose last so many threads are alike.
struct Symmetric {
    program: Program,
    alike: usize,
}

impl Symmetric {
    /// The last thread of a random program, two or three times, beside the first one or alone.
    fn random(seed: u64) -> Symmetric {
        (0..)
            .find_map(|nth| Self::of(random::program(seed ^ nth << 32), seed))
            .expect("there are always more")
    }

    fn of(program: Program, seed: u64) -> Option<Symmetric> {
        let (alike, beside) = (2 + (seed % 2) as usize, (seed / 2 % 2) as usize);
        let (one, others) = program.threads.split_last()?;
        let threads = others.iter().take(beside).chain(std::iter::repeat_n(one, alike)).cloned().collect();
        let program = Program { threads, ..program };
        (random::cost(&program) <= 20_000 && random::accesses(&program) <= 9)
            .then_some(Symmetric { program, alike })
    }

    /// All ways to exchange the threads that are alike: where each thread goes.
    fn exchanges(&self) -> Vec<Vec<usize>> {
        let count = self.program.threads.len();
        let first = count - self.alike;
        let identity: Vec<usize> = (0..count).collect();
        let mut all = vec![identity.clone()];
        let (two, three) = (&[(0, 1)][..], &[(0, 1), (0, 2), (1, 2)][..]);
        for &(a, b) in if self.alike == 2 { two } else { three } {
            let mut exchange = identity.clone();
            exchange.swap(first + a, first + b);
            all.push(exchange);
        }
        if self.alike == 3 {
            for turn in 1..3 {
                let mut exchange = identity.clone();
                exchange[first..].rotate_left(turn);
                all.push(exchange);
            }
        }
        all
    }

    /// How many executions there are if those count as one that differ only in an exchange.
    fn orbits(&self) -> u64 {
        let exchanges = self.exchanges();
        let mut kept = 0;
        each_graph(&self.program, SPURIOUS, &mut |paths, rf, mo| {
            let initial = places(&self.program);
            let keeps = |exchange: &&Vec<usize>| keeps(exchange, initial, paths, [rf, mo]);
            kept += exchanges.iter().filter(keeps).count();
        });
        assert_eq!(kept % exchanges.len(), 0, "Burnside's lemma");
        (kept / exchanges.len()) as u64
    }

    /// The outcomes, each as the least one that an exchange makes of it.
    fn least(&self, outcomes: BTreeSet<Outcome>) -> BTreeSet<Outcome> {
        let first = self.program.threads.len() - self.alike;
        let least = |mut outcome: Outcome| {
            outcome.reads[first..].sort();
            outcome
        };
        outcomes.into_iter().map(least).collect()
    }
}

/// Whether the graph is the same when its threads are exchanged.
fn keeps(exchange: &[usize], initial: usize, paths: &[&Path], relations: [Relation; 2]) -> bool {
    let alike = (0..paths.len()).all(|thread| paths[thread] == paths[exchange[thread]]);
    alike && {
        let starts: Vec<usize> = paths
            .iter()
            .scan(initial, |next, path| Some(std::mem::replace(next, *next + path.events.len())))
            .collect();
        let mut to: Vec<usize> = (0..initial).collect();
        let moved = |thread: usize| (0..paths[thread].events.len()).map(move |nth| (thread, nth));
        to.extend((0..paths.len()).flat_map(moved).map(|(thread, nth)| starts[exchange[thread]] + nth));
        let count = to.len();
        let pairs = || (0..count).flat_map(|a| (0..count).map(move |b| (a, b)));
        relations
            .iter()
            .all(|relation| pairs().all(|(a, b)| relation.has(a, b) == relation.has(to[a], to[b])))
    }
}

/// Whether all threads can be exchanged: locks and waits end what is compared.
fn is_exact(program: &Program) -> bool {
    let waits = |instr: &Instr| matches!(instr, Instr::Await { .. } | Instr::Lock { .. });
    !program.threads.iter().flatten().any(waits)
}

fn compare(name: &str, symmetric: &Symmetric, model: Model, explorer: &Explorer) -> Result<(), String> {
    let Symmetric { program, alike } = symmetric;
    let complain =
        |what: String| Err(format!("{name}, {model:?}, the last {alike} alike: {program}\n  {what}"));
    let judged = if model == Model::Sc { random::strongest(program) } else { program.clone() };
    let judged = Symmetric { program: judged, alike: *alike };
    let right = judged.least(naive::verdict(&judged.program, SPURIOUS).outcomes.into_keys().collect());
    let explored = explorer.explore(adapter::execution_alike(program, *alike));
    if let Some(failure) = explored.failure {
        return complain(failure.to_string());
    }
    let ours = judged.least(explored.outcomes.into_keys().collect());
    if ours != right {
        return complain(format!("outcomes {ours:?}, but {right:?} are right"));
    }
    let (executions, orbits) = (explored.executions, judged.orbits());
    if is_exact(program) && executions != orbits {
        return complain(format!("{executions} executions, but {orbits} orbits"));
    }
    Ok(())
}

/// In a long run: other programs each time, and ten times as many.
#[test]
fn as_many_executions_as_orbits() {
    let mut complaints = Vec::new();
    for seed in random::seeds(Budget::get().scale(PROGRAMS)) {
        let symmetric = Symmetric::random(seed);
        for model in [Model::Sc, Model::Weak] {
            let explorer = explorer(model, SPURIOUS);
            complaints.extend(compare(&format!("seed {seed}"), &symmetric, model, &explorer).err());
        }
    }
    complaints.sort_by_key(String::len);
    assert!(complaints.is_empty(), "{}:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn either_half_of_it_matters() {
    for (broken, says) in [(Broken::NobodyAlike, "orbits"), (Broken::NoTwinOrder, "outcomes")] {
        let explorer = explorer(Model::Weak, SPURIOUS).broken(broken);
        let told = (0..PROGRAMS).any(|seed| {
            let told = compare("", &Symmetric::random(seed), Model::Weak, &explorer);
            told.is_err_and(|complaint| complaint.contains(says))
        });
        assert!(told, "no program tells that the explorer is broken: {broken:?}");
    }
}

/// Of the orders in which so many threads can count, one.
#[test]
fn an_order_for_all() {
    for memory in BOTH {
        for threads in 1..=5 {
            let counted = executions(memory, move || {
                let count = Arc::new(AtomicU64::new(0));
                let shared = Arc::clone(&count);
                on_threads_alike(threads, move |_| shared.fetch_add(1, Relaxed));
                count.load(Relaxed)
            });
            assert_eq!(counted, 1, "{memory:?}, {threads} threads");
        }
    }
}

/// Two at a lock: whoever is first, the other is second. Locks are not compared, so both orders are explored.
#[test]
fn who_waits_is_not_compared() {
    for memory in BOTH {
        let entered = executions(memory, || {
            let entered = Arc::new(Mutex::new(0));
            let shared = Arc::clone(&entered);
            on_threads_alike(2, move |_| *shared.lock().expect("never poisoned") += 1);
            *entered.lock().expect("never poisoned")
        });
        assert_eq!(entered, 2, "{memory:?}");
    }
}

#[test]
fn who_is_not_alike_is_reported() {
    for memory in BOTH {
        fails(memory, &["were said to be alike are not"], || {
            let places = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
            on_threads_alike(2, move |me| places[me].store(1, Relaxed));
        });
        fails(memory, &["were said to be alike are not"], || {
            let place = Arc::new(AtomicU64::new(0));
            on_threads_alike(2, move |me| if me == 0 { place.load(Relaxed) } else { place.swap(1, Relaxed) });
        });
    }
}

/// A failure is found, and told as it happened.
#[test]
fn what_fails_among_them_is_found() {
    for memory in BOTH {
        fails(memory, &["both were second"], || {
            let count = Arc::new(AtomicU64::new(0));
            let seen = on_threads_alike(2, move |_| {
                let seen = count.load(Relaxed);
                count.store(seen + 1, Relaxed);
                seen
            });
            assert!(seen != [0, 0], "both were second");
        });
    }
}
