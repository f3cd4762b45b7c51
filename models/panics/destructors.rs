//! Structures that are dropped with values in them, of which one may panic: no leak, no second drop, and the rest goes.

use selvedge::check::{Engine, Model, catch_chosen, may_panic};
use selvedge::ring::Ring;
use selvedge::stack::TreiberStack;
use selvedge::sync::Arc;
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts itself when it is dropped, and may panic then.
struct Value(Arc<AtomicU64>);

impl Drop for Value {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
        may_panic("drop");
    }
}

const VALUES: u64 = 3;

/// `act` is given so many values, and gets rid of them in its own way.
fn all_dropped(
    structure: &str,
    act: impl Fn(&mut dyn Iterator<Item = Value>) + Copy + Send + Sync + 'static,
) -> Model {
    Model::program(structure, "a panic takes nothing along", move || {
        let dropped = Arc::new(AtomicU64::new(0));
        let mut values = (0..VALUES).map(|_| Value(Arc::clone(&dropped)));
        let _ = catch_chosen(|| act(&mut values));
        assert_eq!(dropped.load(Relaxed), VALUES, "values that were dropped");
    })
    .sequential()
}

fn stack(values: &mut dyn Iterator<Item = Value>) -> TreiberStack<Value> {
    values.collect()
}

fn ring(values: &mut dyn Iterator<Item = Value>) -> Ring<Value> {
    let ring = Ring::with_capacity(4).expect("a small ring");
    values.for_each(|value| ring.try_push(value).map_err(|_| "full").expect("room for all"));
    ring
}

selvedge::model!(a_stack, all_dropped("TreiberStack", |values| drop(stack(values))));
selvedge::model!(all_of_a_stack, all_dropped("TreiberStack", |values| drop(stack(values).pop_all())));
selvedge::model!(
    the_rest_of_all_of_a_stack,
    all_dropped("TreiberStack", |values| {
        let stack = stack(values);
        let mut all = stack.pop_all();
        drop(all.next());
        drop(all);
    })
);
selvedge::model!(
    a_stack_taken_apart,
    all_dropped("TreiberStack", |values| stack(values).into_iter().for_each(drop))
);
selvedge::model!(
    a_stack_popped,
    all_dropped("TreiberStack", |values| {
        let stack = stack(values);
        while stack.pop().is_some() {}
    })
);
selvedge::model!(a_ring, all_dropped("Ring", |values| drop(ring(values))));
selvedge::model!(
    a_ring_popped,
    all_dropped("Ring", |values| {
        let ring = ring(values);
        while ring.try_pop().is_ok() {}
    })
);

/// The engines that choose where a callback panics: on real threads none does.
const CHOOSING: [Engine; 7] = [
    Engine::LoomPlain,
    Engine::LoomStrong,
    Engine::ShuttleRandom,
    Engine::ShuttlePct2,
    Engine::ShuttlePct3,
    Engine::ExplorerSc,
    Engine::ExplorerWeak,
];

/// A chain that is dropped from its head on by a loop, with nobody who goes on after a panic.
struct Chain(Vec<*mut Value>);

impl Drop for Chain {
    fn drop(&mut self) {
        for &value in &self.0 {
            // SAFETY: allocated below, and freed here only.
            unsafe { selvedge::sync::heap::free(value) };
        }
    }
}

selvedge::model!(
    a_chain_that_stops_half_way,
    all_dropped("Chain (drops in a bare loop)", |values| {
        drop(Chain(values.map(selvedge::sync::heap::alloc).collect()));
    })
    .kills("PC1", CHOOSING, ["values that were dropped"])
    .choices([selvedge::check::Choice::Panic])
);
