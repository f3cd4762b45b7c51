//! A small ring of the same family as the library's, with a bug.

use super::Bug;
use crate::ring::{Bounded, Op, Ret, State, bounded};
use selvedge::check::{Spec, Structure};
use selvedge::sync::atomic::{AtomicU64, Ordering::SeqCst};
use selvedge::sync::cell::UnsafeCell;
use selvedge::sync::hint::spin_loop;
use std::mem::MaybeUninit;

/// On `tail`: no more pushes.
const CLOSED: u64 = 1 << 63;

pub struct Ring<T> {
    head: AtomicU64,
    tail: AtomicU64,
    slots: Box<[Slot<T>]>,
    bug: Bug,
}

struct Slot<T> {
    /// `2p`: free for position `p`. `2p + 1`: holds the element of `p`.
    stamp: AtomicU64,
    /// Zeroed, so that a byte that is read too early is a byte.
    value: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: on one thread of the operating system only: the engine's coroutines, or a sequence.
unsafe impl<T: Send> Send for Ring<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Ring<T> {}

impl<T> Ring<T> {
    fn new(capacity: usize, bug: Bug) -> Self {
        let slot = |position: u64| Slot {
            stamp: AtomicU64::new(2 * position),
            value: UnsafeCell::new(MaybeUninit::zeroed()),
        };
        let slots = (0..capacity as u64).map(slot).collect();
        Ring { head: AtomicU64::new(0), tail: AtomicU64::new(0), slots, bug }
    }

    fn capacity(&self) -> u64 {
        self.slots.len() as u64
    }

    fn slot(&self, position: u64) -> &Slot<T> {
        &self.slots[(position % self.capacity()) as usize]
    }

    fn write(&self, position: u64, value: T) {
        // SAFETY: the position was claimed, and its slot was free for it.
        self.slot(position).value.with_mut(|cell| unsafe { (*cell).write(value) });
    }

    fn read(&self, position: u64) -> T {
        // SAFETY: the position was claimed, and its slot held an element. Not so, on purpose, with `Unwritten`,
        // `Twice` and `Unborn`. Elements are `u8`, of which zero is one, or `Counted`, which look at their seal first.
        self.slot(position).value.with(|cell| unsafe { (*cell).assume_init_read() })
    }

    fn try_push(&self, value: T) -> Ret {
        loop {
            let tail = self.tail.load(SeqCst);
            if tail & CLOSED != 0 {
                return Ret::Closed;
            }
            let stamp = &self.slot(tail).stamp;
            let free = stamp.load(SeqCst) == 2 * tail;
            if !free && self.head.load(SeqCst) + self.capacity() == tail {
                return Ret::Full;
            }
            if free && self.tail.compare_exchange(tail, tail + 1, SeqCst, SeqCst).is_ok() {
                if self.bug == Bug::Unwritten {
                    stamp.store(2 * tail + 1, SeqCst);
                    self.write(tail, value);
                } else {
                    self.write(tail, value);
                    stamp.store(2 * tail + 1, SeqCst);
                }
                return Ret::Pushed;
            }
            spin_loop();
        }
    }

    fn try_pop(&self) -> Result<T, Ret> {
        loop {
            let head = self.head.load(SeqCst);
            let stamp = &self.slot(head).stamp;
            let full = stamp.load(SeqCst) == 2 * head + 1;
            if !full {
                let tail = self.tail.load(SeqCst);
                if tail == head | CLOSED {
                    return Err(Ret::Closed);
                }
                if tail == head || self.bug == Bug::Empty {
                    return Err(Ret::Empty);
                }
            }
            if full && self.head.compare_exchange(head, head + 1, SeqCst, SeqCst).is_ok() {
                let value = self.read(head);
                if self.bug != Bug::Stuck {
                    stamp.store(2 * (head + self.capacity()), SeqCst);
                }
                return Ok(value);
            }
            spin_loop();
        }
    }

    fn len(&self) -> u64 {
        loop {
            let tail = self.tail.load(SeqCst) & !CLOSED;
            let head = self.head.load(SeqCst);
            if self.tail.load(SeqCst) & !CLOSED == tail {
                return tail - head;
            }
        }
    }

    fn is_empty(&self) -> bool {
        let len = self.len();
        len == 0 || self.bug == Bug::Slots && len == self.capacity()
    }
}

impl<T> Drop for Ring<T> {
    fn drop(&mut self) {
        let (head, tail) = (self.head.load(SeqCst), self.tail.load(SeqCst) & !CLOSED);
        let positions = match self.bug {
            Bug::Lost => head..head + (tail - head) % self.capacity(),
            Bug::Twice => tail.saturating_sub(self.capacity())..tail,
            Bug::Unborn => 0..self.capacity(),
            _ => head..tail,
        };
        positions.for_each(|position| drop(self.read(position)));
    }
}

/// The library's specification, and this ring. Batches move one, as they may.
pub struct Planted<T> {
    capacity: usize,
    bug: Bug,
    spec: Bounded<selvedge::ring::Ring<T>>,
}

/// A ring of so many elements.
pub fn planted<T>(capacity: usize, bug: Bug) -> Planted<T> {
    Planted { capacity, bug, spec: bounded(capacity) }
}

impl<T: 'static> Spec for Planted<T> {
    type Op = Op;
    type Ret = Ret;
    type State = State;

    fn initial(&self) -> State {
        self.spec.initial()
    }

    fn step(&self, state: &mut State, op: &Op) -> Ret {
        self.spec.step(state, op)
    }

    fn outcomes(&self, state: &State, op: &Op) -> Vec<(Ret, State)> {
        self.spec.outcomes(state, op)
    }
}

impl<T: From<u8> + Into<u8> + Send + 'static> Structure for Planted<T> {
    type Sut = Ring<T>;

    fn create(&self) -> Ring<T> {
        Ring::new(self.capacity, self.bug)
    }

    fn apply(&self, ring: &Ring<T>, op: &Op) -> Ret {
        let closed = || ring.tail.load(SeqCst) & CLOSED != 0;
        match op {
            Op::TryPush(value) | Op::Push(value) => ring.try_push(T::from(*value)),
            Op::TryPop | Op::Pop => ring.try_pop().map_or_else(|ret| ret, |value| Ret::Popped(value.into())),
            Op::PushBatch(_, 0) if closed() => Ret::Closed,
            Op::PushBatch(_, 0) => Ret::Number(0),
            Op::PushBatch(value, _) => match ring.try_push(T::from(*value)) {
                Ret::Pushed => Ret::Number(1),
                Ret::Full => Ret::Number(0),
                ret => ret,
            },
            Op::PopBatch(0) if closed() && ring.len() == 0 => Ret::Closed,
            Op::PopBatch(0) => Ret::Values(Vec::new()),
            Op::PopBatch(_) => match ring.try_pop() {
                Ok(value) => Ret::Values(vec![value.into()]),
                Err(Ret::Empty) => Ret::Values(Vec::new()),
                Err(ret) => ret,
            },
            Op::Len => Ret::Number(ring.len() as usize),
            Op::IsEmpty => Ret::Is(ring.is_empty()),
            Op::IsFull => Ret::Is(ring.len() == ring.capacity()),
            Op::Close => Ret::Is(ring.tail.fetch_or(CLOSED, SeqCst) & CLOSED == 0),
            Op::IsClosed => Ret::Is(closed()),
        }
    }
}
