//! Random small histories: the judge against all permutations.

use super::*;

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

fn operation(numbers: &mut Numbers, parts: bool) -> Op {
    let value = 1 + numbers.below(2) as u8;
    match numbers.below(if parts { 4 } else { 2 }) {
        0 => Put(value),
        1 => Take,
        2 => PutOther(value),
        _ => TakeOther,
    }
}

/// Two or three threads with one or two calls each, answered as if each call happened at one moment of its
/// time; then some answers of some histories are changed, and of some the last is withheld.
fn history(spec: &Container, numbers: &mut Numbers) -> History<Op, Option<u8>> {
    let mut calls = Vec::new();
    for thread in 0..2 + numbers.below(2) as usize {
        let mut time = numbers.below(4);
        for _ in 0..1 + numbers.below(2) {
            let start = time;
            let end = start + numbers.below(7);
            let phase = u32::from(start >= 6);
            let op = operation(numbers, spec.parts);
            calls.push((
                start + numbers.below(end - start + 1),
                Call { thread, op, ret: None, start, end, phase },
            ));
            time = end + 1 + numbers.below(2);
        }
    }
    let mut order: Vec<usize> = (0..calls.len()).collect();
    order.sort_by_key(|&call| calls[call].0);
    let mut state = spec.initial();
    for call in order {
        let outcomes = spec.outcomes(&state, &calls[call].1.op);
        let chosen = numbers.below(outcomes.len() as u64) as usize;
        let (ret, after) = outcomes.into_iter().nth(chosen).expect("one of them");
        calls[call].1.ret = Some(ret);
        state = after;
    }
    let mut calls: Vec<Seen> = calls.into_iter().map(|(_, call)| call).collect();
    if numbers.below(3) != 0 {
        for call in calls.iter_mut().filter(|call| matches!(call.op, Take | TakeOther)) {
            if numbers.below(2) == 0 {
                call.ret = Some([None, Some(1), Some(2)][numbers.below(3) as usize]);
            }
        }
    }
    if numbers.below(3) == 0 {
        let last = calls.len() - 1;
        calls[last].ret = None;
    }
    calls.into_iter().collect()
}

/// The history with an order: that of each thread, and more between threads, as chance has it, without a circle.
fn ordered(history: History<Op, Option<u8>>, numbers: &mut Numbers) -> History<Op, Option<u8>> {
    let calls = history.calls();
    // The calls in a line, each thread's in their order; what comes later in it may be after what comes earlier.
    let mut left: Vec<usize> = (0..calls.len()).collect();
    let mut line = Vec::new();
    while !left.is_empty() {
        let thread = calls[left[numbers.below(left.len() as u64) as usize]].thread;
        let first = left.iter().position(|&call| calls[call].thread == thread).expect("one is left");
        line.push(left.remove(first));
    }
    let mut before = vec![0_u64; calls.len()];
    for (place, &then) in line.iter().enumerate() {
        for &first in &line[..place] {
            if calls[first].thread == calls[then].thread || numbers.below(3) == 0 {
                before[then] |= before[first] | 1 << first;
            }
        }
    }
    history.ordered(before)
}

fn compare(spec: Container, order: Order, seed: u64) {
    let mut numbers = Numbers(seed);
    let (mut explained, mut all) = (0, 0);
    while all < 3_000 {
        let history = history(&spec, &mut numbers);
        let history = if order == Order::Given { ordered(history, &mut numbers) } else { history };
        let judgement = judge(&spec, &history, order);
        let right = brute::judge(&spec, &history, order);
        assert_eq!(judgement.is_explained(), right, "{spec:?}, {order:?}\n{history:?}{judgement:?}");
        match judgement {
            Judgement::Explained(calls) => {
                assert!(brute::explains(&spec, &history, order, &calls), "{spec:?}\n{history:?}{calls:?}");
                explained += 1;
            }
            Judgement::Unexplained { prefix, stuck } => {
                assert!(brute::replays(&spec, history.calls(), &prefix), "{spec:?}\n{history:?}{prefix:?}");
                assert!(!stuck.is_empty() && stuck.iter().all(|call| !prefix.contains(call)), "{stuck:?}");
            }
            Judgement::Unknown(limit) => panic!("there were no limits, and {limit}"),
        }
        all += 1;
    }
    let share = explained * 100 / all;
    println!("{spec:?}, {order:?}: {share} % of {all} histories are explained");
    assert!((20..=80).contains(&share), "{spec:?}, {order:?}: {share} % is too one-sided");
}

#[test]
fn queues_are_judged_as_by_all_permutations() {
    compare(container(Kind::Queue), Order::RealTime, 1);
    compare(container(Kind::Queue), Order::Program, 2);
    compare(container(Kind::Queue), Order::Given, 22);
}

#[test]
fn stacks_are_judged_as_by_all_permutations() {
    compare(container(Kind::Stack), Order::RealTime, 3);
    compare(container(Kind::Stack), Order::Program, 4);
    compare(container(Kind::Stack), Order::Given, 24);
}

#[test]
fn registers_are_judged_as_by_all_permutations() {
    compare(container(Kind::Register), Order::RealTime, 5);
    compare(container(Kind::Register), Order::Program, 6);
    compare(container(Kind::Register), Order::Given, 26);
}

#[test]
fn bags_are_judged_as_by_all_permutations() {
    compare(container(Kind::Bag), Order::RealTime, 7);
    compare(container(Kind::Bag), Order::Program, 8);
    compare(container(Kind::Bag), Order::Given, 28);
}

#[test]
fn parts_are_judged_as_the_whole() {
    for (kind, seed) in [(Kind::Queue, 9), (Kind::Register, 10)] {
        compare(Container { kind, parts: true }, Order::RealTime, seed);
        compare(Container { kind, parts: true }, Order::Program, seed + 10);
        compare(Container { kind, parts: true }, Order::Given, seed + 20);
    }
}
