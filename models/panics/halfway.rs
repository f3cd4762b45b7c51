//! Structures that call a callback in the middle of an operation: controls, and the same done right.

use selvedge::check::{Arbitrary, Choice, Engine, Model, Scenario, Spec, Structure, may_panic};
use selvedge::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use selvedge::sync::{cell::UnsafeCell, thread};
use std::collections::VecDeque;

/// Those that explore all, or draw long enough: loom cannot say of a loop that nobody will end it.
const BY: [Engine; 5] = [
    Engine::ShuttleRandom,
    Engine::ShuttlePct2,
    Engine::ShuttlePct3,
    Engine::ExplorerSc,
    Engine::ExplorerWeak,
];

/// A number that is changed by a closure of the user's under a lock. `GUARDED`: a guard unlocks, whatever happens.
struct Locked<const GUARDED: bool> {
    locked: AtomicBool,
    value: UnsafeCell<u64>,
}

// SAFETY: `value` is used by who holds the lock.
unsafe impl<const GUARDED: bool> Sync for Locked<GUARDED> {}
// SAFETY: as above.
unsafe impl<const GUARDED: bool> Send for Locked<GUARDED> {}

struct Unlock<'a>(&'a AtomicBool);

impl Drop for Unlock<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl<const GUARDED: bool> Locked<GUARDED> {
    fn change(&self, by: impl FnOnce(u64) -> u64) -> u64 {
        while self.locked.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            thread::yield_now();
        }
        let guard = GUARDED.then(|| Unlock(&self.locked));
        // SAFETY: the lock is held.
        let old = self.value.with(|value| unsafe { *value });
        let new = by(old);
        // SAFETY: as above.
        self.value.with_mut(|value| unsafe { *value = new });
        if guard.is_none() {
            self.locked.store(false, Ordering::Release);
        }
        old
    }
}

#[derive(Clone, Debug, Arbitrary)]
struct Add(u8);

struct Sum<const GUARDED: bool>;

impl<const GUARDED: bool> Spec for Sum<GUARDED> {
    type Op = Add;
    type Ret = u64;
    type State = u64;

    fn initial(&self) -> u64 {
        0
    }

    fn step(&self, state: &mut u64, op: &Add) -> u64 {
        *state += u64::from(op.0);
        *state - u64::from(op.0)
    }
}

impl<const GUARDED: bool> Structure for Sum<GUARDED> {
    type Sut = Locked<GUARDED>;

    fn create(&self) -> Self::Sut {
        Locked { locked: AtomicBool::new(false), value: UnsafeCell::new(0) }
    }

    fn apply(&self, sut: &Self::Sut, op: &Add) -> u64 {
        sut.change(|old| {
            may_panic("a closure");
            old + u64::from(op.0)
        })
    }
}

fn adds<const GUARDED: bool>() -> Model {
    let scenario = Scenario::new().thread([Add(1)]).thread([Add(2)]).after([Add(4)]);
    Model::of(Sum::<GUARDED>, scenario).property("linearizable, with panics").choices([Choice::Panic])
}

selvedge::model!(
    a_lock_left_held,
    adds::<false>().structure("Locked (no guard)").kills("PC2", BY, ["no progress"])
);
selvedge::model!(a_lock_with_a_guard, adds::<true>());

const SLOTS: usize = 4;

/// A queue of a few slots. A push claims one, and fills it; `EARLY`: with what a closure makes after the claim.
#[derive(Default)]
struct Claimed<const EARLY: bool> {
    tail: AtomicUsize,
    head: AtomicUsize,
    filled: [AtomicU64; SLOTS],
}

impl<const EARLY: bool> Claimed<EARLY> {
    fn push(&self, make: impl Fn() -> u64) {
        let made = (!EARLY).then(&make);
        let slot = self.tail.fetch_add(1, Ordering::Relaxed);
        self.filled[slot].store(made.unwrap_or_else(make), Ordering::Release);
    }

    /// Takes the oldest; waits for one that is claimed and not yet filled.
    fn pop(&self) -> Option<u64> {
        let slot = self.head.load(Ordering::Relaxed);
        if slot == self.tail.load(Ordering::Relaxed) {
            return None;
        }
        self.head.store(slot + 1, Ordering::Relaxed);
        loop {
            match self.filled[slot].load(Ordering::Acquire) {
                0 => thread::yield_now(),
                value => return Some(value),
            }
        }
    }
}

#[derive(Clone, Debug, Arbitrary)]
enum Op {
    Push(u8),
    Pop,
}

struct Queue<const EARLY: bool>;

impl<const EARLY: bool> Spec for Queue<EARLY> {
    type Op = Op;
    type Ret = Option<u64>;
    type State = VecDeque<u64>;

    fn initial(&self) -> VecDeque<u64> {
        VecDeque::new()
    }

    fn step(&self, state: &mut VecDeque<u64>, op: &Op) -> Option<u64> {
        match op {
            Op::Push(value) => {
                state.push_back(u64::from(*value));
                None
            }
            Op::Pop => state.pop_front(),
        }
    }
}

impl<const EARLY: bool> Structure for Queue<EARLY> {
    type Sut = Claimed<EARLY>;

    fn create(&self) -> Self::Sut {
        Claimed::default()
    }

    fn apply(&self, sut: &Self::Sut, op: &Op) -> Option<u64> {
        match op {
            Op::Push(value) => {
                sut.push(|| {
                    may_panic("a closure");
                    u64::from(*value)
                });
                None
            }
            Op::Pop => sut.pop(),
        }
    }
}

fn pushes<const EARLY: bool>() -> Model {
    let scenario = Scenario::new().thread([Op::Push(1)]).thread([Op::Push(2)]).after([Op::Pop, Op::Pop]);
    Model::of(Queue::<EARLY>, scenario).property("linearizable, with panics").choices([Choice::Panic])
}

selvedge::model!(
    a_slot_claimed_and_never_filled,
    pushes::<true>().structure("Claimed (made after the claim)").kills("PC3", BY, ["no progress"])
);
selvedge::model!(a_slot_claimed_when_all_is_made, pushes::<false>());
