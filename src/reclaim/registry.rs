//! Who protects what: the bookkeeping that hazards and epochs share.
//!
//! # Protocol
//! A list of blocks that only grows. A block has *places*. Whoever protects something claims a place, by an exchange of
//! its *mark* from null to what it says there, and gives it back by a store of null. Beside the mark lies what is the
//! claimer's meanwhile: nothing under hazards, a bag of nodes under epochs. What else a block has belongs to nobody:
//! under hazards, slots where nodes wait.
//!
//! # Invariants
//! 1. A mark that is not null is one claimer's, from its exchange until its store of null; what is beside it, too.
//! 2. A block is initialised before it is linked, and is freed with the registry.
//!
//! # Nothing belongs to a thread
//! A place belongs to the shield or guard that claimed it. So a thread that ends leaves nothing behind that others could
//! not have, and one that is stopped for ever keeps its places. The number of a thread says where it begins to look
//! (`thread::number`), no more.
//!
//! # Progress
//! Lock-free. A claim fails on a mark because somebody else has claimed it; on all of them, and it brings its own block,
//! unless somebody has brought one first.
//!
//! # Literature
//! M. M. Michael, *Hazard pointers*, IEEE TPDS 15(6), 2004, section 3: the list of records that only grows.

use super::domain::{Broken, Domain, is_broken};
use crate::exhaust::exhaust;
use crate::sync::atomic::{
    AtomicPtr,
    Ordering::{Acquire, Relaxed, Release},
};
use crate::sync::{heap, thread};
use crossbeam_utils::CachePadded;
use std::marker::PhantomData;
use std::{array, ptr};

/// What a claimer protects, or null if nobody has claimed it.
pub(super) type Mark = AtomicPtr<()>;

/// A mark, and what its claimer has beside it.
#[derive(Default)]
pub(super) struct Place<T> {
    pub mark: Mark,
    pub beside: T,
}

/// A link of the list: null, or a block.
type Link<T, S, const PLACES: usize> = AtomicPtr<Block<T, S, PLACES>>;

struct Block<T, S, const PLACES: usize> {
    places: [CachePadded<Place<T>>; PLACES],
    shared: S,
    next: Link<T, S, PLACES>,
}

/// `T` is beside each mark, `S` in each block.
pub(super) struct Registry<D, T, S, const PLACES: usize> {
    first: Link<T, S, PLACES>,
    domain: PhantomData<fn() -> D>,
}

/// The numbers below `count`, from that on at which this thread begins.
pub(super) fn round(count: usize) -> impl Iterator<Item = usize> {
    let begin = thread::number();
    (0..count).map(move |nth| (begin + nth) % count)
}

impl<D: Domain, T: Default, S: Default, const PLACES: usize> Registry<D, T, S, PLACES> {
    const NOT_EMPTY: () = assert!(PLACES > 0, "a block has a place at least");

    pub(super) fn new() -> Self {
        let () = Self::NOT_EMPTY;
        Registry { first: AtomicPtr::new(ptr::null_mut()), domain: PhantomData }
    }

    fn follow<'r>(&'r self, link: &'r Link<T, S, PLACES>) -> Option<&'r Block<T, S, PLACES>> {
        // Acquire: pairs with `registry.grow.link`; the block is initialised.
        let block = link.load(Acquire); // step: registry.follow.link
        // SAFETY: blocks are freed by `drop` alone, which our `&self` precedes.
        (!block.is_null()).then(|| unsafe { heap::get(block) })
    }

    fn blocks(&self) -> impl Iterator<Item = &Block<T, S, PLACES>> {
        let mut link = &self.first;
        std::iter::from_fn(move || {
            let block = self.follow(link)?;
            link = &block.next;
            Some(block)
        })
    }

    /// All places.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place<T>> {
        self.blocks().flat_map(|block| block.places.iter().map(|place| &**place))
    }

    /// What each block has besides its places.
    pub(super) fn shared(&self) -> impl Iterator<Item = &S> {
        self.blocks().map(|block| &block.shared)
    }

    /// Links a new block here, with what `shared` makes in it, if this is the end: the block. Its first place is claimed
    /// unless `claimed` is null.
    // `shared` makes what is large where it stays, and not on the way there: a block is a kilobyte, and under loom ten.
    fn grow(link: &Link<T, S, PLACES>, claimed: *mut (), shared: fn() -> S) -> Option<&Block<T, S, PLACES>> {
        let place = |nth| {
            let mark = Mark::new(if nth == 0 { claimed } else { ptr::null_mut() });
            CachePadded::new(Place { mark, beside: T::default() })
        };
        let next = AtomicPtr::new(ptr::null_mut());
        let new = heap::alloc(Block { places: array::from_fn(place), shared: shared(), next });
        // Release: the block's content, to `registry.follow.link`. Relaxed, if another was first: its block is looked at
        // from the beginning.
        // step: registry.grow.link
        match link.compare_exchange(ptr::null_mut(), new, Release, Relaxed) {
            // SAFETY: ours, and linked: freed by `drop` alone.
            Ok(_) => Some(unsafe { heap::get(new) }),
            Err(_) => {
                // SAFETY: ours, and not linked.
                unsafe { heap::free(new) };
                None
            }
        }
    }

    /// Brings a block with what `shared` makes in it, unless there are more than `blocks` already: what is in it.
    pub(super) fn bring(&self, blocks: usize, shared: fn() -> S) -> Option<&S> {
        let last = blocks.checked_sub(1).and_then(|last| self.blocks().nth(last));
        let link = last.map_or(&self.first, |last| &last.next);
        Self::grow(link, ptr::null_mut(), shared).map(|block| &block.shared)
    }

    /// A place that is the caller's until null is stored in its mark. The mark holds `value`, which is not null.
    pub(super) fn claim(&self, value: *mut ()) -> &Place<T> {
        loop {
            let mut end = &self.first;
            for block in self.blocks() {
                let free =
                    round(PLACES).map(|nth| &*block.places[nth]).find(|place| Self::hold(place, value));
                if let Some(place) = free {
                    return place;
                }
                end = &block.next;
            }
            if let Some(block) = Self::grow(end, value, S::default) {
                return &block.places[0];
            }
        }
    }

    /// Claims this place, unless somebody has.
    pub(super) fn hold(place: &Place<T>, value: *mut ()) -> bool {
        // Relaxed: the exchange decides.
        let seen = place.mark.load(Relaxed); // step: registry.claim.look
        if !seen.is_null() {
            return false;
        }
        if is_broken::<D>(Broken::ClaimedTwice) {
            place.mark.store(value, Release); // step: registry.claim.broken
            return true;
        }
        // Acquire: pairs with the store that gave the mark back. Who reads what we store here later must know what the
        // claimer before us has done with its node; and what is beside the mark is ours to use. (For the former a fence
        // that follows does the same; a light fence may be none.)
        // step: registry.claim.hold
        place.mark.compare_exchange(ptr::null_mut(), value, Acquire, Relaxed).is_ok()
    }

    /// What is in the marks now.
    pub(super) fn marks(&self) -> impl Iterator<Item = *mut ()> {
        let skipped = usize::from(is_broken::<D>(Broken::SkipsOne));
        self.blocks().flat_map(move |block| block.places[skipped..].iter()).filter_map(|place| {
            // Acquire: pairs with the stores that end a protection; what was done under it happens before the free.
            let value = place.mark.load(Acquire); // step: registry.marks.load
            (!value.is_null()).then_some(value)
        })
    }
}

impl<D, T, S, const PLACES: usize> Drop for Registry<D, T, S, PLACES> {
    /// Frees the blocks, and what waits in them.
    fn drop(&mut self) {
        // Relaxed, both: `&mut self` orders us after everybody else.
        let mut next = self.first.load(Relaxed); // step: registry.drop.first
        exhaust(|| {
            let block = (!next.is_null()).then_some(next)?;
            // SAFETY: linked, and nobody else is here.
            next = unsafe { heap::get(block) }.next.load(Relaxed); // step: registry.drop.next
            // SAFETY: it is linked once, so it is met once.
            unsafe { heap::free(block) };
            Some(())
        });
    }
}
