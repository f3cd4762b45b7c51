//! A sequence of operations on a stack, on one thread, against the specification. See `fuzz/README.md`.

#![no_main]

#[cfg(shuttle)]
compile_error!("ops_stack runs on std: build it without `--cfg shuttle`");

#[cfg(not(shuttle))]
mod target {
    use libfuzzer_sys::fuzz_target;
    use selvedge::check::{Structure, check_sequence};
    use selvedge::reclaim::{Epoch, Leak};
    use selvedge_fuzz::counted;
    #[cfg(not(feature = "planted"))]
    use selvedge_fuzz::counted::Counted;
    use selvedge_fuzz::owning_stack::Owning;
    use std::marker::PhantomData;

    fn check(structure: &impl Structure, bytes: &[u8]) {
        if let Err(fault) = check_sequence(structure, bytes) {
            panic!("wrong answer: {fault}");
        }
        counted::audit();
    }

    fuzz_target!(|bytes: &[u8]| {
        let Some((strategy, operations)) = bytes.split_first() else { return };
        // Bytes, which can be looked at, and values, which can be lost.
        #[cfg(not(feature = "planted"))]
        {
            check(&selvedge_fuzz::stack::treiber(), operations);
            check(&selvedge_fuzz::elimination::eliminating(1), operations);
            let capacity = 1 + usize::from(strategy / 2 % 8);
            check(&selvedge_fuzz::versioned::bounded::<Counted, 24>(capacity), operations);
        }
        match strategy % 2 {
            0 => check(&Owning::<Epoch>(PhantomData), operations),
            _ => check(&Owning::<Leak>(PhantomData), operations),
        }
        // Retired nodes are freed now, two epochs on, so that each input answers for its own nodes.
        (0..4).for_each(|_| crossbeam_epoch::pin().flush());
    });
}
