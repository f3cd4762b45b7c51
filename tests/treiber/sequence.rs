//! One thread: the stack is a `Vec`.

use crate::ledger::{Ledger, Tracked};
use proptest::prelude::*;
use selvedge::reclaim::{Epoch, Leak, Reclaim};
use selvedge::stack::TreiberStack;

#[derive(Clone, Debug)]
enum Op {
    Push,
    Pop,
    /// Takes all, looks at some, and drops the rest.
    PopAll(usize),
    Extend(usize),
    /// The same through a shared reference.
    ExtendShared(usize),
    /// Into an iterator, which gives some; what is left is dropped, and the stack begins anew.
    IntoIter(usize),
    /// Out into a list, and back.
    Rebuild,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => Just(Op::Push),
        4 => Just(Op::Pop),
        1 => (0..6_usize).prop_map(Op::PopAll),
        1 => (0..6_usize).prop_map(Op::Extend),
        1 => (0..6_usize).prop_map(Op::ExtendShared),
        1 => (0..6_usize).prop_map(Op::IntoIter),
        1 => Just(Op::Rebuild),
    ]
}

/// Does the same to a stack and to a `Vec`, and compares what comes out and what is alive.
fn run<R: Reclaim + Default>(operations: &[Op]) -> Result<(), TestCaseError> {
    let ledger = Ledger::new(operations.len() * 6 + 1);
    {
        let mut stack: TreiberStack<Tracked<'_>, R> = TreiberStack::default();
        let mut model: Vec<u32> = Vec::new();
        let id = |value: Tracked<'_>| value.id;
        for op in operations {
            let new = |count: &usize| (0..*count).map(|_| ledger.value()).collect::<Vec<_>>();
            match op {
                Op::Push => {
                    let value = ledger.value();
                    model.push(value.id);
                    stack.push(value);
                }
                Op::Pop => prop_assert_eq!(stack.pop().map(id), model.pop()),
                Op::PopAll(some) => {
                    let seen: Vec<u32> = stack.pop_all().take(*some).map(id).collect();
                    let expected: Vec<u32> =
                        std::mem::take(&mut model).into_iter().rev().take(*some).collect();
                    prop_assert_eq!(seen, expected);
                }
                Op::Extend(count) => {
                    let values = new(count);
                    model.extend(values.iter().map(|value| value.id));
                    stack.extend(values);
                }
                Op::ExtendShared(count) => {
                    let values = new(count);
                    model.extend(values.iter().map(|value| value.id));
                    (&stack).extend(values);
                }
                Op::IntoIter(some) => {
                    let old = std::mem::take(&mut stack);
                    let seen: Vec<u32> = old.into_iter().take(*some).map(id).collect();
                    let expected: Vec<u32> =
                        std::mem::take(&mut model).into_iter().rev().take(*some).collect();
                    prop_assert_eq!(seen, expected);
                }
                Op::Rebuild => {
                    let values: Vec<_> = std::mem::take(&mut stack).into_iter().collect();
                    prop_assert_eq!(
                        values.iter().map(|v| v.id).collect::<Vec<_>>(),
                        model.iter().rev().copied().collect::<Vec<_>>()
                    );
                    stack = values.into_iter().rev().collect();
                }
            }
            prop_assert_eq!(stack.is_empty(), model.is_empty());
            prop_assert_eq!(ledger.alive() as usize, model.len());
        }
    }
    ledger.settle();
    Ok(())
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 400,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_stack_is_a_vec_under_epochs(operations in prop::collection::vec(op(), 0..80)) {
        run::<Epoch>(&operations)?;
    }

    #[test]
    fn a_stack_is_a_vec_under_leak(operations in prop::collection::vec(op(), 0..80)) {
        run::<Leak>(&operations)?;
    }

    #[test]
    fn a_view_shows_what_is_there(values in prop::collection::vec(any::<u32>(), 0..40), pops in 0..50_usize) {
        let stack: TreiberStack<u32> = values.iter().copied().collect();
        let view = stack.pin();
        let before = view.iter();
        for _ in 0..pops {
            stack.pop();
        }
        // The old view shows the old stack, a new one the new.
        prop_assert!(before.copied().eq(values.iter().rev().copied()));
        let left = &values[..values.len().saturating_sub(pops)];
        prop_assert_eq!(view.peek(), left.last());
        prop_assert!(view.iter().eq(left.iter().rev()));
        drop(view);
        prop_assert!(stack.into_iter().eq(left.iter().rev().copied()));
    }
}

/// The control of this file: a container that is not a stack does not pass for one.
#[test]
fn a_queue_is_told_from_a_stack() {
    let stack: TreiberStack<u32> = [1, 2].into_iter().collect();
    let mut queue = std::collections::VecDeque::from([1, 2]);
    assert_ne!(stack.pop(), queue.pop_front());
}
