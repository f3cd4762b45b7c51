//! Who retires or flushes is stopped, before any of its steps, and another one flushes: what is not freed then?
//!
//! Whether the first goes on later makes no difference to what the other finds, so that nobody is stopped for ever here:
//! it is enough that the other comes to its end in between. That it does is shown in `progress.rs`.

use crate::{Epochs, Hazards};
#[cfg(shuttle)]
use selvedge::check::Engine::{ExplorerSc, ExplorerWeak};
use selvedge::check::{Arbitrary, Model, Scenario, Spec, Structure};
use selvedge::reclaim::{Guard, Reclaim};
use selvedge::sync::heap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

#[derive(Clone, Debug, Arbitrary)]
enum Op {
    /// A new node.
    Retire,
    Flush,
    /// The same; no more nodes than that are not freed afterwards.
    FlushTo(u8),
}

use Op::{Flush, FlushTo, Retire};

/// Counts its end. Beside the model, as all counts here: they are no steps.
struct Node(Arc<AtomicUsize>);

impl Drop for Node {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[derive(Default)]
struct Garbage<R> {
    domain: R,
    retired: AtomicUsize,
    freed: Arc<AtomicUsize>,
}

struct Retiring<R>(PhantomData<R>);

impl<R: Reclaim + Default + 'static> Spec for Retiring<R> {
    type Op = Op;
    type Ret = ();
    type State = ();

    fn initial(&self) {}

    fn step(&self, (): &mut (), _: &Op) {}
}

impl<R: Reclaim + Default + 'static> Structure for Retiring<R> {
    type Sut = Garbage<R>;

    fn create(&self) -> Garbage<R> {
        Garbage::default()
    }

    fn apply(&self, garbage: &Garbage<R>, op: &Op) {
        match op {
            Retire => {
                let guard = garbage.domain.pin();
                let node = heap::alloc(Node(Arc::clone(&garbage.freed)));
                garbage.retired.fetch_add(1, SeqCst);
                // SAFETY: from `alloc`, linked nowhere, retired once; it touches nothing but what it owns.
                unsafe { guard.retire(node) };
            }
            Flush => garbage.domain.flush(),
            FlushTo(most) => {
                garbage.domain.flush();
                let retired = garbage.retired.load(SeqCst);
                let left = retired.saturating_sub(garbage.freed.load(SeqCst));
                assert!(left <= usize::from(*most), "{left} nodes are not freed");
            }
        }
    }
}

fn model<R: Reclaim + Default + 'static>(called: &str, scenario: Scenario<Op>) -> Model {
    Model::of(Retiring::<R>(PhantomData), scenario)
        .structure(called)
        .property("bounded garbage")
        .choices([])
        .preemptions(2)
}

/// The second thread has two nodes in its hands at most: its own, and one that it has taken out to make room.
fn hazard(left: u8) -> Model {
    let scenario = Scenario::new().thread([Retire, Retire, FlushTo(left)]).thread([Retire]);
    model::<Hazards>("Hazard", scenario)
}

/// The second thread has the bag of the first in its hands, which goes on with another one. In a bag there are three nodes
/// at most, one for each epoch of grace, and four are not freed before; so those that the first retires later are freed.
fn ebr(left: u8) -> Model {
    let scenario = Scenario::new().before([Retire, Retire, Retire]).thread([Retire, Retire, FlushTo(left)]);
    model::<Epochs>("Ebr", scenario.thread([Flush]))
}

selvedge::model!(hazard_keeps_what_is_in_its_hands, hazard(2));
selvedge::model!(
    who_flushes_keeps_one,
    model::<Hazards>("Hazard", Scenario::new().before([Retire]).thread([Retire, FlushTo(1)]).thread([Flush]))
);
// 518,000 executions with weak memory, which is nearly all that a quick run has.
selvedge::model!(ebr_keeps_one_bag, ebr(3));

#[cfg(shuttle)]
mod no_less {
    use super::*;

    selvedge::model!(
        under_hazard,
        hazard(1).kills(
            "control: who stops while it retires keeps two nodes",
            [ExplorerSc, ExplorerWeak],
            ["2 nodes are not freed"]
        )
    );
    selvedge::model!(
        under_ebr,
        ebr(2).kills(
            "control: who stops while it collects keeps a bag",
            [ExplorerSc, ExplorerWeak],
            ["3 nodes are not freed"]
        )
    );
}
