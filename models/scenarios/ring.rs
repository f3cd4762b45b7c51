//! What rings are put to: each scenario is run on both of them. The `ring` of the file above says which it is, and its
//! `model` how far loom goes.

use super::declaration::Op::{
    self, Close, IsClosed, IsEmpty, IsFull, Len, Pop, PopBatch, Push, PushBatch, TryPop, TryPush,
};
use super::{model, ring};
use selvedge::check::Scenario;

pub fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}

/// `name (capacity): scenario` for each model.
macro_rules! models {
    ($($name:ident ($capacity:expr): $scenario:expr;)*) => {
        $(selvedge::model!($name, model($capacity, $scenario));)*
    };
}

models! {
    push_against_pop (1): two([TryPush(1)], [TryPop]).after([TryPop]);
    two_pushes (2): two([TryPush(1)], [TryPush(2)]).after([TryPop, TryPop, TryPop]);
    two_pushes_one_slot (1): two([TryPush(1)], [TryPush(2)]).after([TryPop, TryPop]);
    two_pops (2): two([TryPop], [TryPop]).before([TryPush(1), TryPush(2)]).after([TryPop]);
    two_pops_one_element (2): two([TryPop], [TryPop]).before([TryPush(1)]).after([Len]);
    hand_over_2x2 (1): two([TryPush(1), TryPush(2)], [TryPop, TryPop]).after([TryPop]);
    both_do_both_2x2 (2): two([TryPush(1), TryPop], [TryPush(2), TryPop]).after([TryPop]);
    a_lap_of_one (1): two([TryPop, TryPush(3)], [TryPop, TryPush(4)]).before([TryPush(1)]).after([TryPop]);
    full_and_empty_cannot_both_lie (2):
        two([TryPush(2), TryPush(3)], [TryPop, TryPop]).before([TryPush(1)]).after([Len]);
    // The same for those who only look: each demands a fence of an observer.
    seen_full_and_seen_empty (2): two([TryPush(2), IsFull], [TryPop, IsEmpty]).before([TryPush(1)]);
    two_lengths (2): two([TryPush(2), Len], [TryPop, Len]).before([TryPush(1)]);
    length_after_both (2): two([TryPush(2), TryPop], [Len]).before([TryPush(1)]);
    odd_capacity (3): two([TryPop, TryPop], [TryPush(3), TryPush(4)]).before([TryPush(1), TryPush(2)]).after([Len]);
    batches (2): two([PushBatch(1, 2)], [PopBatch(2)]).after([PopBatch(2)]);
    batch_against_single (2): two([PushBatch(1, 2)], [TryPush(7)]).after([PopBatch(2)]);
    two_batch_pops (3): two([PopBatch(2)], [PopBatch(2)]).before([PushBatch(1, 3)]).after([PopBatch(2)]);
    length_is_a_snapshot (2): two([TryPop, TryPush(2)], [Len]).before([TryPush(1)]);
    full_is_a_snapshot (2): two([TryPop, TryPush(3)], [IsFull]).before([TryPush(1), TryPush(2)]);
    empty_is_a_snapshot (2): two([TryPop, TryPush(2)], [IsEmpty]).before([TryPush(1)]);
    closing_against_a_push (2): two([Close, TryPop], [TryPush(1)]).after([TryPop, TryPush(2)]);
    closing_twice (1): two([Close], [Close]).after([IsClosed]);
}

// A length read while a third thread pops. In this placement of threads plain loom sees it; not in all.
selvedge::model!(
    three_lengths,
    model(2, two([TryPop], [TryPush(2), Len]).thread([Len]).before([TryPush(1)])).preemptions(3)
);

/// Models in which threads sleep: what can go wrong here is a deadlock.
macro_rules! sleeping {
    ($($(#[$attribute:meta])* $name:ident ($capacity:expr): $scenario:expr;)*) => {
        $(selvedge::model!(
            $(#[$attribute])* $name,
            model($capacity, $scenario).property("no lost wake-up").preemptions(2)
        );)*
    };
}

sleeping! {
    a_pop_waits_for_a_push (1): two([Push(1)], [Pop]);
    a_push_waits_for_a_pop (1): two([Pop], [Push(2)]).before([TryPush(1)]).after([Pop]);
    more_than_fits (1): two([Pop, Pop], [Push(1), Push(2)]);
    a_try_wakes_too (1): two([TryPush(1)], [Pop]);
    closing_wakes_a_pop (1): two([Close], [Pop]);
    closing_wakes_a_push (1): two([Close], [Push(2)]).before([TryPush(1)]).after([Pop, Pop]);
    two_sleepers_one_each (1): two([Push(1)], [Pop]).thread([Pop]).before([TryPush(0)]);
}

/// What was done before `close` is seen by whoever is told that the ring is closed.
mod closing_publishes {
    use super::ring;
    use crate::declaration::Queue;
    use selvedge::check::{Model, Structure};
    use selvedge::ring::TryPushError;
    use selvedge::sync::{Arc, cell::UnsafeCell, thread};

    struct Note(UnsafeCell<u8>);
    // SAFETY: written before `close` and read after "closed": that this is ordered is what the models show.
    unsafe impl Sync for Note {}

    /// The main thread closes: in this placement of threads plain loom sees both orders, and in the other one it does not.
    fn told<R: Queue>(ring: R, look: impl Fn(&R) -> bool + Send + Sync + 'static) {
        let shared = Arc::new((ring, Note(UnsafeCell::new(0))));
        let looker = Arc::clone(&shared);
        let looking = thread::spawn(move || {
            if look(&looker.0) {
                // SAFETY: nobody writes after the ring is closed.
                assert_eq!(looker.1.0.with(|note| unsafe { *note }), 7);
            }
        });
        // SAFETY: nobody reads before the ring is closed.
        shared.1.0.with_mut(|note| unsafe { *note = 7 });
        shared.0.close();
        looking.join().expect("no panic");
    }

    /// With the name of the ring that is asked.
    fn program<S: Structure>(of: fn() -> S, look: impl Fn(&S::Sut) -> bool + Send + Sync + 'static) -> Model
    where
        S::Sut: Queue,
    {
        let name = std::any::type_name::<S::Sut>();
        let look = std::sync::Arc::new(look);
        let name = name.split('<').next().and_then(|path| path.rsplit("::").next()).expect("a name");
        Model::program(name, "closing publishes", move || {
            let look = std::sync::Arc::clone(&look);
            told(of().create(), move |ring| look(ring));
        })
    }

    selvedge::model!(to_a_pop, program(|| ring(1), |ring| ring.pop().is_err()));
    selvedge::model!(
        to_a_push,
        program(|| ring(1), |ring| matches!(ring.try_push(1), Err(TryPushError::Closed(_))))
    );
    selvedge::model!(to_is_closed, program(|| ring(1), |ring| ring.is_closed()));
}
