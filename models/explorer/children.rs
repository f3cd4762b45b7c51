//! Threads that start threads: each execution once, whichever of two children a run comes to first.
//!
//! All that these programs do is to add, each time another power of two. What they see tells an execution from all others:
//! each addition has seen those that were before it. So no outcome may come twice, and there must be all that the
//! interleavings have, under either memory: additions to one place read from each other, and so what `po ∪ rf` leaves
//! open has an interleaving.

use super::once::{all_agree, each_is_told, each_once};
use super::random::Random;
use selvedge::check::explore::{Broken, Explorer, Memory};
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
use selvedge::sync::{Arc, Mutex, thread};
use std::collections::{BTreeMap, BTreeSet};

/// Random programs of a normal run.
const PROGRAMS: u64 = 400;

/// The places that threads add to; only who holds the lock adds to the last one.
const PLACES: usize = 3;

/// What a thread does, one after the other.
#[derive(Clone, Debug)]
enum Step {
    /// Adds this power of two to a place.
    Add { place: usize, power: u32 },
    /// Starts a thread with this name; or only if the last addition saw anything.
    Start { child: usize, steps: Vec<Step>, always: bool },
}

/// What the additions of each thread saw, by its name.
type Seen = BTreeMap<usize, Vec<u64>>;

/// A random program under way: how many threads and additions it has.
struct Drawn {
    random: Random,
    threads: usize,
    additions: u32,
}

impl Drawn {
    fn steps(&mut self, most: usize) -> Vec<Step> {
        let count = 1 + self.random.below(most);
        (0..count).filter_map(|_| if self.random.one_in(2) { self.start() } else { self.add() }).collect()
    }

    fn add(&mut self) -> Option<Step> {
        self.additions += 1;
        let (place, power) = (self.random.below(PLACES), self.additions);
        (power <= 7).then_some(Step::Add { place, power })
    }

    fn start(&mut self) -> Option<Step> {
        self.threads += 1;
        let (child, always) = (self.threads, !self.random.one_in(3));
        (child <= 5).then(|| Step::Start { child, steps: self.steps(3), always })
    }
}

fn program(seed: u64) -> Vec<Step> {
    Drawn { random: Random(seed), threads: 0, additions: 0 }.steps(4)
}

#[derive(Default)]
struct Shared {
    places: [AtomicU64; PLACES],
    lock: Mutex<()>,
}

fn run(name: usize, steps: &[Step], shared: &Arc<Shared>) -> Seen {
    let (mut own, mut children) = (Vec::new(), Vec::new());
    for step in steps {
        match step {
            Step::Add { place, power } => {
                let _held = (place + 1 == PLACES).then(|| shared.lock.lock().expect("no panic"));
                own.push(shared.places[*place].fetch_add(1 << power, Relaxed));
            }
            Step::Start { child, steps, always } => {
                if *always || own.last().is_some_and(|seen| *seen != 0) {
                    let (child, steps, shared) = (*child, steps.clone(), Arc::clone(shared));
                    children.push(thread::spawn(move || run(child, &steps, &shared)));
                }
            }
        }
    }
    let mut seen = Seen::from([(name, own)]);
    children.into_iter().for_each(|child| seen.extend(child.join().expect("no panic")));
    seen
}

/// An interleaving under way: what is left of each thread, what was seen, and what each place holds.
#[derive(Clone)]
struct Interleaved<'a> {
    threads: Vec<(usize, &'a [Step])>,
    seen: Seen,
    places: [u64; PLACES],
}

impl Interleaved<'_> {
    /// Each way to go on, to the end.
    fn each(&self, outcomes: &mut BTreeSet<Seen>) {
        if self.threads.iter().all(|(_, left)| left.is_empty()) {
            outcomes.insert(self.seen.clone());
        }
        for thread in 0..self.threads.len() {
            let (name, [step, left @ ..]) = self.threads[thread] else { continue };
            let mut then = self.clone();
            then.threads[thread].1 = left;
            let own = then.seen.entry(name).or_default();
            match step {
                Step::Add { place, power } => {
                    own.push(then.places[*place]);
                    then.places[*place] += 1 << power;
                }
                Step::Start { child, steps, always } => {
                    if *always || own.last().is_some_and(|seen| *seen != 0) {
                        then.threads.push((*child, steps));
                        then.seen.insert(*child, Vec::new());
                    }
                }
            }
            then.each(outcomes);
        }
    }
}

fn compare(memory: Memory, steps: Vec<Step>, broken: Option<Broken>) -> Result<(), String> {
    let mut right = BTreeSet::new();
    let seen = Seen::from([(0, Vec::new())]);
    Interleaved { threads: vec![(0, &steps)], seen, places: [0; PLACES] }.each(&mut right);
    let told = format!("{memory:?}, {steps:?}");
    let explorer = broken.into_iter().fold(Explorer::new(memory).disturbances(0), Explorer::broken);
    let explored = explorer.explore(move || run(0, &steps, &Arc::default()));
    if explored.failure.is_none() && explored.blocked + explored.redundant > 0 {
        return Err(format!("{told}: {} blocked, {} redundant", explored.blocked, explored.redundant));
    }
    each_once(&told, &explored, &right)
}

#[test]
fn each_execution_once() {
    all_agree(PROGRAMS, |memory, seed| compare(memory, program(seed), None));
}

#[test]
fn an_explorer_that_is_wrong_is_told() {
    let wrong = [Broken::NoRevisits, Broken::EveryRevisit, Broken::NoContention];
    each_is_told(PROGRAMS, wrong, |seed, broken| compare(Memory::Weak, program(seed), Some(broken)));
}
