//! The contract between a strategy and those who use it. Its numbers are in the [chapter](super).

use crate::sync::atomic::{AtomicPtr, Ordering};
use crate::sync::{Arc, heap};

/// A strategy: it knows who is reading and what waits to be freed.
///
/// Several structures may share one: `Arc<R>` and `&R` are strategies where `R` is.
///
/// ```
/// # #[cfg(any(loom, shuttle))] fn main() {} // what it does would have to be inside a model
/// # #[cfg(not(any(loom, shuttle)))] fn main() {
/// use selvedge::{reclaim::Hazard, stack::TreiberStack};
///
/// let domain: Hazard = Hazard::default();
/// let (ready, done) = (TreiberStack::with_reclaim(&domain), TreiberStack::with_reclaim(&domain));
/// ready.push(1);
/// done.push(ready.pop().expect("one is ready"));
/// assert_eq!((done.pop(), domain.waiting()), (Some(1), 2));
/// # }
/// ```
/// ```compile_fail,E0597
/// use selvedge::{reclaim::Hazard, stack::TreiberStack};
/// let stack = {
///     let domain: Hazard = Hazard::default();
///     TreiberStack::<u8, _>::with_reclaim(&domain) // the domain goes first
/// };
/// ```
///
/// # Safety
/// An implementation frees a retired node once at most, and not while a [`Shield`] protects it. What happened under
/// that shield happens before the free.
pub unsafe trait Reclaim: Send + Sync {
    /// What shields are made of, and what retires.
    type Guard<'r>: Guard
    where
        Self: 'r;

    /// A guard. Cheap, and may be nested.
    ///
    /// Lock-free, and no better where something is claimed for it: a thread may lose one claim after another to others. It
    /// may allocate then. [`Epoch`](super::Epoch) may run destructors of what others have retired.
    fn pin(&self) -> Self::Guard<'_>;

    /// Frees what waits and is protected by nobody, as far as that can be done at once.
    ///
    /// Never needed: what waits is freed sooner or later by those who retire. It is for moments of calm, as when a
    /// structure has shrunk and nobody will retire for a long time.
    fn flush(&self) {}
}

/// A strategy whose guards keep alive whatever could be reached while they live, not only what a shield holds.
///
/// With it a reader may follow links from a protected node on, and need not protect each node.
///
/// # Safety
/// A node is not freed while a guard lives that is older than its retirement.
pub unsafe trait ProtectsAll: Reclaim {}

/// What a thread has while it uses nodes.
///
/// One that is forgotten ([`std::mem::forget`]) never ends, nor does what it protects: under [`Ebr`](super::Ebr) the epoch
/// stands still, and nothing is freed any more until the domain is dropped; under [`Epoch`](super::Epoch) nothing in the whole
/// process, ever; under [`Hazard`](super::Hazard) a guard keeps nothing, and a shield its one node and its hazard, until
/// the domain is dropped. Nothing else breaks.
///
/// # Safety
/// See [`Reclaim`].
pub unsafe trait Guard {
    /// What protects a node.
    type Shield<'g>: Shield
    where
        Self: 'g;

    /// A shield that protects nothing yet. As many may live at once as there are nodes to protect at once.
    fn shield(&self) -> Self::Shield<'_>;

    /// Frees `node` with `heap::free` once nobody can be reading it.
    ///
    /// # Safety
    /// 1. `node` came from [`heap::alloc`].
    /// 2. It is unlinked (contract #2), and retired once (contract #3).
    /// 3. It may be dropped on any thread, and at any time until the strategy is dropped or, for `Epoch`, even later:
    ///    what `T`'s destructor touches must live that long. A destructor that retires touches the strategy, and so must
    ///    have run before that is dropped.
    unsafe fn retire<T>(&self, node: *mut T);
}

/// Protects one node at a time.
///
/// # Safety
/// Both functions read `source`, with `order` at the least, and return what they read last. A node that was linked there
/// then is not freed before the shield is used again or dropped.
pub unsafe trait Shield {
    /// Reads a pointer that may be dereferenced until the shield is used again or dropped (contract #1).
    ///
    /// It must be that of the node, as it will be retired: hazards are compared bit by bit, so that a pointer with a tag in
    /// its low bits would protect nothing.
    ///
    /// Wait-free if the strategy [`ProtectsAll`], else lock-free: again, if `source` has changed meanwhile.
    #[cfg_attr(any(loom, shuttle), track_caller)]
    fn protect<T>(&mut self, source: &AtomicPtr<T>, order: Ordering) -> *mut T;

    /// The same, for who has just read `seen` there, as by an exchange that failed: where that read was as good as
    /// one by [`protect`](Self::protect), none is made.
    ///
    /// `seen` was read from `source`, with `order` at the least, while the guard lived.
    #[cfg_attr(any(loom, shuttle), track_caller)]
    fn protect_seen<T>(&mut self, source: &AtomicPtr<T>, seen: *mut T, order: Ordering) -> *mut T;

    /// As [`protect`](Self::protect): the node itself, if there is one. While the reference lives, the shield cannot be
    /// used again.
    ///
    /// # Safety
    /// 1. What is linked in `source` came from [`heap::alloc`], and is retired as the contract says, by a guard of the
    ///    strategy of this shield.
    /// 2. Nobody has a `&mut` to it meanwhile, and what was written into it happens before what `order` acquires.
    #[cfg_attr(any(loom, shuttle), track_caller)]
    unsafe fn protect_ref<T>(&mut self, source: &AtomicPtr<T>, order: Ordering) -> Option<&T> {
        let node = self.protect(source, order); // step: shield.protect_ref.load
        // SAFETY: linked when it was protected, and protected while `self` is borrowed (contract #1).
        (!node.is_null()).then(|| unsafe { heap::get(node) })
    }
}

/// A strategy that several structures share, by a pointer that owns it or by one that borrows it.
macro_rules! shared {
    ($($pointer:ty;)*) => { $(
        // SAFETY: each function is that of the shared strategy.
        unsafe impl<R: Reclaim> Reclaim for $pointer {
            type Guard<'r>
                = R::Guard<'r>
            where
                Self: 'r;

            fn pin(&self) -> R::Guard<'_> {
                R::pin(self)
            }

            fn flush(&self) {
                R::flush(self);
            }
        }

        // SAFETY: as above.
        unsafe impl<R: ProtectsAll> ProtectsAll for $pointer {}
    )* };
}

shared! {
    Arc<R>;
    &R;
}
