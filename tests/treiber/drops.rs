//! Each value is dropped once, whatever becomes of the stack, and whatever its destructor does.

use crate::ledger::{Ledger, Tracked};
use selvedge::reclaim::{Epoch, Leak, Reclaim};
use selvedge::stack::TreiberStack;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Five values, of which the third has a bad destructor.
fn with_a_bad_one<R: Reclaim + Default>(ledger: &Ledger) -> TreiberStack<Tracked<'_>, R> {
    let good = |_| ledger.value();
    let values = (0..2).map(good).chain(std::iter::once_with(|| ledger.bad_value())).chain((0..2).map(good));
    values.collect()
}

/// Something panics, and all five are gone all the same.
#[track_caller]
fn assert_all_dropped<R: Reclaim + Default>(act: impl FnOnce(TreiberStack<Tracked<'_>, R>)) {
    let ledger = Ledger::new(5);
    let stack = with_a_bad_one(&ledger);
    assert!(catch_unwind(AssertUnwindSafe(|| act(stack))).is_err(), "the bad destructor has run");
    ledger.settle();
}

fn a_bad_destructor_takes_nothing_along<R: Reclaim + Default>() {
    assert_all_dropped::<R>(|stack| drop(stack));
    assert_all_dropped::<R>(|stack| drop(stack.into_iter()));
    assert_all_dropped::<R>(|stack| {
        let mut values = stack.into_iter();
        drop(values.next());
        drop(values);
    });
    assert_all_dropped::<R>(|stack| drop(stack.pop_all()));
    assert_all_dropped::<R>(|stack| {
        let mut values = stack.pop_all();
        drop(values.next());
        drop(values);
    });
    assert_all_dropped::<R>(|stack| stack.pop_all().for_each(drop));
    assert_all_dropped::<R>(|stack| while stack.pop().is_some() {});
}

#[test]
fn a_bad_destructor_takes_nothing_along_under_epochs() {
    a_bad_destructor_takes_nothing_along::<Epoch>();
}

#[test]
fn a_bad_destructor_takes_nothing_along_under_leak() {
    a_bad_destructor_takes_nothing_along::<Leak>();
}

/// The stack goes on after a value's destructor has panicked.
#[test]
fn a_stack_survives_a_bad_destructor() {
    let ledger = Ledger::new(6);
    {
        let stack = with_a_bad_one::<Epoch>(&ledger);
        assert!(catch_unwind(AssertUnwindSafe(|| drop(stack.pop_all()))).is_err());
        assert!(stack.is_empty());
        stack.push(ledger.value());
        assert_eq!(stack.pop().map(|value| value.id), Some(5));
    }
    ledger.settle();
}

#[test]
fn what_is_popped_belongs_to_the_popper() {
    let ledger = Ledger::new(3);
    let kept;
    {
        let stack: TreiberStack<_> = (0..3).map(|_| ledger.value()).collect();
        kept = stack.pop();
        assert_eq!(ledger.alive(), 3);
    }
    assert_eq!(ledger.alive(), 1);
    drop(kept);
    ledger.settle();
}

/// A value that owns the next stack: destructors run inside destructors.
#[test]
fn stacks_of_stacks_are_dropped() {
    let ledger = Ledger::new(20);
    {
        let stacks: TreiberStack<TreiberStack<Tracked<'_>>> = TreiberStack::new();
        for _ in 0..4 {
            stacks.push((0..5).map(|_| ledger.value()).collect());
        }
        drop(stacks.pop());
        assert_eq!(ledger.alive(), 15);
    }
    ledger.settle();
}

/// Two million nodes: no destructor recurses.
#[test]
fn a_long_stack_is_dropped_in_a_loop() {
    let stack: TreiberStack<u8> = std::iter::repeat_n(1, 2_000_000).collect();
    drop(stack);
    let stack: TreiberStack<u8> = std::iter::repeat_n(1, 200_000).collect();
    assert_eq!(stack.pop_all().count(), 200_000);
}
