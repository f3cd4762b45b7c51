//! ABA on a stack of pointers: a pop that lets its guard go between the read of what is below and the exchange. It reads no
//! node without a guard, so nothing is used after it was freed; but the address of the top may have come back meanwhile.
//! The same under a guard holds.
//!
//! Of `Epoch` that is to be seen where `Ghost` frees and schedules are drawn, under shuttle; loom has 11 executions of it,
//! and that one is not among them. Under the explorer `Ghost` keeps what is retired to the end, so no address comes back,
//! and `no_aba` under `Epoch` says nothing there: our own epochs say it.

use crate::stack::Op::{self, Flush, Pop, Push};
use crate::stack::{Ret, Sees, Treiber};
use crate::{Epochs, Hazards};
use selvedge::check::Engine::{self, ExplorerSc, ExplorerWeak, ShuttlePct3};
use selvedge::check::{Model, Reuse, Scenario, Spec, Structure};
use selvedge::reclaim::{Epoch, Guard, Shield};
use selvedge::sync::atomic::{
    AtomicPtr,
    Ordering::{AcqRel, Acquire, Relaxed},
};
use selvedge::sync::heap;
use std::marker::PhantomData;
use std::ptr;

struct Node {
    value: u8,
    below: AtomicPtr<Node>,
}

struct Pile<R> {
    head: AtomicPtr<Node>,
    reclaim: R,
}

impl<R: Sees> Pile<R> {
    fn push(&self, value: u8) {
        let guard = self.reclaim.pin();
        let mut shield = guard.shield();
        let node = heap::alloc(Node { value, below: AtomicPtr::new(ptr::null_mut()) });
        loop {
            let head = shield.protect(&self.head, Relaxed);
            // SAFETY: ours alone until the exchange succeeds.
            unsafe { heap::get(node) }.below.store(head, Relaxed);
            if self.head.compare_exchange(head, node, AcqRel, Relaxed).is_ok() {
                return;
            }
        }
    }

    fn pop(&self, lapses: bool) -> Option<u8> {
        loop {
            let guard = self.reclaim.pin();
            let mut shield = guard.shield();
            let head = shield.protect(&self.head, Acquire);
            if head.is_null() {
                return None;
            }
            // SAFETY: protected, and written before it was linked.
            let Node { value, below } = unsafe { heap::get(head) };
            let (value, below) = (*value, below.load(Relaxed));
            if lapses {
                drop(shield);
                drop(guard);
            }
            if self.head.compare_exchange(head, below, AcqRel, Relaxed).is_ok() {
                // SAFETY: from `push`, and unlinked by us: of whatever push it is.
                unsafe { self.reclaim.pin().retire(head) };
                return Some(value);
            }
        }
    }
}

impl<R> Drop for Pile<R> {
    fn drop(&mut self) {
        let mut next = self.head.load(Relaxed);
        while !next.is_null() {
            let node = next;
            // SAFETY: linked, and nobody else is here; after ABA it may be that it was freed, which the facade says.
            next = unsafe { heap::get(node) }.below.load(Relaxed);
            // SAFETY: as above.
            unsafe { heap::free(node) };
        }
    }
}

struct Piles<R> {
    lapses: bool,
    reclaim: PhantomData<R>,
}

impl<R: Sees> Spec for Piles<R> {
    type Op = Op;
    type Ret = Ret;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        Vec::new()
    }

    fn step(&self, state: &mut Vec<u8>, op: &Op) -> Ret {
        Treiber::<R>(PhantomData).step(state, op)
    }
}

impl<R: Sees> Structure for Piles<R> {
    type Sut = Pile<R>;

    fn create(&self) -> Pile<R> {
        Pile { head: AtomicPtr::new(ptr::null_mut()), reclaim: R::default() }
    }

    fn apply(&self, pile: &Pile<R>, op: &Op) -> Ret {
        match op {
            Push(value) => {
                pile.push(*value);
                Ret::Done
            }
            Pop => Ret::Top(pile.pop(self.lapses)),
            Flush => {
                pile.reclaim.flush();
                Ret::Done
            }
            other => unreachable!("{other:?} is in no scenario of this file"),
        }
    }
}

fn model<R: Sees>(called: &str, lapses: bool) -> Model {
    let scenario = Scenario::new()
        .before([Push(1), Push(2)])
        .thread([Pop])
        .thread([Pop, Flush, Pop, Push(3)])
        .after([Pop, Pop]);
    let piles = Piles::<R> { lapses, reclaim: PhantomData };
    let model = Model::of(piles, scenario).structure(called).preemptions(2).choices([]).reuse(Reuse::Lifo);
    if lapses { model } else { model.property("no ABA") }
}

fn lapsing<R: Sees>(called: &str, found_by: impl IntoIterator<Item = Engine>) -> Model {
    // The last: once a freed node is on top, somebody reads it.
    let said = ["not linearizable", "not explained", "use after free"];
    model::<R>(called, true).kills("control: ABA under a guard that lapses", found_by, said)
}

selvedge::model!(under_hazard, lapsing::<Hazards>("pile, Hazard", [ExplorerSc, ExplorerWeak]));
selvedge::model!(under_ebr, lapsing::<Epochs>("pile, Ebr", [ExplorerSc, ExplorerWeak]));
selvedge::model!(under_epoch, lapsing::<Epoch>("pile, Epoch", [ShuttlePct3]));
selvedge::model!(none_under_hazard, model::<Hazards>("pile, Hazard", false));
selvedge::model!(
    #[ignore = "minutes"]
    none_under_ebr,
    model::<Epochs>("pile, Ebr", false)
);
selvedge::model!(none_under_epoch, model::<Epoch>("pile, Epoch", false));
