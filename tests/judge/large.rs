//! Histories of hundreds of calls: more than fit into any set of bits, and more than could be searched without thought.

use crate::random::Numbers;
use selvedge::check::specs::{BagOp, BagRet, Queue, Register, RegisterOp, Stack};
use selvedge::check::{Call, History, Judgement, Limits, Order, Spec, judge, judge_within};
use std::time::Duration;

/// So many threads with so many calls each, answered as if each happened at one moment of its time.
fn made<S: Spec>(
    spec: &S,
    threads: usize,
    calls: usize,
    op: impl Fn(u64, &mut Numbers) -> S::Op,
) -> Vec<Call<S::Op, S::Ret>> {
    let mut numbers = Numbers(threads as u64);
    let mut all = Vec::new();
    for thread in 0..threads {
        let mut time = numbers.below(20);
        for _ in 0..calls {
            let (start, end) = (time, time + numbers.below(40));
            let moment = start + numbers.below(end - start + 1);
            time = end + 1 + numbers.below(10);
            all.push((moment, Call { thread, op: op(0, &mut numbers), ret: None, start, end, phase: 0 }));
        }
    }
    let mut line: Vec<usize> = (0..all.len()).collect();
    line.sort_by_key(|&call| all[call].0);
    let mut state = spec.initial();
    for (number, call) in line.into_iter().enumerate() {
        all[call].1.op = op(number as u64, &mut numbers);
        all[call].1.ret = Some(spec.step(&mut state, &all[call].1.op));
    }
    all.into_iter().map(|(_, call)| call).collect()
}

fn bag(number: u64, numbers: &mut Numbers) -> BagOp<u64> {
    if numbers.below(2) == 0 { BagOp::Put(number) } else { BagOp::Take }
}

/// Long enough for any machine: what is to be seen is that there is an end.
fn limits() -> Limits {
    Limits { time: Some(Duration::from_secs(60)), ..Limits::default() }
}

/// The answers of two takes of which the one ended long before the other began are exchanged: the first take in the
/// second half of the time, and one after it.
fn spoil(calls: &mut [Call<BagOp<u64>, BagRet<u64>>]) {
    let mut takes: Vec<usize> =
        (0..calls.len()).filter(|&at| matches!(calls[at].ret, Some(BagRet::Taken(_)))).collect();
    takes.sort_by_key(|&at| calls[at].start);
    let end = calls.iter().map(|call| call.end).max().expect("there are calls");
    let first = *takes.iter().find(|&&at| calls[at].start > end / 2).expect("a take");
    let then = *takes.iter().find(|&&at| calls[at].start > calls[first].end + 60).expect("a take after it");
    let ret = calls[first].ret.clone();
    calls[first].ret = calls[then].ret.clone();
    calls[then].ret = ret;
}

#[test]
fn a_queue_of_four_clients() {
    let spec = Queue::unbounded();
    let mut calls = made(&spec, 4, 250, bag);
    let history: History<_, _> = calls.iter().cloned().collect();
    assert!(judge_within(&spec, &history, Order::RealTime, &limits()).is_explained());
    spoil(&mut calls);
    let history: History<_, _> = calls.into_iter().collect();
    let judgement = judge_within(&spec, &history, Order::RealTime, &limits());
    let Judgement::Unexplained { prefix, stuck, .. } = judgement else { panic!("{judgement:?}") };
    // It comes as far as the first of the two.
    assert!((300..900).contains(&prefix.len()), "{} calls, then {stuck:?}", prefix.len());
}

#[test]
fn a_queue_that_was_filled_before_it_was_emptied() {
    let spec = Queue::unbounded();
    let half = |number: u64, numbers: &mut Numbers| {
        if number < 500 || numbers.below(20) == 0 { BagOp::Put(number) } else { BagOp::Take }
    };
    let mut calls = made(&spec, 4, 250, half);
    let history: History<_, _> = calls.iter().cloned().collect();
    assert!(judge_within(&spec, &history, Order::RealTime, &limits()).is_explained());
    spoil(&mut calls);
    let history: History<_, _> = calls.into_iter().collect();
    assert!(matches!(
        judge_within(&spec, &history, Order::RealTime, &limits()),
        Judgement::Unexplained { .. }
    ));
}

#[test]
fn a_stack_of_two_clients() {
    let spec = Stack::new();
    let history: History<_, _> = made(&spec, 2, 250, bag).into_iter().collect();
    assert!(judge_within(&spec, &history, Order::RealTime, &limits()).is_explained());
}

#[test]
fn a_register_of_many_clients_of_whom_some_died() {
    let spec = Register { initial: 0 };
    let op = |number: u64, numbers: &mut Numbers| {
        if numbers.below(2) == 0 { RegisterOp::Write(number) } else { RegisterOp::Read }
    };
    let mut calls = made(&spec, 12, 100, op);
    for thread in 0..12 {
        let last = calls.iter().rposition(|call| call.thread == thread).expect("a call");
        calls[last].ret = None;
    }
    let history: History<_, _> = calls.into_iter().collect();
    assert!(judge_within(&spec, &history, Order::RealTime, &limits()).is_explained());
}

#[test]
fn many_calls_of_one_thread() {
    let spec = Queue::unbounded();
    let history: History<_, _> = made(&spec, 1, 20_000, bag).into_iter().collect();
    assert!(judge(&spec, &history, Order::Program).is_explained());
    assert!(judge(&spec, &history, Order::Quiescent).is_explained());
}
