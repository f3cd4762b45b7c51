//! The one door through which every step goes: weaken, publish, perform, check, record.

use super::engine;
use super::event::{Event, Object, Place, Value};
use super::unwind;
use super::world::{self, Pending};
use std::sync::atomic::Ordering;

/// A step that is about to happen.
pub(super) struct Step {
    pub object: Object,
    pub action: &'static str,
    pub writes: bool,
    pub place: Place,
    pub pointers: bool,
    /// Where the object itself lives, if it may live in a node: a step on a freed node is an error.
    pub address: Option<usize>,
}

impl Step {
    /// Performs the step: `act` calls the engine once and tells what it saw and with which ordering.
    pub(super) fn perform<R>(self, act: impl FnOnce() -> (R, Value, Option<Ordering>)) -> R {
        let Step { object, action, writes, place, pointers, address } = self;
        if unwind::failing() {
            // The execution has failed and is being unwound: its drops go on, and are not steps of it.
            return act().0;
        }
        let pending = Pending { object, action, writes, place };
        #[cfg(shuttle)]
        if let Some(machine) = super::explored::machine() {
            // One execution of many: nothing is written down unless it is to be told.
            let thread = machine.running();
            let recording = world::publish(thread, pending);
            // Before the step: a store that tells others that this thread has done with the node is its last use of it.
            if let Some(address) = address {
                super::nodes::touch(machine, address, place);
            }
            let (result, value, order) = act();
            if recording {
                // Accesses of nodes and cells have no ordering, and are no reads of the machine.
                let (text, stale) = (None, order.and_then(|_| machine.stale()));
                world::record(Event { thread, place, object, action, order, value, pointers, text, stale });
            }
            return result;
        }
        world::publish(engine::thread_index(), pending);
        let (result, value, order) = act();
        let thread = engine::thread_index();
        let (text, stale) = (None, None);
        world::record(Event { thread, place, object, action, order, value, pointers, text, stale });
        if let Some(address) = address {
            super::nodes::check(address, place);
        }
        result
    }
}
