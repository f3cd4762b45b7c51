//! Histories of hundreds of calls: more than fit into any set of bits, and more than could be searched without thought.

use crate::random::Numbers;
use selvedge::check::specs::{BagOp, BagRet, Pool, Queue, Register, RegisterOp, RelaxedQueue, Stack};
use selvedge::check::{Call, History, Judgement, Limits, Order, Spec, judge, judge_within};
use std::time::{Duration, Instant};

/// So many threads with so many calls each, answered as if each happened at one moment of its time.
fn made<S: Spec>(
    spec: &S,
    threads: usize,
    calls: usize,
    op: impl Fn(u64, &mut Numbers) -> S::Op,
) -> Vec<Call<S::Op, S::Ret>> {
    made_of(threads as u64, spec, threads, calls, op)
}

/// The same of other chances.
fn made_of<S: Spec>(
    seed: u64,
    spec: &S,
    threads: usize,
    calls: usize,
    op: impl Fn(u64, &mut Numbers) -> S::Op,
) -> Vec<Call<S::Op, S::Ret>> {
    let mut numbers = Numbers(seed);
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

/// A second, as a whole history of four clients with 250 calls each may take. Without optimisation it takes longer.
fn limits() -> Limits {
    let seconds = if cfg!(debug_assertions) { 60 } else { 1 };
    Limits { time: Some(Duration::from_secs(seconds)), ..Limits::default() }
}

/// Judges within the limits, and is back in time, with a tenth for what is no turn of a search.
fn judged<S: Spec>(spec: &S, history: &History<S::Op, S::Ret>) -> Judgement {
    let limits = limits();
    let begun = Instant::now();
    let judgement = judge_within(spec, history, Order::RealTime, &limits);
    assert!(Some(begun.elapsed().mul_f64(0.9)) < limits.time, "{:?}", begun.elapsed());
    judgement
}

/// The answers of two takes of which the one ended long before the other began are exchanged: the first take in the
/// second half of the time, and one after it.
fn spoil(calls: &mut [Call<BagOp<u64>, BagRet<u64>>]) {
    let mut takes: Vec<usize> =
        (0..calls.len()).filter(|&at| matches!(calls[at].ret, Some(BagRet::Taken(_)))).collect();
    takes.sort_by_key(|&at| calls[at].start);
    let end = calls.iter().map(|call| call.end).max().expect("there are calls");
    let first = *takes.iter().find(|&&at| calls[at].start > end / 2).expect("a take");
    let other = |at: usize| calls[at].start > calls[first].end + 60 && calls[at].ret != calls[first].ret;
    let then = *takes.iter().find(|&&at| other(at)).expect("a take after it");
    let ret = calls[first].ret.clone();
    calls[first].ret = calls[then].ret.clone();
    calls[then].ret = ret;
}

#[test]
fn a_queue_of_four_clients() {
    let spec = Queue::unbounded();
    let mut calls = made(&spec, 4, 250, bag);
    let history: History<_, _> = calls.iter().cloned().collect();
    assert!(judged(&spec, &history).is_explained());
    spoil(&mut calls);
    let history: History<_, _> = calls.into_iter().collect();
    let judgement = judged(&spec, &history);
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
    assert!(judged(&spec, &history).is_explained());
    spoil(&mut calls);
    let history: History<_, _> = calls.into_iter().collect();
    assert!(matches!(judged(&spec, &history), Judgement::Unexplained { .. }));
}

/// Values that are put again and again: nothing is known of a single one.
#[test]
fn a_queue_of_four_clients_in_which_values_repeat() {
    let spec = Queue::unbounded();
    for values in [1, 2, 3, 10, 100] {
        for seed in 0..5 {
            let op = |_: u64, numbers: &mut Numbers| {
                if numbers.below(2) == 0 { BagOp::Put(numbers.below(values)) } else { BagOp::Take }
            };
            let mut calls = made_of(100 + seed, &spec, 4, 250, op);
            let history: History<_, _> = calls.iter().cloned().collect();
            assert!(judged(&spec, &history).is_explained(), "{values} values, seed {seed}");
            if values == 1 {
                continue;
            }
            spoil(&mut calls);
            // Whether it can be explained otherwise is not known; that it is told is what is asked.
            let judgement = judged(&spec, &calls.into_iter().collect());
            let told = match judgement {
                Judgement::Explained(_) => values < 10,
                Judgement::Unexplained { longest, .. } => longest,
                Judgement::Unknown(_) => false,
            };
            assert!(told, "{values} values, seed {seed}");
        }
    }
}

/// More than fit into a word of bits: values that some calls without an answer must have put, among many that need not have.
#[test]
fn a_hundred_calls_without_an_answer() {
    let call = |thread, op, ret, start, end| Call { thread, op, ret, start, end, phase: 0 };
    for values in [2_u64, 1_000] {
        let pending = (0..100).map(|thread| call(thread, BagOp::Put(thread as u64 % values), None, 0, 0));
        let takes = |last: u64| {
            (0..40).map(move |nth| {
                let taken = if nth == 39 { last } else { nth * 7 % 100 % values };
                let start = 10 + 2 * nth;
                call(100, BagOp::Take, Some(BagRet::Taken(taken)), start, start + 1)
            })
        };
        let spec = Queue::unbounded();
        let history: History<_, _> = pending.clone().chain(takes(39 * 7 % 100 % values)).collect();
        assert!(judged(&spec, &history).is_explained());
        let history: History<_, _> = pending.chain(takes(5_000)).collect();
        assert!(matches!(judged(&spec, &history), Judgement::Unexplained { .. }));
    }
}

/// What lies back is not kept whole: eight thousand states of thousands of values each would be gigabytes.
#[test]
fn a_pool_and_a_relaxed_queue_that_grow() {
    fn grows<S: Spec<Op = BagOp<u64>, Ret = BagRet<u64>>>(spec: &S, memory: usize) {
        let put = |nth| Call {
            thread: 0,
            op: BagOp::Put(nth),
            ret: Some(BagRet::Done),
            start: 2 * nth,
            end: 2 * nth + 1,
            phase: 0,
        };
        let history: History<_, _> = (0..8_000).map(put).collect();
        let limits = Limits { memory: Some(memory), ..limits() };
        assert!(judge_within(spec, &history, Order::RealTime, &limits).is_explained());
        let limits = Limits { memory: Some(1_000), ..limits };
        let judgement = judge_within(spec, &history, Order::RealTime, &limits);
        // A pool keeps no states at all.
        assert!(judgement.is_explained() == S::UNDOES, "{judgement:?}");
    }
    grows(&Pool::new(), 10 << 20);
    grows(&RelaxedQueue::new(3), 20 << 20);
}

#[test]
fn a_stack_of_two_clients() {
    let spec = Stack::new();
    let history: History<_, _> = made(&spec, 2, 250, bag).into_iter().collect();
    assert!(judged(&spec, &history).is_explained());
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
    assert!(judged(&spec, &history).is_explained());
}

#[test]
fn many_calls_of_one_thread() {
    let spec = Queue::unbounded();
    let history: History<_, _> = made(&spec, 1, 20_000, bag).into_iter().collect();
    assert!(judge(&spec, &history, Order::Program).is_explained());
    assert!(judge(&spec, &history, Order::Quiescent).is_explained());
}
