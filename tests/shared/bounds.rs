//! Whether a type has a trait, as a value: so that a test can say that it has not.
//!
//! A test file takes this in with `#[path]`.

/// `has!(Type: Trait)`.
///
/// An associated constant of the type itself is found before that of a trait; it is there if the bound holds.
macro_rules! has {
    ($type:ty: $bound:path) => {{
        #[allow(dead_code)]
        struct Probe<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code)]
        trait Otherwise {
            const HAS: bool = false;
        }
        impl<T: ?Sized> Otherwise for Probe<T> {}
        #[allow(dead_code)]
        impl<T: ?Sized + $bound> Probe<T> {
            const HAS: bool = true;
        }
        <Probe<$type>>::HAS
    }};
}

#[test]
fn bounds_are_told_apart() {
    assert!(
        has!(u8: Send) && has!(std::cell::Cell<u8>: Send) && has!(std::sync::MutexGuard<'static, u8>: Sync)
    );
    assert!(!has!(std::rc::Rc<u8>: Send) && !has!(std::cell::Cell<u8>: Sync));
    assert!(!has!(std::sync::MutexGuard<'static, u8>: Send));
}
