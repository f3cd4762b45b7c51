//! The histories that all checkers are given.

use std::collections::VecDeque;

/// What is asked, of all objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    Put(u64),
    Take,
}

/// What was taken or read; of a put nothing.
pub type Ret = Option<u64>;

/// The objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A put writes, a take reads.
    Register,
    Queue,
    Stack,
}

impl Kind {
    /// Carries out an operation, the same way for every peer.
    pub fn step(self, state: &mut VecDeque<u64>, op: Op) -> Ret {
        match (self, op) {
            (Kind::Register, Op::Put(value)) => {
                state.clear();
                state.push_back(value);
                None
            }
            (_, Op::Put(value)) => {
                state.push_back(value);
                None
            }
            (Kind::Register, Op::Take) => state.front().copied(),
            (Kind::Queue, Op::Take) => state.pop_front(),
            (Kind::Stack, Op::Take) => state.pop_back(),
        }
    }
}

/// A call; the moments are all different.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub thread: usize,
    pub op: Op,
    pub ret: Ret,
    pub start: u64,
    pub end: u64,
}

/// A history to be made.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub name: &'static str,
    pub kind: Kind,
    pub threads: usize,
    /// Of each thread.
    pub calls: usize,
    /// The first half of the calls puts, and the second takes.
    pub filled: bool,
    /// The answers of two calls far apart are exchanged.
    pub spoiled: bool,
}

const fn case(name: &'static str, kind: Kind, threads: usize, calls: usize) -> Case {
    Case { name, kind, threads, calls, filled: false, spoiled: false }
}

const fn filled(case: Case) -> Case {
    Case { filled: true, ..case }
}

const fn spoiled(case: Case) -> Case {
    Case { spoiled: true, ..case }
}

pub const CASES: [Case; 14] = [
    case("register, 4 × 30", Kind::Register, 4, 30),
    case("register, 4 × 250", Kind::Register, 4, 250),
    spoiled(case("register, 4 × 250, wrong", Kind::Register, 4, 250)),
    case("register, 12 × 100", Kind::Register, 12, 100),
    case("queue, 1 × 1000", Kind::Queue, 1, 1000),
    case("queue, 4 × 30", Kind::Queue, 4, 30),
    spoiled(case("queue, 4 × 30, wrong", Kind::Queue, 4, 30)),
    case("queue, 4 × 250", Kind::Queue, 4, 250),
    spoiled(case("queue, 4 × 250, wrong", Kind::Queue, 4, 250)),
    filled(case("queue, 4 × 250, filled first", Kind::Queue, 4, 250)),
    spoiled(filled(case("queue, 4 × 250, filled first, wrong", Kind::Queue, 4, 250))),
    case("stack, 2 × 100", Kind::Stack, 2, 100),
    case("stack, 3 × 100", Kind::Stack, 3, 100),
    spoiled(case("stack, 3 × 100, wrong", Kind::Stack, 3, 100)),
];

/// Numbers that are always the same (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

impl Case {
    /// The calls, thread by thread. They are answered as if each happened at one moment of its time.
    pub fn history(&self) -> Vec<Call> {
        let mut numbers = Numbers(self.calls as u64);
        let mut calls = Vec::new();
        for thread in 0..self.threads {
            let mut time = numbers.below(20);
            for _ in 0..self.calls {
                let end = time + numbers.below(40);
                calls.push(Call { thread, op: Op::Take, ret: None, start: time, end });
                time = end + 1 + numbers.below(10);
            }
        }
        let all = calls.len();
        let mut line: Vec<(u64, usize)> = (0..all)
            .map(|call| (calls[call].start + numbers.below(calls[call].end - calls[call].start + 1), call))
            .collect();
        line.sort_unstable();
        let mut state = VecDeque::new();
        for (number, (_, call)) in line.into_iter().enumerate() {
            let puts = if self.filled { number < all / 2 } else { numbers.below(2) == 0 };
            let op = if puts { Op::Put(number as u64) } else { Op::Take };
            (calls[call].op, calls[call].ret) = (op, self.kind.step(&mut state, op));
        }
        if self.spoiled {
            spoil(&mut calls);
        }
        apart(&mut calls);
        calls
    }
}

/// Exchanges the answers of a call in the middle and one long after it.
fn spoil(calls: &mut [Call]) {
    let mut takes: Vec<usize> = (0..calls.len()).filter(|&call| calls[call].ret.is_some()).collect();
    takes.sort_by_key(|&call| calls[call].start);
    let first = takes[takes.len() / 2];
    let late =
        |call: &&usize| calls[**call].start > calls[first].end + 100 && calls[**call].ret != calls[first].ret;
    let then = *takes.iter().find(late).expect("a call after it");
    (calls[first].ret, calls[then].ret) = (calls[then].ret, calls[first].ret);
}

/// Gives each beginning and each end a moment of its own; what touched overlaps.
fn apart(calls: &mut [Call]) {
    let mut moments: Vec<(u64, bool, usize)> = Vec::new();
    for (number, call) in calls.iter().enumerate() {
        moments.push((call.start, false, number));
        moments.push((call.end, true, number));
    }
    moments.sort_unstable();
    for (moment, (_, is_end, call)) in moments.into_iter().enumerate() {
        *(if is_end { &mut calls[call].end } else { &mut calls[call].start }) = moment as u64;
    }
}
