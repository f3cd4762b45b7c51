//! Guards and shields that are forgotten (`mem::forget`): what they protect stays, and all else goes on.

use crate::bounds::Counts;
use crate::{Epochs, Hazards};
use selvedge::check::Model;
use selvedge::reclaim::{Guard, Shield};
use selvedge::sync::atomic::{
    AtomicPtr,
    Ordering::{AcqRel, Acquire},
};
use selvedge::sync::{Arc, heap, thread};
use std::mem::forget;

/// A node that nobody seems to protect any more.
struct Kept(*mut u8);

// SAFETY: a shared node may be read by any thread, as long as it is kept.
unsafe impl Send for Kept {}

/// One thread protects a node; its guard and its shield are forgotten, or dropped. The other replaces the node twice and frees
/// what it can; then it reads what the first has protected. No more than `most` nodes wait.
fn protected<R: Counts>(forgets: bool, most: usize) {
    let domain = Arc::new(R::default());
    let place = Arc::new(AtomicPtr::new(heap::alloc(1)));
    let (there, source) = (Arc::clone(&domain), Arc::clone(&place));
    let forgetful = thread::spawn(move || {
        let guard = there.pin();
        let mut shield = guard.shield();
        let node = shield.protect(&source, Acquire);
        if forgets {
            forget(shield);
            forget(guard);
        }
        Kept(node)
    });
    for value in [2, 3] {
        let old = place.swap(heap::alloc(value), AcqRel);
        // SAFETY: from `alloc`, unlinked by our swap alone, and a number can be dropped anywhere.
        unsafe { domain.pin().retire(old) };
    }
    let Kept(node) = forgetful.join().expect("no panic");
    domain.flush();
    // SAFETY: it was linked when it was protected, and its protection was forgotten, and never ended.
    let seen = unsafe { *heap::get(node) };
    assert!((1..=3).contains(&seen), "{seen} was never there");
    let waiting = domain.waiting();
    assert!(waiting <= most, "{waiting} nodes wait");
    // SAFETY: linked, and nobody else is here.
    unsafe { heap::free(place.load(Acquire)) };
}

fn model<R: Counts>(called: &str, forgets: bool, most: usize) -> Model {
    Model::program(called, "what is forgotten stays", move || protected::<R>(forgets, most)).preemptions(3)
}

selvedge::model!(a_shield_keeps_one_node, model::<Hazards>("Hazard", true, 1));
selvedge::model!(a_guard_of_epochs_keeps_all, model::<Epochs>("Ebr", true, 2));

#[cfg(any(loom, shuttle))]
mod controls {
    use super::*;
    use crate::controls::ALL;

    fn killed(model: Model) -> Model {
        model.kills("control: a protection that has ended", ALL, ["use after free"])
    }

    selvedge::model!(under_hazard, killed(model::<Hazards>("Hazard", false, 1)));
    selvedge::model!(under_ebr, killed(model::<Epochs>("Ebr", false, 2)));
}
