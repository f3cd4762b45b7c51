//! The judge of explored executions: exact, although no order of the steps is chosen.
//!
//! An execution graph stands for every order in which its events could have come. So the question is not
//! whether one history is linearizable, but:
//!
//! * `Weak`: whether the calls can be ordered so that the order respects happens-before, from a return to a
//!   call. There is no time beyond that: what is not ordered by happens-before no client can order either.
//! * `Sc`: whether in *each* interleaving that the graph stands for, they can be ordered within real time.
//!   Say an order explains the answers. An interleaving refutes it only if in it some call that comes later in
//!   that order has returned before an earlier one was called. So each such pair is tried: with it as a further
//!   constraint on the interleavings, some other order must explain the answers. The search ends since
//!   constraints only grow, and is exact since an interleaving that refutes all has to refute each.
//!   (Call and return are where they hurt most: right before the first step and right after the last.)
//!
//! Most graphs differ in nothing that matters here, so verdicts are remembered.

use super::Memory;
use super::clock::Clock;
use super::coherence::close_further;
use super::driver::Driver;
use super::graph::{Id, Kind};
use super::machine::{Ended, Run};
use crate::check::history::{Call, Calls, History, Order, go_on};
use crate::check::linearizability::{Judgement, judge};
use crate::check::spec::{Spec, Structure};
use crate::sync::model;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Debug;
use std::rc::Rc;

/// The events of a call: how many its thread had when it began, and when it ended.
pub(in crate::check) type Span = (u16, u16);

thread_local! {
    static DRIVER: RefCell<Option<Rc<Driver>>> = const { RefCell::new(None) };
}

/// From here on, executions on this thread are explored by this driver (or not).
pub(super) fn install(driver: Option<Rc<Driver>>) {
    DRIVER.with(|own| *own.borrow_mut() = driver);
}

/// The driver of the execution on this thread, if it is explored.
pub(super) fn installed() -> Option<Rc<Driver>> {
    DRIVER.with(|own| own.borrow().clone())
}

fn driver() -> Rc<Driver> {
    installed().expect("this execution is explored")
}

/// The running thread begins a call of the structure.
pub(in crate::check) fn called() {
    if let Some(driver) = installed() {
        let mut run = driver.run.borrow_mut();
        let me = run.running;
        run.spins.called(me);
    }
}

/// Main has done what it has to do: the others go on to their ends. Whether all came to it, so that this was an
/// execution.
pub(in crate::check) fn is_execution() -> bool {
    model::end_main();
    let driver = driver();
    driver.close();
    let ended = driver.run.borrow().ended;
    ended == Ended::Complete && !driver.given_up.get()
}

/// How many events the running thread has.
pub(in crate::check) fn position() -> u16 {
    let driver = driver();
    let run = driver.run.borrow();
    run.past.ran(run.running)
}

/// A call, its events, and its place in the order of calls of its thread.
pub(in crate::check) type Timed<S> = (Call<<S as Spec>::Op, <S as Spec>::Ret>, Span);

/// Which sets of answers and constraints can be explained.
pub(super) type Verdicts = HashMap<(u64, Box<[u128]>), bool>;

/// What the judge says of an execution.
pub(in crate::check) struct Explained<S: Spec> {
    pub history: History<S::Op, S::Ret>,
    /// See [`History::answers`]: the verdicts are remembered by them.
    pub answers: u64,
    /// Calls of different threads overlap, in some order of the steps.
    pub overlapped: bool,
    /// Why the answers cannot be explained.
    pub judgement: Option<Judgement>,
    /// An operation that took more steps than it may.
    pub slow: Option<String>,
}

/// Judges the calls of the execution that has just ended.
pub(in crate::check) fn explain<S: Structure>(spec: &S, mut calls: Vec<Timed<S>>) -> Explained<S> {
    let driver = driver();
    let run = driver.run.borrow();
    // Sorting is stable, and each thread's calls are in their order.
    calls.sort_by_key(|(call, _)| call.thread);
    assert!(calls.len() <= 64, "an explored scenario has at most 64 operations");
    let spans: Vec<(usize, Span)> = calls.iter().map(|(call, span)| (call.thread, *span)).collect();
    let history: History<S::Op, S::Ret> = go_on(timed(&run, calls)).collect();
    let answers = history.answers();
    let of_all = run.rules.demand.steps;
    let most = |op: &S::Op| spec.most_steps(op).into_iter().chain(of_all).min();
    let slow = slow(&run, &history, &spans, most);
    let mut verdicts = driver.verdicts.borrow_mut();
    let overlapped;
    let failed = match run.rules.memory {
        Memory::Weak => {
            let before = known_before(&run, &spans);
            let key = (answers, before.iter().map(|set| u128::from(*set)).collect());
            overlapped = overlap(&spans, &before);
            let explained = *verdicts.entry(key).or_insert_with(|| {
                judge(spec, &history.clone().ordered(before.clone()), Order::Given).is_explained()
            });
            (!explained).then_some(before)
        }
        Memory::Sc => {
            let points = Points::new(&run, &spans);
            overlapped = overlap(&spans, &points.returned());
            let mut search = RealTime { spec, history: &history, answers, verdicts: &mut verdicts };
            search.refuted(points)
        }
    };
    let Some(before) = failed else {
        return Explained { history, answers, overlapped, judgement: None, slow };
    };
    if run.rules.memory == Memory::Sc {
        *driver.real_time.borrow_mut() = precedences(&spans, &before);
    }
    let history = history.ordered(before);
    let judgement = judge(spec, &history, Order::Given);
    Explained { history, answers, overlapped, judgement: Some(judgement), slow }
}

/// A call with more steps than `most` allows it.
fn slow<Op: Debug, Ret>(
    run: &Run,
    history: &History<Op, Ret>,
    spans: &[(usize, Span)],
    most: impl Fn(&Op) -> Option<u16>,
) -> Option<String> {
    let steps = |&(thread, (from, to)): &(usize, Span)| {
        let events = &run.graph.threads[thread][usize::from(from)..usize::from(to)];
        // A read-modify-write is two events, and one step.
        events.iter().filter(|event| event.kind != Kind::Put).count()
    };
    history.calls().iter().zip(spans).find_map(|(Call { op, .. }, span @ (thread, _))| {
        let (most, took) = (most(op)?, steps(span));
        let slow = took > usize::from(most);
        slow.then(|| {
            format!("not wait-free: {op:?} of thread {thread} took {took} steps, and may take {most}")
        })
    })
}

/// Whether two calls of different threads are in no order.
fn overlap(spans: &[(usize, Span)], before: &[Calls]) -> bool {
    let ordered = |first: usize, then: usize| before[then] >> first & 1 == 1;
    let loose =
        |one: usize, two: usize| spans[one].0 != spans[two].0 && !ordered(one, two) && !ordered(two, one);
    (0..spans.len()).any(|one| (0..one).any(|two| loose(one, two)))
}

/// The calls with times: the steps of this run. Only for the eye.
fn timed<Op, Ret>(run: &Run, calls: Vec<(Call<Op, Ret>, Span)>) -> impl Iterator<Item = Call<Op, Ret>> {
    let mut last: Option<(usize, u64)> = None;
    calls.into_iter().map(move |(mut call, (from, to))| {
        let when = |index: u16| u64::from(run.past.known(Id::new(call.thread, index)).when);
        // A call without events comes right after what was before it.
        (call.start, call.end) = if from < to { (when(from), when(to - 1)) } else { (0, 0) };
        if let Some((_, end)) = last.filter(|(thread, _)| *thread == call.thread) {
            call.start = call.start.max(end + 1);
            call.end = call.end.max(call.start);
        }
        last = Some((call.thread, call.end));
        call
    })
}

/// Last and first events of calls of which one had ended before the other began.
fn precedences(spans: &[(usize, Span)], before: &[Calls]) -> Vec<(Id, Id)> {
    let pairs = (0..spans.len()).flat_map(|then| (0..spans.len()).map(move |first| (first, then)));
    let ordered = pairs.filter(|&(first, then)| before[then] >> first & 1 == 1);
    let edges = ordered.filter_map(|(first, then)| {
        let ((one, (_, to)), (two, (from, _))) = (spans[first], spans[then]);
        Some((Id::new(one, to.checked_sub(1)?), Id::new(two, from)))
    });
    edges.collect()
}

/// Whether the execution that runs has touched shared memory.
pub(in crate::check) fn touched() -> bool {
    let driver = driver();
    let run = driver.run.borrow();
    run.plains.exist() || run.graph.cells.iter().any(|cell| !cell.reads.is_empty() || !cell.writes.is_empty())
}

/// For each call, those whose return happens before it is called.
fn known_before(run: &Run, spans: &[(usize, Span)]) -> Vec<Calls> {
    let before = |then: usize| {
        let (thread, (from, _)) = spans[then];
        let known = run.past.before_index(thread, from);
        let is_before = |first: usize| {
            let (other, (_, to)) = spans[first];
            if other == thread { first < then } else { to > 0 && known.contains(Id::new(other, to - 1)) }
        };
        (0..spans.len()).filter(|&first| is_before(first)).fold(0, |set, first| set | 1 << first)
    };
    (0..spans.len()).map(before).collect()
}

/// Call and return of each operation, and what comes before what: rows of bits. Point `2n` is the call of
/// operation n, point `2n + 1` its return.
#[derive(Clone)]
struct Points(Box<[u128]>);

impl Points {
    fn new(run: &Run, spans: &[(usize, Span)]) -> Self {
        let event = |point: usize| {
            let (thread, (from, to)) = spans[point / 2];
            let index = if point.is_multiple_of(2) { from.min(to.max(1) - 1) } else { to.max(1) - 1 };
            Id::new(thread, index)
        };
        // The points of a thread follow each other, and so do their pasts: each goes on from the one before.
        let (mut past, mut of) = (Clock::default(), None);
        let rows = (0..2 * spans.len()).map(|point| {
            let thread = Some(spans[point / 2].0);
            if std::mem::replace(&mut of, thread) != thread {
                past = Clock::default();
            }
            let mut own = Clock::default();
            own.add(event(point));
            close_further(&run.graph, &mut past, &own);
            let is_before = |other: usize| {
                let same_thread = spans[other / 2].0 == spans[point / 2].0;
                if same_thread { other < point } else { past.contains(event(other)) }
            };
            (0..2 * spans.len()).filter(|&other| is_before(other)).fold(0, |set, other| set | 1 << other)
        });
        Points(rows.collect())
    }

    /// Whether `first` comes before `then`.
    fn before(&self, first: usize, then: usize) -> bool {
        self.0[then] >> first & 1 == 1
    }

    /// For each call, those that had returned before it was called.
    fn returned(&self) -> Vec<Calls> {
        let calls = self.0.len() / 2;
        let returned = |then: usize| {
            let earlier = (0..calls).filter(|&first| first != then && self.before(2 * first + 1, 2 * then));
            earlier.fold(0, |set, first| set | 1 << first)
        };
        (0..calls).map(returned).collect()
    }

    /// The same with `first` before `then`, unless the opposite is so already.
    fn with(&self, first: usize, then: usize) -> Option<Points> {
        if self.before(then, first) || first == then {
            return None;
        }
        let mut rows = self.0.clone();
        let new = rows[first] | 1 << first;
        for point in 0..rows.len() {
            if point == then || rows[point] >> then & 1 == 1 {
                rows[point] |= new;
            }
        }
        Some(Points(rows))
    }
}

struct RealTime<'a, S: Spec> {
    spec: &'a S,
    history: &'a History<S::Op, S::Ret>,
    answers: u64,
    verdicts: &'a mut Verdicts,
}

impl<S: Spec> RealTime<'_, S> {
    /// The real-time order of an interleaving within `points` that nothing explains, if there is one.
    fn refuted(&mut self, points: Points) -> Option<Vec<Calls>> {
        let key = (self.answers, points.0.clone());
        if self.verdicts.get(&key) == Some(&true) {
            return None;
        }
        let before = points.returned();
        let order = match judge(self.spec, &self.history.clone().ordered(before.clone()), Order::Given) {
            Judgement::Explained(order) => order,
            Judgement::Unexplained { .. } => return Some(before),
            Judgement::Unknown(_) => unreachable!("there were no limits"),
        };
        for (place, &earlier) in order.iter().enumerate() {
            for &later in &order[place + 1..] {
                let refuting = points.with(2 * later + 1, 2 * earlier).filter(|with| with.0 != points.0);
                if let Some(before) = refuting.and_then(|refuting| self.refuted(refuting)) {
                    return Some(before);
                }
            }
        }
        self.verdicts.insert(key, true);
        None
    }
}
