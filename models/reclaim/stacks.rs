//! Treiber's stack, and the one with elimination, under each strategy.

use crate::elimination::Eliminating;
use crate::stack::Op::{self, Flush, Iter, Peek, Pop, PopAll, Push};
use crate::stack::Treiber;
use crate::{Epochs, Hazards};
use selvedge::check::{Model, Reuse, Scenario};
use selvedge::reclaim::{Epoch, Leak};
use std::marker::PhantomData;

fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}

/// The first thread reads the top and its successor, and stops. The other takes the top off, has it freed, takes off the
/// successor, which waits, and pushes what may get the address of the top: it is the only one that is free, so that it
/// comes back youngest first and oldest first. An exchange that compares addresses would put the successor back.
fn aba() -> Scenario<Op> {
    two([Pop], [Pop, Flush, Pop, Push(3)]).before([Push(1), Push(2)]).after([PopAll])
}

/// That these scenarios come to where it matters: under a hazard that is taken back before the exchange they must fail. What
/// is found first is that the freed top is read; on stacks whose nodes stay readable ABA alone is found
/// (`models/mutants/versionless.rs`).
#[cfg(any(loom, shuttle))]
mod without_protection {
    use super::*;
    use selvedge::check::Engine::{ExplorerSc, ExplorerWeak};
    use selvedge::reclaim::{Broken, Domain};

    struct Wrong;

    impl Domain for Wrong {
        const BROKEN: Option<Broken> = Some(Broken::ClearedEarly);
    }

    fn killed(model: Model, called: &str, reuse: Reuse) -> Model {
        model.structure(called).preemptions(2).reuse(reuse).kills(
            "control: a stack under hazards that are cleared too early",
            [ExplorerSc, ExplorerWeak],
            ["use after free", "not linearizable"],
        )
    }

    fn treiber(reuse: Reuse) -> Model {
        let stack = Treiber::<Hazards<Wrong>>(PhantomData);
        killed(Model::of(stack, aba()), "TreiberStack, Hazard", reuse)
    }

    fn eliminating(reuse: Reuse) -> Model {
        let stack = Eliminating::<Hazards<Wrong>>(1, PhantomData);
        killed(Model::of(stack, aba()), "EliminationStack, Hazard", reuse)
    }

    selvedge::model!(on_treiber, treiber(Reuse::Lifo));
    selvedge::model!(on_treiber_fifo, treiber(Reuse::Fifo));
    selvedge::model!(on_eliminating, eliminating(Reuse::Lifo));
    selvedge::model!(on_eliminating_fifo, eliminating(Reuse::Fifo));
}

macro_rules! treiber {
    ($($module:ident, $called:literal, $strategy:ty;)*) => { $(
        mod $module {
            use super::*;
            const STACK: Treiber<$strategy> = Treiber(PhantomData);
            fn model(scenario: Scenario<Op>) -> Model {
                Model::of(STACK, scenario).structure(concat!("TreiberStack, ", $called)).preemptions(2)
            }
            selvedge::check_structure!(random, STACK);
            selvedge::model!(push_pop_2x2, model(two([Push(1), Pop], [Push(2), Pop]).after([Pop])));
            selvedge::model!(pop_pop, model(two([Pop, Flush], [Pop]).before([Push(1), Push(2)]).after([Pop])));
            selvedge::model!(
                peek_while_popped,
                model(two([Pop, Push(3)], [Peek, Iter]).before([Push(1), Push(2)]))
            );
            selvedge::model!(
                pop_all_against_pop,
                model(two([PopAll], [Pop]).before([Push(1), Push(2)]).after([PopAll]))
            );
            selvedge::model!(no_aba, model(aba()).reuse(Reuse::Lifo).property("no ABA"));
            selvedge::model!(no_aba_fifo, model(aba()).reuse(Reuse::Fifo).property("no ABA"));
        }
    )* };
}

treiber! {
    epoch, "Epoch", Epoch;
    leak, "Leak", Leak;
    hazard, "Hazard", Hazards;
    ebr, "Ebr", Epochs;
}

/// A pop whose exchange fails sees the node that another thread has pushed. Before it is protected, that thread pops it, has it
/// freed, and pushes what gets its address: then it is another node, which the look after the protection has to acquire.
mod a_node_returns_before_it_is_protected {
    use super::*;

    selvedge::model!(hazard, {
        let scenario = two([Pop], [Push(1), Pop, Flush, Push(2)]).before([Push(0)]);
        let model = Model::of(Treiber::<Hazards>(PhantomData), scenario).structure("TreiberStack, Hazard");
        model.preemptions(2).reuse(Reuse::Lifo).choices([]).property("no ABA")
    });
}

/// Two threads meet if an exchange of each has failed, and one may fail for no reason.
macro_rules! eliminating {
    ($($module:ident, $called:literal, $strategy:ty;)*) => { $(
        mod $module {
            use super::*;
            fn model(scenario: Scenario<Op>) -> Model {
                let stack = Eliminating::<$strategy>(1, PhantomData);
                Model::of(stack, scenario).structure(concat!("EliminationStack, ", $called)).preemptions(2)
            }
            selvedge::model!(push_push, model(two([Push(1)], [Push(2)]).after([Pop, Pop])));
            selvedge::model!(pop_pop, model(two([Pop, Flush], [Pop]).before([Push(1), Push(2)]).after([Pop])));
            // The popper frees a node that was never linked, and its pusher has it no more.
            selvedge::model!(a_push_is_taken, model(two([Push(1)], [Push(2), Pop]).after([Pop, Pop])));
            // The node that each of them has protected is freed meanwhile.
            selvedge::model!(
                a_meeting_over_a_node_that_goes,
                model(two([Push(1), Flush], [Pop, Pop]).before([Push(0)]).after([Pop]))
            );
            selvedge::model!(no_aba, model(aba()).reuse(Reuse::Lifo).property("no ABA"));
            selvedge::model!(no_aba_fifo, model(aba()).reuse(Reuse::Fifo).property("no ABA"));
        }
    )* };
}

eliminating! {
    eliminating_epoch, "Epoch", Epoch;
    eliminating_leak, "Leak", Leak;
    eliminating_hazard, "Hazard", Hazards;
    eliminating_ebr, "Ebr", Epochs;
}
