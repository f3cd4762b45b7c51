//! Threads: shuttle's tasks. Explored executions come by the hundred thousand, and keep their tasks: thread
//! number n of each is run by task number n, on the same stack.

use crate::sync::model::explored::{Abandoned, Machine, Request, Wanted, ask, machine, may_wait, must_wait};
use crate::sync::model::{unwind, world};
use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

pub use shuttle::thread::ThreadId;

/// An execution begins, on its main thread.
pub(in crate::sync::model) fn ready() {}

/// Threads are numbered by the engine, in the order of spawning.
pub(in crate::sync::model) fn next_index() -> usize {
    0
}

pub(in crate::sync::model) fn started(_index: usize) {}

pub(in crate::sync::model) fn thread_index() -> usize {
    machine().map_or_else(|| shuttle::current::me().into(), |machine| machine.running())
}

/// The thread that shuttle runs, if it does run one: not so where it has found a deadlock.
#[cfg(feature = "check")]
pub(in crate::sync::model) fn running() -> Option<usize> {
    shuttle::current::try_get_current_task().map(usize::from)
}

pub(in crate::sync::model) fn yield_now() {
    let_others_run(false);
}

/// At the end of a turn that has found nothing to do.
pub(in crate::sync::model) fn wait_for_others() {
    let_others_run(true);
}

fn let_others_run(in_vain: bool) {
    match machine() {
        None => shuttle::thread::yield_now(),
        Some(machine) if unwind::failing() => must_wait(machine),
        Some(machine) => machine.yielded(world::place(machine.running()), in_vain),
    }
}

pub(in crate::sync::model) fn spin_loop() {
    match machine() {
        None => shuttle::hint::spin_loop(),
        Some(_) => yield_now(),
    }
}

const UNPARKED: u64 = 1;

pub(in crate::sync::model) fn park() {
    let Some(machine) = machine() else { return shuttle::thread::park() };
    if unwind::failing() {
        return must_wait(machine);
    }
    let location = machine.token(machine.running());
    let wanted: Option<Wanted> = Some((|token, _| token == UNPARKED, 0));
    let (order, failure, new) = (Ordering::Acquire, Ordering::Relaxed, &|_| Some(0));
    let take = Request::Update { location, order, failure, new, expected: None, weak: false, wanted };
    ask(machine, world::place(machine.running()), &take);
}

/// A handle to a thread of the model.
#[derive(Clone, Debug)]
pub struct Thread {
    raw: shuttle::thread::Thread,
    index: usize,
    name: Option<String>,
}

impl Thread {
    /// Lets the thread's [`park`](crate::sync::thread::park) return, now or the next time.
    #[track_caller]
    pub fn unpark(&self) {
        let Some(machine) = machine() else { return self.raw.unpark() };
        if unwind::failing() {
            return;
        }
        let location = machine.token(self.index);
        let (order, failure, new) = (Ordering::Release, Ordering::Relaxed, &|_| Some(UNPARKED));
        let give =
            Request::Update { location, order, failure, new, expected: None, weak: false, wanted: None };
        ask(machine, Location::caller(), &give);
    }

    /// The thread's number, unlike any other of its execution.
    pub fn id(&self) -> ThreadId {
        self.raw.id()
    }

    /// The name that it was given.
    pub fn name(&self) -> Option<&str> {
        if machine().is_some() { self.name.as_deref() } else { self.raw.name() }
    }
}

/// The current thread.
pub fn current() -> Thread {
    let index = thread_index();
    let name = TASKS.with(|tasks| tasks.borrow().names.get(index).cloned().flatten());
    Thread { raw: shuttle::thread::current(), index, name }
}

/// Settings of a thread to come.
#[derive(Debug, Default)]
pub(in crate::sync::model) struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
}

/// What a thread returns, or `None` before it has.
type Place<T> = Arc<Mutex<Option<T>>>;

/// A thread that can be waited for.
#[derive(Debug)]
pub(in crate::sync::model) struct JoinHandle<T>(Handle<T>);

#[derive(Debug)]
enum Handle<T> {
    Sampled(shuttle::thread::JoinHandle<T>, Thread),
    Explored(Thread, Place<T>),
}

impl<T> JoinHandle<T> {
    pub(in crate::sync::model) fn join(self) -> std::thread::Result<T> {
        match self.0 {
            Handle::Sampled(raw, _) => raw.join(),
            Handle::Explored(thread, place) => {
                let machine = machine().expect("joined in the execution that started it");
                if unwind::failing() {
                    while !machine.is_over(thread.index) && may_wait(machine) {}
                } else {
                    ask(machine, world::place(machine.running()), &Request::Join(thread.index));
                }
                let value = place.lock().expect("no panic under this lock").take();
                // A thread that was given up has left nothing.
                value.ok_or_else(|| Box::new(Abandoned) as Panic)
            }
        }
    }

    pub(in crate::sync::model) fn thread(&self) -> &Thread {
        match &self.0 {
            Handle::Sampled(_, thread) | Handle::Explored(thread, _) => thread,
        }
    }
}

/// Who borrows from a scope.
pub(in crate::sync::model) type Borrower = Option<usize>;

/// The thread, as one that borrows from a scope.
pub(in crate::sync::model) fn borrower<T>(handle: &JoinHandle<T>) -> Borrower {
    match &handle.0 {
        Handle::Sampled(..) => None,
        Handle::Explored(thread, _) => Some(thread.index),
    }
}

/// A scope is left by unwinding: not before who borrows from it has been unwound.
pub(in crate::sync::model) fn reclaim(borrower: Borrower) {
    if let (Some(thread), Some(machine)) = (borrower, machine()) {
        while machine.abandoned() && !machine.is_over(thread) {
            must_wait(machine);
        }
    }
}

impl Builder {
    pub(in crate::sync::model) fn new() -> Self {
        Self::default()
    }

    pub(in crate::sync::model) fn name(self, name: String) -> Self {
        Self { name: Some(name), ..self }
    }

    pub(in crate::sync::model) fn stack_size(self, bytes: usize) -> Self {
        Self { stack_size: Some(bytes), ..self }
    }

    pub(in crate::sync::model) fn spawn<T, F>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let Some(machine) = machine() else {
            let mut builder = shuttle::thread::Builder::new();
            builder = self.name.into_iter().fold(builder, shuttle::thread::Builder::name);
            builder = self.stack_size.into_iter().fold(builder, shuttle::thread::Builder::stack_size);
            let raw = builder.spawn(f)?;
            let thread = raw.thread().clone();
            let (index, name) = (0, None);
            return Ok(JoinHandle(Handle::Sampled(raw, Thread { raw: thread, index, name })));
        };
        let place: Place<T> = Arc::default();
        let put = Arc::clone(&place);
        // First the event: an execution that is given up here must not leave a job behind.
        let started = ask(machine, world::place(machine.running()), &Request::Spawn);
        let Some(index) = started.map(|answer| answer.value as usize) else {
            // It never runs. Who waits for it waits in vain.
            return Ok(JoinHandle(Handle::Explored(current(), place)));
        };
        let raw = employ(
            index,
            self.name.clone(),
            Box::new(move || {
                let value = f();
                *put.lock().expect("no panic under this lock") = Some(value);
            }),
        );
        Ok(JoinHandle(Handle::Explored(Thread { raw, index, name: self.name }, place)))
    }
}

/// What a thread panicked with.
type Panic = Box<dyn Any + Send>;
type Job = Box<dyn FnOnce() + Send>;

/// The tasks of explored executions: number 0 is main, and has no entry in `handles` and `jobs`.
#[derive(Default)]
struct Tasks {
    handles: Vec<shuttle::thread::Thread>,
    jobs: Vec<VecDeque<Job>>,
    names: Vec<Option<String>>,
    /// What one has failed with, while the others unwind.
    failure: Option<Panic>,
}

thread_local! {
    static TASKS: RefCell<Tasks> = RefCell::default();
}

/// Gives `job` to the task of thread `index`, which is created if there is none yet.
fn employ(index: usize, name: Option<String>, job: Job) -> shuttle::thread::Thread {
    let nth = index - 1;
    // shuttle numbers its tasks in the order of their creation, so those before come first.
    while TASKS.with(|tasks| tasks.borrow().handles.len()) <= nth {
        let number = TASKS.with(|tasks| {
            let mut tasks = tasks.borrow_mut();
            tasks.jobs.push(VecDeque::new());
            tasks.jobs.len()
        });
        // Detached: shuttle ends when main has.
        let handle = shuttle::thread::spawn(move || serve(number)).thread().clone();
        TASKS.with(|tasks| tasks.borrow_mut().handles.push(handle));
    }
    TASKS.with(|tasks| {
        let mut tasks = tasks.borrow_mut();
        if tasks.names.len() <= index {
            tasks.names.resize(index + 1, None);
        }
        tasks.names[index] = name;
        tasks.jobs[nth].push_back(job);
        tasks.handles[nth].clone()
    })
}

/// A task: runs one job after the other, each as thread `index` of its execution.
fn serve(index: usize) {
    loop {
        let job = TASKS.with(|tasks| tasks.borrow_mut().jobs[index - 1].pop_front());
        match job {
            Some(job) => run(job),
            None => super::switch(),
        }
    }
}

/// One life of a thread. A panic of it has been heard of already; it ends shuttle's execution, too.
fn run(job: Job) {
    let machine = machine().expect("this execution is explored");
    let me = machine.running();
    let place = Location::caller();
    let life = catch_unwind(AssertUnwindSafe(|| {
        ask(machine, place, &Request::Begin);
        job();
        ask(machine, place, &Request::End);
    }));
    match life {
        Ok(()) => {}
        Err(payload) => unwound(machine, me, payload),
    }
}

/// Thread `me` has unwound: it was given up, or has failed. A failure ends shuttle's execution at once, and leaves the
/// stacks of the others as they are; unless some of them have begun to unwind: then all of them do so first.
fn unwound(machine: &dyn Machine, me: usize, payload: Panic) {
    if !payload.is::<Abandoned>() {
        if !machine.abandoned() {
            resume_unwind(payload);
        }
        TASKS.with(|tasks| _ = tasks.borrow_mut().failure.get_or_insert(payload));
    }
    machine.unwound(me);
}

/// No tasks of an earlier run are left.
#[cfg(feature = "check")]
pub(in crate::sync::model) fn forget_tasks() {
    let Tasks { jobs, .. } = TASKS.take();
    // A job that a failed execution has left is not dropped: what it owns would take steps, and in another execution.
    jobs.into_iter().flatten().for_each(std::mem::forget);
}

/// Main of an explored execution has done what it has to do: it ends, and the others go on until they have ended.
#[cfg(feature = "check")]
pub(in crate::sync::model) fn end_main(machine: &dyn Machine) {
    ask(machine, Location::caller(), &Request::End);
    others_end(machine);
}

#[cfg(feature = "check")]
fn others_end(machine: &dyn Machine) {
    while machine.running() != 0 {
        super::switch();
    }
}

/// Runs `body` as main of an explored execution. It calls [`end_main`], unless it is left by a panic.
#[cfg(feature = "check")]
pub(in crate::sync::model) fn explored_main(machine: &dyn Machine, body: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(body)) {
        unwound(machine, 0, payload);
        others_end(machine);
    }
    if let Some(payload) = TASKS.with(|tasks| tasks.borrow_mut().failure.take()) {
        resume_unwind(payload);
    }
}
