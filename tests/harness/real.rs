//! The engines of the plain build find what is planted.

use crate::panic_of;
use crate::specs::Counter;
use selvedge::check::{Arbitrary, Model, Scenario, Spec, Structure, check_sequence, sequential, stress};
use std::collections::VecDeque;
use std::sync::Mutex;

#[derive(Clone, Debug, Arbitrary)]
enum Op {
    Push(u8),
    Pop,
}

/// Says that it is a stack. It is one, or a queue, or it loses what is pushed on five others.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stack {
    Right,
    Queue,
    Full,
    /// Panics on other threads than the first.
    Shy,
}

impl Spec for Stack {
    type Op = Op;
    type Ret = Option<u8>;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        Vec::new()
    }

    fn step(&self, state: &mut Vec<u8>, op: &Op) -> Option<u8> {
        match op {
            Op::Push(value) => {
                state.push(*value);
                None
            }
            Op::Pop => state.pop(),
        }
    }
}

impl Structure for Stack {
    type Sut = (Mutex<VecDeque<u8>>, std::thread::ThreadId);

    fn create(&self) -> Self::Sut {
        (Mutex::default(), std::thread::current().id())
    }

    fn apply(&self, (values, home): &Self::Sut, op: &Op) -> Option<u8> {
        assert!(*self != Stack::Shy || *home == std::thread::current().id(), "shy on other threads");
        let mut values = values.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match op {
            Op::Push(_) if *self == Stack::Full && values.len() == 5 => None,
            Op::Push(value) => {
                values.push_back(*value);
                None
            }
            Op::Pop if *self == Stack::Queue => values.pop_front(),
            Op::Pop => values.pop_back(),
        }
    }
}

#[test]
fn a_right_stack_passes() {
    sequential(Stack::Right, "harness::a_right_stack_passes");
    stress(Stack::Right, "harness::a_right_stack_passes");
}

#[test]
fn a_queue_is_no_stack() {
    let said = panic_of(|| sequential(Stack::Queue, "harness::a_queue_is_no_stack"));
    assert!(said.contains("but right is Some("), "{said}");
    // Shrunk: two values that differ, and a pop.
    assert_eq!(said.matches("Push(").count(), 2, "{said}");
    let said = panic_of(|| stress(Stack::Queue, "harness::a_queue_is_no_stack"));
    assert!(said.contains("not linearizable"), "{said}");
}

#[test]
fn a_defect_that_needs_a_long_sequence_is_found() {
    let said = panic_of(|| sequential(Stack::Full, "harness::a_defect_that_needs_a_long_sequence_is_found"));
    assert!(said.matches("Push(").count() >= 6, "it takes six pushes: {said}");
}

#[test]
fn a_lost_update_is_found_on_real_threads() {
    stress(Counter { atomic: true }, "harness::a_lost_update_is_found_on_real_threads");
    let said =
        panic_of(|| stress(Counter { atomic: false }, "harness::a_lost_update_is_found_on_real_threads"));
    assert!(said.contains("not linearizable") && said.contains("the longest explained beginning"), "{said}");
    // One thread alone cannot show it.
    sequential(Counter { atomic: false }, "harness::a_lost_update_is_found_on_real_threads");
}

#[test]
fn a_panic_on_another_thread_is_told_in_its_own_words() {
    let scenario = Scenario::new().thread([Op::Pop]).thread([Op::Pop]);
    let model = Model::of(Stack::Shy, scenario);
    let said = panic_of(|| model.check("harness::a_panic_on_another_thread_is_told_in_its_own_words"));
    assert!(said.contains("shy on other threads"), "{said}");
}

#[test]
fn one_sequence_is_checked_as_many_are() {
    // Bytes decode to some operations: what matters is that the same bytes tell the two apart.
    let bytes: Vec<u8> = (0..200).map(|n: u32| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert!(check_sequence(&Stack::Right, &bytes).unwrap() > 0);
    let wrong = check_sequence(&Stack::Queue, &bytes).unwrap_err();
    assert!(wrong.contains(", but right is ") && wrong.contains("after\n"), "{wrong}");
    assert_eq!(check_sequence(&Stack::Queue, &[]), Ok(0), "nothing was asked");
    assert!(check_sequence(&Counter { atomic: false }, &bytes).unwrap() > 0);
}
