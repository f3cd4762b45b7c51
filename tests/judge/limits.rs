//! Within limits the verdict is right or unknown, and never wrong; several threads say what one says.

use crate::random::{Maker, Numbers, ORDERS};
use crate::specs::bag;
use selvedge::check::specs::{BagOp, PerKey, Queue, Stack};
use selvedge::check::{Judgement, Limit, Limits, Order, Spec, judge, judge_within};
use std::time::Duration;

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

#[test]
fn limits_are_told() {
    assert_eq!(Limit::Time.to_string(), "the time is over");
    assert_eq!(Limit::Memory.to_string(), "the memory is full");
}
