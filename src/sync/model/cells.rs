//! Plain memory whose accesses the engine sees.

use super::access::Step;
use super::engine;
use super::event::{Object, Place, Value};
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
    #[track_caller]
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
        self.step("read", false, place).perform(|| {
            let result = self.raw.with(f);
            self.left(place);
            (result, Value::None, None)
        })
    }

    /// Writes: calls `f` with a pointer that may be written while `f` runs, provided nobody else uses it.
    #[track_caller]
    pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        let place = Location::caller();
        self.step("write", true, place).perform(|| {
            let result = self.raw.with_mut(f);
            self.left(place);
            (result, Value::None, None)
        })
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    fn step(&self, action: &'static str, writes: bool, place: Place) -> Step {
        let address = Some(self.address());
        Step { object: self.object, action, writes, place, pointers: false, address }
    }

    /// An access is over. Its closure may have taken steps, and so the node in which the cell lies is used up to here.
    fn left(&self, place: Place) {
        #[cfg(shuttle)]
        if let Some(machine) = super::explored::machine().filter(|_| !super::unwind::failing()) {
            super::nodes::touch(machine, self.address(), place);
        }
        #[cfg(not(shuttle))]
        let _ = place;
    }

    /// The content, of which `&mut self` is the only user. That is asked here, and not again as long as the reference lives.
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
