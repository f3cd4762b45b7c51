//! Values that are larger than the stack of the thread that drops a structure: where there is none, none is needed room for.
#![cfg(not(any(loom, shuttle)))]

use selvedge::ring::{HelpingRing, Ring};
use selvedge::stack::{EliminationStack, TreiberStack, VersionedStack};
use std::thread;

type Large = [u8; 1 << 20];

/// Makes it where there is room for it, and drops it where there is none.
fn dropped_in_little_room<S: Send + 'static>(make: impl FnOnce() -> S + Send + 'static) {
    let of_size = |stack| thread::Builder::new().stack_size(stack);
    let made = of_size(64 << 20).spawn(make).expect("a thread").join().expect("no panic");
    of_size(1 << 18).spawn(move || drop(made)).expect("a thread").join().expect("no panic");
}

#[test]
fn a_structure_without_any_is_dropped() {
    dropped_in_little_room(|| Ring::<Large>::with_capacity(1).expect("enough memory"));
    dropped_in_little_room(|| HelpingRing::<Large>::with_capacity(1).expect("enough memory"));
    dropped_in_little_room(|| VersionedStack::<Large>::with_capacity(1).expect("enough memory"));
    dropped_in_little_room(TreiberStack::<Large>::new);
    dropped_in_little_room(EliminationStack::<Large>::new);
}

#[test]
fn a_look_at_nothing_is_dropped() {
    static STACK: TreiberStack<Large> = TreiberStack::new();
    dropped_in_little_room(|| STACK.pop_all());
}
