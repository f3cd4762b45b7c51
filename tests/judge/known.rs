//! Known histories.

use selvedge::check::specs::{BagOp, BagRet, Queue};
use selvedge::check::{Arbitrary, Call, History, Judgement, Limits, Order, Spec, judge, judge_within};
use std::fmt::Debug;
use std::time::Duration;

/// What the specifications below are asked, each what it knows.
#[derive(Clone, Copy, Debug, PartialEq, Arbitrary)]
enum Op {
    Put(u8),
    Take,
    /// As the two above, on the second of two registers.
    PutOther(u8),
    TakeOther,
}

use Op::{Put, PutOther, Take, TakeOther};

/// What `Take` takes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// The oldest value.
    Queue,
    /// The youngest value.
    Stack,
    /// The last value that was put, which stays.
    Register,
    /// Any value.
    Bag,
}

/// Containers of small numbers.
#[derive(Clone, Copy, Debug)]
struct Container {
    kind: Kind,
}

fn container(kind: Kind) -> Container {
    Container { kind }
}

impl Spec for Container {
    type Op = Op;
    type Ret = Option<u8>;
    type State = [Vec<u8>; 2];

    fn initial(&self) -> Self::State {
        Default::default()
    }

    fn step(&self, state: &mut Self::State, op: &Op) -> Option<u8> {
        let (ret, after) = self.outcomes(state, op).swap_remove(0);
        *state = after;
        ret
    }

    fn outcomes(&self, state: &Self::State, op: &Op) -> Vec<(Option<u8>, Self::State)> {
        let part = usize::from(matches!(op, PutOther(_) | TakeOther));
        let here = &state[part];
        let after = |values: Vec<u8>| {
            let mut after = state.clone();
            after[part] = values;
            after
        };
        match (*op, self.kind) {
            (Put(value) | PutOther(value), Kind::Register) => vec![(None, after(vec![value]))],
            (Put(value) | PutOther(value), Kind::Bag) => {
                let mut values = [here.clone(), vec![value]].concat();
                values.sort_unstable();
                vec![(None, after(values))]
            }
            (Put(value) | PutOther(value), _) => vec![(None, after([here.clone(), vec![value]].concat()))],
            (_, _) if here.is_empty() => vec![(None, state.clone())],
            (_, Kind::Register) => vec![(Some(here[0]), state.clone())],
            (_, kind) => {
                let places = match kind {
                    Kind::Queue => 0..1,
                    Kind::Stack => here.len() - 1..here.len(),
                    _ => 0..here.len(),
                };
                let outcomes = places.map(|place| {
                    let mut values = here.clone();
                    (Some(values.remove(place)), after(values))
                });
                outcomes.collect()
            }
        }
    }
}

/// The text of a panic in `f`.
#[track_caller]
fn panic_of(f: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).expect_err("a panic");
    panic.downcast_ref::<String>().cloned().expect("a panic with a text")
}

type Seen = Call<Op, Option<u8>>;

/// A call with an answer.
fn call(thread: usize, op: Op, ret: Option<u8>, start: u64, end: u64) -> Seen {
    Call { thread, op, ret: Some(ret), start, end, phase: 0 }
}

/// A call without an answer.
fn pending(thread: usize, op: Op, start: u64) -> Seen {
    Call { thread, op, ret: None, start, end: start, phase: 0 }
}

#[track_caller]
fn assert_judged(kind: Kind, calls: &[Seen], order: Order, wanted: bool) {
    let history: History<Op, Option<u8>> = calls.iter().cloned().collect();
    let judgement = judge(&container(kind), &history, order);
    assert_eq!(judgement.is_explained(), wanted, "{kind:?}, {order:?}\n{history:?}{judgement:?}");
}

#[test]
fn known_histories_of_a_register() {
    use Kind::Register;
    let real = Order::RealTime;
    let write = call(0, Put(1), None, 0, 1);
    assert_judged(Register, &[write.clone(), call(1, Take, Some(1), 2, 3)], real, true);
    assert_judged(Register, &[write.clone(), call(1, Take, None, 2, 3)], real, false);
    assert_judged(Register, &[call(0, Put(1), None, 0, 4), call(1, Take, None, 2, 3)], real, true);
    // Two reads during a write may not go back in time.
    let long = call(0, Put(1), None, 0, 9);
    let reads = |first, second| [long.clone(), call(1, Take, first, 1, 2), call(2, Take, second, 3, 4)];
    assert_judged(Register, &reads(None, Some(1)), real, true);
    assert_judged(Register, &reads(Some(1), None), real, false);
    assert_judged(Register, &[call(1, Take, Some(3), 2, 3)], real, false);
    assert_judged(Register, &[], real, true);
}

#[test]
fn known_histories_of_a_queue() {
    use Kind::{Queue, Stack};
    let real = Order::RealTime;
    let puts = [call(0, Put(1), None, 0, 1), call(0, Put(2), None, 2, 3)];
    let takes = |a, b| [puts.to_vec(), vec![call(1, Take, a, 4, 5), call(1, Take, b, 6, 7)]].concat();
    assert_judged(Queue, &takes(Some(1), Some(2)), real, true);
    assert_judged(Queue, &takes(Some(2), Some(1)), real, false);
    assert_judged(Stack, &takes(Some(2), Some(1)), real, true);
    assert_judged(Stack, &takes(Some(1), Some(2)), real, false);
    assert_judged(Queue, &takes(Some(1), Some(1)), real, false);
    // Puts that overlap may have happened in either order.
    let both = [call(0, Put(1), None, 0, 3), call(2, Put(2), None, 1, 2)];
    let takes = |a, b| [both.to_vec(), vec![call(1, Take, a, 4, 5), call(1, Take, b, 6, 7)]].concat();
    assert_judged(Queue, &takes(Some(1), Some(2)), real, true);
    assert_judged(Queue, &takes(Some(2), Some(1)), real, true);
}

#[test]
fn calls_that_touch_in_time_are_not_ordered() {
    let touching = [call(0, Put(1), None, 0, 5), call(1, Take, None, 5, 6)];
    assert_judged(Kind::Queue, &touching, Order::RealTime, true);
    let apart = [call(0, Put(1), None, 0, 4), call(1, Take, None, 5, 6)];
    assert_judged(Kind::Queue, &apart, Order::RealTime, false);
}

#[test]
fn a_call_without_an_answer_happened_or_did_not() {
    for order in [Order::RealTime, Order::Program] {
        for seen in [Some(1), None] {
            assert_judged(Kind::Queue, &[pending(0, Put(1), 0), call(1, Take, seen, 5, 6)], order, true);
        }
        assert_judged(Kind::Queue, &[pending(0, Put(1), 0), call(1, Take, Some(2), 5, 6)], order, false);
    }
    // It did not happen before it began.
    let late = [call(1, Take, Some(1), 0, 1), pending(0, Put(1), 2)];
    assert_judged(Kind::Queue, &late, Order::RealTime, false);
    assert_judged(Kind::Queue, &late, Order::Program, true);
    // Nor has it to happen in its own phase.
    let later = |ret| Call { phase: 1, ..call(1, Take, ret, 5, 6) };
    assert_judged(Kind::Queue, &[pending(0, Put(1), 0), later(None)], Order::Program, true);
    assert_judged(Kind::Queue, &[pending(0, Put(1), 0), later(Some(1))], Order::Program, true);
}

#[test]
fn program_order_asks_less_than_real_time() {
    let stale = [call(0, Put(1), None, 0, 1), call(1, Take, None, 2, 3)];
    assert_judged(Kind::Register, &stale, Order::RealTime, false);
    assert_judged(Kind::Register, &stale, Order::Program, true);
    // Phases are known to program order, too.
    let next = [stale[0].clone(), Call { phase: 1, ..stale[1].clone() }];
    assert_judged(Kind::Register, &next, Order::Program, false);
    // And so is each thread's own order.
    let own = [call(0, Put(1), None, 0, 1), call(0, Take, None, 2, 3)];
    assert_judged(Kind::Register, &own, Order::Program, false);
}

/// Calls of three threads, all at the same time, in an order that is given.
#[track_caller]
fn assert_judged_in(kind: Kind, ops: &[(Op, Option<u8>)], before: &[u64], wanted: bool) {
    let calls = ops.iter().enumerate().map(|(thread, (op, ret))| call(thread, *op, *ret, 0, 9));
    let history: History<Op, Option<u8>> = calls.collect();
    let history = history.ordered(before.to_vec());
    let judgement = judge(&container(kind), &history, Order::Given);
    assert_eq!(judgement.is_explained(), wanted, "{kind:?}, {before:?}\n{history:?}{judgement:?}");
}

#[test]
fn a_given_order_is_respected_and_no_other() {
    use Kind::{Queue, Register};
    let stale = [(Put(1), None), (Take, None)];
    assert_judged_in(Register, &stale, &[0, 0], true);
    // The second after the first, and then the first after the second.
    assert_judged_in(Register, &stale, &[0, 0b01], false);
    assert_judged_in(Register, &stale, &[0b10, 0], true);
    let told = [(Put(1), None), (Take, Some(1))];
    assert_judged_in(Register, &told, &[0, 0b01], true);
    assert_judged_in(Register, &told, &[0b10, 0], false);
    // The first before the third: the second may still be the first of all.
    let both = [(Put(1), None), (Put(2), None), (Take, Some(2))];
    assert_judged_in(Queue, &both, &[0, 0, 0b001], true);
    assert_judged_in(Queue, &both, &[0, 0b001, 0b001], false);
    assert_judged_in(Queue, &both, &[0b010, 0, 0b010], true);
    // Real time knows nothing of it, nor it of real time.
    let late = [call(0, Put(1), None, 0, 1), call(1, Take, None, 2, 3)];
    let history: History<Op, Option<u8>> = late.into_iter().collect();
    let history = history.ordered(vec![0b10, 0]);
    assert!(judge(&container(Register), &history, Order::Given).is_explained());
    assert!(!judge(&container(Register), &history, Order::RealTime).is_explained());
}

#[test]
fn several_right_answers_are_right() {
    let puts = [call(0, Put(1), None, 0, 1), call(0, Put(2), None, 2, 3)];
    let takes = |a, b| [puts.to_vec(), vec![call(1, Take, a, 4, 5), call(1, Take, b, 6, 7)]].concat();
    assert_judged(Kind::Bag, &takes(Some(1), Some(2)), Order::RealTime, true);
    assert_judged(Kind::Bag, &takes(Some(2), Some(1)), Order::RealTime, true);
    assert_judged(Kind::Bag, &takes(Some(2), Some(2)), Order::RealTime, false);
    assert_judged(Kind::Bag, &takes(Some(2), None), Order::RealTime, false);
}

#[test]
fn an_explanation_that_fails_says_how_far_it_came() {
    let calls = [call(0, Put(1), None, 0, 1), call(1, Take, Some(9), 2, 3)];
    let history: History<Op, Option<u8>> = calls.into_iter().collect();
    let judgement = judge(&container(Kind::Queue), &history, Order::RealTime);
    assert_eq!(judgement, Judgement::Unexplained { prefix: vec![0], stuck: vec![1], longest: true });
}

/// The longest beginning, of a queue that is shipped: it foresees much, and the search sees few beginnings.
fn beginning(calls: &[Call<BagOp<u8>, BagRet<u8>>], limits: &Limits) -> (Vec<usize>, Vec<usize>, bool) {
    let history: History<_, _> = calls.iter().cloned().collect();
    match judge_within(&Queue::unbounded(), &history, Order::RealTime, limits) {
        Judgement::Unexplained { prefix, stuck, longest } => (prefix, stuck, longest),
        other => panic!("{other:?}"),
    }
}

fn bag(
    thread: usize,
    op: BagOp<u8>,
    ret: Option<BagRet<u8>>,
    start: u64,
    end: u64,
) -> Call<BagOp<u8>, BagRet<u8>> {
    Call { thread, op, ret, start, end, phase: 0 }
}

#[test]
fn the_longest_beginning_holds_calls_without_an_answer_and_calls_that_ended_later() {
    let took = |value| Some(BagRet::Taken(value));
    // A value from nowhere is taken while another, of which nobody knows that it was put, is taken later.
    let nowhere = bag(1, BagOp::Take, took(9), 2, 3);
    let unknown = bag(0, BagOp::Put(1), None, 0, 0);
    let later = bag(2, BagOp::Take, took(1), 2, 9);
    let calls = [nowhere.clone(), unknown, later.clone()];
    assert_eq!(beginning(&calls, &Limits::default()), (vec![1, 2], vec![0], true));
    // Without the time to look for it.
    let none = Limits { time: Some(Duration::ZERO), ..Limits::default() };
    assert_eq!(beginning(&calls, &none), (vec![], vec![0, 2], false));
    // The same of calls that were all answered.
    let calls = [nowhere, bag(0, BagOp::Put(1), Some(BagRet::Done), 0, 8), later];
    assert_eq!(beginning(&calls, &Limits::default()), (vec![1, 2], vec![0], true));
}

#[test]
fn of_calls_that_exclude_each_other_the_longest_beginning_holds_most() {
    let (take, took) = (|| BagOp::Take, |value| Some(BagRet::Taken(value)));
    let calls = [
        bag(0, BagOp::Put(1), Some(BagRet::Done), 0, 1),
        bag(1, take(), took(9), 4, 5),
        // The value can be taken by one of these, and only then the queue is empty.
        bag(2, take(), took(1), 4, 14),
        bag(3, take(), took(1), 4, 13),
        bag(4, take(), Some(BagRet::Empty), 4, 12),
    ];
    assert_eq!(beginning(&calls, &Limits::default()), (vec![0, 2, 4], vec![1, 3], true));
}

#[test]
fn where_there_are_too_many_choices_it_is_said_that_not_all_were_tried() {
    let (put, took) = (|value| BagOp::Put(value), |value| Some(BagRet::Taken(value)));
    let beginning_of = |values: u8| {
        let puts = (0..values).map(|value| {
            let start = 2 * u64::from(value);
            bag(0, put(value), Some(BagRet::Done), start, start + 1)
        });
        let nowhere = bag(1, BagOp::Take, took(99), 100, 101);
        // Each value is taken twice, and can be taken once.
        let takes = (0..2 * values).map(|take| {
            let end = 200 + u64::from(take);
            bag(2 + usize::from(take), BagOp::Take, took(take / 2), 100, end)
        });
        let calls: Vec<_> = puts.chain([nowhere]).chain(takes).collect();
        let (prefix, _, longest) = beginning(&calls, &Limits::default());
        (prefix.len(), longest)
    };
    assert_eq!(beginning_of(4), (8, true));
    assert_eq!(beginning_of(14), (28, false));
}

#[test]
fn impossible_histories_are_refused() {
    let push = |calls: &[Seen]| drop(calls.iter().cloned().collect::<History<_, _>>());
    let backwards = [Call { end: 0, ..call(0, Take, None, 1, 1) }];
    assert!(panic_of(|| push(&backwards)).contains("ends before it begins"));
    let overlapping = [call(0, Take, None, 0, 5), call(0, Take, None, 3, 6)];
    assert!(panic_of(|| push(&overlapping)).contains("calls of thread 0 overlap"));
    let dead = [pending(0, Take, 0), call(0, Take, None, 3, 6)];
    assert!(panic_of(|| push(&dead)).contains("thread 0 went on without an answer"));
    let touching = [call(0, Take, None, 0, 5), call(0, Take, None, 5, 6)];
    assert!(panic_of(|| push(&touching)).contains("calls of thread 0 overlap"));
    push(&[call(0, Take, None, 0, 5), call(0, Take, None, 6, 7), pending(0, Take, 9)]);
}

#[test]
fn overlap_is_of_different_threads() {
    let overlaps = |calls: &[Seen]| calls.iter().cloned().collect::<History<_, _>>().overlaps();
    assert!(overlaps(&[call(0, Take, None, 0, 2), call(1, Take, None, 1, 3)]));
    assert!(!overlaps(&[call(0, Take, None, 0, 2), call(1, Take, None, 2, 3)]));
    assert!(!overlaps(&[call(0, Take, None, 0, 2), call(0, Take, None, 3, 4)]));
}
