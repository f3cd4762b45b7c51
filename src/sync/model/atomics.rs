//! Atomics and fences: each operation is one [`Step`].

use super::access::Step;
use super::engine::{self, atomic as raw};
use super::event::{Object, Place, Value};
use super::weaken;
use super::world::{self, Strength};
use crate::sync::Choice;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::Ordering;

/// A fence, as `std::sync::atomic::fence`.
#[track_caller]
pub fn fence(order: Ordering) {
    assert!(order != Ordering::Relaxed, "there is no such thing as a relaxed fence");
    let place = Location::caller();
    let order = weaken::order(place, order);
    if order == Ordering::Relaxed {
        return; // a weakening has asked for it: no fence at all
    }
    let step =
        Step { object: Object::NONE, action: "fence", writes: true, place, pointers: false, address: None };
    step.perform(|| (engine::fence(order), Value::None, Some(order)));
}

/// The frequent one of a pair of fences: see [`heavy_fence`]. In a model, `fence(SeqCst)`.
#[track_caller]
pub fn light_fence() {
    fence(Ordering::SeqCst);
}

/// The rare one of a pair of fences. In a model, `fence(SeqCst)`.
#[track_caller]
pub fn heavy_fence() {
    fence(Ordering::SeqCst);
}

/// What all atomics share; `$bits` shows a value as a number.
macro_rules! common {
    ([$($generics:tt)*] $name:ty, $value:ty, $raw:ty, $pointers:expr, $bits:expr) => {
        impl<$($generics)*> $name {
            /// A new atomic. Not `const`: an engine could not reset a static between executions.
            #[must_use]
            pub fn new(value: $value) -> Self {
                Self { raw: <$raw>::new(value), object: world::new_object() }
            }

            /// The content.
            pub fn into_inner(self) -> $value {
                self.raw.into_inner()
            }

            fn step(&self, action: &'static str, writes: bool, place: Place) -> Step {
                let address = Some(std::ptr::from_ref(self) as usize);
                Step { object: self.object, action, writes, place, pointers: $pointers, address }
            }

            /// As `load` of `std`.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                let place = Location::caller();
                self.load_at(place, weaken::order(place, order))
            }

            fn load_at(&self, place: Place, order: Ordering) -> $value {
                self.step("load", false, place).perform(|| {
                    let value = match world::strength() {
                        Strength::Plain => self.raw.load(order),
                        Strength::Strong => self.load_newest(order),
                    };
                    (value, Value::Read($bits(value)), Some(order))
                })
            }

            /// As `store` of `std`.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                let place = Location::caller();
                let order = weaken::order(place, order);
                self.step("store", true, place).perform(|| {
                    match world::strength() {
                        Strength::Plain => self.raw.store(value, order),
                        Strength::Strong => drop(self.raw.swap(value, order)),
                    }
                    ((), Value::Wrote($bits(value)), Some(order))
                })
            }

            /// As `swap` of `std`.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                let place = Location::caller();
                let order = weaken::order(place, order);
                self.step("swap", true, place).perform(|| {
                    let old = self.raw.swap(value, order);
                    (old, Value::Replaced($bits(old), $bits(value)), Some(order))
                })
            }

            /// As `compare_exchange` of `std`.
            ///
            /// # Errors
            /// The value that was there instead of `current`.
            #[track_caller]
            pub fn compare_exchange(
                &self, current: $value, new: $value, success: Ordering, failure: Ordering,
            ) -> Result<$value, $value> {
                let place = Location::caller();
                let (success, failure) = weaken::orders(place, success, failure);
                self.exchange(place, || {
                    let result = self.raw.compare_exchange(current, new, success, failure);
                    (result, current, new, if result.is_ok() { success } else { failure })
                })
            }

            /// The step of a compare-exchange; `act` tells what was expected and wanted, and which ordering it had.
            fn exchange(
                &self, place: Place, act: impl FnOnce() -> (Result<$value, $value>, $value, $value, Ordering),
            ) -> Result<$value, $value> {
                self.step("compare_exchange", true, place).perform(|| {
                    let (result, current, new, order) = act();
                    let value = match result {
                        Ok(old) => Value::Replaced($bits(old), $bits(new)),
                        Err(seen) => Value::Refused($bits(seen), $bits(current)),
                    };
                    (result, value, Some(order))
                })
            }

            /// As `compare_exchange_weak` of `std`: whether it fails for no reason is a [`Choice`].
            ///
            /// # Errors
            /// The value that was there; after a spurious failure that may be `current` itself.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self, current: $value, new: $value, success: Ordering, failure: Ordering,
            ) -> Result<$value, $value> {
                let place = Location::caller();
                let (success, failure) = weaken::orders(place, success, failure);
                // An explorer chooses when it knows what is read: not before, as here.
                if world::explored() || world::choose(Choice::SpuriousFailure, 2) == 0 {
                    return self.exchange(place, || {
                        let result = self.raw.compare_exchange_weak(current, new, success, failure);
                        (result, current, new, if result.is_ok() { success } else { failure })
                    });
                }
                self.step("spurious failure", false, place).perform(|| {
                    let seen = self.raw.load(failure);
                    (Err(seen), Value::Refused($bits(seen), $bits(current)), Some(failure))
                })
            }

            /// As `fetch_update` of `std`: a load, and compare-exchanges until one succeeds or `f` gives up.
            ///
            /// # Errors
            /// The value for which `f` returned `None`.
            #[track_caller]
            pub fn fetch_update(
                &self, set: Ordering, fetch: Ordering, mut f: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let place = Location::caller();
                // A load and exchanges at one place: the load has the ordering of failure, weakened or not.
                let mut seen = self.load_at(place, weaken::orders(place, set, fetch).1);
                while let Some(new) = f(seen) {
                    match self.compare_exchange_weak(seen, new, set, fetch) {
                        Ok(old) => return Ok(old),
                        Err(now) => seen = now,
                    }
                }
                Err(seen)
            }
        }

        impl<$($generics)*> fmt::Debug for $name {
            /// The number of the object: to read the value would be a step.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "#{}", self.object.0)
            }
        }

        impl<$($generics)*> From<$value> for $name {
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }
    };
}

/// Read-modify-writes that are one call of the engine's operation of the same name.
macro_rules! read_modify_write {
    ($value:ty, $bits:expr, $($operation:ident $result:expr;)*) => {
        $(
            /// As the operation of the same name of `std`.
            #[track_caller]
            pub fn $operation(&self, value: $value, order: Ordering) -> $value {
                let place = Location::caller();
                let order = weaken::order(place, order);
                self.step(stringify!($operation), true, place).perform(|| {
                    let old = self.raw.$operation(value, order);
                    let new: $value = $result(old, value);
                    (old, Value::Replaced($bits(old), $bits(new)), Some(order))
                })
            }
        )*
    };
}

macro_rules! integer {
    ($($name:ident $value:ty),*) => { $(
        #[doc = concat!("`", stringify!($name), "` of the model.")]
        pub struct $name { raw: raw::$name, object: Object }

        common!([] $name, $value, raw::$name, false, |v: $value| v as u64);

        impl $name {
            /// A load that cannot be stale, with the ordering of the load it stands for.
            fn load_newest(&self, order: Ordering) -> $value {
                self.raw.fetch_or(0, order)
            }

            read_modify_write! { $value, |v: $value| v as u64,
                fetch_add <$value>::wrapping_add;
                fetch_sub <$value>::wrapping_sub;
                fetch_and |a: $value, b: $value| a & b;
                fetch_nand |a: $value, b: $value| !(a & b);
                fetch_or |a: $value, b: $value| a | b;
                fetch_xor |a: $value, b: $value| a ^ b;
                fetch_max |a: $value, b: $value| a.max(b);
                fetch_min |a: $value, b: $value| a.min(b);
            }
        }

        impl Default for $name {
            fn default() -> Self { Self::new(0) }
        }
    )* };
}

integer!(AtomicU8 u8, AtomicU16 u16, AtomicU32 u32, AtomicU64 u64, AtomicUsize usize,
         AtomicI8 i8, AtomicI16 i16, AtomicI32 i32, AtomicI64 i64, AtomicIsize isize);

/// `AtomicBool` of the model.
pub struct AtomicBool {
    raw: raw::AtomicBool,
    object: Object,
}

common!([] AtomicBool, bool, raw::AtomicBool, false, |v: bool| v as u64);

impl AtomicBool {
    /// A load that cannot be stale, with the ordering of the load it stands for.
    fn load_newest(&self, order: Ordering) -> bool {
        self.raw.fetch_or(false, order)
    }

    read_modify_write! { bool, |v: bool| v as u64,
        fetch_and |a: bool, b: bool| a & b;
        fetch_nand |a: bool, b: bool| !(a & b);
        fetch_or |a: bool, b: bool| a | b;
        fetch_xor |a: bool, b: bool| a ^ b;
    }
}

impl Default for AtomicBool {
    fn default() -> Self {
        Self::new(false)
    }
}

/// `AtomicPtr` of the model.
pub struct AtomicPtr<T> {
    raw: raw::AtomicPtr<T>,
    object: Object,
}

common!([T] AtomicPtr<T>, *mut T, raw::AtomicPtr<T>, true, |v: *mut T| v as usize as u64);

impl<T> AtomicPtr<T> {
    /// A load that cannot be stale, with the ordering of the load it stands for: a compare-exchange that
    /// changes nothing whether it succeeds or fails.
    fn load_newest(&self, order: Ordering) -> *mut T {
        let nothing = std::ptr::null_mut();
        match self.raw.compare_exchange(nothing, nothing, order, order) {
            Ok(value) | Err(value) => value,
        }
    }
}

impl<T> Default for AtomicPtr<T> {
    fn default() -> Self {
        Self::new(std::ptr::null_mut())
    }
}
