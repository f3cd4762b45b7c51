//! What a thread is about to do is known to a scheduler before it happens.

use selvedge::sync::atomic::{AtomicU32, Ordering, fence};
use selvedge::sync::cell::UnsafeCell;
use selvedge::sync::model::{self, Event, Pending, Settings};
use selvedge::sync::{Condvar, Mutex, heap, thread};
use shuttle::scheduler::{RandomScheduler, Schedule, Scheduler, Task, TaskId};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex as Real};

/// What was seen of one schedule after another.
#[derive(Default)]
struct Seen {
    /// Decisions for a thread whose next step was known, and what it then did first.
    foretold: Vec<(Pending, Event)>,
    /// Actions that were pending at some decision.
    actions: BTreeSet<&'static str>,
    /// Of threads of which nothing was known when they were chosen: what they did first, and what they had done last.
    surprises: BTreeSet<&'static str>,
}

/// Chooses at random, and compares what was known with what happened.
struct Watching {
    inner: RandomScheduler,
    chosen: Option<(usize, usize, Option<Pending>)>,
    seen: Arc<Real<Seen>>,
}

impl Scheduler for Watching {
    fn new_execution(&mut self) -> Option<Schedule> {
        self.chosen = None;
        self.inner.new_execution()
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, yielding: bool) -> Option<TaskId> {
        let events = model::events();
        let mut seen = self.seen.lock().unwrap();
        if let Some((thread, before, known)) = self.chosen.take() {
            // The log of the last execution is gone when the next one begins.
            let next = events.get(before..).and_then(|new| new.iter().find(|event| event.thread == thread));
            match (known, next) {
                (Some(pending), Some(event)) => seen.foretold.push((pending, event.clone())),
                (None, Some(event)) => _ = seen.surprises.insert(event.action),
                (_, None) => {}
            }
        }
        for task in runnable {
            seen.actions.extend(model::pending(task.id().into()).map(|pending| pending.action));
        }
        let next = self.inner.next_task(runnable, current, yielding)?;
        let known = model::pending(next.into());
        if known.is_none() && model::steps(next.into()) > 0 {
            // It is not about to begin, so it was stopped within something that it had not announced.
            let last = events.iter().rfind(|event| event.thread == usize::from(next));
            seen.surprises.insert(last.map_or("nothing", |event| event.action));
        }
        self.chosen = Some((next.into(), events.len(), known));
        Some(next)
    }

    fn next_u64(&mut self) -> u64 {
        self.inner.next_u64()
    }
}

/// A pointer that the test sends to another thread.
struct Sent(*mut UnsafeCell<u32>);

// SAFETY: all threads of a model are coroutines of one thread.
unsafe impl Send for Sent {}

/// A step of each kind that a scheduler may have to choose at.
fn program() {
    model::begin(Settings::default());
    let shared = Arc::new((AtomicU32::new(0), Mutex::new(0), Condvar::new()));
    let node = Sent(heap::alloc(UnsafeCell::new(0)));
    let other = Arc::clone(&shared);
    let thread = thread::spawn(move || {
        let node = node;
        other.0.store(1, Ordering::Release);
        fence(Ordering::SeqCst);
        // What is a thread's alone is no point of decision.
        let mut own = UnsafeCell::new(0);
        *own.get_mut() += 1;
        *other.1.lock().unwrap() += 1;
        other.2.notify_one();
        // SAFETY: this thread's alone.
        unsafe {
            heap::get(node.0).with_mut(|value| *value += 1);
            heap::get(node.0).with(|value| assert_eq!(*value, 1));
            heap::free(node.0);
        }
    });
    shared.0.load(Ordering::Acquire);
    shared.0.fetch_add(1, Ordering::AcqRel);
    let _ = shared.0.compare_exchange(2, 3, Ordering::AcqRel, Ordering::Acquire);
    let mut count = shared.1.lock().unwrap();
    while *count == 0 {
        count = shared.2.wait(count).unwrap();
    }
    drop(count);
    thread::yield_now();
    thread.join().unwrap();
    model::end().unwrap();
}

fn watch() -> Seen {
    let seen: Arc<Real<Seen>> = Arc::default();
    let inner = RandomScheduler::new_from_seed(3, 300);
    let mut config = shuttle::Config::new();
    config.silence_warnings = true;
    config.failure_persistence = shuttle::FailurePersistence::None;
    shuttle::Runner::new(Watching { inner, chosen: None, seen: Arc::clone(&seen) }, config).run(program);
    std::mem::take(&mut seen.lock().unwrap())
}

/// Whether what was known is what happened.
fn agree(pending: &Pending, event: &Event) -> bool {
    (pending.object, pending.action, pending.place) == (event.object, event.action, event.place)
}

#[test]
fn what_happens_next_was_known_before() {
    let seen = watch();
    assert!(seen.foretold.len() > 3_000, "{}", seen.foretold.len());
    for (pending, event) in &seen.foretold {
        assert!(agree(pending, event), "{pending:?} was pending, and this happened: {event:?}");
    }
    // To allocate concerns nobody else: no scheduler is asked before. After the last step a thread ends.
    let allowed = BTreeSet::from(["alloc", "free", "join"]);
    assert!(seen.surprises.is_subset(&allowed), "{:?}", seen.surprises);
    // Every kind of step at which a scheduler is asked.
    for action in [
        "load",
        "store",
        "fetch_add",
        "compare_exchange",
        "lock",
        "wait",
        "join",
        "read",
        "write",
        "access",
        "free",
        "yield",
    ] {
        assert!(seen.actions.contains(action), "{action} was never pending: {:?}", seen.actions);
    }
    // The control: shifted by one, what was known is not what happened.
    let shifted = seen.foretold.iter().zip(&seen.foretold[1..]);
    assert!(shifted.filter(|((pending, _), (_, event))| !agree(pending, event)).count() > 1_000);
}

#[test]
fn what_may_write_says_so() {
    let seen = watch();
    for (pending, _) in seen.foretold {
        let reads = ["load", "read", "access", "join", "yield", "spawn", "alloc"].contains(&pending.action);
        assert_eq!(pending.writes, !reads, "{pending:?}");
    }
}
