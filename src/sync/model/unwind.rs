//! Panics that were chosen, and panics that are failures.
//!
//! Code of the user's that a structure calls may panic, at a [`Choice`]: [`panic_point`]. The structure has to cope
//! with that, and what its destructors do meanwhile are steps like any other. A panic that is the failure of its
//! execution is something else: that execution is over, and what destructors do while it unwinds is no step.
//! `std::thread::panicking` cannot tell the two apart. Nor does it say whose panic it is: all threads of a model are
//! coroutines of one thread of the operating system, and while a chosen panic unwinds one of them others go on. So the
//! facade asks [`failing`] and [`unwinding`], and never `std`.
//!
//! **A fault that is found while a chosen panic unwinds** may not panic: out of a destructor that would abort the
//! process. It is kept ([`fault`]), what follows is no step any more, and it is raised as soon as the chosen panic
//! was caught. An execution that the explorer gives up meanwhile is left in the same way.
//!
//! **One chosen panic in an execution.** The explorer sees to that itself (it is a disturbance), since whether another
//! thread has panicked *already* is a matter of its own order of steps. Under the others the first one is the only one.

use super::access::Step;
use super::engine;
use super::event::{Object, Value};
use super::world;
use crate::sync::Choice;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};

/// What a panic that was chosen carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChosenPanic {
    /// What has panicked, as [`panic_point`] was told.
    pub what: &'static str,
}

thread_local! {
    /// The threads that unwind by a chosen panic, a bit each.
    static CHOSEN: Cell<u64> = const { Cell::new(0) };
    /// A panic was chosen in this execution.
    static ANY: Cell<bool> = const { Cell::new(false) };
    /// The execution has failed, and that was told or is kept.
    static FAILED: Cell<bool> = const { Cell::new(false) };
    static KEPT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// An execution begins.
pub(super) fn reset() {
    CHOSEN.set(0);
    ANY.set(false);
    FAILED.set(false);
    KEPT.take();
}

fn is_chosen(thread: usize) -> bool {
    CHOSEN.get() >> thread & 1 == 1
}

/// The execution has failed: a panic is under way that nobody chose.
#[cfg(feature = "check")]
pub(crate) fn failed() {
    FAILED.set(true);
}

/// Whether this execution is over, and what happens is no step of it: it has failed, or was given up, and unwinds.
pub(super) fn failing() -> bool {
    if !std::thread::panicking() {
        if CHOSEN.get() != 0 {
            // Somebody has caught it who did not say so.
            caught(CHOSEN.get());
        }
        return false;
    }
    CHOSEN.get() == 0 || FAILED.get() || abandoned()
}

/// Whether the running thread unwinds, for whatever reason.
pub(super) fn unwinding() -> bool {
    failing() || std::thread::panicking() && is_chosen(engine::thread_index())
}

fn abandoned() -> bool {
    #[cfg(shuttle)]
    return super::explored::machine().is_some_and(|machine| machine.abandoned());
    #[cfg(not(shuttle))]
    false
}

/// The execution is given up or has failed, but `thread` unwinds by a chosen panic, and may not panic once more.
#[cfg(shuttle)]
pub(super) fn must_go_on(thread: usize) -> bool {
    is_chosen(thread) && std::thread::panicking() && (FAILED.get() || abandoned())
}

/// Something is wrong: panics, or keeps it while a chosen panic unwinds the running thread.
#[track_caller]
pub(crate) fn fault(message: String) {
    if is_chosen(engine::thread_index()) && std::thread::panicking() {
        FAILED.set(true);
        KEPT.with_borrow_mut(|kept| _ = kept.get_or_insert(message));
    } else {
        panic!("{message}");
    }
}

/// These threads have caught their chosen panics. Raises what was kept.
#[track_caller]
fn caught(threads: u64) {
    CHOSEN.set(CHOSEN.get() & !threads);
    if CHOSEN.get() == 0
        && let Some(fault) = KEPT.take()
    {
        panic!("{fault}");
    }
}

/// Here a callback of the user's may panic: a [`Choice`] of the engine, once in an execution. It is no failure of the
/// execution, and who called the operation may catch it: [`catch_chosen`].
#[track_caller]
pub fn panic_point(what: &'static str) {
    let me = engine::thread_index();
    // Out of a destructor of a thread that unwinds a panic is an abort, not to be blamed on the structure.
    if failing() || is_chosen(me) || ANY.get() && !world::explored() {
        return;
    }
    if world::choose(Choice::Panic, 2) == 0 {
        return;
    }
    let (object, writes, place) = (Object::NONE, false, Location::caller());
    Step { object, action: "panic", writes, place, pointers: false, address: None }
        .perform(|| ((), Value::None, None));
    ANY.set(true);
    CHOSEN.set(CHOSEN.get() | 1 << me);
    // Not `panic_any`: no hook hears of it, since nothing has failed.
    resume_unwind(Box::new(ChosenPanic { what }));
}

/// Runs `f`. `None`: it was left by a panic that was chosen. Any other goes on.
///
/// # Panics
/// If a fault was found while the chosen panic unwound.
#[track_caller]
pub fn catch_chosen<R>(f: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(result) => Some(result),
        Err(payload) if payload.is::<ChosenPanic>() => {
            caught(1 << engine::thread_index());
            None
        }
        Err(payload) => resume_unwind(payload),
    }
}
