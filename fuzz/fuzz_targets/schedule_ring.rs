//! A scenario for a ring, and the schedule of its threads. See `fuzz/README.md`.

#![no_main]

#[cfg(not(shuttle))]
compile_error!(
    "schedule_ring runs on shuttle: RUSTFLAGS=\"--cfg shuttle\" cargo +nightly fuzz run -s none schedule_ring"
);

#[cfg(shuttle)]
mod target {
    use libfuzzer_sys::fuzz_target;
    use selvedge::check::{Shape, Structure, fuzz_schedule};

    #[cfg(not(feature = "planted"))]
    fn ring(capacity: usize) -> impl Structure {
        selvedge_fuzz::ring::bounded::<u8>(capacity)
    }

    #[cfg(feature = "planted")]
    fn ring(capacity: usize) -> impl Structure {
        use selvedge_fuzz::planted::{Bug, bug, ring::planted};
        planted::<u8>(capacity, bug(Bug::Unwritten))
    }

    fuzz_target!(|bytes: &[u8]| {
        let Some((size, rest)) = bytes.split_first() else { return };
        let capacity = 1 + usize::from(size % 4);
        let threads = 2 + usize::from(size / 4 % 2);
        let shape = Shape { before: 2, threads, operations: 3, after: 2 };
        #[cfg(not(feature = "planted"))]
        if size / 8 % 2 == 1 {
            return fuzz_schedule(selvedge_fuzz::ring::helping::<u8, 24>(capacity, 1), rest, shape);
        }
        fuzz_schedule(ring(capacity), rest, shape);
    });
}
