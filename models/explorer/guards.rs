//! What a guard protects under the explorer: from whom, from when on, and in which domain.

use super::child::{child, is_child};
use super::said::{BOTH, fails, outcomes};
use selvedge::check::explore::Memory;
use selvedge::reclaim::{Ghost, Guard, Reclaim};
use selvedge::sync::atomic::{AtomicPtr, AtomicU64, Ordering, Ordering::Relaxed};
use selvedge::sync::{heap, thread};
use std::ptr;

/// A node is retired and used by one thread, `again` with a second guard.
fn used_after_retirement(guarded: bool, again: bool) -> u64 {
    let ghost = Ghost::default();
    let node = heap::alloc(7_u64);
    let guard = ghost.pin();
    // SAFETY: never linked; once.
    unsafe { guard.retire(node) };
    let _guard = match guarded {
        true => Some(guard),
        false => {
            drop(guard);
            again.then(|| ghost.pin())
        }
    };
    // SAFETY: guarded, or else the explorer says so.
    unsafe { *heap::get(node) }
}

#[test]
fn who_retires_a_node_needs_a_guard_as_well() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || used_after_retirement(true, false)), [7]);
        fails(memory, &["use after free", "retired by thread 0", "there was no guard"], || {
            used_after_retirement(false, false)
        });
        fails(memory, &["use after free", "retired by thread 0", "the guard was taken too late"], || {
            used_after_retirement(false, true)
        });
    }
}

/// What a node does with itself when it is freed, by its own thread or by main.
fn dies_busy(retired_by_main: bool) {
    struct Busy(AtomicU64);
    impl Drop for Busy {
        fn drop(&mut self) {
            self.0.store(1, Relaxed);
        }
    }
    let ghost = Ghost::default();
    // SAFETY: never linked; once.
    let retire = || unsafe { ghost.pin().retire(heap::alloc(Busy(AtomicU64::new(0)))) };
    thread::scope(|scope| {
        if retired_by_main {
            retire();
        } else {
            scope.spawn(retire);
        }
    });
}

#[test]
fn the_destructor_of_a_node_needs_no_guard() {
    for memory in BOTH {
        for retired_by_main in [true, false] {
            assert_eq!(outcomes(memory, move || dies_busy(retired_by_main)), [()]);
        }
    }
}

/// Main has a guard before another thread starts, or behind that, and uses a node that the other retires.
fn pinned(first: bool) {
    let ghost = Ghost::default();
    let head = &AtomicPtr::new(heap::alloc(7_u64));
    let _early = first.then(|| ghost.pin());
    thread::scope(|scope| {
        // SAFETY: unlinked by this thread, once.
        scope.spawn(|| unsafe { ghost.pin().retire(head.swap(ptr::null_mut(), Ordering::AcqRel)) });
        let _late = (!first).then(|| ghost.pin());
        let node = head.load(Ordering::Acquire);
        if !node.is_null() {
            // SAFETY: guarded, or else the explorer says so.
            unsafe { heap::get(node) };
        }
    });
}

/// In a process of its own, in which there may be no fence behind a pin.
#[test]
fn pinned_without_a_fence() {
    if !is_child("guards::pinned_without_a_fence") {
        return;
    }
    let fenced = std::env::var("SELVEDGE_WEAKEN").is_err();
    for (memory, first) in BOTH.into_iter().flat_map(|memory| [(memory, true), (memory, false)]) {
        if fenced || first || memory == Memory::Sc {
            assert_eq!(outcomes(memory, move || pinned(first)), [()]);
        } else {
            fails(memory, &["use after free", "the guard was taken too late"], move || pinned(first));
        }
    }
}

/// Without it, only what the guard's thread does next may say that the guard was there before the retirement.
#[test]
fn a_guard_needs_its_fence() {
    let source = include_str!("../../src/reclaim/ghost.rs");
    let line =
        1 + source.lines().position(|line| line.contains("step: ghost.pin.fence")).expect("it is there");
    let weakening = format!("src/reclaim/ghost.rs:{line}:9=Relaxed");
    for environment in [&[][..], &[("SELVEDGE_WEAKEN", weakening.as_str())]] {
        let (held, said) = child("guards::pinned_without_a_fence", environment);
        assert!(held, "{environment:?}: {said}");
    }
}

/// A reader has a guard of one strategy, and maybe one of another; the node is retired with the other.
fn two_strategies(right: bool) {
    let (one, other) = (Ghost::default(), Ghost::default());
    let head = &AtomicPtr::new(heap::alloc(7_u64));
    thread::scope(|scope| {
        scope.spawn(|| {
            let _wrong = one.pin();
            let _right = right.then(|| other.pin());
            let node = head.load(Ordering::Acquire);
            if !node.is_null() {
                // SAFETY: guarded, or else the explorer says so.
                unsafe { heap::get(node) };
            }
        });
        let guard = other.pin();
        // SAFETY: unlinked by this thread, once.
        unsafe { guard.retire(head.swap(ptr::null_mut(), Ordering::AcqRel)) };
    });
}

#[test]
fn a_guard_of_another_strategy_protects_nothing() {
    for memory in BOTH {
        assert_eq!(outcomes(memory, || two_strategies(true)), [()]);
        fails(memory, &["use after free", "there was no guard"], || two_strategies(false));
    }
}
