//! Atomics: a plain cell in sampled executions (all threads are coroutines of one thread), and a location of
//! the machine in explored ones.

use crate::sync::model::explored::{Location, Machine, Request, ask, machine};
use crate::sync::model::{unwind, world};
use std::cell::Cell;
use std::sync::atomic::Ordering;

/// A value of an atomic, as bits.
pub(in crate::sync::model) trait Word: Copy + PartialEq {
    fn bits(self) -> u64;
    fn of(bits: u64) -> Self;
}

macro_rules! word {
    ($($type:ty),*) => { $(
        impl Word for $type {
            fn bits(self) -> u64 { self as u64 }
            fn of(bits: u64) -> Self { bits as $type }
        }
    )* };
}

word!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl Word for bool {
    fn bits(self) -> u64 {
        u64::from(self)
    }
    fn of(bits: u64) -> Self {
        bits != 0
    }
}

impl<T> Word for *mut T {
    fn bits(self) -> u64 {
        self.expose_provenance() as u64
    }
    fn of(bits: u64) -> Self {
        std::ptr::with_exposed_provenance_mut(bits as usize)
    }
}

/// An atomic of the engine.
pub(in crate::sync::model) struct Atomic<T> {
    /// In an explored execution: what was stored last in this run. Only unwinding drops look at it there.
    value: Cell<T>,
    location: Location,
}

// SAFETY: all threads of a model are coroutines of one thread of the operating system, and no switch happens
// inside of an access. `T` is a number or a pointer; what a pointer points to is the structure's own matter, as
// with `AtomicPtr` of `std`.
unsafe impl<T> Sync for Atomic<T> {}
// SAFETY: as above.
unsafe impl<T> Send for Atomic<T> {}

/// The machine, unless the execution has failed or was given up and is being unwound: then nothing is a step.
fn at_work<'execution>() -> Option<&'execution dyn Machine> {
    if unwind::failing() { None } else { machine() }
}

/// Puts the request to the machine, if that is at work, and stays so.
fn put(request: &Request<'_>) -> Option<(u64, bool)> {
    let machine = at_work()?;
    let answer = ask(machine, world::place(machine.running()), request)?;
    Some((answer.value, answer.stored))
}

impl<T: Word> Atomic<T> {
    pub(in crate::sync::model) fn new(value: T) -> Self {
        let location = machine().map_or(Location::NONE, |machine| machine.create(value.bits()));
        Atomic { value: Cell::new(value), location }
    }

    pub(in crate::sync::model) fn into_inner(self) -> T {
        match at_work() {
            None => self.value.get(),
            Some(machine) => T::of(machine.exclusive(self.location, world::place(machine.running()))),
        }
    }

    pub(in crate::sync::model) fn load(&self, order: Ordering) -> T {
        match put(&Request::Load { location: self.location, order }) {
            None => {
                super::point();
                self.value.get()
            }
            Some((value, _)) => T::of(value),
        }
    }

    pub(in crate::sync::model) fn store(&self, value: T, order: Ordering) {
        if put(&Request::Store { location: self.location, order, value: value.bits() }).is_none() {
            super::point();
        }
        self.value.set(value);
    }

    /// A read-modify-write that always writes.
    fn modify(&self, order: Ordering, new: impl Fn(T) -> T) -> T {
        let always = |old| Some(new(old));
        let (Ok(old) | Err(old)) = self.update(order, order, false, None, &always);
        old
    }

    fn update(
        &self,
        order: Ordering,
        failure: Ordering,
        weak: bool,
        expected: Option<T>,
        new: &dyn Fn(T) -> Option<T>,
    ) -> Result<T, T> {
        let next = |old| new(T::of(old)).map(Word::bits);
        let (location, expected, wanted) = (self.location, expected.map(Word::bits), None);
        let update = Request::Update { location, order, failure, new: &next, expected, weak, wanted };
        let (old, stored) = match put(&update) {
            None => {
                super::point();
                (self.value.get(), true)
            }
            Some((old, stored)) => (T::of(old), stored),
        };
        match new(old).filter(|_| stored) {
            Some(new) => {
                self.value.set(new);
                Ok(old)
            }
            None => Err(old),
        }
    }

    pub(in crate::sync::model) fn swap(&self, value: T, order: Ordering) -> T {
        self.modify(order, |_| value)
    }

    pub(in crate::sync::model) fn compare_exchange(
        &self,
        current: T,
        new: T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<T, T> {
        self.update(success, failure, false, Some(current), &|old| (old == current).then_some(new))
    }

    /// Whether it fails for no reason is the machine's choice.
    pub(in crate::sync::model) fn compare_exchange_weak(
        &self,
        current: T,
        new: T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<T, T> {
        self.update(success, failure, true, Some(current), &|old| (old == current).then_some(new))
    }
}

macro_rules! operations {
    ($($type:ty: $($name:ident $result:expr),*;)*) => { $(
        impl Atomic<$type> {
            $(pub(in crate::sync::model) fn $name(&self, value: $type, order: Ordering) -> $type {
                let result: fn($type, $type) -> $type = $result;
                self.modify(order, |old| result(old, value))
            })*
        }
    )* };
}

macro_rules! integers {
    ($($type:ty),*) => { operations! { $(
        $type:
            fetch_add <$type>::wrapping_add,
            fetch_sub <$type>::wrapping_sub,
            fetch_and |a, b| a & b,
            fetch_nand |a, b| !(a & b),
            fetch_or |a, b| a | b,
            fetch_xor |a, b| a ^ b,
            fetch_max Ord::max,
            fetch_min Ord::min;
    )* } };
}

integers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

operations! {
    bool:
        fetch_and |a, b| a & b,
        fetch_nand |a, b| !(a & b),
        fetch_or |a, b| a | b,
        fetch_xor |a, b| a ^ b;
}

/// Sampled executions are sequentially consistent: a fence orders nothing that is not ordered already.
pub(in crate::sync::model) fn fence(order: Ordering) {
    put(&Request::Fence(order));
}

/// The names of `std`.
pub(in crate::sync::model) mod atomic {
    use super::Atomic;

    pub(in crate::sync::model) type AtomicU8 = Atomic<u8>;
    pub(in crate::sync::model) type AtomicU16 = Atomic<u16>;
    pub(in crate::sync::model) type AtomicU32 = Atomic<u32>;
    pub(in crate::sync::model) type AtomicU64 = Atomic<u64>;
    pub(in crate::sync::model) type AtomicUsize = Atomic<usize>;
    pub(in crate::sync::model) type AtomicI8 = Atomic<i8>;
    pub(in crate::sync::model) type AtomicI16 = Atomic<i16>;
    pub(in crate::sync::model) type AtomicI32 = Atomic<i32>;
    pub(in crate::sync::model) type AtomicI64 = Atomic<i64>;
    pub(in crate::sync::model) type AtomicIsize = Atomic<isize>;
    pub(in crate::sync::model) type AtomicBool = Atomic<bool>;
    pub(in crate::sync::model) type AtomicPtr<T> = Atomic<*mut T>;
}
