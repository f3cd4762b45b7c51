//! The smallest user of a strategy: one pointer to a node, which is read, and replaced.

use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::reclaim::{Guard, Reclaim, Shield};
use selvedge::sync::atomic::{
    AtomicPtr,
    Ordering::{AcqRel, Acquire, Relaxed},
};
use selvedge::sync::heap;
use std::marker::PhantomData;

#[derive(Clone, Debug, Arbitrary)]
pub enum Op {
    /// What is there.
    Read,
    /// Puts this there instead.
    Write(u8),
    /// Frees what waits.
    Flush,
}

use Op::{Flush, Read, Write};

/// When a replaced node is retired.
#[derive(Clone, Copy, PartialEq)]
pub enum Retire {
    /// When it is replaced.
    After,
    /// Before, which is a mistake.
    #[cfg_attr(not(any(loom, shuttle)), allow(dead_code))]
    Before,
}

/// What lies in a node: a number, or something around one that notices what becomes of it.
pub trait Number: Send + Sync + 'static {
    fn of(number: u8) -> Self;

    fn number(&self) -> u8;
}

impl Number for u8 {
    fn of(number: u8) -> u8 {
        number
    }

    fn number(&self) -> u8 {
        *self
    }
}

/// A register that holds 0 at first; `R` is how nodes are freed.
pub struct Registers<R, N = u8>(Retire, PhantomData<(R, N)>);

pub fn registers<R: Reclaim + Default + 'static>() -> Registers<R> {
    registers_of()
}

pub fn registers_of<R: Reclaim + Default + 'static, N: Number>() -> Registers<R, N> {
    Registers(Retire::After, PhantomData)
}

#[cfg(any(loom, shuttle))]
pub fn retiring_too_early<R: Reclaim + Default + 'static>() -> Registers<R> {
    Registers(Retire::Before, PhantomData)
}

pub struct Register<R: Reclaim, N = u8> {
    node: AtomicPtr<N>,
    reclaim: R,
}

impl<R: Reclaim, N: Number> Register<R, N> {
    pub fn reclaim(&self) -> &R {
        &self.reclaim
    }

    fn read(&self) -> u8 {
        let guard = self.reclaim.pin();
        let mut shield = guard.shield();
        // SAFETY: linked nodes are from `alloc`, retired by `write`, and not written any more.
        unsafe { shield.protect_ref(&self.node, Acquire) }.expect("there is always a node").number()
    }

    fn write(&self, value: u8, retire: Retire) {
        let new = heap::alloc(N::of(value));
        if retire == Retire::Before {
            // Under a guard of its own: epochs have one grace more than they need, which would hide it under the same.
            // SAFETY: unsound, it is linked still: this is the mistake.
            unsafe { self.reclaim.pin().retire(self.node.load(Relaxed)) };
        }
        let guard = self.reclaim.pin();
        let old = self.node.swap(new, AcqRel);
        if retire == Retire::After {
            // SAFETY: from `alloc`, unlinked by our swap alone, and a node can be dropped anywhere.
            unsafe { guard.retire(old) };
        }
    }
}

impl<R: Reclaim, N> Drop for Register<R, N> {
    fn drop(&mut self) {
        // SAFETY: linked, and nobody else is here.
        unsafe { heap::free(self.node.load(Relaxed)) };
    }
}

impl<R: Reclaim + Default + 'static, N: Number> Spec for Registers<R, N> {
    type Op = Op;
    type Ret = Option<u8>;
    type State = u8;

    fn initial(&self) -> u8 {
        0
    }

    fn step(&self, state: &mut u8, op: &Op) -> Option<u8> {
        match op {
            Read => return Some(*state),
            Write(value) => *state = *value,
            Flush => {}
        }
        None
    }
}

impl<R: Reclaim + Default + 'static, N: Number> Structure for Registers<R, N> {
    type Sut = Register<R, N>;

    fn create(&self) -> Self::Sut {
        Register { node: AtomicPtr::new(heap::alloc(N::of(0))), reclaim: R::default() }
    }

    fn apply(&self, register: &Self::Sut, op: &Op) -> Option<u8> {
        match op {
            Read => return Some(register.read()),
            Write(value) => register.write(*value, self.0),
            Flush => register.reclaim.flush(),
        }
        None
    }
}
