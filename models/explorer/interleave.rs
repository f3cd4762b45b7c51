//! The judge of the strong model: every interleaving of the threads, on a memory with one value a place.
//!
//! Lamport, "How to Make a Multiprocessor Computer That Correctly Executes Multiprocess Programs", IEEE
//! Transactions on Computers, 1979. No state is remembered and no interleaving is spared, except that what a
//! thread does on its own (fences, which order nothing more here, and guards) is done at once. It has nothing
//! in common with [`naive`](super::naive) but the language.

use super::program::{Instr, Outcome, Program, Verdict};
use std::collections::BTreeMap;

/// A write: its thread and the number of its instruction; none is the initial one.
type Writer = Option<(usize, usize)>;

/// What makes two executions the same: what each thread read, and of whom; who wrote to each place, in order.
type Trace = (Vec<Vec<(u64, Writer)>>, Vec<Vec<(u64, Writer)>>);

/// All that happens under sequential consistency, with at most `spurious` needless failures of weak
/// compare-exchanges in an execution.
pub fn verdict(program: &Program, spurious: usize) -> Verdict {
    let threads = program.threads.len();
    let mut start = State {
        program,
        next: vec![0; threads],
        reads: vec![Vec::new(); threads],
        last: vec![None; threads],
        seen: vec![Vec::new(); threads],
        written: vec![vec![(0, None)]; program.locations + program.mutexes],
        spurious,
    };
    (0..threads).for_each(|thread| start.settle(thread));
    let mut search = Search { traces: BTreeMap::new(), blocked: false };
    search.from(&start);
    let mut verdict = Verdict { outcomes: BTreeMap::new(), blocked: search.blocked };
    for outcome in search.traces.into_values() {
        *verdict.outcomes.entry(outcome).or_default() += 1;
    }
    verdict
}

struct Search {
    /// What the executions are, and what comes of each.
    traces: BTreeMap<Trace, Outcome>,
    blocked: bool,
}

impl Search {
    fn from(&mut self, state: &State<'_>) {
        let mut stuck = true;
        for thread in 0..state.next.len() {
            for after in state.after(thread) {
                stuck = false;
                self.from(&after);
            }
        }
        if !stuck {
            return;
        }
        if state.has_ended() {
            self.traces.insert((state.seen.clone(), state.written.clone()), state.outcome());
        } else {
            self.blocked = true;
        }
    }
}

#[derive(Clone)]
struct State<'a> {
    program: &'a Program,
    /// For each thread the number of its next instruction.
    next: Vec<usize>,
    reads: Vec<Vec<u64>>,
    /// For each thread the last value that it read.
    last: Vec<Option<u64>>,
    seen: Vec<Vec<(u64, Writer)>>,
    /// All writes to each place; the last one is what memory holds.
    written: Vec<Vec<(u64, Writer)>>,
    /// How many more weak compare-exchanges may fail without need.
    spurious: usize,
}

impl State<'_> {
    fn has_ended(&self) -> bool {
        self.next.iter().zip(&self.program.threads).all(|(next, thread)| *next == thread.len())
    }

    fn outcome(&self) -> Outcome {
        let held = |place: usize| self.written[place][self.written[place].len() - 1].0;
        Outcome { reads: self.reads.clone(), last: (0..self.program.locations).map(held).collect() }
    }

    /// The states to which the next instruction of a thread may lead: none if the thread has ended or waits.
    fn after(&self, thread: usize) -> Vec<Self> {
        let Some(instr) = self.program.threads[thread].get(self.next[thread]) else {
            return Vec::new();
        };
        let mut state = self.clone();
        let mut failed = None;
        match *instr {
            Instr::Load { loc, .. } => _ = state.read(thread, loc),
            Instr::Store { loc, value, .. } => state.write(thread, loc, value),
            Instr::StoreLast { loc, .. } => {
                state.write(thread, loc, self.last[thread].map_or(1, |last| last + 1))
            }
            Instr::Add { loc, value, .. } => {
                let old = state.read(thread, loc);
                state.write(thread, loc, old + value);
            }
            Instr::Swap { loc, value, .. } => {
                state.read(thread, loc);
                state.write(thread, loc, value);
            }
            Instr::Cas { loc, expected, new, .. } => _ = state.exchange(thread, loc, expected, new),
            Instr::CasWeak { loc, expected, new, .. } => {
                if state.exchange(thread, loc, expected, new) && self.spurious > 0 {
                    let mut spurious = self.clone();
                    spurious.read(thread, loc);
                    spurious.reads[thread].push(0);
                    spurious.spurious -= 1;
                    failed = Some(spurious);
                }
            }
            Instr::Await { loc, value, .. } if state.read(thread, loc) == value => {}
            Instr::Lock { mutex } if state.look(thread, self.program.locations + mutex) == 0 => {
                state.write(thread, self.program.locations + mutex, 1);
            }
            Instr::Await { .. } | Instr::Lock { .. } => return Vec::new(),
            Instr::Unlock { mutex } => state.write(thread, self.program.locations + mutex, 0),
            Instr::Fence { .. } | Instr::Guard { .. } => unreachable!("a settled thread is at neither"),
        }
        let mut states: Vec<Self> = [state].into_iter().chain(failed).collect();
        for state in &mut states {
            state.next[thread] += 1;
            state.settle(thread);
        }
        states
    }

    /// Does what concerns the thread alone.
    fn settle(&mut self, thread: usize) {
        let instrs = &self.program.threads[thread];
        loop {
            match instrs.get(self.next[thread]) {
                Some(Instr::Fence { .. }) => self.next[thread] += 1,
                Some(Instr::Guard { value }) if self.last[thread] == Some(*value) => self.next[thread] += 1,
                Some(Instr::Guard { .. }) => self.next[thread] = instrs.len(),
                _ => return,
            }
        }
    }

    /// Reads what memory holds, and does not tell the program.
    fn look(&mut self, thread: usize, place: usize) -> u64 {
        let held = self.written[place][self.written[place].len() - 1];
        self.seen[thread].push(held);
        held.0
    }

    fn read(&mut self, thread: usize, loc: usize) -> u64 {
        let value = self.look(thread, loc);
        self.reads[thread].push(value);
        self.last[thread] = Some(value);
        value
    }

    fn write(&mut self, thread: usize, place: usize, value: u64) {
        let writer = Some((thread, self.next[thread]));
        self.written[place].push((value, writer));
    }

    fn exchange(&mut self, thread: usize, loc: usize, expected: u64, new: u64) -> bool {
        let succeeds = self.read(thread, loc) == expected;
        if succeeds {
            self.write(thread, loc, new);
        }
        self.reads[thread].push(u64::from(succeeds));
        succeeds
    }
}
