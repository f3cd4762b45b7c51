//! Judges with a fault. The comparison must find each.

use crate::open::{complaint, told};
use crate::random::{Maker, Numbers, compare};
use crate::specs::{Alike, alike, bag, different, register};
use selvedge::check::specs::*;
use selvedge::check::{Foresight, History, Judgement, Limit, Order, Seen, Spec, Urgency, judge};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::panic::catch_unwind;

/// How many histories it may take to find a fault.
const HISTORIES: u64 = 30_000;

#[track_caller]
fn is_found<S: Spec>(
    spec: &S,
    operation: fn(&mut Numbers, usize) -> S::Op,
    order: Order,
    broken: impl Fn(&History<S::Op, S::Ret>, Order) -> Judgement,
) {
    let maker = Maker { spec, operation };
    assert!(compare(&maker, order, HISTORIES, broken).complaint.is_some(), "the fault went unnoticed");
    // It is the fault that was found.
    let right = compare(&maker, order, HISTORIES / 10, |history, order| judge(spec, history, order));
    assert_eq!(right.complaint, None);
}

#[test]
fn that_ignores_real_time() {
    is_found(&Queue::unbounded(), bag, Order::RealTime, |history, _| {
        judge(&Queue::unbounded(), history, Order::Program)
    });
}

#[test]
fn that_asks_real_time_of_program_order() {
    is_found(&Register { initial: 0 }, register, Order::Program, |history, _| {
        judge(&Register { initial: 0 }, history, Order::RealTime)
    });
}

#[test]
fn that_takes_each_thread_for_quiescent() {
    is_found(&Stack::new(), bag, Order::Quiescent, |history, _| {
        judge(&Stack::new(), history, Order::RealTime)
    });
}

#[test]
fn that_drops_calls_without_an_answer() {
    is_found(&Stack::new(), bag, Order::RealTime, |history, order| {
        let answered = history.calls().iter().filter(|call| call.ret.is_some()).cloned();
        judge(&Stack::new(), &answered.collect(), order)
    });
}

#[test]
fn that_tells_a_beginning_that_is_not_the_longest() {
    is_found(&Queue::unbounded(), bag, Order::RealTime, |history, order| {
        let Judgement::Unexplained { mut prefix, stuck, longest } =
            judge(&Queue::unbounded(), history, order)
        else {
            return judge(&Queue::unbounded(), history, order);
        };
        // The last call ended no earlier than those that are stuck: as many moments are explained without it.
        let calls = history.calls();
        let first = stuck.iter().map(|&call| calls[call].end).min();
        prefix.pop_if(|last| Some(calls[*last].end) > first);
        Judgement::Unexplained { prefix, stuck, longest }
    });
}

#[test]
fn that_judges_program_order_part_by_part() {
    let spec = PerKey::new(Register { initial: 0 });
    let operation = |numbers: &mut Numbers, thread| (numbers.below(2) as u8, register(numbers, thread));
    is_found(&spec, operation, Order::Program, |history, _| judge(&spec, history, Order::PerKey));
}

/// Registers by keys whose hashes say which is which: two keys with the same are one.
struct Hashed(PerKey<Alike, Register<u8>>);

impl Spec for Hashed {
    type Op = (Alike, RegisterOp<u8>);
    type Ret = RegisterRet<u8>;
    type State = <PerKey<Alike, Register<u8>> as Spec>::State;

    fn initial(&self) -> Self::State {
        self.0.initial()
    }

    fn step(&self, state: &mut Self::State, op: &Self::Op) -> RegisterRet<u8> {
        self.0.step(state, op)
    }

    fn partition(&self, op: &Self::Op) -> Option<u64> {
        self.0.partition(op)
    }
}

#[test]
fn that_takes_one_key_for_another() {
    let spec = || PerKey::new(Register { initial: 0 });
    let operation = |numbers: &mut Numbers, thread| (alike(numbers), register(numbers, thread));
    is_found(&spec(), operation, Order::PerKey, |history, order| judge(&Hashed(spec()), history, order));
}

#[test]
fn that_tells_of_the_part_that_it_comes_to_first() {
    let spec = PerKey::new(Register { initial: 0 });
    let operation = |numbers: &mut Numbers, thread| (numbers.below(2) as u8, register(numbers, thread));
    is_found(&spec, operation, Order::RealTime, |history, order| {
        let spec = PerKey::new(Register { initial: 0 });
        let of = |key: u8| {
            let own: Vec<usize> =
                (0..history.calls().len()).filter(|&c| history.calls()[c].op.0 == key).collect();
            let part = own.iter().map(|&call| history.calls()[call].clone()).collect();
            match judge(&spec, &part, order) {
                Judgement::Unexplained { prefix, stuck, longest } => {
                    let whole = |calls: Vec<usize>| calls.into_iter().map(|call| own[call]).collect();
                    Some(Judgement::Unexplained { prefix: whole(prefix), stuck: whole(stuck), longest })
                }
                _ => None,
            }
        };
        of(0).or_else(|| of(1)).unwrap_or_else(|| judge(&spec, history, order))
    });
}

/// A queue with a fault in what it tells the judge.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// It undoes nothing when a take is undone.
    Undo,
    /// It says that puts change nothing.
    Read,
    /// It says that what is in front can be taken at once, and has a bound.
    Alone,
    /// It says that values were put in the opposite order.
    Intervals,
    /// It says that nothing can be explained in which a take found the queue empty.
    Impossible,
    /// It says that what a call under way answers at its end was there until it began.
    Stays,
}

struct Faulty {
    queue: Queue<u8>,
    fault: Fault,
}

fn faulty(queue: Queue<u8>, fault: Fault) -> Faulty {
    Faulty { queue, fault }
}

impl Spec for Faulty {
    type Op = BagOp<u8>;
    type Ret = BagRet<u8>;
    type State = VecDeque<u8>;

    fn initial(&self) -> VecDeque<u8> {
        VecDeque::new()
    }

    fn step(&self, state: &mut VecDeque<u8>, op: &BagOp<u8>) -> BagRet<u8> {
        self.queue.step(state, op)
    }

    const UNDOES: bool = true;

    fn undo(&self, state: &mut VecDeque<u8>, op: &BagOp<u8>, ret: &BagRet<u8>) {
        if !(matches!(self.fault, Fault::Undo) && *op == BagOp::Take) {
            self.queue.undo(state, op, ret);
        }
    }

    fn urgency(&self, op: &BagOp<u8>, ret: Option<&BagRet<u8>>) -> Urgency {
        match (self.fault, ret) {
            (Fault::Read, Some(BagRet::Done)) => Urgency::Read,
            (Fault::Alone, Some(BagRet::Taken(value))) => Urgency::Alone(u64::from(*value)),
            _ => self.queue.urgency(op, ret),
        }
    }

    fn foresee(&self, calls: &[Seen<'_, Self>], may: &mut dyn FnMut(usize) -> bool) -> Foresight {
        let empty = calls.iter().any(|call| call.ret == Some(&BagRet::Empty));
        let told = |seen: &Seen<'_, Self>| {
            let taken = |other: &&Seen<'_, Self>| match (seen.op, other.ret) {
                (BagOp::Put(put), Some(BagRet::Taken(taken))) => put == taken,
                _ => false,
            };
            let end = |take: &Seen<'_, Self>| (u64::MAX / 2 - take.end, u64::MAX / 2 - take.start);
            calls.iter().find(taken).filter(|take| take.must).map_or((0, u64::MAX), end)
        };
        let stays = calls.iter().map(|&Seen { op, ret, start, end, must }| {
            let takes_alone = || calls.iter().filter(|call| call.ret == ret).count() == 1;
            let must = must || matches!(ret, Some(BagRet::Taken(_))) && takes_alone();
            Seen { op, ret, start, end, must }
        });
        match self.fault {
            Fault::Stays => self.queue.foresee(&stays.collect::<Vec<_>>(), may),
            Fault::Impossible if empty => Foresight::Impossible,
            Fault::Intervals => Foresight::Intervals(calls.iter().map(told).collect()),
            _ => Foresight::Nothing,
        }
    }
}

#[track_caller]
fn fault_is_found(queue: Queue<u8>, fault: Fault, operation: fn(&mut Numbers, usize) -> BagOp<u8>) {
    is_found(&queue, operation, Order::RealTime, |history, order| {
        let judged = catch_unwind(|| judge(&faulty(queue.clone(), fault), history, order));
        // The judge may notice itself that a beginning it has found is none.
        judged.unwrap_or(Judgement::Unknown(Limit::Time))
    });
}

#[test]
fn that_undoes_wrongly() {
    fault_is_found(Queue::unbounded(), Fault::Undo, bag);
}

#[test]
fn that_hurries_what_changes_the_state() {
    fault_is_found(Queue::unbounded(), Fault::Read, bag);
}

#[test]
fn that_hurries_what_others_mind() {
    fault_is_found(Queue::bounded(1), Fault::Alone, bag);
}

#[test]
fn that_foresees_the_opposite() {
    fault_is_found(Queue::unbounded(), Fault::Intervals, different);
}

#[test]
fn that_foresees_too_much() {
    fault_is_found(Queue::unbounded(), Fault::Impossible, bag);
}

#[test]
fn that_foresees_what_has_not_happened_yet() {
    for queue in [Queue::unbounded(), Queue::bounded(2)] {
        let spec = faulty(queue.clone(), Fault::Stays);
        let wrong =
            complaint(&queue, |history| told(&queue, history, judge(&spec, history, Order::RealTime)));
        assert!(wrong.is_some_and(|wrong| wrong.starts_with("this is not the longest")));
    }
}

/// A state of which the memo cannot see what it is.
#[derive(Clone, Debug)]
struct Blind(VecDeque<u8>);

impl PartialEq for Blind {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Blind {}

impl Hash for Blind {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

/// A queue with such states.
struct Forgetful(Queue<u8>);

impl Spec for Forgetful {
    type Op = BagOp<u8>;
    type Ret = BagRet<u8>;
    type State = Blind;

    fn initial(&self) -> Blind {
        Blind(VecDeque::new())
    }

    fn step(&self, state: &mut Blind, op: &BagOp<u8>) -> BagRet<u8> {
        self.0.step(&mut state.0, op)
    }

    const UNDOES: bool = true;

    fn undo(&self, state: &mut Blind, op: &BagOp<u8>, ret: &BagRet<u8>) {
        self.0.undo(&mut state.0, op, ret);
    }
}

#[test]
fn that_remembers_no_states() {
    is_found(&Queue::unbounded(), bag, Order::RealTime, |history, order| {
        judge(&Forgetful(Queue::unbounded()), history, order)
    });
}

/// Stacks with the same value twice: what is on top cannot be hurried past a put of it.
struct Hasty(Stack<u8>);

impl Spec for Hasty {
    type Op = BagOp<u8>;
    type Ret = BagRet<u8>;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        Vec::new()
    }

    fn step(&self, state: &mut Vec<u8>, op: &BagOp<u8>) -> BagRet<u8> {
        self.0.step(state, op)
    }

    fn urgency(&self, op: &BagOp<u8>, ret: Option<&BagRet<u8>>) -> Urgency {
        match self.0.urgency(op, ret) {
            Urgency::Rival(_) => Urgency::Ordinary,
            other => other,
        }
    }
}

/// It takes six calls to tell: two values of which one is on the stack twice.
#[test]
fn that_has_no_rivals() {
    let spec = Stack::new();
    let call = |thread, op, ret, start, end| selvedge::check::Call {
        thread,
        op,
        ret: Some(ret),
        start,
        end,
        phase: 0,
    };
    let (put, took) = (|value| BagOp::Put(value), |value| BagRet::Taken(value));
    let history: History<_, _> = [
        call(0, put(1), BagRet::Done, 0, 0),
        // While this take of 1 is under way, 2 and then another 1 are put; the others find 1 and below it 2.
        call(0, BagOp::Take, took(1), 1, 10),
        call(1, put(2), BagRet::Done, 2, 3),
        call(1, put(1), BagRet::Done, 4, 5),
        call(1, BagOp::Take, took(2), 11, 12),
        call(1, BagOp::Take, took(1), 13, 14),
    ]
    .into_iter()
    .collect();
    assert!(judge(&spec, &history, Order::RealTime).is_explained());
    assert!(!judge(&Hasty(spec), &history, Order::RealTime).is_explained());
}
