//! What waits to be freed may have a destructor that panics, in the middle of an operation that has nothing to do with it:
//! of who retires, who flushes, or who pops from a stack that shares the domain.

use crate::register::Op::{self, Flush, Read, Write};
use crate::register::{Number, registers_of};
use selvedge::check::{Model, Panicky, Scenario, catch_chosen, may_panic};
use selvedge::reclaim::{Anyone, Domain, Ebr, Guard, Hazard, Leak, Reclaim};
use selvedge::stack::{EliminationStack, TreiberStack};
use selvedge::sync::{Arc, heap, thread};
use std::sync::Arc as Book;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

type Hazards<D = Anyone> = Hazard<D, 2, 1>;
type Epochs<D = Anyone> = Ebr<D, 2, 1>;

/// Counts itself when it is dropped, beside the model, and may panic then.
struct Value(Book<AtomicUsize>);

impl Drop for Value {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
        may_panic("drop");
    }
}

/// Retires a node with such a value. Whether that has come to its end.
fn retire<R: Reclaim>(domain: &R, dropped: &Book<AtomicUsize>) -> bool {
    let value = Value(Book::clone(dropped));
    // SAFETY: from `alloc`, linked nowhere, retired once; it touches nothing but what it owns.
    catch_chosen(|| unsafe { domain.pin().retire(heap::alloc(value)) }).is_some()
}

/// A strategy that can tell how many nodes wait.
trait Counts: Reclaim + Default + 'static {
    fn waiting(&self) -> usize;
}

impl<D: Domain> Counts for Hazards<D> {
    fn waiting(&self) -> usize {
        self.waiting()
    }
}

impl<D: Domain> Counts for Epochs<D> {
    fn waiting(&self) -> usize {
        self.waiting()
    }
}

/// Two threads retire more than find room, and one panics perhaps. A flush may, too; another one goes on with the rest.
fn both_retire<R: Counts>() {
    let (domain, dropped) = (Arc::new(R::default()), Book::new(AtomicUsize::new(0)));
    let (there, counts) = (Arc::clone(&domain), Book::clone(&dropped));
    let other = thread::spawn(move || {
        retire(&*there, &counts);
    });
    retire(&*domain, &dropped);
    retire(&*domain, &dropped);
    other.join().expect("no panic that was not chosen");
    for _ in 0..2 {
        let _ = catch_chosen(|| domain.flush());
    }
    assert_eq!((domain.waiting(), dropped.load(SeqCst)), (0, 3), "nodes that wait, and that were freed");
}

/// All that waits goes with the domain, each node once.
fn dropped_with_it<R: Reclaim + Default>() {
    let dropped = Book::new(AtomicUsize::new(0));
    let domain = R::default();
    (0..3).for_each(|_| assert!(retire(&domain, &dropped), "there is room for three"));
    let _ = catch_chosen(|| drop(domain));
    assert_eq!(dropped.load(SeqCst), 3, "nodes that were freed");
}

/// A stack whose domain is not its own.
trait Stack: Send + Sync + 'static {
    fn on(domain: Arc<Hazards>) -> Self;

    fn push(&self, value: Value);

    fn pop(&self) -> Option<Value>;
}

macro_rules! stacks {
    ($($stack:ident: $on:expr;)*) => { $(
        impl Stack for $stack<Value, Arc<Hazards>> {
            fn on(domain: Arc<Hazards>) -> Self {
                let on: fn(Arc<Hazards>) -> Self = $on;
                on(domain)
            }

            fn push(&self, value: Value) {
                self.push(value);
            }

            fn pop(&self) -> Option<Value> {
                self.pop()
            }
        }
    )* };
}

stacks! {
    TreiberStack: Self::with_reclaim;
    EliminationStack: |domain| Self::with_reclaim(domain, 1).expect("one place");
}

/// A node of somebody else waits in the only slot. Who pops has to free it, when its own value is in its hands.
fn popped_beside<S: Stack>() {
    let (domain, dropped) = (Arc::new(Hazards::default()), Book::new(AtomicUsize::new(0)));
    assert!(retire(&*domain, &dropped), "there is room for one");
    let stack = Arc::new(S::on(domain));
    stack.push(Value(Book::clone(&dropped)));
    let (there, value) = (Arc::clone(&stack), Value(Book::clone(&dropped)));
    let other = thread::spawn(move || there.push(value));
    let _ = catch_chosen(|| drop(stack.pop()));
    other.join().expect("no panic that was not chosen");
    // What a pop has lost to a panic was dropped, and what it has not taken is dropped now.
    let _ = catch_chosen(|| drop(stack));
    assert_eq!(dropped.load(SeqCst), 3, "values that were dropped");
}

fn model(structure: &str, program: fn()) -> Model {
    Model::program(structure, "a panic takes nothing along", program).preemptions(2)
}

mod hazard {
    use super::*;

    selvedge::model!(both_retire, model("Hazard", super::both_retire::<Hazards>));
    selvedge::model!(goes, model("Hazard", dropped_with_it::<Hazard<Anyone, 1, 4>>).sequential());
    selvedge::model!(beside_a_stack, model("TreiberStack, Hazard", popped_beside::<TreiberStack<_, _>>));
    selvedge::model!(
        beside_an_elimination_stack,
        model("EliminationStack, Hazard", popped_beside::<EliminationStack<_, _>>)
    );
}

mod ebr {
    use super::*;

    selvedge::model!(both_retire, model("Ebr", super::both_retire::<Epochs>));
    selvedge::model!(goes, model("Ebr", dropped_with_it::<Ebr<Anyone, 1, 4>>).sequential());
}

selvedge::model!(leak_goes, model("Leak", dropped_with_it::<Leak>).sequential());

impl Number for Panicky<u8> {
    fn of(number: u8) -> Self {
        Panicky(number)
    }

    fn number(&self) -> u8 {
        self.0
    }
}

/// Readers go on, and see what is there, whoever is left by the destructor of an old node.
fn read_and_replaced<R: Reclaim + Default + 'static>(structure: &str, scenario: Scenario<Op>) -> Model {
    Model::of(registers_of::<R, Panicky<u8>>(), scenario)
        .structure(structure)
        .property("linearizable, with panics")
        .preemptions(2)
}

fn a_reader_and_a_writer() -> Scenario<Op> {
    Scenario::new().before([Read]).thread([Read, Read]).thread([Write(1), Flush]).after([Read])
}

fn two_writers() -> Scenario<Op> {
    Scenario::new().thread([Write(1), Read]).thread([Write(2)]).after([Flush, Read])
}

selvedge::model!(read_under_hazard, read_and_replaced::<Hazards>("Hazard", a_reader_and_a_writer()));
selvedge::model!(read_under_ebr, read_and_replaced::<Epochs>("Ebr", a_reader_and_a_writer()));
selvedge::model!(written_under_hazard, read_and_replaced::<Hazards>("Hazard", two_writers()));
selvedge::model!(written_under_ebr, read_and_replaced::<Epochs>("Ebr", two_writers()));

#[cfg(any(loom, shuttle))]
mod controls {
    use super::*;
    use crate::destructors::CHOOSING;
    use selvedge::check::{Choice, Engine};
    use selvedge::reclaim::Broken;

    fn killed(
        model: Model,
        defect: &str,
        by: impl IntoIterator<Item = Engine>,
        saying: &'static str,
    ) -> Model {
        model.kills(defect, by, [saying]).choices([Choice::Panic])
    }

    /// Who retires has a node in its hands when the destructor of another one panics.
    struct Homeless;

    impl Domain for Homeless {
        const BROKEN: Option<Broken> = Some(Broken::LosesItsOwn);
    }

    selvedge::model!(
        a_node_without_a_place,
        killed(
            model("Hazard", both_retire::<Hazards<Homeless>>),
            "control: hazard, a node lost where a destructor panics",
            CHOOSING,
            "nodes that wait"
        )
    );

    /// Who empties a bag that is nobody's has its mark.
    struct Unguarded;

    impl Domain for Unguarded {
        const BROKEN: Option<Broken> = Some(Broken::KeepsItsMark);
    }

    selvedge::model!(
        a_bag_that_nobody_gives_back,
        killed(
            model("Ebr", both_retire::<Epochs<Unguarded>>),
            "control: epoch, a bag kept where a destructor panics",
            CHOOSING,
            "nodes that wait"
        )
    );
}
