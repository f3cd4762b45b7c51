//! Threads, with scopes on both engines.

use super::access::Step;
use super::clock;
use super::engine;
use super::event::{Object, Value};
use super::world::{self, Pending};
use crate::sync::Choice;
use crate::sync::host;
use std::any::Any;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::time::Duration;

pub use engine::{Thread, ThreadId, current};

type Joined<T> = Result<T, Box<dyn Any + Send + 'static>>;

fn step(action: &'static str, place: super::event::Place) -> Step {
    Step { object: Object::NONE, action, writes: false, place, pointers: false, address: None }
}

/// A thread of the model that can be waited for.
pub struct JoinHandle<T> {
    raw: engine::JoinHandle<T>,
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

impl<T> JoinHandle<T> {
    /// Waits for the thread to end.
    ///
    /// # Errors
    /// None in practice: a thread that panics fails the whole execution.
    #[track_caller]
    pub fn join(self) -> Joined<T> {
        step("join", Location::caller()).perform(|| (self.raw.join(), Value::None, None))
    }

    /// The thread.
    pub fn thread(&self) -> &Thread {
        self.raw.thread()
    }
}

/// Settings of a thread to come.
#[derive(Debug, Default)]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
}

impl Builder {
    /// The usual settings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the thread.
    #[must_use]
    pub fn name(self, name: String) -> Self {
        Self { name: Some(name), ..self }
    }

    /// The size of the thread's stack in bytes. The engine has its own idea of what is too small.
    #[must_use]
    pub fn stack_size(self, bytes: usize) -> Self {
        Self { stack_size: Some(bytes), ..self }
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// Those of the engine.
    #[track_caller]
    pub fn spawn<T, F>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.start(f)
    }

    /// [`spawn`](Self::spawn) without the bound on `f`, which a scope has checked and lost.
    #[track_caller]
    fn start<T: Send + 'static>(self, f: impl FnOnce() -> T + 'static) -> io::Result<JoinHandle<T>> {
        let mut builder = engine::Builder::new();
        if let Some(name) = self.name {
            builder = builder.name(name);
        }
        builder = builder.stack_size(self.stack_size.unwrap_or(super::STACK));
        let index = engine::next_index();
        let f = Portable(f);
        let start = move || {
            engine::started(index);
            f.call()
        };
        let place = Location::caller();
        let raw = step("spawn", place).perform(|| (builder.spawn(start), Value::None, None))?;
        Ok(JoinHandle { raw })
    }
}

/// A closure that the caller vouches may go to another thread of the model.
struct Portable<F>(F);

// SAFETY: `spawn` asks for `F: Send`; `Scope::spawn` does too, and wraps it in a box that has lost the bound.
// All threads of a model are coroutines of one thread of the operating system.
unsafe impl<F> Send for Portable<F> {}

impl<F> Portable<F> {
    fn call<T>(self) -> T
    where
        F: FnOnce() -> T,
    {
        (self.0)()
    }
}

/// Starts a thread.
#[track_caller]
pub fn spawn<T, F>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn(f).expect("the engine starts a thread")
}

/// The number of the thread: 0 is main, the others count in the order of spawning.
#[must_use]
pub fn number() -> usize {
    engine::thread_index()
}

/// Lets the others run first.
#[track_caller]
pub fn yield_now() {
    step("yield", Location::caller()).perform(|| (engine::yield_now(), Value::None, None));
}

/// The same at the end of a turn that has found nothing to do: [`Backoff::wait`](crate::sync::Backoff::wait).
#[track_caller]
pub(crate) fn wait_for_others() {
    step("yield", Location::caller()).perform(|| (engine::wait_for_others(), Value::None, None));
}

/// A turn of a spin: to an engine, a yield.
#[track_caller]
pub fn spin_loop() {
    step("spin", Location::caller()).perform(|| (engine::spin_loop(), Value::None, None));
}

/// Waits until somebody unparks this thread. May return for no reason.
#[track_caller]
pub fn park() {
    park_as("park");
}

#[track_caller]
fn park_as(action: &'static str) {
    let spurious = world::choose(Choice::SpuriousWakeUp, 2) == 1;
    let place = Location::caller();
    if spurious {
        step("park: spurious wake-up", place).perform(|| (engine::point(), Value::None, None));
    } else {
        step(action, place).perform(|| (engine::park(), Value::None, None));
    }
}

/// As [`park`], for at most `timeout` of model time: whether the time is up is a [`Choice`].
#[track_caller]
pub fn park_timeout(timeout: Duration) {
    if world::choose(Choice::TimeOut, 2) == 1 {
        clock::pass(timeout);
        let place = Location::caller();
        step("park: time is up", place).perform(|| (engine::point(), Value::None, None));
    } else {
        park_as(Pending::TIMED_PARK);
    }
}

type Slots = host::Mutex<Vec<Option<engine::JoinHandle<()>>>>;

/// Threads that end before [`scope`] returns, and so may borrow from around it.
pub struct Scope<'scope, 'env: 'scope> {
    running: Slots,
    borrowers: host::Mutex<Vec<engine::Borrower>>,
    // Invariant in both, as in `std`: no thread may outlive a shorter or a longer scope by variance.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

/// A thread of a scope that can be waited for.
pub struct ScopedJoinHandle<'scope, T> {
    running: &'scope Slots,
    slot: usize,
    result: host::Arc<host::Mutex<Option<T>>>,
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}

fn take(running: &Slots, slot: usize) -> Option<engine::JoinHandle<()>> {
    running.lock().ok()?.get_mut(slot)?.take()
}

/// Runs `f`, then waits for all threads that were started in the scope.
#[track_caller]
pub fn scope<'env, T>(f: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T) -> T {
    let scope = Scope {
        running: Slots::default(),
        borrowers: host::Mutex::default(),
        scope: PhantomData,
        env: PhantomData,
    };
    let place = Location::caller();
    let result = catch_unwind(AssertUnwindSafe(|| {
        let result = catch_unwind(AssertUnwindSafe(|| f(&scope)));
        join_all(&scope.running, place);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }));
    result.unwrap_or_else(|panic| {
        let borrowers = std::mem::take(&mut *scope.borrowers.lock().expect("no panic under this lock"));
        borrowers.into_iter().for_each(engine::reclaim);
        resume_unwind(panic)
    })
}

/// Waits for the threads of a scope.
fn join_all(running: &Slots, place: super::event::Place) {
    // Threads may start threads, so the list is read anew each time.
    let mut slot = 0;
    while slot < running.lock().expect("no panic under this lock").len() {
        if let Some(handle) = take(running, slot) {
            let joined = step("join", place).perform(|| (handle.join(), Value::None, None));
            joined.unwrap_or_else(|panic| resume_unwind(panic));
        }
        slot += 1;
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread that may borrow what outlives the scope.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, f: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let result = host::Arc::new(host::Mutex::new(None));
        let put = host::Arc::clone(&result);
        let main: Box<dyn FnOnce() + 'scope> = Box::new(move || {
            let value = f();
            *put.lock().expect("no panic under this lock") = Some(value);
        });
        // SAFETY: the box is called and dropped by a thread that `scope` joins before `'scope` ends.
        let main: Box<dyn FnOnce() + 'static> = unsafe { std::mem::transmute(main) };
        let handle = Builder::new().start(main).expect("the engine starts a thread").raw;
        self.borrowers.lock().expect("no panic under this lock").push(engine::borrower(&handle));
        let mut running = self.running.lock().expect("no panic under this lock");
        running.push(Some(handle));
        ScopedJoinHandle { running: &self.running, slot: running.len() - 1, result }
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits for the thread to end.
    ///
    /// # Errors
    /// None in practice: a thread that panics fails the whole execution.
    #[track_caller]
    pub fn join(self) -> Joined<T> {
        let handle = take(self.running, self.slot).expect("joined once");
        step("join", Location::caller()).perform(|| (handle.join(), Value::None, None))?;
        let value = self.result.lock().expect("no panic under this lock").take();
        Ok(value.expect("a thread that ended without a panic has left its value"))
    }
}
