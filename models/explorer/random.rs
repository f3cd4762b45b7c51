//! Small random programs, the same for the same seed everywhere.
//!
//! They have two to four threads on few locations, for it is contention that tells models apart. A program of
//! which the naive judge would have too much work is thrown away and another one drawn.
//!
//! Whether a wait for a value that is overwritten later is blocked is a matter of definition (see
//! [`program`](super::program)). The programs drawn here do not depend on it: no other value ever follows one
//! that is awaited.

use super::program::{Instr, Program};
use super::unfold;
use selvedge::check::Budget;
use selvedge::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};

/// The most accesses of a program.
const ACCESSES: usize = 9;

/// The most that a program may cost the naive judge.
const COST: u64 = 12_000;

/// The seeds of so many random programs: the first ones, or others if a long run or `SELVEDGE_SEED` asks for them.
pub fn seeds(count: u64) -> impl Iterator<Item = u64> {
    let budget = Budget::get();
    let others = budget == Budget::Long || std::env::var_os("SELVEDGE_SEED").is_some();
    let first = if others { budget.seed() } else { 0 };
    (0..count).map(move |nth| first.wrapping_add(nth))
}

/// The program of a seed.
pub fn program(seed: u64) -> Program {
    let mut random = Random(seed);
    loop {
        let program = random.program();
        if (5..=ACCESSES).contains(&accesses(&program))
            && waits_are_settled(&program)
            && cost(&program) <= COST
        {
            return program;
        }
    }
}

/// About how many candidate graphs the naive judge has to look at: the ways for the threads to run, times the
/// orders of the writes to each place.
pub fn cost(program: &Program) -> u64 {
    let paths: u64 = unfold::paths(program).iter().map(|paths| paths.len() as u64).product();
    let orders = (0..program.locations).map(|loc| {
        let writes =
            program.threads.iter().flatten().filter(|instr| instr.loc() == Some(loc) && writes(instr));
        (1..=writes.count() as u64).product::<u64>()
    });
    paths.saturating_mul(orders.sum())
}

/// The instructions that touch memory.
pub fn accesses(program: &Program) -> usize {
    let instrs = program.threads.iter().flatten();
    instrs.filter(|instr| instr.loc().is_some() || instr.mutex().is_some()).count()
}

fn writes(instr: &Instr) -> bool {
    !matches!(instr, Instr::Load { .. } | Instr::Await { .. })
}

/// Whether each awaited value, once it is there, stays: nothing else is ever written to its location, or only
/// one thread writes there, and the value last.
fn waits_are_settled(program: &Program) -> bool {
    let instrs =
        || program.threads.iter().enumerate().flat_map(|(n, thread)| thread.iter().map(move |i| (n, i)));
    instrs().all(|(_, instr)| {
        let Instr::Await { loc, value: awaited, .. } = *instr else {
            return true;
        };
        let here: Vec<_> = instrs().filter(|(_, instr)| instr.loc() == Some(loc) && writes(instr)).collect();
        let gives = |instr: &Instr| matches!(instr, Instr::Store { value, .. } if *value == awaited);
        let nothing_else = here.iter().all(|(_, instr)| gives(instr));
        let plain = here.iter().all(|(_, instr)| matches!(instr, Instr::Store { .. }));
        let one_thread = here.iter().all(|(thread, _)| *thread == here[0].0);
        nothing_else || plain && one_thread && here.iter().map(|(_, instr)| gives(instr)).is_sorted()
    })
}

/// What the instructions of a program are like: a mix of everything would seldom show what is only about one
/// thing.
#[derive(Clone, Copy)]
struct Kind {
    /// Most orderings are `SeqCst`.
    strong: bool,
    /// Loads, stores and fences alone.
    plain: bool,
    /// There may be awaits.
    waits: bool,
}

/// SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound - 1`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn value(&mut self) -> u64 {
        self.pick(&[1, 1, 1, 2])
    }

    fn program(&mut self) -> Program {
        let locations = self.pick(&[1, 2, 2, 2, 2, 2, 3, 3]);
        let threads = self.pick(&[2, 2, 2, 3, 3, 3, 4]);
        let mutexes = self.pick(&[0, 0, 0, 0, 0, 0, 1, 2]);
        let kind = Kind { strong: self.one_in(2), plain: self.one_in(2), waits: self.one_in(6) };
        let mut program = Program { locations, mutexes, threads: Vec::new() };
        for _ in 0..threads {
            let mut thread = self.thread(locations, kind);
            if mutexes > 0 && !self.one_in(3) {
                thread = self.locked(thread, mutexes);
            }
            program.threads.push(thread);
        }
        program
    }

    /// Mostly, an access is to another location than the one before it: such pairs are what models differ in.
    fn thread(&mut self, locations: usize, kind: Kind) -> Vec<Instr> {
        let length = self.pick(&[1, 2, 2, 3, 3, 4, 4]);
        let mut loc = self.below(locations);
        let mut thread = Vec::new();
        for _ in 0..length {
            thread.push(self.instr(loc, kind));
            loc = if self.one_in(3) { self.below(locations) } else { (loc + 1) % locations };
        }
        thread
    }

    /// A thread of which the first part holds a mutex, or two mutexes in either order.
    fn locked(&mut self, mut thread: Vec<Instr>, mutexes: usize) -> Vec<Instr> {
        thread.retain(|instr| !matches!(instr, Instr::Guard { .. }));
        let first = self.below(mutexes);
        let mut held = vec![first];
        if mutexes > 1 && self.one_in(2) {
            held.push(1 - first);
        }
        let after = thread.split_off(self.below(thread.len() + 1));
        let locks = held.iter().map(|mutex| Instr::Lock { mutex: *mutex });
        let unlocks = held.iter().rev().map(|mutex| Instr::Unlock { mutex: *mutex });
        locks.chain(thread).chain(unlocks).chain(after).collect()
    }

    fn instr(&mut self, loc: usize, kind: Kind) -> Instr {
        let mut read = self.pick(&[Relaxed, Relaxed, Acquire, SeqCst]);
        let mut write = self.pick(&[Relaxed, Relaxed, Release, SeqCst]);
        let mut both = self.pick(&[Relaxed, Acquire, Release, AcqRel, SeqCst]);
        let mut fence = self.pick(&[Acquire, Release, AcqRel, SeqCst, SeqCst]);
        if kind.strong && !self.one_in(4) {
            (read, write, both, fence) = (SeqCst, SeqCst, SeqCst, SeqCst);
        }
        let (expected, new) = (self.pick(&[0, 0, 1]), self.value());
        match self.below(if kind.plain { 15 } else { 21 } + if kind.waits { 2 } else { 0 }) {
            0..6 => Instr::Load { loc, order: read },
            6..12 => Instr::Store { loc, value: self.value(), order: write },
            12..15 => Instr::Fence { order: fence },
            15 | 16 if kind.waits => Instr::Await { loc, value: self.value(), order: read },
            15 | 21 => Instr::StoreLast { loc, order: write },
            16 | 22 => Instr::Guard { value: self.pick(&[0, 1]) },
            17 => Instr::Add { loc, value: 1, order: both },
            18 => Instr::Swap { loc, value: self.value(), order: both },
            19 => Instr::Cas { loc, expected, new, success: both, failure: read },
            _ => Instr::CasWeak { loc, expected, new, success: both, failure: read },
        }
    }
}

/// The same program with every ordering replaced by the strongest one.
pub fn strongest(program: &Program) -> Program {
    let mut strong = program.clone();
    strong.threads.iter_mut().flatten().for_each(|instr| match instr {
        Instr::Load { order, .. }
        | Instr::Store { order, .. }
        | Instr::StoreLast { order, .. }
        | Instr::Add { order, .. }
        | Instr::Swap { order, .. }
        | Instr::Fence { order }
        | Instr::Await { order, .. } => *order = SeqCst,
        Instr::Cas { success, failure, .. } | Instr::CasWeak { success, failure, .. } => {
            (*success, *failure) = (SeqCst, SeqCst);
        }
        Instr::Guard { .. } | Instr::Lock { .. } | Instr::Unlock { .. } => {}
    });
    strong
}
