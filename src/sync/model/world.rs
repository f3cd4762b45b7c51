//! The state of one execution: its log, its threads with their clocks, its nodes.

use super::engine;
use super::event::{Event, Object, Place};
use super::nodes::Heap;
use super::oracle::Oracle;
use crate::sync::{Choice, Reuse};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// How loads and stores are carried out under loom. shuttle is sequentially consistent and ignores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Strength {
    /// As written: stale reads happen, and loom's known misses too (tokio-rs/loom issues 166 and 392).
    #[default]
    Plain,
    /// Loads and stores are read-modify-writes: no stale reads, and none of those misses. Every store then
    /// continues release sequences, so a release that is missing on an overwritten value shows in plain runs only.
    Strong,
}

/// What an execution is to be like.
#[derive(Debug, Default)]
pub struct Settings {
    /// How loads and stores are carried out under loom.
    pub strength: Strength,
    /// Who answers choices.
    pub oracle: Oracle,
    /// How freed addresses come back.
    pub reuse: Reuse,
    /// A thread that takes more steps than this in one execution is reported. 0: no limit.
    pub step_limit: u64,
    /// Nothing is written down: the execution is one of many, and can be repeated.
    pub silent: bool,
}

/// An operation that a thread is about to carry out, for schedulers that look ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// On what.
    pub object: Object,
    /// What: see [`Event::action`].
    pub action: &'static str,
    /// Whether it may write. Two operations commute if they are on different objects or neither writes.
    pub writes: bool,
    /// Where.
    pub place: Place,
}

impl Pending {
    /// To wait for a lock.
    pub(super) const LOCK: &str = "lock";
    /// To wait for a notification, with a time-out that does not come.
    pub(super) const TIMED_WAIT: &str = "wait, timed";
    /// To wait to be unparked, with a time-out that does not come.
    pub(super) const TIMED_PARK: &str = "park, timed";

    /// Whether it waits for a lock.
    #[cfg(all(feature = "check", shuttle))]
    pub(crate) fn is_lock(&self) -> bool {
        self.action == Pending::LOCK
    }

    /// Whether it would end if only its time-out came.
    #[cfg(all(feature = "check", shuttle))]
    pub(crate) fn is_timed(&self) -> bool {
        matches!(self.action, Pending::TIMED_WAIT | Pending::TIMED_PARK)
    }
}

#[derive(Default)]
struct Thread {
    steps: u64,
    clock: Duration,
    pending: Option<Pending>,
}

#[derive(Default)]
pub(super) struct World {
    settings: Settings,
    recording: bool,
    objects: u32,
    events: Vec<Event>,
    threads: Vec<Thread>,
    choices: Vec<Choice>,
    /// The thread that published a step or recorded one last.
    last: Option<usize>,
    pub(super) heap: Heap,
}

thread_local! {
    static WORLD: RefCell<World> = RefCell::default();
}

pub(super) fn with<R>(f: impl FnOnce(&mut World) -> R) -> R {
    WORLD.with(|world| f(&mut world.borrow_mut()))
}

impl World {
    fn thread(&mut self, index: usize) -> &mut Thread {
        if self.threads.len() <= index {
            self.enlarge(index);
        }
        &mut self.threads[index]
    }

    #[cold]
    fn enlarge(&mut self, index: usize) {
        self.threads.resize_with(index + 1, Thread::default);
    }

    /// All anew, in the memory of the last execution.
    fn begin(&mut self, settings: Settings) {
        self.recording = !settings.silent;
        self.settings = settings;
        self.objects = 0;
        self.events.clear();
        self.threads.clear();
        self.choices.clear();
        self.heap.clear();
    }

    /// The clock of this thread.
    pub(super) fn clock(&mut self, thread: usize) -> &mut Duration {
        &mut self.thread(thread).clock
    }

    /// How many steps have been recorded.
    pub(super) fn now(&self) -> usize {
        self.events.len()
    }

    /// Whether steps are written down.
    pub(super) fn recording(&self) -> bool {
        self.recording
    }

    /// Writes down what is no step.
    pub(super) fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(super) fn reuse(&self) -> Reuse {
        self.settings.reuse
    }
}

/// Opens an execution: forgets the last one, and records from here on.
pub fn begin(settings: Settings) {
    engine::ready();
    super::unwind::reset();
    with(|world| world.begin(settings));
}

/// Closes an execution.
///
/// # Errors
/// The nodes that were allocated and never freed, with the places of their allocation.
pub fn end() -> Result<(), super::Leak> {
    with(|world| {
        world.recording = false;
        world.heap.close()
    })
}

/// The steps of the execution so far, in their order. Empty if the world is busy (in a panic within it).
pub fn events() -> Vec<Event> {
    WORLD.with(|world| world.try_borrow().map(|w| w.events.clone()).unwrap_or_default())
}

/// The name under which traces show the node at an address, at the step with this number: `node 3`.
#[cfg(feature = "check")]
pub(crate) fn node_name(address: u64, step: usize) -> Option<String> {
    WORLD.with(|world| world.try_borrow().ok().and_then(|w| w.heap.name(address as usize, step)))
}

/// What each thread was about to do, with its number. Empty if the world is busy (in a panic within it).
#[cfg(feature = "check")]
pub(crate) fn all_pending() -> Vec<(usize, Pending)> {
    WORLD.with(|world| {
        let Ok(world) = world.try_borrow() else { return Vec::new() };
        let threads = world.threads.iter().enumerate();
        threads.filter_map(|(number, thread)| Some((number, thread.pending?))).collect()
    })
}

/// The thread that ran last, if any did: may be asked in a panic, where engines may not be.
#[cfg(feature = "check")]
pub(crate) fn ran_last() -> Option<usize> {
    #[cfg(shuttle)]
    if super::explored::machine().is_none() {
        return engine::running();
    }
    // loom and the explorer switch before atomic operations only, and what they complain of are other steps.
    WORLD.with(|world| world.try_borrow().ok().and_then(|world| world.last))
}

/// How many steps `thread` has taken in this execution.
pub fn steps(thread: usize) -> u64 {
    with(|world| world.thread(thread).steps)
}

/// The most steps that any thread has taken in this execution.
#[cfg(feature = "check")]
pub(crate) fn most_steps() -> u64 {
    with(|world| world.threads.iter().map(|thread| thread.steps).max().unwrap_or(0))
}

/// What `thread` is about to do: published before the engine is asked who runs next, withdrawn after.
pub fn pending(thread: usize) -> Option<Pending> {
    with(|world| world.thread(thread).pending)
}

/// The number of the current thread: 0 is main, the others count in the order of spawning.
pub fn thread() -> usize {
    engine::thread_index()
}

/// How often each kind of choice came up in this execution.
#[cfg(all(loom, feature = "check"))]
pub(crate) fn choices() -> Vec<Choice> {
    with(|world| world.choices.clone())
}

pub(super) fn strength() -> Strength {
    with(|world| world.settings.strength)
}

/// Whether a machine holds the memory of this execution.
pub(super) fn explored() -> bool {
    #[cfg(shuttle)]
    return super::explored::machine().is_some();
    #[cfg(not(shuttle))]
    false
}

/// Where the pending step of `thread` is.
#[cfg(shuttle)]
#[track_caller]
pub(super) fn place(thread: usize) -> Place {
    let here = std::panic::Location::caller();
    let pending = with(|world| world.threads.get(thread).and_then(|thread| thread.pending));
    pending.map_or(here, |pending| pending.place)
}

pub(super) fn new_object() -> Object {
    #[cfg(shuttle)]
    if let Some(machine) = super::explored::machine() {
        return Object(machine.object());
    }
    with(|world| {
        let object = Object(world.objects);
        world.objects += 1;
        object
    })
}

/// Publishes what the thread `me`, which runs, is about to do, before the engine may switch. Tells whether steps
/// are written down.
pub(super) fn publish(me: usize, pending: Pending) -> bool {
    let (steps, recording) = with(|world| {
        let limit = world.settings.step_limit;
        let recording = world.recording;
        world.last = Some(me);
        let thread = world.thread(me);
        thread.pending = Some(pending);
        thread.steps += 1;
        ((limit > 0 && thread.steps > limit).then_some(thread.steps), recording)
    });
    if let Some(steps) = steps {
        super::unwind::fault(format!(
            "no progress: thread {me} has taken {steps} steps in one execution. A loop that waits has to say so, by \
             `hint::spin_loop` or `thread::yield_now`, and must only read: one that writes in each turn, as a lock that is \
             tried by `swap`, does something else each time"
        ));
    }
    recording
}

/// Writes down what the current thread has just done, in the same step of the engine.
pub(super) fn record(event: Event) {
    with(|world| {
        world.last = Some(event.thread);
        world.thread(event.thread).pending = None;
        if world.recording {
            world.events.push(event);
        }
    });
}

/// Whether steps are written down.
#[cfg(feature = "check")]
pub(crate) fn recording() -> bool {
    with(|world| world.recording())
}

/// The moment: how many steps have been recorded.
#[cfg(feature = "check")]
pub(crate) fn now() -> usize {
    with(|world| world.now())
}

/// The first and the last of the steps from `mark` on that are wanted.
#[cfg(feature = "check")]
pub(crate) fn span(mark: usize, wanted: impl Fn(&Event) -> bool) -> Option<(usize, usize)> {
    with(|world| {
        let first = mark + world.events[mark..].iter().position(&wanted)?;
        let last = mark + world.events[mark..].iter().rposition(&wanted)?;
        Some((first, last))
    })
}

/// A line in the log that is no step: an operation begins or ends.
#[cfg(feature = "check")]
#[track_caller]
pub(crate) fn note(text: String) {
    let place = std::panic::Location::caller();
    let thread = engine::thread_index();
    with(|world| {
        world.tell(Event {
            thread,
            place,
            object: Object::NONE,
            action: "note",
            order: None,
            value: super::event::Value::None,
            pointers: false,
            text: Some(text),
            stale: None,
        })
    });
}

/// Asks the oracle. With fewer than two answers there is nothing to ask.
pub(super) fn choose(choice: Choice, answers: usize) -> usize {
    if answers < 2 {
        return 0;
    }
    // The engine's answer may run engine code, so it is not called with the world borrowed.
    let (nth, engine) = with(|world| {
        let nth = world.choices.iter().filter(|c| **c == choice).count();
        world.choices.push(choice);
        match &world.settings.oracle {
            Oracle::Undisturbed => (Some(0), None),
            Oracle::Nth(kind, k) => (Some(usize::from(*kind == choice && *k == nth)), None),
            Oracle::Engine(ask) => (None, Some(Rc::clone(ask))),
        }
    });
    let Some(ask) = engine else { return nth.unwrap_or(0) };
    let answer = ask(choice, answers);
    assert!(answer < answers, "the engine chose answer {answer} of {answers}");
    answer
}
