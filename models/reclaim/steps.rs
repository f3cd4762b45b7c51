//! How many steps guards and protected reads take, and whether that has a bound: the rows of the table in
//! `docs/reclamation.md`. A step is an access to shared memory, or a fence.

use crate::{Epochs, Hazards, OneEpoch, OneHazard};
use selvedge::check::Engine::{self, ExplorerSc, ExplorerWeak};
use selvedge::check::{Arbitrary, Model, Progress, Scenario, Spec, Structure};
use selvedge::reclaim::{Epoch, Guard, Leak, Reclaim, Shield};
use selvedge::sync::atomic::{AtomicPtr, Ordering::Acquire, Ordering::Release};
use std::marker::PhantomData;
use std::ptr;

/// Those who count steps.
const EXPLORER: [Engine; 2] = [ExplorerSc, ExplorerWeak];

#[derive(Clone, Debug, Arbitrary)]
enum Op {
    /// A guard that does nothing.
    Pin,
    /// A guard, a shield, and what is there.
    Read,
    /// The same, and once more with the same shield.
    ReadTwice,
    /// Puts this there.
    Put(u8),
}

use Op::{Pin, Put, Read, ReadTwice};

/// A place where a pointer is, which nobody follows: nothing is ever retired.
struct Place<R> {
    place: AtomicPtr<u8>,
    reclaim: R,
}

/// A pointer that stands for this number.
fn pointer(number: u8) -> *mut u8 {
    ptr::without_provenance_mut(64 * (usize::from(number) + 1))
}

impl<R: Reclaim> Place<R> {
    fn read(&self, times: usize) -> u8 {
        let guard = self.reclaim.pin();
        let mut shield = guard.shield();
        let read = (0..times).map(|_| shield.protect(&self.place, Acquire)).last();
        let number = read.expect("once at least").addr() / 64 - 1;
        number.try_into().expect("it was a small one")
    }
}

struct Places<R>(PhantomData<R>);

impl<R: Reclaim + Default + 'static> Spec for Places<R> {
    type Op = Op;
    type Ret = Option<u8>;
    type State = u8;

    fn initial(&self) -> u8 {
        0
    }

    fn step(&self, state: &mut u8, op: &Op) -> Option<u8> {
        match op {
            Pin => None,
            Read | ReadTwice => Some(*state),
            Put(number) => {
                *state = *number;
                None
            }
        }
    }
}

impl<R: Reclaim + Default + 'static> Structure for Places<R> {
    type Sut = Place<R>;

    fn create(&self) -> Place<R> {
        let created = Place { place: AtomicPtr::new(pointer(0)), reclaim: R::default() };
        // The first block is there.
        created.read(1);
        created
    }

    fn apply(&self, sut: &Place<R>, op: &Op) -> Option<u8> {
        match op {
            Pin => drop(sut.reclaim.pin()),
            Read => return Some(sut.read(1)),
            ReadTwice => return Some(sut.read(2)),
            Put(number) => sut.place.store(pointer(*number), Release),
        }
        None
    }
}

/// No operation takes more than so many steps.
fn within<R: Reclaim + Default + 'static>(called: &str, steps: u16, scenario: Scenario<Op>) -> Model {
    Model::of(Places::<R>(PhantomData), scenario)
        .structure(called)
        .progress(Progress::WaitFree(steps))
        .choices([])
}

fn alone<R: Reclaim + Default + 'static>(called: &str, op: Op, steps: u16) -> Model {
    let scenario = Scenario::new().thread([op]).thread([]);
    within::<R>(called, steps, scenario).property("bounded steps alone").sequential()
}

/// Somebody reads, and somebody else changes what is read.
fn while_it_changes<R: Reclaim + Default + 'static>(called: &str, steps: u16) -> Model {
    let scenario = Scenario::new().thread([Read]).thread([Put(1), Put(2)]);
    within::<R>(called, steps, scenario).property("bounded steps beside a writer")
}

/// Both claim a mark, of which there is one.
fn both<R: Reclaim + Default + 'static>(called: &str, op: Op, steps: u16) -> Model {
    within::<R>(called, steps, Scenario::new().thread([op.clone()]).thread([op]))
}

/// So many steps for an operation, and not one less.
macro_rules! steps {
    ($($module:ident, $called:literal, $strategy:ty: { $($name:ident: $op:ident, $steps:literal;)* })*) => { $(
        mod $module {
            use super::*;
            $(mod $name {
                use super::*;
                selvedge::model!(enough, alone::<$strategy>($called, $op, $steps));
                selvedge::model!(
                    one_less,
                    alone::<$strategy>($called, $op, $steps - 1).kills(
                        "control: steps are counted",
                        EXPLORER,
                        [concat!("not wait-free: ", stringify!($op))]
                    )
                );
            })*
        }
    )* };
}

steps! {
    // Load; the mark: a link, a look, an exchange; fence; load; store. Again: load, store, fence, load.
    hazard, "Hazard", Hazards: { one_read: Read, 7; two_reads: ReadTwice, 11; }
    // The epoch; the mark: a link, a look, an exchange; fence; store.
    ebr, "Ebr", Epochs: { a_guard: Pin, 6; one_read: Read, 7; two_reads: ReadTwice, 8; }
    // The fence of `Ghost`, which stands for what crossbeam's guards do.
    epoch, "Epoch", Epoch: { a_guard: Pin, 1; one_read: Read, 2; two_reads: ReadTwice, 3; }
    leak, "Leak", Leak: { one_read: Read, 1; two_reads: ReadTwice, 2; }
}

mod for_nothing {
    use super::*;

    selvedge::model!(a_guard_of_hazard, alone::<Hazards>("Hazard", Pin, 0));
    selvedge::model!(a_guard_of_leak, alone::<Leak>("Leak", Pin, 0));
}

/// As many steps as alone, but under hazards, where the source is read until it stays.
mod beside_a_writer {
    use super::*;

    selvedge::model!(ebr, while_it_changes::<Epochs>("Ebr", 7));
    selvedge::model!(epoch, while_it_changes::<Epoch>("Epoch", 2));
    selvedge::model!(leak, while_it_changes::<Leak>("Leak", 1));
    selvedge::model!(
        hazard,
        while_it_changes::<Hazards>("Hazard", 7).kills(
            "control: a protection under hazards has no bound",
            EXPLORER,
            ["not wait-free: Read"]
        )
    );
}

/// Who finds the mark taken needs more steps than who is alone.
mod a_claim_is_lost {
    use super::*;

    selvedge::model!(
        of_a_guard,
        both::<OneEpoch>("Ebr", Pin, 6).kills(
            "control: a claim has no bound",
            EXPLORER,
            ["not wait-free: Pin"]
        )
    );
    selvedge::model!(
        of_a_shield,
        both::<OneHazard>("Hazard", Read, 7).kills(
            "control: a claim has no bound",
            EXPLORER,
            ["not wait-free: Read"]
        )
    );
}
