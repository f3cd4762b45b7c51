//! A scenario for a stack, and the schedule of its threads. See `fuzz/README.md`.

#![no_main]

#[cfg(not(shuttle))]
compile_error!(
    "schedule_stack runs on shuttle: RUSTFLAGS=\"--cfg shuttle\" cargo +nightly fuzz run -s none schedule_stack"
);

#[cfg(shuttle)]
mod target {
    use libfuzzer_sys::fuzz_target;
    use selvedge::check::{Shape, fuzz_schedule};

    #[cfg(not(feature = "planted"))]
    fn run(which: u8, operations: &[u8], shape: Shape) {
        use selvedge_fuzz::{elimination::eliminating, stack::treiber, versioned::bounded};
        match which % 4 {
            0 => fuzz_schedule(treiber(), operations, shape),
            1 => fuzz_schedule(eliminating(1), operations, shape),
            capacity => fuzz_schedule(bounded::<u8, 24>(usize::from(capacity) - 1), operations, shape),
        }
    }

    /// A versioned stack without versions, and with them.
    #[cfg(feature = "planted")]
    fn run(_: u8, operations: &[u8], shape: Shape) {
        use selvedge_fuzz::planted::{Bug, bug};
        use selvedge_fuzz::versioned::bounded;
        match bug(Bug::Narrow) {
            Bug::Narrow => fuzz_schedule(bounded::<u8, 64>(3), operations, shape),
            _ => fuzz_schedule(bounded::<u8, 24>(3), operations, shape),
        }
    }

    fuzz_target!(|bytes: &[u8]| {
        let Some((which, rest)) = bytes.split_first() else { return };
        let threads = 2 + usize::from(which / 4 % 2);
        run(*which, rest, Shape { before: 3, threads, operations: 3, after: 2 });
    });
}
