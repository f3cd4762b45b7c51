//! The door to the explorer: under it no engine holds the memory, but a machine that is asked for each value.
//!
//! The facade turns each step into a [`Request`] and puts it to the [`Machine`] of the execution. The machine
//! says which thread goes on; shuttle's scheduler obeys it, so that shuttle is left with what it does best:
//! coroutines. A request is answered when its thread is the one that runs.
//!
//! What is no event of the execution (plain memory, nodes, guards) is told to the machine as well, which
//! orders it by happens-before.

// Without the harness nobody explores, and nothing of this is used.
#![cfg_attr(not(feature = "check"), allow(dead_code, unused_imports))]

use super::engine;
use super::event::{Place, Stale};
use super::unwind;
use crate::sync::Choice;
use std::any::Any;
use std::cell::Cell;
use std::panic::resume_unwind;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::atomic::Ordering;

/// A location of shared memory: who created it, and as its how-many-eth. The same in every run of a program
/// in which that thread has done the same so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Location(u32);

impl Location {
    /// The location of something that no machine knows.
    pub(crate) const NONE: Location = Location(u32::MAX);

    pub(crate) fn new(thread: usize, number: usize) -> Self {
        assert!(number < 1 << 24, "a thread of an explored program creates at most 16 million locations");
        Location((thread as u32) << 24 | number as u32)
    }

    pub(crate) fn thread(self) -> usize {
        (self.0 >> 24) as usize
    }

    pub(crate) fn number(self) -> usize {
        (self.0 & 0xFF_FFFF) as usize
    }
}

/// Which values a thread waits for: those that the function accepts, called with the value and this argument.
pub(crate) type Wanted = (fn(u64, u64) -> bool, u64);

/// What a thread asks for.
pub(crate) enum Request<'a> {
    /// A load.
    Load { location: Location, order: Ordering },
    /// A store.
    Store { location: Location, order: Ordering, value: u64 },
    /// A read-modify-write: stores `new(old)`, or nothing if that is `None` (a compare-exchange that fails).
    Update {
        location: Location,
        order: Ordering,
        failure: Ordering,
        new: &'a dyn Fn(u64) -> Option<u64>,
        /// The only value with which it succeeds, of a compare-exchange.
        expected: Option<u64>,
        /// It may fail although it need not.
        weak: bool,
        /// It waits until it reads one of these.
        wanted: Option<Wanted>,
    },
    /// A fence.
    Fence(Ordering),
    /// A choice with so many answers.
    Choose { choice: Choice, answers: usize },
    /// Whose address an allocation gets: that of no other node, or one of so many answers, of those for which `free` says that
    /// nobody has it.
    Address { answers: usize, free: &'a dyn Fn(usize) -> bool },
    /// A thread is started: the answer is its number.
    Spawn,
    /// The thread begins.
    Begin,
    /// The thread ends.
    End,
    /// The thread waits for the end of another.
    Join(usize),
}

#[cfg(feature = "check")]
impl Request<'_> {
    /// The location that it is about.
    pub(crate) fn location(&self) -> Option<Location> {
        match *self {
            Request::Load { location, .. }
            | Request::Store { location, .. }
            | Request::Update { location, .. } => Some(location),
            _ => None,
        }
    }
}

/// What it gets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    /// The value that was read, or chosen; the number of a new thread.
    pub value: u64,
    /// Whether something was stored.
    pub stored: bool,
}

/// What a memory access of a plain kind is about, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    /// The content of a cell.
    Cell,
    /// A node: its allocation and its free write it, each use reads it.
    Node,
    /// The count of a shared pointer: each change reads it, and whoever asks for it writes it.
    Count,
}

/// Who holds the memory of an explored execution.
pub(crate) trait Machine {
    /// The thread that goes on.
    fn running(&self) -> usize;
    /// `thread` is about to ask this, and the machine may decide who goes on.
    fn arrive(&self, thread: usize, place: Place, request: &Request<'_>);
    /// Answers the running thread. `None`: somebody else has to go on first.
    fn answer(&self, request: &Request<'_>) -> Option<Answer>;
    /// The execution is given up: the running thread is to unwind.
    fn abandoned(&self) -> bool;
    /// A thread has unwound.
    fn unwound(&self, thread: usize);
    /// The running thread unwinds and has to wait: others unwind first. `false`: nobody is left who could help.
    fn wait_unwinding(&self) -> bool;
    /// Whether a thread has ended, or was unwound.
    fn is_over(&self, thread: usize) -> bool;
    /// The running thread lets others go first. `in_vain`: it says that this ends a turn in which it found nothing to do.
    fn yielded(&self, place: Place, in_vain: bool);
    /// Whether the step that the running thread has just taken was a stale read, and of what; or a write that came
    /// before a newer one.
    fn stale(&self) -> Option<Stale>;
    /// A new location with this content.
    fn create(&self, value: u64) -> Location;
    /// The content of a location that nobody else uses any more.
    fn exclusive(&self, location: Location, place: Place) -> u64;
    /// The location of the token of a thread: 1 if it was unparked.
    fn token(&self, thread: usize) -> Location;
    /// New plain memory.
    fn plain(&self, kind: Plain, place: Place) -> usize;
    /// An access of plain memory. Panics if it races with another.
    fn access(&self, memory: usize, writes: bool, place: Place);
    /// Whether all accesses of plain memory happen before the running thread's next step.
    fn is_ordered(&self, memory: usize) -> bool;
    /// Whether the running thread may be given the address of this freed node.
    fn may_reuse(&self, memory: usize) -> bool;
    /// The running thread has a guard of this domain from here on. What orders it with others is its next step.
    fn pin(&self, domain: usize) -> usize;
    /// Not any more.
    fn unpin(&self, guard: usize);
    /// The node is retired by the running thread: who has no guard of this domain that is older than that may not use it any
    /// more.
    fn retire(&self, memory: usize, domain: usize, place: Place);
    /// Numbers for objects: by thread, so that they do not depend on the order in which threads run.
    fn object(&self) -> u32;
}

thread_local! {
    static MACHINE: Cell<Option<NonNull<dyn Machine>>> = const { Cell::new(None) };
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, nobody may ask the machine for anything: a destructor runs, and who runs it is not modelled.
pub(super) struct Quiet(());

impl Quiet {
    pub(super) fn begin() -> Self {
        QUIET.set(true);
        Quiet(())
    }

    pub(super) fn check() {
        if QUIET.replace(false) {
            panic!(
                "the last two owners of an Arc drop it in no order, and its destructor takes steps: which of them \
                 runs it is not explored. Join the threads first, or count with an atomic"
            );
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        QUIET.set(false);
    }
}

/// The unwinding of a thread whose execution was given up: no failure.
pub(crate) struct Abandoned;

/// The machine of this execution, if it is explored. It lives as long as the execution, whose threads are all that
/// asks for it: so nobody counts who has it, at several questions a step.
pub(super) fn machine<'execution>() -> Option<&'execution dyn Machine> {
    // SAFETY: `Installed` keeps the machine alive, and takes it away from here before it lets go of it. Who has
    // asked before that is a thread of an execution, and those are over then.
    MACHINE.get().map(|machine| unsafe { machine.as_ref() })
}

/// While it lives, executions on this thread of the operating system are explored by the machine in it.
#[cfg(feature = "check")]
pub(super) struct Installed {
    _machine: Rc<dyn Machine>,
}

#[cfg(feature = "check")]
impl Installed {
    pub(super) fn new(machine: Rc<dyn Machine>) -> Self {
        MACHINE.set(Some(NonNull::from(&*machine)));
        Installed { _machine: machine }
    }
}

#[cfg(feature = "check")]
impl Drop for Installed {
    fn drop(&mut self) {
        MACHINE.set(None);
    }
}

/// A destructor waits while its thread unwinds: others unwind meanwhile. `false`: it would wait for ever.
pub(super) fn may_wait(machine: &dyn Machine) -> bool {
    let me = machine.running();
    let hope = machine.wait_unwinding();
    while machine.running() != me {
        engine::switch();
    }
    hope
}

/// As [`may_wait`], for those that cannot go on without what they wait for.
pub(super) fn must_wait(machine: &dyn Machine) {
    if !may_wait(machine) {
        let me = machine.running();
        eprintln!("a destructor waits for ever while thread {me} unwinds: nobody is left who could end that");
        std::process::abort();
    }
}

/// Puts `request` to the machine, and runs others until it is answered. `None`: the execution is over, and this thread
/// is in a destructor that must go on without an answer.
pub(super) fn ask(machine: &dyn Machine, place: Place, request: &Request<'_>) -> Option<Answer> {
    Quiet::check();
    let me = machine.running();
    machine.arrive(me, place, request);
    loop {
        while machine.running() != me {
            engine::switch();
        }
        if unwind::must_go_on(me) {
            return None;
        }
        if machine.abandoned() {
            let payload: Box<dyn Any + Send> = Box::new(Abandoned);
            resume_unwind(payload);
        }
        if let Some(answer) = machine.answer(request) {
            return Some(answer);
        }
    }
}
