//! Threads that sleep until the other side makes progress, woken without a lock.
//!
//! # Protocol
//! A list, newest first. Whoever is going to sleep adds a node of its own, *then* announces itself where a waker cannot miss
//! it (what that means is the ring's matter, see [`wait`](super::wait)), and parks until its node says that it was woken.
//! Whoever wakes takes the whole list, by one exchange of its first link for null, and wakes all that are in it. They
//! look again, and those that find nothing sleep again.
//!
//! Who finds out, when it wants to announce itself, that it need not sleep, is in the list already. It leaves by waking all.
//!
//! # Invariants
//! 1. A node is freed by its sleeper, after it was told that it is woken. Whoever tells it does not use the node any more.
//! 2. A node is in the list, or in the hands of one waker, until it is told so.
//!
//! # No wake-up is lost
//! Changes of the list are in one order. A sleeper that joins after a waker has taken the list sees all that this waker did
//! before, so it finds out, as it announces itself, that it need not sleep. A sleeper that has joined before is taken, by
//! this waker or by an earlier one.
//!
//! # Progress
//! Adding is lock-free. Waking is an exchange, and some steps for each sleeper: wherever a sleeper stops, it holds up nobody.
//! A *waker* that stops may leave others asleep: to sleep is to wait for it.
//!
//! # Links are addresses
//! A node that was freed may come back at its address while somebody is adding another one that links to it. The exchange
//! then links to the node that lies there now, which is in the list, as it should. But the pointer in the link is of the
//! former node (its *provenance* is), and must not be used for the latter. So the pointer of each node is exposed, and what
//! is read out of a link counts as an address only.
//!
//! # Literature
//! R. K. Treiber, *Systems programming: coping with parallelism*, IBM RJ 5118, 1986: the list. It is taken as a whole, so the
//! problem with a `pop` of such lists (ABA) is not there.

use crate::sync::atomic::{
    AtomicBool, AtomicPtr,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use crate::sync::{heap, thread};
use std::ptr;

struct Sleeper {
    thread: thread::Thread,
    next: AtomicPtr<Sleeper>,
    woken: AtomicBool,
}

/// Threads that sleep until the other side makes progress.
#[derive(Debug, Default)]
pub(super) struct Sleepers {
    first: AtomicPtr<Sleeper>,
}

impl Sleepers {
    /// Sleeps until the next wake-up, if `announce` says that one will come.
    pub(super) fn sleep(&self, announce: impl FnOnce() -> bool) {
        let (next, woken) = (AtomicPtr::default(), AtomicBool::new(false));
        let node = heap::alloc(Sleeper { thread: thread::current(), next, woken });
        // SAFETY: ours to free, at the end.
        let sleeper = unsafe { heap::get(node) };
        self.add(sleeper, node);
        if !announce() {
            self.wake();
        }
        // Acquire: pairs with `sleepers.wake.tell`; the waker has read our node, and we see what it has changed.
        // step: sleepers.sleep.woken
        while !sleeper.woken.load(Acquire) {
            thread::park();
        }
        // SAFETY: invariant 1; allocated above.
        unsafe { heap::free(node) };
    }

    fn add(&self, sleeper: &Sleeper, node: *mut Sleeper) {
        node.expose_provenance();
        // Relaxed: the exchange decides.
        let mut first = self.first.load(Relaxed); // step: sleepers.add.load
        loop {
            // Relaxed: published by the exchange.
            sleeper.next.store(first, Relaxed); // step: sleepers.add.next
            // Release: our node, to `sleepers.wake.take`. Acquire: pairs with that too; a waker that was here before us has a
            // reason, which we see as we announce ourselves.
            // step: sleepers.add.link
            match self.first.compare_exchange_weak(first, node, AcqRel, Relaxed) {
                Ok(_) => return,
                Err(now) => first = now,
            }
        }
    }

    /// Wakes all that sleep.
    pub(super) fn wake(&self) {
        // Acquire: pairs with `sleepers.add.link`, for the nodes. Release: with that too, for why we wake.
        let mut next = self.first.swap(ptr::null_mut(), AcqRel); // step: sleepers.wake.take
        while !next.is_null() {
            let node = ptr::with_exposed_provenance_mut::<Sleeper>(next.addr());
            // SAFETY: invariants 1 and 2: it was in the list, so it is not freed before we tell it.
            let sleeper = unsafe { heap::get(node) };
            // Relaxed: acquired with the list.
            next = sleeper.next.load(Relaxed); // step: sleepers.wake.next
            let thread = sleeper.thread.clone();
            // Release: pairs with `sleepers.sleep.woken`; we have done with the node.
            sleeper.woken.store(true, Release); // step: sleepers.wake.tell
            thread.unpark();
        }
    }
}
