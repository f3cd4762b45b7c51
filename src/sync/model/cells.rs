//! Plain memory whose accesses the engine sees.

use super::access::Step;
use super::engine;
use super::event::{Object, Value};
use super::world;
use std::panic::Location;

/// Plain memory, of which each access is a step: loom reports races, shuttle may switch before it.
#[derive(Debug)]
pub struct UnsafeCell<T> {
    raw: engine::UnsafeCell<T>,
    object: Object,
}

impl<T> UnsafeCell<T> {
    /// A cell that holds `value`.
    pub fn new(value: T) -> Self {
        Self { raw: engine::UnsafeCell::new(value), object: world::new_object() }
    }

    /// The content.
    pub fn into_inner(self) -> T {
        self.raw.into_inner()
    }

    /// Reads: calls `f` with a pointer that may be read while `f` runs, provided nobody writes meanwhile.
    #[track_caller]
    pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        let place = Location::caller();
        let address = Some(std::ptr::from_ref(self) as usize);
        let step =
            Step { object: self.object, action: "read", writes: false, place, pointers: false, address };
        step.perform(|| (self.raw.with(f), Value::None, None))
    }

    /// Writes: calls `f` with a pointer that may be written while `f` runs, provided nobody else uses it.
    #[track_caller]
    pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        let place = Location::caller();
        let address = Some(std::ptr::from_ref(self) as usize);
        let step =
            Step { object: self.object, action: "write", writes: true, place, pointers: false, address };
        step.perform(|| (self.raw.with_mut(f), Value::None, None))
    }

    /// The content, of which `&mut self` is the only user.
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut T {
        engine::get_mut(&mut self.raw)
    }
}

impl<T: Default> Default for UnsafeCell<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
