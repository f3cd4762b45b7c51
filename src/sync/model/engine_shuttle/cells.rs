//! Plain memory: accesses that overlap are noticed in sampled executions, races in explored ones.

use crate::sync::model::explored::{Plain, Quiet, machine};
use crate::sync::model::{Place, unwind, world};
use std::cell::Cell;

/// The number of plain memory that no machine knows.
const UNKNOWN: usize = usize::MAX;

fn register(kind: Plain, place: Place) -> usize {
    machine().map_or(UNKNOWN, |machine| machine.plain(kind, place))
}

/// Tells the machine of an access, if there is one; else it is a point to switch at.
fn access(memory: usize, writes: bool) {
    match machine() {
        None => super::switch(),
        Some(machine) if memory != UNKNOWN && !unwind::failing() => {
            Quiet::check();
            machine.access(memory, writes, world::place(machine.running()));
        }
        Some(_) => {}
    }
}

/// A cell whose accesses are scheduling points, and which notices accesses that overlap.
#[derive(Debug)]
pub(in crate::sync::model) struct UnsafeCell<T> {
    /// How many read it now; -1: one writes it.
    users: Cell<isize>,
    memory: usize,
    content: std::cell::UnsafeCell<T>,
}

/// An access that lasts until its closure returns, or panics.
struct Using<'a> {
    users: &'a Cell<isize>,
    /// As who it counts.
    user: isize,
    memory: usize,
    place: Option<Place>,
}

impl<'a> Using<'a> {
    /// It begins, if those that there are already let it.
    fn begin<T>(cell: &'a UnsafeCell<T>, writes: bool) -> Self {
        let place = machine().map(|machine| world::place(machine.running()));
        access(cell.memory, writes);
        let user = if writes {
            assert!(cell.users.get() == 0, "data race: a write of a cell while another thread uses it");
            -1
        } else {
            assert!(cell.users.get() >= 0, "data race: a read of a cell while another thread writes it");
            1
        };
        cell.users.set(cell.users.get() + user);
        Using { users: &cell.users, user, memory: cell.memory, place }
    }
}

impl Drop for Using<'_> {
    /// Steps may have been taken meanwhile: what knows of the beginning alone races with the end.
    fn drop(&mut self) {
        self.users.set(self.users.get() - self.user);
        if let (Some(machine), Some(place)) = (machine(), self.place)
            && self.memory != UNKNOWN
            && !unwind::failing()
        {
            machine.access(self.memory, self.user < 0, place);
        }
    }
}

impl<T> UnsafeCell<T> {
    #[track_caller]
    pub(in crate::sync::model) fn new(value: T) -> Self {
        let memory = register(Plain::Cell, std::panic::Location::caller());
        Self { users: Cell::new(0), memory, content: std::cell::UnsafeCell::new(value) }
    }

    pub(in crate::sync::model) fn into_inner(self) -> T {
        self.content.into_inner()
    }

    #[track_caller]
    pub(in crate::sync::model) fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        let _using = Using::begin(self, false);
        f(self.content.get())
    }

    #[track_caller]
    pub(in crate::sync::model) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        let _using = Using::begin(self, true);
        f(self.content.get())
    }
}

/// The content of a cell of which `&mut` is the only user: nobody else could be scheduled to look at it.
pub(in crate::sync::model) fn get_mut<T>(cell: &mut UnsafeCell<T>) -> &mut T {
    if cell.memory != UNKNOWN && machine().is_some() {
        access(cell.memory, true);
    }
    cell.content.get_mut()
}

/// Stands for a node: a free writes it, a use reads it. In sampled executions uses after free are noticed by
/// the log of the heap alone.
#[derive(Clone, Debug)]
pub(in crate::sync::model) struct Canary {
    memory: usize,
}

/// Stands for a new node.
pub(in crate::sync::model) fn canary(place: Place) -> Canary {
    Canary { memory: register(Plain::Node, place) }
}

impl Canary {
    pub(in crate::sync::model) fn with(&self, f: impl FnOnce(*const ())) {
        access(self.memory, false);
        f(std::ptr::null());
    }
    pub(in crate::sync::model) fn with_mut(&self, f: impl FnOnce(*mut ())) {
        access(self.memory, true);
        f(std::ptr::null_mut());
    }
    /// Its number for the machine.
    pub(in crate::sync::model) fn memory(&self) -> usize {
        self.memory
    }
}
