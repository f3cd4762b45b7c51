//! One execution of a model's body.

use super::history::{Call, History, Order, go_on};
use super::linearizability::{Judgement, judge};
use super::panicky::catch_chosen;
use super::picture::{Attempt, Refuted};
use super::scenario::Scenario;
use super::spec::{Spec, Structure};
use super::tally::{Sight, Tally};
use crate::sync::host::{Arc, Mutex};
use crate::sync::thread;
#[cfg(not(any(loom, shuttle)))]
use crate::sync::{
    Backoff,
    atomic::{AtomicUsize, Ordering},
};
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::panic_any;

/// Where the harness starts threads and waits for them: no reader wants to see that.
#[cfg(any(loom, shuttle))]
pub(super) const FILE: &str = file!();

/// How the note of a call that begins starts.
pub(super) const BEGINS: &str = "┌ ";

/// How the note of a call that ends starts.
pub(super) const ENDS: &str = "└ ";

/// Which order of calls an explanation must respect.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Respect {
    /// That of the history.
    Order(Order),
    /// What the execution graph says.
    #[cfg(shuttle)]
    Graph,
}

impl Respect {
    /// What the judge is asked for, once the order is part of the history.
    fn order(self) -> Order {
        match self {
            Respect::Order(order) => order,
            #[cfg(shuttle)]
            Respect::Graph => Order::Given,
        }
    }
}

/// What an execution is told.
#[derive(Clone)]
pub(super) struct Context {
    /// Which order an explanation must respect.
    pub order: Respect,
    /// Where to count.
    pub tally: Tally,
    /// Which of the model's bodies this is.
    pub body: usize,
}

#[cfg(any(loom, shuttle))]
mod watch {
    //! When an operation began and ended, in steps of the execution.
    //!
    //! Not when it was called and returned: an engine switches threads before steps only, so a call is always
    //! made in the slice of the step before it, and all would seem to overlap. An operation takes effect
    //! between its first and its last step, and it could have been called right before the one and have
    //! returned right after the other: that execution is as legal, and gives the sharper interval.

    use crate::sync::model;

    #[derive(Clone, Default)]
    pub(in crate::check) struct Watch;

    impl Watch {
        pub(in crate::check) fn time<R>(
            &self,
            about: impl Fn(Option<&R>) -> String,
            f: impl FnOnce() -> R,
        ) -> (R, u64, u64) {
            let mark = model::now();
            note(&about, None);
            let ret = f();
            let me = model::thread();
            let mine = |event: &model::Event| event.thread == me && event.text.is_none();
            let (first, last) = model::span(mark, mine).unwrap_or((model::now(), model::now()));
            note(&about, Some(&ret));
            (ret, first as u64, last as u64)
        }
    }

    fn note<R>(about: &impl Fn(Option<&R>) -> String, ret: Option<&R>) {
        if model::recording() {
            model::note(about(ret));
        }
    }
}

#[cfg(not(any(loom, shuttle)))]
mod watch {
    //! When an operation began and ended: a counter that all threads share.
    //!
    //! Its read-modify-writes order calls that do not overlap, on any processor, so the judge may demand
    //! real time of them.

    use crate::sync::atomic::{AtomicU64, Ordering};
    use crate::sync::host::Arc;

    #[derive(Clone, Default)]
    pub(in crate::check) struct Watch(Arc<AtomicU64>);

    impl Watch {
        pub(in crate::check) fn time<R>(
            &self,
            _about: impl Fn(Option<&R>) -> String,
            f: impl FnOnce() -> R,
        ) -> (R, u64, u64) {
            let start = self.0.fetch_add(1, Ordering::SeqCst);
            let ret = f();
            (ret, start, self.0.fetch_add(1, Ordering::SeqCst))
        }
    }
}

use watch::Watch;

/// A call, and its events in an explored execution.
type Timed<S> = (Call<<S as Spec>::Op, <S as Spec>::Ret>, (u16, u16));
type Calls<S> = Arc<Mutex<Vec<Timed<S>>>>;

struct Worker<S: Structure> {
    structure: Arc<S>,
    sut: Arc<S::Sut>,
    watch: Watch,
    calls: Calls<S>,
    order: Respect,
}

impl<S: Structure> Clone for Worker<S> {
    fn clone(&self) -> Self {
        let (structure, sut) = (Arc::clone(&self.structure), Arc::clone(&self.sut));
        let (watch, calls, order) = (self.watch.clone(), Arc::clone(&self.calls), self.order);
        Worker { structure, sut, watch, calls, order }
    }
}

impl<S: Structure> Worker<S> {
    /// How many events this thread has, in an explored execution.
    fn position(&self) -> u16 {
        match self.order {
            Respect::Order(_) => 0,
            #[cfg(shuttle)]
            Respect::Graph => super::explore::position(),
        }
    }

    fn work(&self, thread: usize, phase: u32, operations: &[S::Op]) {
        for op in operations {
            let about = |ret: Option<&Option<S::Ret>>| match ret {
                None => format!("{BEGINS}{op:?}"),
                Some(None) => format!("{ENDS}{op:?} -> (a panic)"),
                Some(Some(ret)) => format!("{ENDS}{op:?} -> {ret:?}"),
            };
            #[cfg(shuttle)]
            super::explore::called();
            let from = self.position();
            let apply = || catch_chosen(|| self.structure.apply(&self.sut, op));
            let (ret, start, end) = self.watch.time(about, apply);
            let call = Call { thread, op: op.clone(), ret, start, end, phase };
            self.calls.lock().expect("no panic under this lock").push((call, (from, self.position())));
        }
    }
}

/// Creates the structure, carries out the scenario, judges the history, drops the structure.
pub(super) fn scenario<S: Structure>(structure: &Arc<S>, scenario: &Scenario<S::Op>, context: &Context) {
    let worker = Worker {
        structure: Arc::clone(structure),
        sut: Arc::new(structure.create()),
        watch: Default::default(),
        calls: Arc::default(),
        order: context.order,
    };
    worker.work(0, 0, &scenario.before);
    at_once(&worker, scenario);
    worker.work(0, 2, &scenario.after);

    let Worker { sut, calls, .. } = worker;
    let calls = std::mem::take(&mut *calls.lock().expect("no panic"));
    let judged = judged(&**structure, calls, context.order);
    context.tally.observe(context.body, sight(&judged, context.order));
    if let Some(judgement @ Judgement::Unexplained { prefix, stuck, longest }) = &judged.judgement {
        let history = &judged.history;
        let message = complaint(history, context.order, prefix, longest.then_some(&stuck[..]));
        let attempt = Attempt::of(&**structure, history, context.order.order(), judgement);
        panic_any(Refuted { message, attempt });
    }
    let sut = Arc::into_inner(sut).expect("all threads have ended and given their share back");
    // A destructor that panics by choice has to leave nothing behind, as the end of the execution tells.
    let _ = catch_chosen(|| drop(sut));
}

/// What the judge says of the calls of an execution.
struct Judged<S: Spec> {
    history: History<S::Op, S::Ret>,
    /// See [`History::answers`].
    answers: u64,
    overlapped: bool,
    judgement: Option<Judgement>,
}

fn judged<S: Structure>(spec: &S, calls: Vec<Timed<S>>, order: Respect) -> Judged<S> {
    match order {
        Respect::Order(order) => {
            let history: History<_, _> = go_on(calls.into_iter().map(|(call, _)| call)).collect();
            let judgement = Some(judge(spec, &history, order));
            Judged { answers: history.answers(), overlapped: history.overlaps(), history, judgement }
        }
        #[cfg(shuttle)]
        Respect::Graph => {
            let super::explore::Explained { history, answers, overlapped, judgement, slow } =
                super::explore::explain(spec, calls);
            if let Some(complaint) = slow {
                panic!("{complaint}");
            }
            Judged { history, answers, overlapped, judgement }
        }
    }
}

#[cfg(any(loom, shuttle))]
fn at_once<S: Structure>(worker: &Worker<S>, scenario: &Scenario<S::Op>) {
    let threads = &scenario.threads;
    let others = threads.iter().enumerate().skip(1).map(|(thread, operations)| {
        let (worker, operations) = (worker.clone(), operations.clone());
        let started = thread::spawn(move || worker.work(thread, 1, &operations));
        #[cfg(shuttle)]
        if scenario.is_alike(thread) {
            super::explore::declare_alike();
        }
        started
    });
    let others: Vec<_> = others.collect();
    worker.work(0, 1, threads.first().map_or(&[], |operations| operations));
    for other in others {
        other.join().expect("a panic has ended the execution already");
    }
}

#[cfg(not(any(loom, shuttle)))]
fn at_once<S: Structure>(worker: &Worker<S>, scenario: &Scenario<S::Op>) {
    let threads = &scenario.threads;
    // Real threads need a while to start, and to be woken takes longer than an operation: they spin until all are there.
    let missing = AtomicUsize::new(threads.len().max(1));
    let meet = || {
        missing.fetch_sub(1, Ordering::SeqCst);
        let mut backoff = Backoff::new();
        while missing.load(Ordering::SeqCst) > 0 {
            backoff.wait();
        }
    };
    thread::scope(|scope| {
        let others = threads.iter().enumerate().skip(1).map(|(thread, operations)| {
            let meet = &meet;
            scope.spawn(move || {
                meet();
                worker.work(thread, 1, operations);
            })
        });
        let others: Vec<_> = others.collect();
        meet();
        worker.work(0, 1, threads.first().map_or(&[], |operations| operations));
        for other in others {
            // Else the scope would say no more than that a thread has panicked.
            other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
}

/// Whether anything but the harness's own threads was seen by the engine.
#[cfg(any(loom, shuttle))]
fn touched(order: Respect) -> bool {
    #[cfg(shuttle)]
    if order == Respect::Graph {
        return super::explore::touched();
    }
    let _ = order;
    let own = |event: &crate::sync::model::Event| matches!(event.action, "spawn" | "join");
    crate::sync::model::span(0, |event| event.text.is_none() && !own(event)).is_some()
}

/// On real threads nobody watches.
#[cfg(not(any(loom, shuttle)))]
fn touched(_order: Respect) -> bool {
    true
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn sight<S: Spec>(judged: &Judged<S>, respect: Respect) -> Sight {
    let mut calls: Vec<_> = judged.history.calls().iter().collect();
    calls.sort_by_key(|call| call.start);
    let order = hash(calls.iter().map(|call| call.thread).collect::<Vec<_>>());
    let (overlapped, history) = (judged.overlapped, judged.answers);
    Sight { overlapped, touched: touched(respect), history, order }
}

fn complaint<Op: Debug, Ret: Debug>(
    history: &History<Op, Ret>,
    order: Respect,
    prefix: &[usize],
    stuck: Option<&[usize]>,
) -> String {
    let list = |which: &[usize]| {
        let calls = which.iter().map(|&call| {
            let call = &history.calls()[call];
            let answer = call.ret.as_ref().map_or("(no answer)".into(), |ret| format!("{ret:?}"));
            format!("{:?} -> {answer} (thread {})", call.op, call.thread)
        });
        calls.collect::<Vec<_>>().join(", ")
    };
    let respecting = match order {
        Respect::Order(Order::RealTime) => "not linearizable: no order of these calls explains their answers",
        Respect::Order(_) => {
            "not explained: no order of these calls that respects each thread's explains their answers"
        }
        #[cfg(shuttle)]
        Respect::Graph => "not linearizable: no order of these calls explains their answers",
    };
    let given = given(history);
    let explained = if prefix.is_empty() { "nothing".into() } else { list(prefix) };
    let end = match stuck {
        Some(stuck) => {
            format!(
                "the longest explained beginning: {explained}\n  none of these can come next: {}",
                list(stuck)
            )
        }
        None => format!("an explained beginning, and there may be a longer one: {explained}"),
    };
    format!("{respecting}\n{history:?}{given}  {end}\n")
}

/// Which calls had ended before others began, where the execution graph says so and no clock.
fn given<Op: Debug, Ret: Debug>(history: &History<Op, Ret>) -> String {
    let calls = history.calls();
    let pairs = (0..calls.len()).flat_map(|then| (0..calls.len()).map(move |first| (first, then)));
    let told = pairs
        .filter(|&(first, then)| history.is_before(first, then) && calls[first].thread != calls[then].thread);
    let name = |call: usize| format!("{:?} of thread {}", calls[call].op, calls[call].thread);
    let told: Vec<String> =
        told.map(|(first, then)| format!("{} before {}", name(first), name(then))).collect();
    if told.is_empty() {
        String::new()
    } else {
        format!("  what had ended before what: {}\n", told.join(", "))
    }
}

/// Runs a program on the facade.
pub(super) fn program(program: &dyn Fn(), context: &Context) {
    program();
    #[cfg(any(loom, shuttle))]
    {
        let turns: Vec<usize> = crate::sync::model::events().iter().map(|event| event.thread).collect();
        // An explored execution is like no other, and need not be written down.
        let turns = match context.order {
            Respect::Order(_) => hash(&turns),
            #[cfg(shuttle)]
            Respect::Graph => context.tally.ordinal(),
        };
        let touched = touched(context.order);
        let sight = Sight { overlapped: false, touched, history: turns, order: turns };
        context.tally.observe(context.body, sight);
    }
    #[cfg(not(any(loom, shuttle)))]
    {
        // Real threads are not watched: that the program ended is all that is known.
        let run = context.tally.counts().executions;
        let sight = Sight { overlapped: false, touched: true, history: 0, order: hash(run) };
        context.tally.observe(context.body, sight);
    }
}

#[cfg(all(test, any(loom, shuttle)))]
pub(super) fn here() -> &'static std::panic::Location<'static> {
    std::panic::Location::caller()
}
