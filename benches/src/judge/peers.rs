//! The checkers: each is given the history in its own form before the clock starts.

use crate::histories::{CAPACITY, Call, Case, FULL, Kind, Op, Ret};
use lincheck::checker::LinearizabilityChecker;
use lincheck::recorder::{Recorder, record_init_part};
use selvedge::check::specs::{
    BagOp, BagRet, CasOp, CasRegister, CasRet, Map, MapOp, Queue, Register, RegisterOp, RegisterRet, Stack,
};
use selvedge::check::{History, Limits, Order, Spec, judge_within};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use todc_utils::linearizability::WGLChecker;
use todc_utils::linearizability::history::{Action, History as Actions};
use todc_utils::specifications::Specification;

/// The verdict, and the shortest of several times.
pub type Measured = (bool, Duration);

/// Measures for a fifth of a second, and at least once.
fn measured<T>(mut make: impl FnMut() -> T, mut check: impl FnMut(T) -> bool) -> Measured {
    let begun = Instant::now();
    let mut best = Duration::MAX;
    loop {
        let input = make();
        let start = Instant::now();
        let verdict = check(input);
        best = best.min(start.elapsed());
        if begun.elapsed() > Duration::from_millis(200) {
            return (verdict, best);
        }
    }
}

pub const PEERS: [&str; 4] = ["selvedge", "todc-utils", "stateright", "lincheck"];

pub fn run(peer: &str, case: &Case) -> Measured {
    let calls = case.history();
    match (peer, case.kind) {
        ("selvedge", _) => selvedge(case, &calls),
        ("todc-utils", Kind::Register) => todc::<0>(&calls),
        ("todc-utils", Kind::Queue) => todc::<1>(&calls),
        ("todc-utils", Kind::Stack) => todc::<2>(&calls),
        ("todc-utils", Kind::CasRegister) => todc::<3>(&calls),
        ("todc-utils", Kind::BoundedQueue) => todc::<4>(&calls),
        ("todc-utils", Kind::Map) => todc::<5>(&calls),
        ("stateright", kind) => stateright(kind, &calls),
        ("lincheck", Kind::Register) => lincheck::<0>(&calls),
        ("lincheck", Kind::Queue) => lincheck::<1>(&calls),
        ("lincheck", Kind::Stack) => lincheck::<2>(&calls),
        ("lincheck", Kind::CasRegister) => lincheck::<3>(&calls),
        ("lincheck", Kind::BoundedQueue) => lincheck::<4>(&calls),
        ("lincheck", Kind::Map) => lincheck::<5>(&calls),
        _ => panic!("{peer} is unknown"),
    }
}

const KINDS: [Kind; 6] =
    [Kind::Register, Kind::Queue, Kind::Stack, Kind::CasRegister, Kind::BoundedQueue, Kind::Map];

fn selvedge(case: &Case, calls: &[Call]) -> Measured {
    let limits = Limits { workers: case.workers, ..Limits::default() };
    let judged = Judged { calls, limits };

    let bag = |call: &Call| match (call.op, call.ret) {
        (Op::Put(value), FULL) => (BagOp::Put(value), BagRet::Full),
        (Op::Put(value), _) => (BagOp::Put(value), BagRet::Done),
        (_, Some(value)) => (BagOp::Take, BagRet::Taken(value)),
        (_, None) => (BagOp::Take, BagRet::Empty),
    };
    match case.kind {
        Kind::Register => judged.by(&Register { initial: None }, |call| match call.op {
            Op::Put(value) => (RegisterOp::Write(Some(value)), RegisterRet::Written),
            _ => (RegisterOp::Read, RegisterRet::Value(call.ret)),
        }),
        Kind::CasRegister => judged.by(&CasRegister { initial: None }, |call| match call.op {
            Op::Put(value) => (CasOp::Write(Some(value)), CasRet::Written),
            Op::Cas(expected, new) => {
                (CasOp::Cas { expected: Some(expected), new: Some(new) }, CasRet::Set(call.ret == Some(1)))
            }
            _ => (CasOp::Read, CasRet::Value(call.ret)),
        }),
        Kind::Queue => judged.by(&Queue::unbounded(), bag),
        Kind::BoundedQueue => judged.by(&Queue::bounded(CAPACITY), bag),
        Kind::Stack => judged.by(&Stack::new(), bag),
        Kind::Map => judged.by(&Map::new(), |call| {
            let op = match call.op {
                Op::Insert(key, value) => MapOp::Insert(key, value),
                Op::Remove(key) => MapOp::Remove(key),
                Op::Get(key) => MapOp::Get(key),
                op => panic!("{op:?} is nothing that a map is asked"),
            };
            (op, call.ret)
        }),
    }
}

/// A history for our own judge.
struct Judged<'a> {
    calls: &'a [Call],
    limits: Limits,
}

impl Judged<'_> {
    fn by<S: Spec>(&self, spec: &S, told: impl Fn(&Call) -> (S::Op, S::Ret)) -> Measured {
        let calls = self.calls.iter().map(|call| {
            let (op, ret) = told(call);
            let Call { thread, start, end, .. } = *call;
            selvedge::check::Call { thread, op, ret: Some(ret), start, end, phase: 0 }
        });
        let history: History<S::Op, S::Ret> = calls.collect();
        let judge = || judge_within(spec, &history, Order::RealTime, &self.limits);
        measured(|| (), |()| judge().is_explained())
    }
}

/// Beginnings and ends of calls in the order of time.
fn events(calls: &[Call]) -> Vec<(u64, bool, Call)> {
    let both = calls.iter().flat_map(|call| [(call.start, false, *call), (call.end, true, *call)]);
    let mut events: Vec<(u64, bool, Call)> = both.collect();
    events.sort_by_key(|(moment, ..)| *moment);
    events
}

struct Todc<const KIND: usize>;

impl<const KIND: usize> Specification for Todc<KIND> {
    type State = VecDeque<u64>;
    type Operation = (Op, Ret);

    fn init() -> VecDeque<u64> {
        VecDeque::new()
    }

    fn apply((op, ret): &(Op, Ret), state: &VecDeque<u64>) -> (bool, VecDeque<u64>) {
        let mut after = state.clone();
        let right = KINDS[KIND].step(&mut after, *op) == *ret;
        (right, after)
    }
}

fn todc<const KIND: usize>(calls: &[Call]) -> Measured {
    let actions = events(calls).into_iter().map(|(_, is_end, call)| {
        let told = (call.op, call.ret);
        (call.thread, if is_end { Action::Response(told) } else { Action::Call(told) })
    });
    let history = Actions::from_actions(actions.collect());
    measured(|| history.clone(), WGLChecker::<Todc<KIND>>::is_linearizable)
}

#[derive(Clone)]
struct Stateright(Kind, VecDeque<u64>);

impl SequentialSpec for Stateright {
    type Op = Op;
    type Ret = Ret;

    fn invoke(&mut self, op: &Op) -> Ret {
        self.0.step(&mut self.1, *op)
    }
}

fn stateright(kind: Kind, calls: &[Call]) -> Measured {
    let mut tester = LinearizabilityTester::new(Stateright(kind, VecDeque::new()));
    for (_, is_end, call) in events(calls) {
        let told = if is_end {
            tester.on_return(call.thread, call.ret)
        } else {
            tester.on_invoke(call.thread, call.op)
        };
        told.expect("a history");
    }
    measured(|| (), |()| tester.is_consistent())
}

#[derive(Default)]
struct Lincheck<const KIND: usize>(VecDeque<u64>);

impl<const KIND: usize> lincheck::SequentialSpec for Lincheck<KIND> {
    type Op = Op;
    type Ret = Ret;

    fn exec(&mut self, op: Op) -> Ret {
        KINDS[KIND].step(&mut self.0, op)
    }
}

/// It judges what it has recorded itself, so the history is performed for it: threads take turns, event by event.
fn lincheck<const KIND: usize>(calls: &[Call]) -> Measured {
    let recorder = record_init_part().record_parallel_part();
    let turn = AtomicU64::new(0);
    let wait = |moment: u64| {
        while turn.load(Ordering::SeqCst) != moment {
            std::thread::yield_now();
        }
    };
    let next = || turn.fetch_add(1, Ordering::SeqCst);
    std::thread::scope(|scope| {
        for thread in 0..=calls.iter().map(|call| call.thread).max().unwrap_or(0) {
            let (mut recorder, wait, next) = (recorder.record_thread(), &wait, &next);
            scope.spawn(move || {
                for call in calls.iter().filter(|call| call.thread == thread) {
                    wait(call.start);
                    recorder.record(call.op, || {
                        next();
                        wait(call.end);
                        call.ret
                    });
                    next();
                }
            });
        }
    });
    let execution = recorder.finish();
    measured(|| (), |()| LinearizabilityChecker::<Lincheck<KIND>>::check(&execution))
}
