//! Threads that sleep and are woken without a lock: the file that ships, and what may not be left out of it.

use super::EXPLORER;
use selvedge::check::{Arbitrary, Engine, Model, Scenario, Spec, Structure};
use selvedge::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use selvedge::sync::{heap, thread};
use std::ptr;

/// `src/ring/sleepers.rs` itself, for the same scenarios.
#[path = "../../src/ring/sleepers.rs"]
mod shipped;

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    /// A sleeper announces itself before it is in the list.
    AnnouncedFirst,
    /// Whoever need not sleep goes away, and leaves its node in the list.
    LeftInTheList,
    /// The waker reads on in a node whose sleeper it has told.
    ReadAfterTold,
    /// The waker takes one sleeper alone, and forgets the others.
    WakesOne,
    /// A sleeper does not learn why a waker was there before it.
    NotAcquired,
}

/// How threads sleep, and are woken.
trait Bed: Send + Sync + 'static {
    fn sleep(&self, announce: impl FnOnce() -> bool);
    fn wake(&self);
}

impl Bed for shipped::Sleepers {
    fn sleep(&self, announce: impl FnOnce() -> bool) {
        self.sleep(announce);
    }

    fn wake(&self) {
        self.wake();
    }
}

struct Sleeper {
    thread: thread::Thread,
    next: AtomicPtr<Sleeper>,
    woken: AtomicBool,
}

/// The same, with a mistake.
struct Broken {
    first: AtomicPtr<Sleeper>,
    bug: Bug,
}

impl Broken {
    fn add(&self, sleeper: &Sleeper, node: *mut Sleeper) {
        let joins = if self.bug == Bug::NotAcquired { Release } else { AcqRel };
        let mut first = self.first.load(Relaxed);
        loop {
            sleeper.next.store(first, Relaxed);
            match self.first.compare_exchange(first, node, joins, Relaxed) {
                Ok(_) => return,
                Err(now) => first = now,
            }
        }
    }
}

impl Bed for Broken {
    fn sleep(&self, announce: impl FnOnce() -> bool) {
        let (next, woken) = (AtomicPtr::default(), AtomicBool::new(false));
        let node = heap::alloc(Sleeper { thread: thread::current(), next, woken });
        // SAFETY: freed below.
        let sleeper = unsafe { heap::get(node) };
        let announced = if self.bug == Bug::AnnouncedFirst {
            let announced = announce();
            self.add(sleeper, node);
            announced
        } else {
            self.add(sleeper, node);
            announce()
        };
        if !announced && self.bug != Bug::LeftInTheList {
            self.wake();
        }
        while (announced || self.bug != Bug::LeftInTheList) && !sleeper.woken.load(Acquire) {
            thread::park();
        }
        // SAFETY: allocated above; that nobody uses it is what is broken.
        unsafe { heap::free(node) };
    }

    fn wake(&self) {
        let mut next = self.first.swap(ptr::null_mut(), AcqRel);
        while !next.is_null() {
            // SAFETY: not freed before it is told, unless that is what is broken.
            let sleeper = unsafe { heap::get(next) };
            let thread = sleeper.thread.clone();
            next = if self.bug == Bug::WakesOne { ptr::null_mut() } else { sleeper.next.load(Relaxed) };
            sleeper.woken.store(true, Release);
            if self.bug == Bug::ReadAfterTold {
                next = sleeper.next.load(Relaxed);
            }
            thread.unpark();
        }
    }
}

const READY: u64 = 1;
const WAITING: u64 = 2;

/// A door: who waits for it sleeps until it is open, or for ever shut.
struct Door<B> {
    state: AtomicU64,
    shut: AtomicBool,
    sleepers: B,
}

#[derive(Clone, Debug, Arbitrary)]
enum Op {
    Wait,
    Open,
    /// Says so beside the word in which sleepers announce themselves, as the closing of a ring does.
    Shut,
}

struct Doors<B>(fn() -> B);

impl<B: Bed> Spec for Doors<B> {
    type Op = Op;
    type Ret = ();
    /// Whether it is open, or shut for ever.
    type State = bool;

    fn initial(&self) -> bool {
        false
    }

    fn step(&self, over: &mut bool, op: &Op) {
        *over = *over || !matches!(op, Op::Wait);
    }

    fn outcomes(&self, over: &bool, op: &Op) -> Vec<((), bool)> {
        match op {
            Op::Wait if !over => Vec::new(),
            _ => vec![((), true)],
        }
    }
}

impl<B: Bed> Structure for Doors<B> {
    type Sut = Door<B>;

    fn create(&self) -> Door<B> {
        Door { state: AtomicU64::new(0), shut: AtomicBool::new(false), sleepers: self.0() }
    }

    fn apply(&self, door: &Door<B>, op: &Op) {
        match op {
            Op::Wait => {
                let waits = || door.state.load(Relaxed) & READY == 0 && !door.shut.load(Relaxed);
                while waits() {
                    door.sleepers.sleep(|| {
                        let seen = door.state.load(Relaxed);
                        let announce =
                            || door.state.compare_exchange(seen, seen | WAITING, Relaxed, Relaxed).is_ok();
                        seen & READY == 0 && !door.shut.load(Relaxed) && announce()
                    });
                }
            }
            Op::Open => {
                if door.state.swap(READY, Relaxed) & WAITING != 0 {
                    door.sleepers.wake();
                }
            }
            Op::Shut => {
                door.shut.store(true, Relaxed);
                door.sleepers.wake();
            }
        }
    }
}

fn one() -> Scenario<Op> {
    Scenario::new().thread([Op::Open]).thread([Op::Wait])
}

fn shut() -> Scenario<Op> {
    Scenario::new().thread([Op::Shut]).thread([Op::Wait])
}

fn two() -> Scenario<Op> {
    Scenario::new().thread([Op::Open]).thread([Op::Wait]).thread([Op::Wait])
}

fn right(scenario: Scenario<Op>) -> Model {
    let model = Model::of(Doors(shipped::Sleepers::default), scenario).structure("Sleepers");
    model.property("no lost wake-up").preemptions(2)
}

selvedge::model!(one_sleeps, right(one()));
selvedge::model!(two_sleep, right(two()));
selvedge::model!(one_sleeps_while_it_is_shut, right(shut()));

/// The broken one, and who has to find it by which words.
macro_rules! broken {
    ($($name:ident, $bug:ident, $scenario:expr, $called:literal, $by:expr, $words:expr;)*) => { $(
        selvedge::model!($name, {
            let bed = || Broken { first: AtomicPtr::default(), bug: Bug::$bug };
            Model::of(Doors(bed), $scenario).structure("Sleepers, broken").kills($called, $by, $words)
        });
    )* };
}

broken! {
    announced_first, AnnouncedFirst, one(), "mutant: a sleeper announces itself before it is in the list", EXPLORER,
        ["deadlock"];
    left_in_the_list, LeftInTheList, two(), "mutant: a sleeper leaves and its node stays", EXPLORER, ["after free"];
    read_after_told, ReadAfterTold, one(), "mutant: a sleeper's node is read after it was told", EXPLORER,
        ["after free"];
    wakes_one, WakesOne, two(), "mutant: one sleeper is woken, and the others are forgotten", EXPLORER, ["deadlock"];
    not_acquired, NotAcquired, shut(), "mutant: a sleeper does not learn why others were woken", [Engine::ExplorerWeak],
        ["deadlock"];
}
