//! Within limits the verdict is right or unknown, and never wrong; several threads say what one says.

use crate::random::{Maker, Numbers, ORDERS};
use crate::specs::bag;
use selvedge::check::specs::{BagOp, BagRet, PerKey, Queue, Stack};
use selvedge::check::{Call, History, Judgement, Limit, Limits, Order, Spec, judge, judge_within};
use std::time::{Duration, Instant};

const HISTORIES: u64 = if cfg!(debug_assertions) { 1_000 } else { 10_000 };

fn by_key(numbers: &mut Numbers, thread: usize) -> (u8, BagOp<u8>) {
    (numbers.below(3) as u8, bag(numbers, thread))
}

/// How often a limited judge did not know.
fn unknown<S: Spec>(maker: &Maker<'_, S>, limits: &Limits, limit: Limit) -> u64 {
    let mut numbers = Numbers(7);
    let mut unknown = 0;
    for order in ORDERS {
        for number in 0..HISTORIES {
            let history = maker.history(&mut numbers, order, number % 2 == 0);
            let right = judge(maker.spec, &history, order).is_explained();
            match judge_within(maker.spec, &history, order, limits) {
                Judgement::Unknown(met) => {
                    assert_eq!(met, limit);
                    unknown += 1;
                }
                judgement => {
                    assert_eq!(judgement.is_explained(), right, "{order:?}\n{history:?}{judgement:?}")
                }
            }
        }
    }
    unknown
}

#[test]
fn no_time_at_all() {
    let maker = Maker { spec: &Stack::new(), operation: bag };
    let limits = Limits { time: Some(Duration::ZERO), ..Limits::default() };
    assert!(unknown(&maker, &limits, Limit::Time) > 0);
    let limits = Limits { time: Some(Duration::MAX), ..Limits::default() };
    assert_eq!(unknown(&maker, &limits, Limit::Time), 0, "beyond all time there is no limit");
}

/// A search that would take far longer ends when its time is over, whatever a turn costs.
#[test]
fn the_time_is_kept() {
    let history = hard(0);
    let more = (0..40).map(|nth| Call {
        thread: 1_000 + nth,
        op: (1, BagOp::Put(nth as u8)),
        ret: Some(BagRet::Done),
        start: 4,
        end: 30,
        phase: 0,
    });
    let history: History<_, _> = history.calls().iter().cloned().chain(more).collect();
    let time = Duration::from_millis(500);
    let limits = Limits { time: Some(time), memory: None, workers: 1 };
    let begun = Instant::now();
    // The first part has no explanation, so only what is told of the others can take long.
    assert!(!judge_within(&PerKey::new(Stack::new()), &history, Order::RealTime, &limits).is_explained());
    let one = history.calls().iter().filter(|call| call.op.0 == 1).cloned().collect();
    let begun_again = Instant::now();
    let judgement = judge_within(&PerKey::new(Stack::new()), &one, Order::RealTime, &limits);
    assert_eq!(judgement, Judgement::Unknown(Limit::Time));
    for spent in [begun_again - begun, begun_again.elapsed()] {
        // As much again for a machine that is busy.
        assert!(spent < 2 * time, "{spent:?}");
    }
}

#[test]
fn no_memory_at_all() {
    let maker = Maker { spec: &Stack::new(), operation: bag };
    let [none, little, enough] = [0, 1_000, 1 << 20].map(|bytes| {
        let limits = Limits { memory: Some(bytes), ..Limits::default() };
        unknown(&maker, &limits, Limit::Memory)
    });
    assert!(none > little && little > 0 && enough == 0, "{none} {little} {enough}");
}

#[test]
fn several_threads_say_what_one_says() {
    let spec = PerKey::new(Queue::unbounded());
    let maker = Maker { spec: &spec, operation: by_key };
    let mut numbers = Numbers(9);
    for order in [Order::RealTime, Order::Quiescent, Order::PerKey] {
        for number in 0..HISTORIES / 10 {
            let history = maker.history(&mut numbers, order, number % 2 == 0);
            let limits = Limits { workers: 3, ..Limits::default() };
            assert_eq!(judge_within(&spec, &history, order, &limits), judge(&spec, &history, order));
        }
    }
}

/// Stacks by keys: on the first nothing goes wrong before the end; on the second values are put at once, and it takes all
/// orders of these to find out that the last take is wrong, long before; on the others nothing is wrong.
fn hard(others: usize) -> History<(usize, BagOp<u8>), BagRet<u8>> {
    const VALUES: u8 = 7;
    let call = |thread, key, op, ret, start, end| Call {
        thread,
        op: (key, op),
        ret: Some(ret),
        start,
        end,
        phase: 0,
    };
    let puts = (0..VALUES).map(|value| {
        let at = u64::from(value);
        call(usize::from(value), 1, BagOp::Put(value), BagRet::Done, 3 + at, 20 + at)
    });
    let takes = (0..VALUES).map(|nth| {
        let taken = if nth + 1 == VALUES { 99 } else { nth };
        let at = 40 + 2 * u64::from(nth);
        call(0, 1, BagOp::Take, BagRet::Taken(taken), at, at + 1)
    });
    let right = (0..others).map(|nth| call(100 + nth, 2 + nth, BagOp::Put(0), BagRet::Done, 50, 60));
    [call(50, 0, BagOp::Put(1), BagRet::Done, 0, 1)]
        .into_iter()
        .chain(puts)
        .chain(takes)
        .chain(right)
        .chain([call(50, 0, BagOp::Take, BagRet::Empty, 90, 91)])
        .collect()
}

/// Which part went wrong first is found out, or it is said that this is not known; the verdict is the same.
#[test]
fn where_it_is_too_hard_it_is_not_told_which_part_went_wrong_first() {
    let told = |others: usize, workers: usize| {
        let history = hard(others);
        let limits = Limits { workers, ..Limits::default() };
        let judgement = judge_within(&PerKey::new(Stack::new()), &history, Order::RealTime, &limits);
        let Judgement::Unexplained { stuck, longest, .. } = judgement else { panic!("{judgement:?}") };
        (history.calls()[stuck[0]].op.0, longest)
    };
    for workers in [1, 3] {
        assert_eq!(told(0, workers), (1, true));
        // Each part is given fewer turns if there are many.
        assert_eq!(told(2_000, workers), (0, false));
    }
}

#[test]
fn limits_are_told() {
    assert_eq!(Limit::Time.to_string(), "the time is over");
    assert_eq!(Limit::Memory.to_string(), "the memory is full");
}
