//! What the compiler must refuse, and that it refuses for the right reason: `tests/ui`.
//!
//! `tests/ui/right.rs` does the same things as they are meant: it compiles, as part of this file, so the others
//! fail for what is wrong in them and for nothing else.
#![cfg(not(any(loom, shuttle)))]

#[path = "ui/right.rs"]
mod right;

#[test]
fn what_is_right_compiles() {
    right::main();
}

#[test]
fn the_compiler_refuses_what_is_unsound() {
    trybuild::TestCases::new().compile_fail("tests/ui/wrong_*.rs");
}
