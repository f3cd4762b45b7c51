//! Emptying what owns values, whatever their destructors do.

/// Drops all that `next` gives, until it gives nothing more.
///
/// When a destructor panics, the rest is dropped all the same, and then the panic goes on. (A second panic meanwhile
/// ends the process, as it does everywhere.)
// Never inlined, and called only where there is something: a value may be larger than the stack. Then there is none, and no
// frame must hold one.
#[inline(never)]
pub(crate) fn exhaust<T>(mut next: impl FnMut() -> Option<T>) {
    struct Rest<F: FnMut() -> bool>(F);
    impl<F: FnMut() -> bool> Drop for Rest<F> {
        fn drop(&mut self) {
            while (self.0)() {}
        }
    }
    let mut rest = Rest(|| next().is_some());
    while (rest.0)() {}
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::exhaust;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    struct Counted<'a>(&'a std::cell::Cell<u32>, bool);

    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
            assert!(!self.1, "a bad destructor");
        }
    }

    #[test]
    fn all_are_dropped_once_even_if_one_panics() {
        for bad in [None, Some(0), Some(2), Some(4)] {
            let drops = std::cell::Cell::new(0);
            let mut values = (0..5).map(|n| Counted(&drops, Some(n) == bad));
            let panicked = catch_unwind(AssertUnwindSafe(|| exhaust(|| values.next()))).is_err();
            assert_eq!((panicked, drops.get()), (bad.is_some(), 5));
        }
    }
}
