//! A sequence of operations on a ring, on one thread, against the specification. See `fuzz/README.md`.

#![no_main]

#[cfg(shuttle)]
compile_error!("ops_ring runs on std: build it without `--cfg shuttle`");

#[cfg(not(shuttle))]
mod target {
    use libfuzzer_sys::fuzz_target;
    use selvedge::check::{Structure, check_sequence};
    use selvedge_fuzz::counted::{self, Counted};

    #[cfg(not(feature = "planted"))]
    fn ring(capacity: usize) -> impl Structure {
        selvedge_fuzz::ring::bounded::<Counted>(capacity)
    }

    #[cfg(feature = "planted")]
    fn ring(capacity: usize) -> impl Structure {
        use selvedge_fuzz::planted::{Bug, bug, ring::planted};
        planted::<Counted>(capacity, bug(Bug::Lost))
    }

    fn check(structure: &impl Structure, operations: &[u8]) {
        if let Err(fault) = check_sequence(structure, operations) {
            panic!("wrong answer: {fault}");
        }
        counted::audit();
    }

    fuzz_target!(|bytes: &[u8]| {
        let Some((capacity, operations)) = bytes.split_first() else { return };
        let capacity = 1 + usize::from(capacity % 8);
        check(&ring(capacity), operations);
        #[cfg(not(feature = "planted"))]
        check(&selvedge_fuzz::ring::helping::<Counted, 24>(capacity, usize::MAX), operations);
    });
}
