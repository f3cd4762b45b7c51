//! Bounded queues in a ring of slots: first in, first out, many producers, many consumers.
//!
//! [`Ring`] is Vyukov's queue. The lesson's name and signatures are [`LockFreeRingBuffer`]. [`HelpingRing`] does the same
//! without ever waiting for another thread, and for more work: its chapter is [`helping`]. This one is about [`Ring`].
//!
//! # Protocol
//! `tail` counts all pushes and `head` all pops, for ever and unmasked: they are *positions*. Position `p` uses
//! slot `p mod capacity`, and each slot has a stamp that says which position it is ready for:
//!
//! ```text
//!              producer of p:                        consumer of p:
//!              claim: tail p -> p+1                  claim: head p -> p+1
//!              write the cell                        read the cell
//!              stamp := 2p+1                         stamp := 2(p+capacity)
//!
//!   stamp 2p ────────────────────────▶ 2p+1 ────────────────────────▶ 2(p+capacity)
//!   free for p                         holds the element of p         free for the next lap
//! ```
//!
//! The parity tells the two kinds apart, so a capacity of one is as good as any (with `p` and `p+1` for stamps,
//! as is often seen, "full of p" and "free for p+1" would be one number).
//!
//! # Invariants
//! 1. `head <= tail <= head + capacity`.
//! 2. The cell of a slot is used by one thread at a time: with stamp `2p` by the claimer of push `p`, with stamp
//!    `2p+1` by the claimer of pop `p`.
//! 3. A slot that is free for position `p` stays so until `tail` passes `p`; one that holds the element of
//!    `p` stays so until `head` passes `p`. So a batch can look at many slots and then claim them at once.
//!
//! # Full and empty are never lies
//! A push that finds its slot not free yet does not know why: the ring is full, or the slot's last consumer has
//! claimed and is still reading. It looks at `head`: the ring is full if and only if `head + capacity` is its
//! position. Otherwise *it waits for that consumer*, since neither "full" nor success would be true. Pops
//! wait for a producer that has claimed and is still writing, likewise. (The lesson's ring lies in both: RB6, RB7.)
//!
//! # Linearization points
//! A push, a pop, a batch: the claim. "Full": the load of `head`. "Empty" and "closed": the load of `tail`.
//! `len`: the load of `head` between two loads of `tail` that agree. `close`: the change of `tail`.
//!
//! # Progress
//! Blocking, and so is every bounded queue of this family, whatever its name says: a thread that is stopped
//! between claim and publication stops all that come to its slot. There is no lock, and threads that do not meet
//! do not wait. `len` is lock-free; `is_full`, `is_empty`, `is_closed`, `capacity` are wait-free. `close`, and whoever
//! wakes others, takes some steps for each that sleeps, and waits for none.
//!
//! # Sleeping
//! `push` on a full ring and `pop` on an empty one sleep. There is no flag beside the counters that both sides
//! would have to look at in the right order: a sleeper sets a bit *in the counter* that the one who can wake it
//! must change, so no claim can miss it, and claims cost nothing more when nobody sleeps. See `wait`; how sleepers are woken without a lock,
//! `sleepers`.
//!
//! # Orderings
//! Elements travel by their stamps: release at publication and release, acquire before the claim. "Full",
//! "empty" and the observers compare two counters, and need more:
//!
//! * Claims release, and a fence stands between the load of the one counter and of the other: who sees a claim
//!   sees what its thread had claimed before. Without it a pop may see another thread's pop, miss that thread's
//!   earlier push, and say "empty" when no order of the three allows it.
//! * The fence is sequentially consistent. Without it one thread may push and then see "full" by an old `head`,
//!   another pop and then see "empty" by an old `tail`, and no order explains both (store buffering).
//!
//! Both were found by plain loom on earlier versions; the models `both_do_both_2x2` and
//! `full_and_empty_cannot_both_lie` keep watch.
//!
//! # Literature
//! D. Vyukov, *Bounded MPMC queue*, 1024cores, 2010.
//! G. Mével and J.-H. Jourdan, *Formal verification of a concurrent bounded queue in a weak memory model*, ICFP
//! 2021: a proof of a queue of this family.

mod batch;
mod claim;
mod error;
pub mod helping;
mod index;
mod iter;
mod lesson;
mod mpmc;
mod sleepers;
mod slot;
mod wait;

pub use crate::capacity::CapacityError;
pub use error::{Closed, PushError, TryPopError, TryPushError};
pub use helping::HelpingRing;
pub use iter::{IntoIter, TryIter};
pub use lesson::LockFreeRingBuffer;
pub use mpmc::Ring;
