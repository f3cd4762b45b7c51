//! RB1 to RB11: what is wrong with the lesson's ring, one defect at a time, and that it is right in ours.
//!
//! Each scenario stands here once and is run twice: on the lesson's ring, where it must fail as its `kills`
//! says, and on `selvedge::ring::LockFreeRingBuffer`, where it must hold.

use crate::ring::{self as lesson, Cells, Hidden, Words};
use crate::ring_spec::Op::{self, Capacity, IsEmpty, IsFull, Len, Pop, Push, TryPop, TryPush};
use crate::ring_spec::{RingUnderTest, one_less, one_less_and_may_refuse, promised};
use crate::{ALL, ALL_BUT_RANDOM, WEAK};
use selvedge::check::{Choice, Model, Scenario};
use selvedge::ring::LockFreeRingBuffer;
use selvedge::sync::atomic::{AtomicBool, Ordering};
use selvedge::sync::{Arc, heap, thread};

/// One thread does it all.
fn one(operations: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().before(operations)
}

/// The first thread is the main one.
fn two(first: impl IntoIterator<Item = Op>, second: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(first).thread(second)
}

const LESSON: &str = "LockFreeRingBuffer (lesson)";

/// One scenario, two models: `lesson`, with these slots against this specification, must be killed; `ours`,
/// with the capacity that is promised, must hold. A setting in braces is for both.
macro_rules! pair {
    ($(#[$doc:meta])* $name:ident: $scenario:expr, $spec:ident($capacity:expr) in $slots:ty
        $(, choices $choices:expr)? $(, {$($setting:tt)*})?; kills $id:literal by $by:expr, saying $saying:expr) => {
        $(#[$doc])*
        mod $name {
            use super::*;
            type Lesson = lesson::LockFreeRingBuffer<u8, $slots>;
            selvedge::model!(lesson, Model::of($spec::<Lesson>($capacity), $scenario)
                .structure(LESSON).kills($id, $by, $saying)$(.choices($choices))? $($($setting)*)?);
            selvedge::model!(ours, Model::of(promised::<LockFreeRingBuffer<u8>>($capacity), $scenario)
                $($($setting)*)?);
        }
    };
}

pair! {
    /// RB1: `tail` is moved before the slot is written, so a consumer takes out what nobody has put in yet.
    /// One push and one pop: there is no lap, so nothing else can go wrong, and in `Words` no data race.
    rb1_published_before_written: two([Push(7)], [Pop]), one_less(2) in Words;
    kills "RB1" by ALL, saying ["Pop -> Popped(0)"]
}

pair! {
    /// RB1 in the lesson's own memory, with RB3 in it: loom sees a race, shuttle the zero.
    rb1_in_the_memory_of_the_lesson: two([Push(7)], [Pop]), one_less(2) in Cells<u8>;
    kills "RB1" by ALL, saying ["Causality violation", "data race", "Pop -> Popped(0)"]
}

pair! {
    /// RB2: `head` is moved before the slot is read, so a producer that comes round writes over what a consumer
    /// has claimed and not read yet. The pop should give 1 or, if the other thread's is first, 2; the 5 is taken
    /// from the slot of the 1. Both candidates are in the ring from the start, which leaves RB1 out.
    rb2_released_before_read:
    two([Pop], [Push(4), Pop, Push(5)]).before([Push(1), Push(2), Push(3)]), one_less_and_may_refuse(4) in Words;
    kills "RB2" by ALL_BUT_RANDOM, saying ["Pop -> Popped(5)"]
}

pair! {
    /// RB4: `tail` is masked, so it looks the same after a lap. The first thread has seen an empty ring and
    /// `tail` 0; after a push, a pop and a push `tail` is 0 again and the ring full. Its exchange succeeds, the
    /// full ring looks empty, and two elements are lost. (The ring holds one, so "full" and "empty" are
    /// both true at some moment whenever they are said: neither RB6 nor RB7 can show.)
    rb4_a_lap_of_tail: two([Push(9)], [Push(1), Pop, Push(2)]).after([Pop]), one_less(2) in Hidden,
    {.preemptions(5)};
    kills "RB4" by ALL_BUT_RANDOM, saying ["Pop -> Empty"]
}

pair! {
    /// RB5: the same with `head`, which makes elements out of nothing. The first thread has seen the 1; after
    /// a pop, a push and a pop `head` is 0 again and the ring empty. Its exchange succeeds, the slot of the 1
    /// is read again, and the empty ring looks full of a second 2.
    rb5_a_lap_of_head: two([Pop], [Pop, Push(2), Pop]).before([Push(1)]).after([Pop]), one_less(2) in Hidden,
    {.preemptions(5)};
    kills "RB5" by ALL_BUT_RANDOM, saying ["Pop -> Popped(2)"]
}

pair! {
    /// RB6: `tail` and `head` are read at different times, so a ring that never held more than two of its three
    /// says that it is full. Two pushes are no lap.
    rb6_says_full_and_is_not: two([Push(1), Pop], [Push(9)]).after([Len]), one_less(4) in Hidden;
    kills "RB6" by ALL_BUT_RANDOM, saying ["Push(9) -> Full"]
}

pair! {
    /// RB7: likewise, a ring that never held fewer than one element says that it is empty.
    rb7_says_empty_and_is_not:
    two([Pop, Push(4)], [Pop]).before([Push(1), Push(2), Push(3)]), one_less(4) in Hidden;
    kills "RB7" by ALL_BUT_RANDOM, saying ["Pop -> Empty"]
}

pair! {
    /// RB8: a `try_push` that lost the exchange to another says "full", of an almost empty ring.
    rb8_try_push_lost_and_says_full: two([TryPush(1)], [TryPush(2)]), one_less(4) in Hidden;
    kills "RB8" by ALL, saying ["TryPush(1) -> Full", "TryPush(2) -> Full"]
}

pair! {
    /// RB8: a `try_pop` that lost the exchange says "empty", of a ring with elements.
    rb8_try_pop_lost_and_says_empty:
    two([TryPop], [TryPop]).before([Push(1), Push(2), Push(3)]), one_less(4) in Hidden;
    kills "RB8" by ALL, saying ["TryPop -> Empty"]
}

pair! {
    /// RB9: a weak exchange may fail for no reason, and `try_push` says "full", with nobody else about.
    rb9_try_push_failed_for_no_reason: one([TryPush(1)]), one_less(4) in Hidden, choices [Choice::SpuriousFailure];
    kills "RB9" by ALL, saying ["TryPush(1) -> Full"]
}

pair! {
    /// RB10: a ring of capacity four must hold four. (The lesson's own test says so, and fails.)
    rb10_capacity_is_one_more_than_fits:
    one([Capacity, Push(1), Push(2), Push(3), Push(4), IsFull]), promised(4) in Hidden;
    kills "RB10" by ALL, saying ["Push(4) -> Full"]
}

pair! {
    /// RB10: a ring of capacity one holds nothing, and is empty and full at once.
    rb10_of_one_nothing_is_left: one([IsEmpty, IsFull]), promised(1) in Hidden;
    kills "RB10" by ALL, saying ["IsFull -> Is(true)"]
}

pair! {
    /// RB11: `len` reads `head` long before `tail`, and counts elements that were never in together. The threads
    /// stand as they do because loom plain misses it with the observer first.
    rb11_len_of_two_moments: two([Push(1), Pop, Push(2), Pop], [Len]), one_less(4) in Hidden;
    kills "RB11" by ALL_BUT_RANDOM, saying ["Len -> Number(2)"]
}

pair! {
    /// RB11: so does `is_full`. Three pushes, but never two elements at once.
    rb11_is_full_of_two_moments: two([Push(1), Pop, Push(2), Pop, Push(3), Pop], [IsFull]), one_less(4) in Hidden;
    kills "RB11" by ALL_BUT_RANDOM, saying ["IsFull -> Is(true)"]
}

pair! {
    /// RB11: and `is_empty`, of a ring with never fewer than two.
    rb11_is_empty_of_two_moments:
    two([Pop, Push(4)], [IsEmpty]).before([Push(1), Push(2), Push(3)]), one_less(4) in Hidden;
    kills "RB11" by ALL_BUT_RANDOM, saying ["IsEmpty -> Is(true)"]
}

/// RB3: the exchange that publishes `tail` releases what came before it, and the slot is written after it. So
/// even an element that was pushed for good, by a push that has returned, is read without any ordering: a data
/// race. That the push has returned is told by a flag that orders nothing. shuttle cannot see this: it is
/// sequentially consistent.
mod rb3_a_push_that_returned_is_not_seen {
    use super::*;

    fn push_then_pop<R: RingUnderTest>() {
        let shared = Arc::new((R::new(2), AtomicBool::new(false)));
        let producer = Arc::clone(&shared);
        let pushing = thread::spawn(move || {
            producer.0.push(7).expect("room for one");
            producer.1.store(true, Ordering::Relaxed);
        });
        if shared.1.load(Ordering::Relaxed) {
            // Not seen yet, or seen whole.
            assert!(matches!(shared.0.pop(), None | Some(7)));
        }
        pushing.join().expect("no panic");
    }

    fn model<R: RingUnderTest>() -> Model {
        Model::program("LockFreeRingBuffer", "what was pushed is seen", push_then_pop::<R>)
    }

    type Lesson = lesson::LockFreeRingBuffer<u8, Cells<u8>>;
    selvedge::model!(
        lesson,
        model::<Lesson>().structure(LESSON).kills("RB3", WEAK, ["Causality violation", "data race"])
    );
    selvedge::model!(ours, model::<LockFreeRingBuffer<u8>>());
}

/// RB9: `Drop` takes out elements until `try_pop` says that there are none. If its exchange fails for no reason,
/// it stops early, and what is left is never dropped.
mod rb9_drop_stops_early {
    use super::*;

    /// An element whose loss is noticed: a node that its destructor frees.
    pub struct Element(*mut u8);

    // SAFETY: the node is used by its owner alone.
    unsafe impl Send for Element {}

    impl Drop for Element {
        fn drop(&mut self) {
            // SAFETY: from `alloc`, below, and owned.
            unsafe { heap::free(self.0) };
        }
    }

    fn drop_with_one_inside<R: RingUnderTest<Element>>() {
        let ring = R::new(4);
        assert!(ring.push(Element(heap::alloc(1))).is_ok());
        drop(ring);
    }

    fn model<R: RingUnderTest<Element>>() -> Model {
        Model::program("LockFreeRingBuffer", "no leak", drop_with_one_inside::<R>).sequential()
    }

    type Lesson = lesson::LockFreeRingBuffer<Element, Cells<Element>>;
    selvedge::model!(
        lesson,
        model::<Lesson>()
            .structure(LESSON)
            .kills("RB9", ALL, ["leak: 1 never freed"])
            .choices([Choice::SpuriousFailure])
    );
    // It is the failing exchange that does it: without one, nothing is lost.
    selvedge::model!(lesson_undisturbed, model::<Lesson>().structure(LESSON).choices([]));
    selvedge::model!(ours, model::<LockFreeRingBuffer<Element>>());
}
