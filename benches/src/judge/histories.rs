//! The histories that all checkers are given.

use std::collections::VecDeque;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    Put(u64),
    Take,
    /// Of a register: this is expected, and that is written.
    Cas(u64, u64),
    /// Of a map: a key, and what it is given.
    Insert(u64, u64),
    Get(u64),
    Remove(u64),
}

/// What was taken or read, or is replaced; of a put that finds no room [`FULL`], of a compare and set whether it was set.
pub type Ret = Option<u64>;

pub const FULL: Ret = Some(u64::MAX);

/// Of a bounded queue.
pub const CAPACITY: usize = 5;

/// The objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A put writes, a take reads.
    Register,
    CasRegister,
    Queue,
    BoundedQueue,
    Stack,
    Map,
}

impl Kind {
    /// Carries out an operation, the same way for every peer.
    pub fn step(self, state: &mut VecDeque<u64>, op: Op) -> Ret {
        match (self, op) {
            (Kind::Register | Kind::CasRegister, Op::Put(value)) => {
                state.clear();
                state.push_back(value);
                None
            }
            (Kind::BoundedQueue, Op::Put(_)) if state.len() >= CAPACITY => FULL,
            (_, Op::Put(value)) => {
                state.push_back(value);
                None
            }
            (Kind::Register | Kind::CasRegister, Op::Take) => state.front().copied(),
            (Kind::Queue | Kind::BoundedQueue | Kind::Map, Op::Take) => state.pop_front(),
            (Kind::Stack, Op::Take) => state.pop_back(),
            (_, Op::Cas(expected, new)) => {
                let is_set = state.front() == Some(&expected);
                if is_set {
                    state[0] = new;
                }
                Some(u64::from(is_set))
            }
            // What a key has stands at its place; 0 is nothing.
            (_, Op::Insert(key, value)) => replace(state, key, value),
            (_, Op::Remove(key)) => replace(state, key, 0),
            (_, Op::Get(key)) => state.get(key as usize).copied().filter(|value| *value != 0),
        }
    }

    /// A random operation; the value is one that is to be put.
    fn op(self, numbers: &mut Numbers, puts: bool, value: u64, case: &Case) -> Op {
        match (self, puts) {
            (Kind::CasRegister, false) if numbers.below(2) == 0 => Op::Cas(numbers.below(case.values), value),
            (Kind::Map, true) if numbers.below(4) == 0 => Op::Remove(numbers.below(case.keys)),
            (Kind::Map, true) => Op::Insert(numbers.below(case.keys), value + 1),
            (Kind::Map, false) => Op::Get(numbers.below(case.keys)),
            (_, true) => Op::Put(value),
            (_, false) => Op::Take,
        }
    }
}

fn replace(state: &mut VecDeque<u64>, key: u64, value: u64) -> Ret {
    let key = key as usize;
    if state.len() <= key {
        state.resize(key + 1, 0);
    }
    Some(std::mem::replace(&mut state[key], value)).filter(|before| *before != 0)
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
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub kind: Kind,
    pub threads: usize,
    /// Of each thread.
    pub calls: usize,
    /// From how many values those are drawn that are put; 0 if they are all different.
    pub values: u64,
    pub keys: u64,
    pub seed: u64,
    /// The first half of the calls puts, and the second takes.
    pub filled: bool,
    /// The answers of two calls far apart are exchanged.
    pub spoiled: bool,
    /// How many threads judge, if they can.
    pub workers: usize,
}

fn case(kind: Kind, threads: usize, calls: usize) -> Case {
    let (name, values, keys, seed) = (String::new(), 0, 1, 0);
    Case { name, kind, threads, calls, values, keys, seed, filled: false, spoiled: false, workers: 1 }
}

/// All of them, in the order of the table.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut both = |right: Case| {
        let wrong = Case { spoiled: true, ..right.clone() };
        cases.extend([right, wrong].map(named));
    };
    both(case(Kind::Register, 4, 30));
    both(case(Kind::Register, 4, 250));
    both(case(Kind::Register, 12, 100));
    both(Case { values: 5, ..case(Kind::CasRegister, 4, 30) });
    both(Case { values: 5, ..case(Kind::CasRegister, 4, 250) });
    both(case(Kind::Queue, 1, 1000));
    both(case(Kind::Queue, 4, 30));
    both(case(Kind::Queue, 4, 250));
    both(Case { filled: true, ..case(Kind::Queue, 4, 250) });
    for values in [2, 3, 10, 100] {
        for seed in [1, 2, 3] {
            both(Case { values, seed, ..case(Kind::Queue, 4, 250) });
        }
    }
    both(Case { values: 3, filled: true, ..case(Kind::Queue, 4, 250) });
    both(Case { values: 3, ..case(Kind::Queue, 4, 30) });
    both(case(Kind::BoundedQueue, 4, 30));
    both(case(Kind::BoundedQueue, 4, 250));
    both(Case { values: 3, ..case(Kind::BoundedQueue, 4, 250) });
    both(case(Kind::Stack, 2, 100));
    both(case(Kind::Stack, 3, 100));
    both(Case { keys: 10, values: 10, ..case(Kind::Map, 4, 250) });
    both(Case { keys: 200, values: 10, workers: 2, ..case(Kind::Map, 8, 500) });
    cases
}

fn named(case: Case) -> Case {
    let Case { kind, threads, calls, values, keys, seed, filled, spoiled, workers, .. } = case;
    let kind = match kind {
        Kind::Register => "register".into(),
        Kind::CasRegister => "CAS register".into(),
        Kind::Queue => "queue".into(),
        Kind::BoundedQueue => format!("queue of {CAPACITY}"),
        Kind::Stack => "stack".into(),
        Kind::Map => format!("map of {keys} keys"),
    };
    let mut name = format!("{kind}, {threads} × {calls}");
    let mut add = |is_so: bool, text: String| {
        if is_so {
            name += &format!(", {text}");
        }
    };
    add(values > 0, format!("{values} values"));
    add(seed > 0, format!("seed {seed}"));
    add(filled, "filled first".into());
    add(workers > 1, format!("{workers} workers"));
    add(spoiled, "wrong".into());
    Case { name, ..case }
}

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
        let mut numbers = Numbers(self.calls as u64 + 7919 * self.seed);
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
            let value = if self.values == 0 { number as u64 } else { numbers.below(self.values) };
            let op = self.kind.op(&mut numbers, puts, value, self);
            (calls[call].op, calls[call].ret) = (op, self.kind.step(&mut state, op));
        }
        if self.spoiled {
            spoil(&mut calls);
        }
        apart(&mut calls);
        calls
    }
}

/// Whether a value was taken or read.
fn reads(call: &Call) -> bool {
    matches!(call.op, Op::Take | Op::Get(_)) && call.ret.is_some()
}

/// Exchanges the answers of a call in the middle and one long after it.
fn spoil(calls: &mut [Call]) {
    let mut takes: Vec<usize> = (0..calls.len()).filter(|&call| reads(&calls[call])).collect();

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
