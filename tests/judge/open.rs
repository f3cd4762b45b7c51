//! Histories in which many calls overlap and many have no answer: how far they can be explained, which calls are stuck there,
//! and what would have been right.

use crate::brute::Brute;
use crate::random::Numbers;
use selvedge::check::picture::Attempt;
use selvedge::check::specs::{BagOp, BagRet, Pool, Queue, RelaxedQueue, Stack};
use selvedge::check::{Call, History, Judgement, Order, Spec, judge};

const HISTORIES: u64 = if cfg!(debug_assertions) { 30_000 } else { 300_000 };

pub type Bag = History<BagOp<u8>, BagRet<u8>>;

/// Five to seven calls, each of a thread of its own, in the order of their beginnings. Takes answer whatever was put by anyone, and
/// a third of all calls nothing.
fn history(numbers: &mut Numbers) -> Bag {
    let count = 5 + numbers.below(3);
    let (few, longest) = (numbers.below(3) == 0, 2 << numbers.below(3));
    let mut calls = Vec::new();
    for nth in 0..count {
        let value = if few { numbers.below(2) } else { nth };
        let op = if nth == 0 || numbers.below(5) < 2 { BagOp::Put(value as u8) } else { BagOp::Take };
        let start = 2 * nth + numbers.below(2);
        // No two moments are the same.
        let [start, end] = [start, start + numbers.below(longest)].map(|moment| 2 * moment * count + nth);
        calls.push(Call { thread: nth as usize, op, ret: None, start, end: end + count, phase: 0 });
    }
    let put = |call: &Call<BagOp<u8>, _>| match call.op {
        BagOp::Put(value) => Some(BagRet::Taken(value)),
        BagOp::Take => None,
    };
    let mut takes: Vec<BagRet<u8>> = calls.iter().filter_map(put).collect();
    takes.push(BagRet::Empty);
    for call in &mut calls {
        let taken = &takes[numbers.below(takes.len() as u64) as usize];
        let ret = if call.op == BagOp::Take { taken.clone() } else { BagRet::Done };
        call.ret = (numbers.below(3) != 0).then_some(ret);
    }
    calls.into_iter().collect()
}

/// What is told of a history: by the judge, and of it in pictures.
pub type Told = (Judgement, Attempt);

/// What the pictures tell of a judgement.
pub fn told<S>(spec: &S, history: &Bag, judgement: Judgement) -> Told
where
    S: Spec<Op = BagOp<u8>, Ret = BagRet<u8>>,
{
    let attempt = Attempt::of(spec, history, Order::RealTime, &judgement);
    (judgement, attempt)
}

/// What is wrong first with what is told of histories, if something is.
pub fn complaint<S>(spec: &S, tell: impl Fn(&Bag) -> Told) -> Option<String>
where
    S: Spec<Op = BagOp<u8>, Ret = BagRet<u8>>,
{
    let mut numbers = Numbers(HISTORIES);
    let mut unexplained = 0;
    for _ in 0..HISTORIES {
        let history = history(&mut numbers);
        let (judgement, attempt) = tell(&history);
        let brute = Brute::new(spec, &history, Order::RealTime);
        let complaint = brute.complaint(&judgement).or_else(|| brute.complaint_of_the_end(&attempt));
        if complaint.is_some() {
            return complaint;
        }
        unexplained += u64::from(!judgement.is_explained());
    }
    let share = unexplained * 100 / HISTORIES;
    assert!((20..=80).contains(&share), "{share} % without an explanation are too one-sided");
    None
}

#[track_caller]
fn agrees<S>(spec: &S)
where
    S: Spec<Op = BagOp<u8>, Ret = BagRet<u8>>,
{
    let right = |history: &Bag| told(spec, history, judge(spec, history, Order::RealTime));
    if let Some(complaint) = complaint(spec, right) {
        panic!("{complaint}");
    }
}

#[test]
fn queues() {
    agrees(&Queue::unbounded());
}

#[test]
fn queues_with_a_bound() {
    agrees(&Queue::bounded(2));
}

#[test]
fn relaxed_queues() {
    agrees(&RelaxedQueue::new(2));
}

#[test]
fn stacks() {
    agrees(&Stack::new());
}

#[test]
fn pools() {
    agrees(&Pool::new());
}

/// Whoever tells one right answer too few, or one call that has perhaps happened, is found out.
#[test]
fn what_is_told_wrongly_of_the_end_is_found() {
    let spec = Queue::unbounded();
    let faults: [fn(&mut Attempt); 2] = [
        |attempt| attempt.stuck.iter_mut().for_each(|stuck| drop(stuck.right.pop())),
        |attempt| _ = attempt.pending.pop(),
    ];
    for fault in faults {
        let wrong = complaint(&spec, |history| {
            let (judgement, mut attempt) = told(&spec, history, judge(&spec, history, Order::RealTime));
            fault(&mut attempt);
            (judgement, attempt)
        });
        assert!(wrong.is_some_and(|wrong| wrong.starts_with("this is not what")), "the fault went unnoticed");
    }
}
