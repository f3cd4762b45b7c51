//! Structures that are dropped with values in them, of which one may panic: no leak, no second drop, and the rest goes.

use selvedge::check::{Choice, Engine, Model, catch_chosen, may_panic};
use selvedge::ring::{HelpingRing, Ring};
use selvedge::stack::{EliminationStack, TreiberStack, VersionedStack};
use selvedge::sync::Arc;
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::mem::ManuallyDrop;

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

/// What holds values, and has room for all.
trait Holds: IntoIterator<Item = Value> {
    fn of(values: &mut dyn Iterator<Item = Value>) -> Self;

    fn take(&self) -> Option<Value>;
}

macro_rules! stacks {
    ($($stack:ident)*) => { $(
        impl Holds for $stack<Value> {
            fn of(values: &mut dyn Iterator<Item = Value>) -> Self {
                values.collect()
            }

            fn take(&self) -> Option<Value> {
                self.pop()
            }
        }
    )* };
}

macro_rules! rings {
    ($($ring:ident)*) => { $(
        impl Holds for $ring<Value> {
            fn of(values: &mut dyn Iterator<Item = Value>) -> Self {
                let ring = $ring::with_capacity(4).expect("a small ring");
                values.for_each(|value| ring.try_push(value).map_err(|_| "full").expect("room for all"));
                ring
            }

            fn take(&self) -> Option<Value> {
                self.try_pop().ok()
            }
        }
    )* };
}

stacks! { TreiberStack EliminationStack VersionedStack }
rings! { Ring HelpingRing }

/// The control: emptied by a bare loop. What a panic leaves in there is lost.
struct Bare<S: Holds>(ManuallyDrop<S>);

impl<S: Holds> Drop for Bare<S> {
    fn drop(&mut self) {
        while self.0.take().is_some() {}
        // SAFETY: not used any more.
        unsafe { ManuallyDrop::drop(&mut self.0) };
    }
}

fn killed(model: Model) -> Model {
    model.kills("PC1", CHOOSING, ["values that were dropped"]).choices([Choice::Panic])
}

macro_rules! structures {
    ($($module:ident: $structure:ident;)*) => { $(
        mod $module {
            use super::*;

            selvedge::model!(
                dropped,
                all_dropped(stringify!($structure), |values| drop($structure::of(values)))
            );
            selvedge::model!(
                taken_apart,
                all_dropped(stringify!($structure), |values| $structure::of(values).into_iter().for_each(drop))
            );
            selvedge::model!(
                popped,
                all_dropped(stringify!($structure), |values| {
                    let whole = $structure::of(values);
                    while whole.take().is_some() {}
                })
            );
            selvedge::model!(
                emptied_by_a_bare_loop,
                killed(all_dropped(concat!(stringify!($structure), " (drops in a bare loop)"), |values| {
                    drop(Bare(ManuallyDrop::new($structure::of(values))));
                }))
            );
        }
    )* };
}

structures! {
    a_stack: TreiberStack;
    an_elimination_stack: EliminationStack;
    a_versioned_stack: VersionedStack;
    a_ring: Ring;
    a_helping_ring: HelpingRing;
}

macro_rules! popped_at_once {
    ($($module:ident: $stack:ident;)*) => { $(
        mod $module {
            use super::*;

            selvedge::model!(
                all,
                all_dropped(stringify!($stack), |values| drop($stack::of(values).pop_all()))
            );
            selvedge::model!(
                the_rest,
                all_dropped(stringify!($stack), |values| {
                    let stack = $stack::of(values);
                    let mut all = stack.pop_all();
                    drop(all.next());
                    drop(all);
                })
            );
        }
    )* };
}

popped_at_once! {
    all_of_a_stack: TreiberStack;
    all_of_an_elimination_stack: EliminationStack;
}

/// The iterator that a stack is extended by may panic, with a value in its hand, and is asked for the rest then.
macro_rules! extended {
    ($($name:ident: $stack:ident;)*) => { $(
        selvedge::model!(
            $name,
            all_dropped(stringify!($stack), |values| {
                let stack = $stack::<Value>::new();
                for _ in 0..2 {
                    let asked = values.inspect(|_| may_panic("next"));
                    let _ = catch_chosen(|| (&stack).extend(asked));
                }
            })
        );
    )* };
}

extended! {
    a_stack_extended: TreiberStack;
    an_elimination_stack_extended: EliminationStack;
    a_versioned_stack_extended: VersionedStack;
}

/// The engines that choose where a callback panics: on real threads none does.
pub(crate) const CHOOSING: [Engine; 7] = [
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
    killed(all_dropped("Chain (drops in a bare loop)", |values| {
        drop(Chain(values.map(selvedge::sync::heap::alloc).collect()));
    }))
);
