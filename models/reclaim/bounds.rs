//! What waits to be freed, and for how long.

use crate::register::Op::{self, Flush, Read, Write};
use crate::register::{Registers, registers};
use crate::{Epochs, Hazards, OneHazard};
#[cfg(shuttle)]
use selvedge::check::Engine::{ExplorerSc, ExplorerWeak};
use selvedge::check::{Model, Progress, Scenario, Spec, Structure};
use selvedge::reclaim::{Domain, Guard, Hazard, Reclaim, Shield};
use selvedge::sync::atomic::{AtomicPtr, Ordering};
use selvedge::sync::{Arc, heap, thread};

/// A strategy that can tell how many nodes wait.
pub(crate) trait Counts: Reclaim + Default + 'static {
    fn waiting(&self) -> usize;
}

impl Counts for Hazards {
    fn waiting(&self) -> usize {
        self.waiting()
    }
}

impl Counts for Epochs {
    fn waiting(&self) -> usize {
        self.waiting()
    }
}

/// A register of which a thread that has flushed it finds one node waiting at most.
struct Bounded<R>(Registers<R>);

impl<R: Counts> Spec for Bounded<R> {
    type Op = Op;
    type Ret = Option<u8>;
    type State = u8;

    fn initial(&self) -> u8 {
        self.0.initial()
    }

    fn step(&self, state: &mut u8, op: &Op) -> Option<u8> {
        self.0.step(state, op)
    }
}

impl<R: Counts> Structure for Bounded<R> {
    type Sut = <Registers<R> as Structure>::Sut;

    fn create(&self) -> Self::Sut {
        self.0.create()
    }

    fn apply(&self, register: &Self::Sut, op: &Op) -> Option<u8> {
        let ret = self.0.apply(register, op);
        if matches!(op, Flush) {
            let waiting = register.reclaim().waiting();
            assert!(waiting <= 1, "{waiting} nodes wait");
        }
        ret
    }
}

/// A reader may stop before each of its steps, for ever.
fn a_reader_stops<R: Counts>(called: &str) -> Model {
    let scenario = Scenario::new().thread([Write(1), Write(2), Flush]).thread([Read]);
    Model::of(Bounded(registers::<R>()), scenario)
        .structure(called)
        .property("bounded garbage")
        .progress(Progress::LockFree)
        .choices([])
        .preemptions(2)
}

selvedge::model!(who_stops_keeps_what_it_protects, a_reader_stops::<Hazards>("Hazard"));
#[cfg(shuttle)]
selvedge::model!(
    under_epochs_it_keeps_more,
    a_reader_stops::<Epochs>("Ebr").kills(
        "control: epochs are not bounded",
        [ExplorerSc, ExplorerWeak],
        ["nodes wait"]
    )
);

/// Retires a new node.
fn retire<R: Reclaim>(domain: &R) {
    let guard = domain.pin();
    // SAFETY: from `alloc`, linked nowhere, retired once.
    unsafe { guard.retire(heap::alloc(0_u8)) };
}

/// Protects a node that stays linked.
fn protect<R: Reclaim>(domain: &R, place: &AtomicPtr<u8>) {
    let guard = domain.pin();
    let mut shield = guard.shield();
    assert!(!shield.protect(place, Ordering::Acquire).is_null());
}

/// A thread that has ended has left nothing that another could not free, and no hazard that another could not use.
fn threads_come_and_go() {
    let domain = Arc::new(OneHazard::<selvedge::reclaim::Anyone>::default());
    let node = heap::alloc(1);
    let place = Arc::new(AtomicPtr::new(node));
    for _ in 0..3 {
        let (domain, place) = (Arc::clone(&domain), Arc::clone(&place));
        let ending = thread::spawn(move || {
            protect(&*domain, &place);
            retire(&*domain);
        });
        ending.join().expect("no panic");
    }
    assert_eq!(domain.limit(), 1, "a block was added");
    domain.flush();
    assert_eq!(domain.waiting(), 0, "something is late");
    // SAFETY: linked, and nobody else is here.
    unsafe { heap::free(node) };
}

/// What waits in the bag of a thread that has ended is freed by one that goes on, which has two nodes wait itself.
fn one_ends_and_one_goes_on() {
    let domain = Arc::new(Epochs::<selvedge::reclaim::Anyone>::default());
    let ending = Arc::clone(&domain);
    thread::spawn(move || retire(&*ending)).join().expect("no panic");
    assert_eq!(domain.waiting(), 1);
    for _ in 0..8 {
        retire(&*domain);
    }
    assert_eq!(domain.waiting(), 2, "something is late");
}

/// One thread retires more than find room, and another one flushes: two in the midst of it, and three slots. So there
/// is always room, or will be, for whoever looks again.
fn one_retires_and_one_flushes<D: Domain>() {
    let domain = Arc::new(Hazard::<D, 1, 3>::default());
    let other = Arc::clone(&domain);
    (0..2).for_each(|_| retire(&*domain));
    let flushing = thread::spawn(move || other.flush());
    (0..2).for_each(|_| retire(&*domain));
    flushing.join().expect("no panic");
    assert_eq!(domain.limit(), 3, "a block was added");
}

/// One thread fills all slots, and another one needs one.
fn both_retire() {
    let domain = Arc::new(Hazard::<selvedge::reclaim::Anyone, 1, 3>::default());
    // The first block.
    retire(&*domain);
    domain.flush();
    let other = Arc::clone(&domain);
    let retiring = thread::spawn(move || (0..3).for_each(|_| retire(&*other)));
    retire(&*domain);
    retiring.join().expect("no panic");
    assert_eq!(domain.limit(), 3, "a block was added");
}

selvedge::model!(
    who_fills_one_slot_after_the_other_has_one,
    Model::program("Hazard", "bounded garbage", both_retire).choices([])
);

fn there_is_room<D: Domain>() -> Model {
    Model::program("Hazard", "bounded garbage", one_retires_and_one_flushes::<D>).choices([]).preemptions(3)
}

selvedge::model!(who_looks_again_finds_room, there_is_room::<selvedge::reclaim::Anyone>());

#[cfg(any(loom, shuttle))]
mod block_added_too_early {
    use super::*;
    use selvedge::check::Engine::{self, ExplorerSc, ExplorerWeak};
    use selvedge::reclaim::Broken;

    struct Hasty;

    impl Domain for Hasty {
        const BROKEN: Option<Broken> = Some(Broken::GrowsEarly);
    }

    /// Takes two slots that one thread has had, one after the other, for those of two.
    struct Unfenced;

    impl Domain for Unfenced {
        const BROKEN: Option<Broken> = Some(Broken::NoHeldFence);
    }

    fn killed<D: Domain>(defect: &str, by: impl IntoIterator<Item = Engine>) -> Model {
        there_is_room::<D>().kills(defect, by, ["a block was added"])
    }

    selvedge::model!(
        fails,
        killed::<Hasty>("control: hazard, a block added too early", [ExplorerSc, ExplorerWeak])
    );
    selvedge::model!(
        without_a_fence,
        killed::<Unfenced>("control: hazard, looked again without a fence", [ExplorerWeak])
    );
}

selvedge::model!(
    threads_leave_nothing_behind,
    Model::program("Hazard", "nothing is late for ever", threads_come_and_go).sequential()
);
selvedge::model!(
    what_a_thread_leaves_others_free,
    Model::program("Ebr", "nothing is late for ever", one_ends_and_one_goes_on).sequential()
);
