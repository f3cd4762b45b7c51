//! The lesson's `LockFreeRingBuffer`, as the lesson has it. Do not repair it: each defect is wanted.
//!
//! # Departures from the lesson
//! 1. The atomics are the facade's instead of `std`'s, so that engines see them. Their names, their orderings
//!    and the order of the operations are the lesson's.
//! 2. `buffer` is not a raw allocation but a [`Slots`]: [`Cells`] is the lesson's memory, a facade cell with a
//!    `MaybeUninit<T>` per slot; [`Words`] and [`Hidden`] let a control leave certain defects out of sight.
//!    `new` and `drop` have no layouts to compute any more, and so neither RB12 nor RB13, which are about them.
//!    The field `element` stands for the `T` that `buffer` no longer names.
//! 3. `AllocError` is a type of this file, since `std::alloc::AllocError` is unstable.
//!
//! Everything else is the lesson's, down to the counters `producers` and `consumers` that nobody reads (RB15).

use selvedge::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use selvedge::sync::cell::UnsafeCell;
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;

/// The memory of the slots.
pub trait Slots<T> {
    /// So many slots, with nothing in them.
    fn new(capacity: usize) -> Self;

    /// `ptr::write` to a slot.
    ///
    /// # Safety
    /// Nobody else uses the slot meanwhile.
    unsafe fn write(&self, index: usize, value: T);

    /// `ptr::read` from a slot.
    ///
    /// # Safety
    /// The slot was written, and nobody writes it meanwhile.
    unsafe fn read(&self, index: usize) -> T;
}

/// The lesson's slots: plain memory, in cells in which loom sees a data race. Zeroed, so that what is read too
/// early is at least a zero.
pub struct Cells<T>(Box<[UnsafeCell<MaybeUninit<T>>]>);

impl<T> Slots<T> for Cells<T> {
    fn new(capacity: usize) -> Self {
        Cells((0..capacity).map(|_| UnsafeCell::new(MaybeUninit::zeroed())).collect())
    }

    #[track_caller]
    unsafe fn write(&self, index: usize, value: T) {
        // SAFETY: the caller's, which the lesson breaks: hence the controls.
        self.0[index].with_mut(|slot| unsafe { ptr::write(slot.cast::<T>(), value) });
    }

    #[track_caller]
    unsafe fn read(&self, index: usize) -> T {
        // SAFETY: the caller's, which the lesson breaks: hence the controls.
        self.0[index].with(|slot| unsafe { ptr::read(slot.cast::<T>()) })
    }
}

/// Slots in which nothing is a data race, so that it can be seen what comes out.
///
/// Each slot is an atomic byte, 0 when nothing is in it; no element is 0. An access is a step of its own, and
/// a read-modify-write, since those are never stale; it is relaxed, since it should not order anything.
pub struct Words(Box<[AtomicU8]>);

impl Slots<u8> for Words {
    fn new(capacity: usize) -> Self {
        Words((0..capacity).map(|_| AtomicU8::new(0)).collect())
    }

    #[track_caller]
    unsafe fn write(&self, index: usize, value: u8) {
        self.0[index].swap(value, Ordering::Relaxed);
    }

    #[track_caller]
    unsafe fn read(&self, index: usize) -> u8 {
        self.0[index].swap(0, Ordering::Relaxed)
    }
}

/// Slots that no engine sees: the access to a slot happens in one step with the claim before it.
///
/// So a claimed slot is written or read at once, as if RB1, RB2 and RB3 were repaired, and what still goes
/// wrong is the fault of `head` and `tail` alone.
pub struct Hidden(Box<[Cell<u8>]>);

impl Slots<u8> for Hidden {
    fn new(capacity: usize) -> Self {
        Hidden((0..capacity).map(|_| Cell::new(0)).collect())
    }

    unsafe fn write(&self, index: usize, value: u8) {
        self.0[index].set(value);
    }

    unsafe fn read(&self, index: usize) -> u8 {
        self.0[index].get()
    }
}

#[derive(Debug)]
pub struct AllocError;

pub struct LockFreeRingBuffer<T, S: Slots<T>> {
    pub buffer: S,
    pub capacity: usize,
    pub mask: usize,
    pub head: AtomicUsize,
    pub tail: AtomicUsize,
    pub producers: AtomicUsize,
    pub consumers: AtomicUsize,
    pub element: std::marker::PhantomData<T>,
}

impl<T, S: Slots<T>> LockFreeRingBuffer<T, S> {
    pub fn new(capacity: usize) -> Result<Self, AllocError> {
        let capacity = capacity.next_power_of_two();
        let mask = capacity - 1;

        Ok(Self {
            buffer: S::new(capacity),
            capacity,
            mask,
            head: AtomicUsize::new(0),
            tail: AtomicUsize::new(0),
            producers: AtomicUsize::new(0),
            consumers: AtomicUsize::new(0),
            element: std::marker::PhantomData,
        })
    }

    pub fn push(&self, value: T) -> Result<(), T> {
        // Increment producer count
        self.producers.fetch_add(1, Ordering::Acquire);

        loop {
            let current_tail = self.tail.load(Ordering::Acquire);
            let current_head = self.head.load(Ordering::Acquire);

            // Check if buffer is full
            if (current_tail + 1) & self.mask == current_head {
                self.producers.fetch_sub(1, Ordering::Release);
                return Err(value);
            }

            // Try to claim slot
            if self
                .tail
                .compare_exchange_weak(
                    current_tail,
                    (current_tail + 1) & self.mask,
                    Ordering::Release,
                    Ordering::Relaxed,
                )
                .is_ok()
            {
                // Write value to buffer
                let index = current_tail & self.mask;
                // SAFETY: as the lesson has it. Unsound: the slot is not ours alone, see RB1 and RB2.
                unsafe { self.buffer.write(index, value) };

                self.producers.fetch_sub(1, Ordering::Release);
                return Ok(());
            }
        }
    }

    pub fn pop(&self) -> Option<T> {
        // Increment consumer count
        self.consumers.fetch_add(1, Ordering::Acquire);

        loop {
            let current_head = self.head.load(Ordering::Acquire);
            let current_tail = self.tail.load(Ordering::Acquire);

            // Check if buffer is empty
            if current_head == current_tail {
                self.consumers.fetch_sub(1, Ordering::Release);
                return None;
            }

            // Try to claim slot
            if self
                .head
                .compare_exchange_weak(
                    current_head,
                    (current_head + 1) & self.mask,
                    Ordering::Release,
                    Ordering::Relaxed,
                )
                .is_ok()
            {
                // Read value from buffer
                let index = current_head & self.mask;
                // SAFETY: as the lesson has it. Unsound: the slot may not be written yet, see RB1, or be
                // written again already, see RB2.
                let value = unsafe { self.buffer.read(index) };

                self.consumers.fetch_sub(1, Ordering::Release);
                return Some(value);
            }
        }
    }

    pub fn try_push(&self, value: T) -> Result<(), T> {
        let current_tail = self.tail.load(Ordering::Acquire);
        let current_head = self.head.load(Ordering::Acquire);

        // Check if buffer is full
        if (current_tail + 1) & self.mask == current_head {
            return Err(value);
        }

        // Try to claim slot
        if self
            .tail
            .compare_exchange_weak(
                current_tail,
                (current_tail + 1) & self.mask,
                Ordering::Release,
                Ordering::Relaxed,
            )
            .is_ok()
        {
            // Write value to buffer
            let index = current_tail & self.mask;
            // SAFETY: as the lesson has it. Unsound, see RB1 and RB2.
            unsafe { self.buffer.write(index, value) };
            Ok(())
        } else {
            Err(value)
        }
    }

    pub fn try_pop(&self) -> Option<T> {
        let current_head = self.head.load(Ordering::Acquire);
        let current_tail = self.tail.load(Ordering::Acquire);

        // Check if buffer is empty
        if current_head == current_tail {
            return None;
        }

        // Try to claim slot
        if self
            .head
            .compare_exchange_weak(
                current_head,
                (current_head + 1) & self.mask,
                Ordering::Release,
                Ordering::Relaxed,
            )
            .is_ok()
        {
            // Read value from buffer
            let index = current_head & self.mask;
            // SAFETY: as the lesson has it. Unsound, see RB1 and RB2.
            Some(unsafe { self.buffer.read(index) })
        } else {
            None
        }
    }

    pub fn is_empty(&self) -> bool {
        let head = self.head.load(Ordering::Acquire);
        let tail = self.tail.load(Ordering::Acquire);
        head == tail
    }

    pub fn is_full(&self) -> bool {
        let head = self.head.load(Ordering::Acquire);
        let tail = self.tail.load(Ordering::Acquire);
        (tail + 1) & self.mask == head
    }

    pub fn len(&self) -> usize {
        let head = self.head.load(Ordering::Acquire);
        let tail = self.tail.load(Ordering::Acquire);
        (tail.wrapping_sub(head)) & self.mask
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

impl<T, S: Slots<T>> Drop for LockFreeRingBuffer<T, S> {
    #[expect(clippy::redundant_pattern_matching, reason = "as the lesson has it")]
    fn drop(&mut self) {
        // Drop all remaining elements
        while let Some(_) = self.try_pop() {}
    }
}

// SAFETY: as the lesson has it. Of no use while a slot can be used by two threads at once, see RB1 and RB2.
unsafe impl<T: Send, S: Slots<T>> Send for LockFreeRingBuffer<T, S> {}
// SAFETY: as above.
unsafe impl<T: Send, S: Slots<T>> Sync for LockFreeRingBuffer<T, S> {}
