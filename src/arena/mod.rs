//! Cells with numbers, for structures whose whole state must fit into one atomic word.
//!
//! A pointer fills a word. A number leaves room in it: for a count that no exchange can mistake. The price is that
//! cells are never given back to the allocator while the arena lives, and that is a virtue too: a number that is
//! out of date leads to a cell, if to the wrong one, and never to freed memory. So no strategy of
//! [reclamation](crate::reclaim) is needed.
//!
//! # Protocol
//! Cells that were given back are a stack: `free` names the topmost, and each cell's `link` the one below. A cell is
//! taken off with an exchange of `free`, put back with another. If there is none, a fresh one is counted off. Cells
//! lie in segments: the first is made with the arena, each further one, made by whoever needs it first, is as large
//! as all before it. If two make the same one, one of them throws his away.
//!
//! ```text
//!   given back ──acquire──▶ owned ──insert─▶ holds a value ──take: moved out, then──▶ given back
//!       fresh ──counted off──▲
//! ```
//!
//! # Invariants
//! 1. A cell has one owner, or is in the list once, or lies in the structure that its owner gave it to.
//! 2. Its value is written and moved out by its owner alone. Its link is atomic: others may look at it late.
//! 3. `free` takes a value that it had before only after `2^(64-INDEX)` changes.
//!
//! # ABA, and when the count comes round
//! Between the load of `free` and the exchange the cell that was seen on top may be taken and given back, with
//! another one below it. The count is what tells: the exchange fails unless the word is the very same. It is
//! fooled only if a thread stands still at this one place while there are exactly `2^(64-INDEX)` changes, or
//! a multiple, and the same cell is on top again. With `INDEX` 24 that is 2^40: three hours of a hundred million
//! changes a second, hit to the very one. With 32 it is 2^32, 43 seconds of it. In models `INDEX` may be so
//! large that one or two bits are left to count with, or none, and then it happens (`models/versioned.rs`).
//!
//! # How many cells
//! A fresh one is taken only when none was free: as many as were ever in use at once, and one more for each thread
//! that saw an empty list and was slow. An owner is a thread in the middle of an operation, so what is in use
//! is what the structure holds and one cell for each such thread.
//!
//! # Progress
//! Lock-free, but for the allocation of a segment, which is the allocator's matter.
//!
//! # Literature
//! IBM System/370 *Principles of Operation*, appendix on multiprogramming (the count beside the head of a list).
//! M. M. Michael, *ABA prevention using single-word instructions*, IBM RC23089, 2004.

mod word;

pub(crate) use word::{Id, Word};

use crate::capacity::CapacityError;
use crate::sync::atomic::{
    AtomicPtr, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use crate::sync::cell::UnsafeCell;
use crate::sync::{Backoff, heap};
use crossbeam_utils::CachePadded;
use std::mem::MaybeUninit;
use std::ptr;

/// Cells beyond what a structure holds, made with the arena: so many threads at once need no further segment. Few in
/// models, which are to see segments made.
const SPARE: usize = if cfg!(any(loom, shuttle)) { 1 } else { 32 };

/// Values in numbered cells.
pub(crate) struct Arena<T, const INDEX: u32> {
    /// The topmost of the cells that were given back.
    free: CachePadded<AtomicU64>,
    /// How many cells were ever counted off.
    fresh: AtomicU64,
    first: Box<[Cell<T>]>,
    /// Each is as large as all before it, with the first one.
    more: Box<[AtomicPtr<Segment<T>>]>,
}

struct Segment<T>(Box<[Cell<T>]>);

struct Cell<T> {
    /// In the list: the number of the cell below. In a structure: as it likes.
    link: AtomicU64,
    value: UnsafeCell<MaybeUninit<T>>,
}

impl<T> Cell<T> {
    fn empty() -> Self {
        Cell { link: AtomicU64::new(0), value: UnsafeCell::new(MaybeUninit::uninit()) }
    }
}

impl<T, const INDEX: u32> Arena<T, INDEX> {
    /// The most values that a structure may promise to hold: half of the cells that can be named, so that there
    /// are more left than an operating system has threads.
    pub const MOST: usize = (Word::<INDEX>::MOST / 2) as usize;

    /// With cells for so many values, made at once, and for some threads that are in the middle of an operation.
    pub fn with_capacity(capacity: usize) -> Result<Self, CapacityError> {
        match capacity {
            0 => Err(CapacityError::Zero),
            _ if capacity > Self::MOST => Err(CapacityError::TooLarge(capacity)),
            _ => Self::with_first(capacity + SPARE, capacity),
        }
    }

    /// With a few cells, and more when they are needed.
    pub fn growing() -> Self {
        Self::with_first(SPARE, SPARE).unwrap_or_else(|error| panic!("{error}"))
    }

    fn with_first(cells: usize, capacity: usize) -> Result<Self, CapacityError> {
        let first = CapacityError::filled(cells, capacity, |_| Cell::empty())?;
        let segments = (Word::<INDEX>::MOST as usize / cells).checked_ilog2().map_or(0, |most| most + 1);
        Ok(Arena {
            free: CachePadded::new(AtomicU64::new(Word::<INDEX>::NONE.0)),
            fresh: AtomicU64::new(0),
            first,
            more: (0..segments).map(|_| AtomicPtr::new(ptr::null_mut())).collect(),
        })
    }

    /// Where cell number `n`, counted from 0 and not in the first segment, lies: which segment, and where in it.
    fn place(&self, n: usize) -> (usize, usize) {
        let segment = (n / self.first.len()).ilog2();
        (segment as usize, n - (self.first.len() << segment))
    }

    fn cell(&self, id: Id) -> &Cell<T> {
        let n = id.get() as usize - 1;
        if let Some(cell) = self.first.get(n) {
            return cell;
        }
        let (segment, offset) = self.place(n);
        // Relaxed: a number is passed on by release and acquire only, and who counted it off knew its segment.
        let segment = self.more[segment].load(Relaxed); // step: arena.cell.segment_load
        // SAFETY: made before the number was given out, and freed with the arena.
        &unsafe { heap::get(segment) }.0[offset]
    }

    /// The word of a cell that the structure may use as it likes, from [`insert`](Self::insert) to
    /// [`take`](Self::take). Who looks at it late may find there what another owner, or this arena, wrote.
    pub fn link(&self, id: Id) -> &AtomicU64 {
        &self.cell(id).link
    }

    /// Puts `value` into a cell, which belongs to the caller. Aborts when memory is exhausted, as `Box::new` does.
    pub fn insert(&self, value: T) -> Id {
        let id = self.acquire();
        // SAFETY: ours alone (invariants 1 and 2).
        self.cell(id).value.with_mut(|cell| unsafe { (*cell).write(value) }); // step: arena.insert.write
        id
    }

    /// Moves the value out of a cell, and gives the cell back.
    ///
    /// # Safety
    /// 1. `id` came from [`insert`](Self::insert), which happened before, and was not taken since.
    /// 2. It belongs to the caller.
    pub unsafe fn take(&self, id: Id) -> T {
        // SAFETY: written by `insert` and not moved out since: the caller's #1. Ours alone: #2.
        let value = self.cell(id).value.with(|cell| unsafe { (*cell).assume_init_read() }); // step: arena.take.read
        // Not before: the next owner may write at once.
        self.release(id);
        value
    }

    fn acquire(&self) -> Id {
        let mut backoff = Backoff::new();
        // Acquire: pairs with `arena.release.publish` of each cell of the list, as every change of `free` is a
        // read-modify-write: the link is seen, and the last owner's read of the value comes before our write.
        let mut top = Word::<INDEX>(self.free.load(Acquire)); // step: arena.acquire.top_load
        while let Some(id) = top.id() {
            // Relaxed: what was linked before is seen; if it is something newer, the exchange fails.
            let below = self.cell(id).link.load(Relaxed); // step: arena.acquire.link_load
            let next = top.then(Id::new(below as u32));
            // Relaxed on success: acquired by the load that read `top`. Acquire on failure: as that load.
            // step: arena.acquire.unlink
            match self.free.compare_exchange_weak(top.0, next.0, Relaxed, Acquire) {
                Ok(_) => return id,
                Err(now) => top = Word(now),
            }
            backoff.lost();
        }
        self.count_off()
    }

    fn release(&self, id: Id) {
        let mut backoff = Backoff::new();
        // Relaxed: the cell below is named and not used.
        let mut top = Word::<INDEX>(self.free.load(Relaxed)); // step: arena.release.top_load
        loop {
            let below = u64::from(top.id().map_or(0, Id::get));
            // Release: who looks late at the link of a cell that has left the structure learns that it has.
            self.cell(id).link.store(below, Release); // step: arena.release.link
            // Release: pairs with `arena.acquire.top_load`; the link, and our read of the value.
            // step: arena.release.publish
            match self.free.compare_exchange_weak(top.0, top.then(Some(id)).0, Release, Relaxed) {
                Ok(_) => return,
                Err(now) => top = Word(now),
            }
            backoff.lost();
        }
    }

    /// A cell that nobody has had before.
    fn count_off(&self) -> Id {
        // Relaxed: each number is given to one, and nothing else is told by it.
        let n = self.fresh.fetch_add(1, Relaxed); // step: arena.fresh.count
        assert!(n < u64::from(Word::<INDEX>::MOST), "more threads at once than there are numbers to spare");
        if n >= self.first.len() as u64 {
            self.make_segment(self.place(n as usize).0);
        }
        Id::new(n as u32 + 1).expect("counted from 1")
    }

    /// Makes this segment, unless somebody has made it.
    fn make_segment(&self, segment: usize) {
        let place = &self.more[segment];
        // Acquire: pairs with `arena.fresh.publish`; the cells are seen.
        let known = place.load(Acquire); // step: arena.fresh.segment_load
        if !known.is_null() {
            return;
        }
        let cells = self.first.len() << segment;
        let made = heap::alloc(Segment((0..cells).map(|_| Cell::empty()).collect()));
        // Release: publishes the cells. Acquire on failure: as the load.
        // step: arena.fresh.publish
        if place.compare_exchange(ptr::null_mut(), made, Release, Acquire).is_err() {
            // SAFETY: from `alloc` above, and never shown to anybody.
            unsafe { heap::free(made) };
        }
    }
}

impl<T, const INDEX: u32> Drop for Arena<T, INDEX> {
    /// Frees the cells. Values are the structure's to take out before.
    fn drop(&mut self) {
        for place in &self.more {
            let segment = place.load(Relaxed); // step: arena.drop.segment_load -- `&mut self`: nobody else is here
            if !segment.is_null() {
                // SAFETY: published once, and nobody else is here.
                unsafe { heap::free(segment) };
            }
        }
    }
}

// SAFETY: values go from thread to thread by move, each cell used by its owner alone (invariant 2).
unsafe impl<T: Send, const INDEX: u32> Send for Arena<T, INDEX> {}
// SAFETY: as above. No `&T` is ever lent.
unsafe impl<T: Send, const INDEX: u32> Sync for Arena<T, INDEX> {}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use crate::sync::thread;

    const THREADS: u64 = 8;

    /// Threads that have a cell now and then, each one at a time, while the structure holds `held`.
    fn ever_counted_off(held: u64) -> u64 {
        let arena = Arena::<u64, 24>::growing();
        let kept: Vec<Id> = (0..held).map(|n| arena.insert(n)).collect();
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for n in 0..20_000 {
                        let id = arena.insert(n);
                        // SAFETY: from `insert`, which gave it to us alone.
                        assert_eq!(unsafe { arena.take(id) }, n);
                    }
                });
            }
        });
        for (n, id) in (0..held).zip(kept) {
            // SAFETY: as above.
            assert_eq!(unsafe { arena.take(id) }, n);
        }
        arena.fresh.load(Relaxed) // step: arena.fresh.told -- all threads are gone
    }

    /// One for each value that is held, and one for each thread, however often it comes (see the head of the chapter). That
    /// those which are held count shows that it is counted.
    #[test]
    fn there_are_no_more_cells_than_values_and_threads() {
        for held in [0, 1, 100, 1_000] {
            let cells = ever_counted_off(held);
            assert!((held + 1..=held + THREADS).contains(&cells), "{cells} cells for {held} values");
        }
    }
}
