//! Each specification that is shipped, against all permutations.

use crate::random::{Maker, Numbers, ORDERS, compare};
use selvedge::check::specs::*;
use selvedge::check::{Arbitrary, Order, Spec, judge};
use std::hash::{Hash, Hasher};

/// How many histories of a specification in real time, and a tenth of it in each other order. Without optimisation that would
/// take minutes.
const HISTORIES: u64 = if cfg!(debug_assertions) { 10_000 } else { 100_000 };

pub fn value(numbers: &mut Numbers) -> u8 {
    1 + numbers.below(4) as u8
}

pub fn key(numbers: &mut Numbers) -> u8 {
    numbers.below(2) as u8
}

pub fn bag(numbers: &mut Numbers, _thread: usize) -> BagOp<u8> {
    if numbers.below(2) == 0 { BagOp::Put(value(numbers)) } else { BagOp::Take }
}

pub fn register(numbers: &mut Numbers, _thread: usize) -> RegisterOp<u8> {
    if numbers.below(2) == 0 { RegisterOp::Write(value(numbers)) } else { RegisterOp::Read }
}

/// Values that hardly ever are the same, so that what is known of single values is put to use.
pub fn different(numbers: &mut Numbers, _thread: usize) -> BagOp<u8> {
    if numbers.below(2) == 0 { BagOp::Put(numbers.below(200) as u8) } else { BagOp::Take }
}

/// Two values that are put again and again, so that it is told by ranks what can have happened.
pub fn few(numbers: &mut Numbers, _thread: usize) -> BagOp<u8> {
    if numbers.below(2) == 0 { BagOp::Put(numbers.below(2) as u8) } else { BagOp::Take }
}

#[track_caller]
fn agrees<S: Spec>(spec: &S, operation: fn(&mut Numbers, usize) -> S::Op) {
    let maker = Maker { spec, operation };
    for order in ORDERS {
        let compared = compare(
            &maker,
            order,
            if order == Order::RealTime { HISTORIES } else { HISTORIES / 10 },
            |history, order| judge(spec, history, order),
        );
        if let Some(complaint) = compared.complaint {
            panic!("{complaint}");
        }
        let share = compared.explained * 100 / compared.all;
        println!("{order:?}: {share} % of {} histories are explained", compared.all);
        assert!((20..=80).contains(&share), "{order:?}: {share} % is too one-sided");
    }
}

#[test]
fn registers() {
    agrees(&Register { initial: 0 }, register);
}

#[test]
fn registers_with_compare_and_set() {
    agrees(&CasRegister { initial: 1 }, |numbers, _| match numbers.below(4) {
        0 => CasOp::Read,
        1 => CasOp::Write(value(numbers)),
        _ => CasOp::Cas { expected: value(numbers), new: value(numbers) },
    });
}

#[test]
fn queues() {
    agrees(&Queue::unbounded(), bag);
}

#[test]
fn queues_of_different_values() {
    agrees(&Queue::unbounded(), different);
}

#[test]
fn queues_of_few_values() {
    agrees(&Queue::unbounded(), few);
}

#[test]
fn queues_with_a_bound() {
    agrees(&Queue::bounded(2), bag);
}

#[test]
fn queues_with_a_bound_of_few_values() {
    agrees(&Queue::bounded(3), few);
}

#[test]
fn relaxed_queues() {
    agrees(&RelaxedQueue::new(2), bag);
}

#[test]
fn relaxed_queues_of_few_values() {
    agrees(&RelaxedQueue::new(2), few);
}

#[test]
fn stacks() {
    agrees(&Stack::new(), bag);
}

#[test]
fn stacks_of_different_values() {
    agrees(&Stack::new(), different);
}

#[test]
fn stacks_of_few_values() {
    agrees(&Stack::new(), few);
}

#[test]
fn pools() {
    agrees(&Pool::new(), bag);
}

#[test]
fn sets() {
    agrees(&Set::new(), |numbers, _| match numbers.below(3) {
        0 => SetOp::Insert(key(numbers)),
        1 => SetOp::Remove(key(numbers)),
        _ => SetOp::Contains(key(numbers)),
    });
}

#[test]
fn maps() {
    agrees(&Map::new(), |numbers, _| match numbers.below(3) {
        0 => MapOp::Get(key(numbers)),
        1 => MapOp::Insert(key(numbers), value(numbers)),
        _ => MapOp::Remove(key(numbers)),
    });
}

#[test]
fn stores_of_texts() {
    fn name(numbers: &mut Numbers) -> String {
        ["x", "y"][numbers.below(2) as usize].into()
    }
    agrees(&KeyValue, |numbers, _| {
        let text = ["", "a", "b"][numbers.below(3) as usize].to_string();
        match numbers.below(5) {
            0 => KeyValueOp::Put(name(numbers), text),
            1 => KeyValueOp::Append(name(numbers), text),
            _ => KeyValueOp::Get(name(numbers)),
        }
    });
}

#[test]
fn ordered_maps() {
    agrees(&OrderedMap::new(), |numbers, _| match numbers.below(7) {
        0 => OrderedMapOp::Get(value(numbers)),
        1 | 2 => OrderedMapOp::Insert(value(numbers), key(numbers)),
        3 => OrderedMapOp::Remove(value(numbers)),
        4 => OrderedMapOp::First,
        5 => OrderedMapOp::Last,
        _ => OrderedMapOp::Range(value(numbers), 1 + value(numbers)),
    });
}

#[test]
fn counters() {
    agrees(&Counter, |numbers, _| match numbers.below(3) {
        0 => CounterOp::Get,
        1 => CounterOp::Add(numbers.below(3) as i64 - 1),
        _ => CounterOp::FetchAdd(numbers.below(3) as i64 - 1),
    });
}

#[test]
fn locks() {
    agrees(&Lock, |numbers, thread| match numbers.below(3) {
        0 => LockOp::Lock(thread as u64),
        1 => LockOp::TryLock(thread as u64),
        _ => LockOp::Unlock(thread as u64),
    });
}

#[test]
fn queues_by_keys() {
    agrees(&PerKey::new(Queue::unbounded()), |numbers, thread| (key(numbers), bag(numbers, thread)));
}

/// A key with the same hash as all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Arbitrary)]
pub struct Alike(pub u8);

impl Hash for Alike {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

pub fn alike(numbers: &mut Numbers) -> Alike {
    Alike(key(numbers))
}

#[test]
fn keys_that_collide() {
    agrees(&PerKey::new(Register { initial: 0 }), |numbers, thread| {
        (alike(numbers), register(numbers, thread))
    });
    agrees(&PerKey::new(Queue::unbounded()), |numbers, thread| (alike(numbers), bag(numbers, thread)));
    agrees(&Map::new(), |numbers, _| match numbers.below(3) {
        0 => MapOp::Get(alike(numbers)),
        1 => MapOp::Insert(alike(numbers), value(numbers)),
        _ => MapOp::Remove(alike(numbers)),
    });
    agrees(&Set::new(), |numbers, _| match numbers.below(3) {
        0 => SetOp::Insert(alike(numbers)),
        1 => SetOp::Remove(alike(numbers)),
        _ => SetOp::Contains(alike(numbers)),
    });
}

/// The judge must not say yes where nothing composes: each part is right, and the whole is not.
#[test]
fn program_order_does_not_compose() {
    use selvedge::check::{Call, History};
    let put = |key: u8| (key, BagOp::Put(1));
    let call = |thread, op: (u8, BagOp<u8>), ret, at| Call {
        thread,
        op,
        ret: Some(ret),
        start: at,
        end: at,
        phase: 0,
    };
    // Each thread puts into its own queue and then finds the other's empty.
    let history: History<_, _> = [
        call(0, put(0), BagRet::Done, 0),
        call(0, (1, BagOp::Take), BagRet::Empty, 1),
        call(1, put(1), BagRet::Done, 0),
        call(1, (0, BagOp::Take), BagRet::Empty, 1),
    ]
    .into_iter()
    .collect();
    let spec = PerKey::new(Queue::unbounded());
    assert!(judge(&spec, &history, Order::PerKey).is_explained());
    assert!(!judge(&spec, &history, Order::Program).is_explained());
}
