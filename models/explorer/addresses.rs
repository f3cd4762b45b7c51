//! Whose address an allocation gets, in random programs, against a judge that goes through all interleavings.
//!
//! Threads add to places, each time another power of two, and take nodes: allocate one, and free it at once. What the
//! additions have seen and which node each address was of before tells an execution from all others, so no outcome may
//! come twice. The judge gives an allocation any node that its thread knows to be free and that nobody has taken so far.
//! Who knows what, it learns from the additions alone: one that synchronises knows what all before it at its place knew.

use super::once::{all_agree, each_is_told, each_once};
use super::random::Random;
use selvedge::check::explore::{Broken, Explorer, Memory};
use selvedge::sync::atomic::{AtomicU64, Ordering, Ordering::AcqRel, Ordering::Relaxed};
use selvedge::sync::{Arc, Reuse, heap, thread};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// Random programs of a normal run.
const PROGRAMS: u64 = 400;

/// The places that threads add to.
const PLACES: usize = 2;

/// The name of a life of an address.
type Life = usize;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Adds this power of two to a place.
    Add { place: usize, power: u32 },
    /// Allocates a node, which has this name, and frees it.
    Take(Life),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Saw {
    Sum(u64),
    /// Which life of its address came before.
    Before(Option<Life>),
}

/// What each thread saw.
type Seen = Vec<Vec<Saw>>;

#[derive(Clone, Debug)]
struct Program {
    /// So many nodes are freed before the threads start; their names come first.
    freed: usize,
    threads: Vec<Vec<Step>>,
    order: Ordering,
}

impl Program {
    fn random(seed: u64) -> Program {
        let mut random = Random(seed);
        let freed = 1 + random.below(2);
        let (mut power, mut life) = (0, freed);
        let mut step = |random: &mut Random| {
            if random.one_in(2) && life < freed + 4 {
                life += 1;
                return Step::Take(life - 1);
            }
            power += 1;
            Step::Add { place: random.below(PLACES), power }
        };
        let threads = (0..2 + random.below(2)).map(|_| {
            let count = 1 + random.below(3);
            (0..count).map(|_| step(&mut random)).collect()
        });
        let threads = threads.collect();
        Program { freed, threads, order: random.pick(&[Relaxed, AcqRel]) }
    }
}

/// Who lived last at each address. That is beside the model, and may be: lives of an address are in an order.
#[derive(Default)]
struct Lives(Mutex<BTreeMap<usize, Life>>);

impl Lives {
    fn begin(&self, node: *mut u64, life: Life) -> Option<Life> {
        self.0.lock().expect("no panic").insert(node.expose_provenance(), life)
    }

    fn take(&self, life: Life) -> Option<Life> {
        let node = heap::alloc(0_u64);
        let before = self.begin(node, life);
        // SAFETY: ours, and nobody has heard of it.
        unsafe { heap::free(node) };
        before
    }
}

fn run(program: &Program) -> Seen {
    let shared = Arc::new((<[AtomicU64; PLACES]>::default(), Lives::default()));
    let first: Vec<_> = (0..program.freed).map(|_| heap::alloc(0_u64)).collect();
    for (life, node) in first.into_iter().enumerate() {
        shared.1.begin(node, life);
        // SAFETY: ours, and nobody has heard of it.
        unsafe { heap::free(node) };
    }
    let threads = program.threads.iter().map(|steps| {
        let (shared, steps, order) = (Arc::clone(&shared), steps.clone(), program.order);
        thread::spawn(move || {
            let saw = steps.into_iter().map(|step| match step {
                Step::Add { place, power } => Saw::Sum(shared.0[place].fetch_add(1 << power, order)),
                Step::Take(life) => Saw::Before(shared.1.take(life)),
            });
            saw.collect()
        })
    });
    let threads: Vec<_> = threads.collect();
    threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
}

/// An interleaving under way.
#[derive(Clone)]
struct Interleaved {
    seen: Seen,
    sums: [u64; PLACES],
    /// Lives of which it is known that they are over: to each thread, and to who reads a place.
    known: Vec<BTreeSet<Life>>,
    told: [BTreeSet<Life>; PLACES],
    taken: BTreeSet<Life>,
}

impl Interleaved {
    /// Each way to go on, to the end.
    fn each(&self, program: &Program, synchronises: bool, outcomes: &mut BTreeSet<Seen>) {
        let mut over = true;
        for (thread, steps) in program.threads.iter().enumerate() {
            let Some(step) = steps.get(self.seen[thread].len()) else { continue };
            over = false;
            match *step {
                Step::Add { place, power } => {
                    let mut then = self.clone();
                    then.seen[thread].push(Saw::Sum(then.sums[place]));
                    then.sums[place] += 1 << power;
                    if synchronises {
                        then.known[thread].extend(&self.told[place]);
                        then.told[place].extend(&then.known[thread]);
                    }
                    then.each(program, synchronises, outcomes);
                }
                Step::Take(life) => {
                    let free = self.known[thread].difference(&self.taken).copied().map(Some);
                    for before in free.chain([None]) {
                        let mut then = self.clone();
                        then.seen[thread].push(Saw::Before(before));
                        then.taken.extend(before);
                        then.known[thread].insert(life);
                        then.each(program, synchronises, outcomes);
                    }
                }
            }
        }
        if over {
            outcomes.insert(self.seen.clone());
        }
    }
}

fn judge(program: &Program, memory: Memory) -> BTreeSet<Seen> {
    let threads = program.threads.len();
    let begin = Interleaved {
        seen: vec![Vec::new(); threads],
        sums: [0; PLACES],
        known: vec![(0..program.freed).collect(); threads],
        told: Default::default(),
        taken: BTreeSet::new(),
    };
    let mut outcomes = BTreeSet::new();
    begin.each(program, memory == Memory::Sc || program.order == AcqRel, &mut outcomes);
    outcomes
}

fn compare(memory: Memory, program: Program, broken: Option<Broken>) -> Result<(), String> {
    let right = judge(&program, memory);
    let told = format!("{memory:?}, {program:?}");
    let explorer = Explorer::new(memory).disturbances(0).reuse(Reuse::Chosen);
    let explorer = broken.into_iter().fold(explorer, Explorer::broken);
    let explored = explorer.explore(move || run(&program));
    each_once(&told, &explored, &right)
}

#[test]
fn each_execution_once() {
    all_agree(PROGRAMS, |memory, seed| compare(memory, Program::random(seed), None));
}

#[test]
fn an_explorer_that_is_wrong_is_told() {
    let wrong = [Broken::AnyFreed, Broken::NoRevisits, Broken::NoContention];
    each_is_told(PROGRAMS, wrong, |seed, broken| compare(Memory::Weak, Program::random(seed), Some(broken)));
}
