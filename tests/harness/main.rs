//! The harness, checked: what it says of the right and of the wrong.

mod budget;
#[path = "../shared/child.rs"]
mod child;
#[cfg(shuttle)]
mod explorer;
mod measuring;
mod models;
#[cfg(not(any(loom, shuttle)))]
mod real;
mod reports;
mod scenarios;
mod specs;

/// The text of a panic in `f`.
#[track_caller]
fn panic_of(f: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).expect_err("a panic");
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string())).expect("a panic with a text")
}
