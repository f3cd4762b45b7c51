//! The plain build: `std` itself. Nothing here may cost an instruction.

pub use std::sync::{Arc, Condvar, Mutex, MutexGuard, WaitTimeoutResult};

/// Atomics and fences: `std::sync::atomic`.
pub mod atomic {
    pub use super::super::asymmetric::{heavy_fence, light_fence};
    pub use std::sync::atomic::{
        AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16,
        AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
    };
}

/// Threads: `std::thread`.
pub mod thread {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    pub use std::thread::{
        Builder, JoinHandle, Scope, ScopedJoinHandle, Thread, ThreadId, current, park, park_timeout, scope,
        spawn, yield_now,
    };

    thread_local! {
        /// 0: not counted yet. Without a destructor, so it costs a load, and can be asked for at any time.
        static NUMBER: Cell<usize> = const { Cell::new(0) };
    }

    #[cold]
    fn count() -> usize {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        let number = THREADS.fetch_add(1, Relaxed).wrapping_add(1);
        NUMBER.set(number);
        number
    }

    /// A number that other threads of this time do not have, small if there were few: a hint where to begin to look, so
    /// that threads seldom meet. Nothing but speed may depend on it.
    #[inline]
    #[must_use]
    pub fn number() -> usize {
        match NUMBER.get() {
            0 => count(),
            number => number,
        }
    }
}

/// Hints to the processor: `std::hint`.
pub mod hint {
    pub use std::hint::spin_loop;
}

/// The clock: `std::time`.
pub mod time {
    pub use std::time::{Duration, Instant};
}

/// Memory that the compiler does not guard, behind accesses that an engine can see.
pub mod cell {
    /// `std::cell::UnsafeCell`, with its content handed to a closure.
    ///
    /// The closure form is what lets a model build see where each access begins and ends.
    #[derive(Debug, Default)]
    #[repr(transparent)]
    pub struct UnsafeCell<T: ?Sized>(std::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        /// A cell that holds `value`.
        #[inline(always)]
        pub const fn new(value: T) -> Self {
            Self(std::cell::UnsafeCell::new(value))
        }

        /// The content.
        #[inline(always)]
        pub fn into_inner(self) -> T {
            self.0.into_inner()
        }
    }

    impl<T: ?Sized> UnsafeCell<T> {
        /// Reads: calls `f` with a pointer that may be read while `f` runs, provided nobody writes meanwhile.
        #[inline(always)]
        pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
            f(self.0.get())
        }

        /// Writes: calls `f` with a pointer that may be written while `f` runs, provided nobody else uses it.
        #[inline(always)]
        pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            f(self.0.get())
        }

        /// The content, of which `&mut self` is the only user.
        #[inline(always)]
        pub fn get_mut(&mut self) -> &mut T {
            self.0.get_mut()
        }
    }
}

/// Shared nodes: boxes whose life and death an engine can see.
pub mod heap {
    use std::alloc::{Layout, handle_alloc_error};

    /// A byte, for what has no size: each node has an address of its own, by which hazards know it.
    fn a_byte<T>() -> Layout {
        Layout::from_size_align(1, align_of::<T>()).expect("an alignment that there is")
    }

    /// Allocates a node that holds `value`, at an address that no other node has. Aborts when memory is exhausted, as
    /// `Box::new` does.
    #[inline(always)]
    pub fn alloc<T>(value: T) -> *mut T {
        if size_of::<T>() > 0 {
            return Box::into_raw(Box::new(value));
        }
        let layout = a_byte::<T>();
        // SAFETY: the layout has a size.
        let node = unsafe { std::alloc::alloc(layout) }.cast::<T>();
        if node.is_null() {
            handle_alloc_error(layout);
        }
        // SAFETY: not null, aligned, and long enough.
        unsafe { node.write(value) };
        node
    }

    struct AByte(*mut u8, Layout);

    impl Drop for AByte {
        fn drop(&mut self) {
            // SAFETY: `free` gives what `alloc` has got from there, with this layout.
            unsafe { std::alloc::dealloc(self.0, self.1) };
        }
    }

    /// Drops the node's value and gives its memory back.
    ///
    /// # Safety
    /// 1. `node` came from [`alloc`] and was not freed since.
    /// 2. Nobody uses it any more.
    #[inline(always)]
    pub unsafe fn free<T>(node: *mut T) {
        if size_of::<T>() > 0 {
            // SAFETY: `Box::from_raw` wants a box that was taken apart once: our #1; unaliased: our #2.
            return drop(unsafe { Box::from_raw(node) });
        }
        // The memory goes even if the destructor panics, as that of a box.
        let _memory = AByte(node.cast(), a_byte::<T>());
        // SAFETY: initialised: our #1; unaliased: our #2.
        unsafe { node.drop_in_place() };
    }

    /// The node behind `node`. In a model build, the place where use after free is noticed.
    ///
    /// # Safety
    /// 1. `node` came from [`alloc`], and is not freed while the reference lives.
    /// 2. Nobody has a `&mut` to it meanwhile.
    #[inline(always)]
    pub unsafe fn get<'a, T>(node: *const T) -> &'a T {
        // SAFETY: valid and initialised by our #1, unaliased by our #2.
        unsafe { &*node }
    }
}
