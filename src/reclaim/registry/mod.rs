//! Who protects what, and what waits to be freed: the bookkeeping that hazards and epochs share.
//!
//! # Protocol
//! A list of blocks that only grows. A block has *marks* and *slots*. Whoever protects something claims a mark, and
//! gives it back; whoever retires a node puts it in an empty slot. If no slot is empty, that thread looks which of the
//! waiting nodes may be freed (a *scan*), frees those, and tries again; if none may, it appends a block.
//!
//! A scan has three parts, in this order: it notes which nodes wait; it gathers evidence, with a sequentially
//! consistent fence before the first read of a mark; and it takes each noted node for which the evidence speaks out of
//! its slot, and frees it. So nothing is freed that was retired after the marks were read. (The proof calls that the
//! batch, and shows what happens without.)
//!
//! # Invariants
//! 1. A mark that is not null is one claimer's, from its exchange until its store of null.
//! 2. A slot's content is used by the thread alone that has made it *held* ([`slot`]).
//! 3. A block is initialised before it is linked, and is freed with the registry.
//!
//! # Nothing belongs to a thread
//! A mark belongs to the shield or guard that claimed it, a waiting node to nobody. So a thread that ends leaves nothing
//! behind that others could not free, and one that is stopped for ever keeps its marks, and the one node that it was
//! putting in or taking out. The number of a thread says where it begins to look (`thread::number`), no more.
//!
//! # Bound
//! At most `SLOTS` nodes wait for each block, and one for each thread that is in the midst of retiring or freeing it.
//! There are more blocks than one only if somebody found all marks taken, or found a node in each slot that could not
//! be freed.
//!
//! # Progress
//! Lock-free. A claim fails on a mark because somebody else has claimed it; on all of them, and it brings its own
//! block. A retirement that finds no empty slot after a scan that freed nodes has lost them to others, who have
//! retired theirs; after a scan that freed none, it brings its own block with the node in it.
//!
//! # Literature
//! M. M. Michael, *Hazard pointers*, IEEE TPDS 15(6), 2004, section 3: the list of records that only grows, the scan.
//! His retired nodes are in lists of the threads; a stopped thread keeps its list.

mod slot;

use super::domain::{Broken, Domain, is_broken};
use super::retired::Retired;
use crate::sync::atomic::{
    AtomicPtr,
    Ordering::{Acquire, Relaxed, Release},
};
use crate::sync::{heap, thread};
use crossbeam_utils::CachePadded;
use slot::{Noted, Slot, Taken};
use std::fmt;
use std::marker::PhantomData;
use std::{array, ptr};

/// What a claimer protects, or null if nobody has claimed it.
pub(super) type Mark = AtomicPtr<()>;

/// A link of the list: null, or a block.
type Link<const MARKS: usize, const SLOTS: usize> = AtomicPtr<Block<MARKS, SLOTS>>;

struct Block<const MARKS: usize, const SLOTS: usize> {
    marks: [CachePadded<Mark>; MARKS],
    slots: [Slot; SLOTS],
    next: Link<MARKS, SLOTS>,
}

pub(super) struct Registry<D, const MARKS: usize, const SLOTS: usize> {
    first: Link<MARKS, SLOTS>,
    domain: PhantomData<fn() -> D>,
}

impl<const MARKS: usize, const SLOTS: usize> Block<MARKS, SLOTS> {
    /// A block with a claimed mark and a waiting node, if there is one.
    fn new(claimed: *mut (), mut waiting: Option<Retired>) -> Self {
        Block {
            marks: array::from_fn(|nth| {
                CachePadded::new(Mark::new(if nth == 0 { claimed } else { ptr::null_mut() }))
            }),
            slots: array::from_fn(|_| waiting.take().map_or_else(Slot::empty, Slot::full)),
            next: AtomicPtr::new(ptr::null_mut()),
        }
    }
}

/// The numbers below `count`, from that on at which this thread begins.
fn round(count: usize) -> impl Iterator<Item = usize> {
    let begin = thread::number();
    (0..count).map(move |nth| (begin + nth) % count)
}

impl<D: Domain, const MARKS: usize, const SLOTS: usize> Registry<D, MARKS, SLOTS> {
    const NOT_EMPTY: () = assert!(MARKS > 0 && SLOTS > 0, "a block has a mark and a slot at least");

    pub(super) fn new() -> Self {
        let () = Self::NOT_EMPTY;
        Registry { first: AtomicPtr::new(ptr::null_mut()), domain: PhantomData }
    }

    fn follow<'r>(&'r self, link: &'r Link<MARKS, SLOTS>) -> Option<&'r Block<MARKS, SLOTS>> {
        // Acquire: pairs with `registry.grow.link`; the block is initialised.
        let block = link.load(Acquire); // step: registry.follow.link
        // SAFETY: blocks are freed by `drop` alone, which our `&self` precedes.
        (!block.is_null()).then(|| unsafe { heap::get(block) })
    }

    fn blocks(&self) -> impl Iterator<Item = &Block<MARKS, SLOTS>> {
        let mut link = &self.first;
        std::iter::from_fn(move || {
            let block = self.follow(link)?;
            link = &block.next;
            Some(block)
        })
    }

    /// Links a new block behind the last.
    fn grow(&self, claimed: *mut (), waiting: Option<Retired>) -> &Block<MARKS, SLOTS> {
        let new = heap::alloc(Block::new(claimed, waiting));
        let mut link = &self.first;
        loop {
            // Release: the block's content, to `registry.follow.link`. Acquire, as there, if another was first.
            // step: registry.grow.link
            let linked = link.compare_exchange(ptr::null_mut(), new, Release, Acquire);
            let block = linked.map_or_else(|other| other, |_| new);
            // SAFETY: ours or another's, and linked: freed by `drop` alone.
            let block = unsafe { heap::get(block) };
            if linked.is_ok() {
                return block;
            }
            link = &block.next;
        }
    }

    /// A mark that is the caller's until null is stored in it. It holds `value`, which is not null.
    pub(super) fn claim(&self, value: *mut ()) -> &Mark {
        for block in self.blocks() {
            let free = round(MARKS).map(|nth| &*block.marks[nth]).find(|mark| {
                // Relaxed: the exchange decides.
                let free = mark.load(Relaxed).is_null(); // step: registry.claim.look
                free && Self::hold(mark, value)
            });
            if let Some(mark) = free {
                return mark;
            }
        }
        &self.grow(value, None).marks[0]
    }

    fn hold(mark: &Mark, value: *mut ()) -> bool {
        if is_broken::<D>(Broken::ClaimedTwice) {
            mark.store(value, Release); // step: registry.claim.broken
            return true;
        }
        // Acquire: pairs with the store that gave the mark back. Who reads what we store here later must know what the
        // claimer before us has done with its node. (A fence that follows does the same; a light fence may be none.)
        mark.compare_exchange(ptr::null_mut(), value, Acquire, Relaxed).is_ok() // step: registry.claim.hold
    }

    /// What is in the marks now.
    pub(super) fn marks(&self) -> impl Iterator<Item = *mut ()> {
        let skipped = usize::from(is_broken::<D>(Broken::SkipsOne));
        self.blocks().flat_map(move |block| block.marks[skipped..].iter()).filter_map(|mark| {
            // Acquire: pairs with the stores that end a protection; what was done under it happens before the free.
            let value = mark.load(Acquire); // step: registry.marks.load
            (!value.is_null()).then_some(value)
        })
    }

    /// Has `retired` wait until the evidence of some scan allows to free it.
    pub(super) fn retire<E>(
        &self,
        retired: Retired,
        gather: impl Fn() -> E,
        allows: impl Fn(&E, &Retired) -> bool,
    ) {
        /// The destructor of another node may panic while this one has no place yet.
        struct Homeless<'r, D: Domain, const M: usize, const S: usize>(&'r Registry<D, M, S>, Retired);
        impl<D: Domain, const M: usize, const S: usize> Drop for Homeless<'_, D, M, S> {
            fn drop(&mut self) {
                self.0.grow(ptr::null_mut(), Some(self.1));
            }
        }
        let homeless = Homeless(self, retired);
        while !self.blocks().any(|block| round(SLOTS).any(|nth| block.slots[nth].fill(retired))) {
            if self.scan(&gather, &allows) == 0 {
                return; // to a block of its own
            }
        }
        std::mem::forget(homeless);
    }

    /// Frees what waits and may be freed: how many were freed, or at least had left their slots.
    pub(super) fn scan<E>(&self, gather: impl FnOnce() -> E, allows: impl Fn(&E, &Retired) -> bool) -> usize {
        let slots = self.blocks().flat_map(|block| block.slots.iter());
        let noted: Vec<(&Slot, Noted)> = slots.filter_map(|slot| Some((slot, slot.note()?))).collect();
        if noted.is_empty() {
            return 0;
        }
        let evidence = gather();
        let left = noted.into_iter().filter(|(slot, noted)| {
            match slot.take::<D>(*noted, |retired| allows(&evidence, retired)) {
                // SAFETY: taken out once, and the evidence says that nobody is reading it.
                Taken::Mine(retired) => unsafe { retired.free() },
                Taken::Gone => {}
                Taken::Waits => return false,
            }
            true
        });
        left.count()
    }

    /// How many nodes wait, about: others retire and free meanwhile.
    pub(super) fn waiting(&self) -> usize {
        self.blocks().flat_map(|block| block.slots.iter()).filter(|slot| slot.note().is_some()).count()
    }

    /// How many blocks there are.
    pub(super) fn size(&self) -> usize {
        self.blocks().count()
    }
}

impl<D, const MARKS: usize, const SLOTS: usize> Drop for Registry<D, MARKS, SLOTS> {
    fn drop(&mut self) {
        /// Goes on with the rest when the destructor of one node panics.
        struct Rest(Vec<Retired>);
        impl Drop for Rest {
            fn drop(&mut self) {
                while let Some(retired) = self.0.pop() {
                    let _rest = Rest(std::mem::take(&mut self.0));
                    // SAFETY: it has waited in one slot, once, and no guard lives.
                    unsafe { retired.free() };
                }
            }
        }
        let mut rest = Rest(Vec::new());
        // Relaxed, both: `&mut self` orders us after everybody else.
        let mut next = self.first.load(Relaxed); // step: registry.drop.first
        while !next.is_null() {
            // SAFETY: linked, and nobody else is here.
            let block = unsafe { heap::get(next) };
            rest.0.extend(block.slots.iter().filter_map(Slot::last));
            let link = block.next.load(Relaxed); // step: registry.drop.next
            // SAFETY: it is linked once, so it is met once.
            unsafe { heap::free(next) };
            next = link;
        }
    }
}

impl<D: Domain, const MARKS: usize, const SLOTS: usize> fmt::Debug for Registry<D, MARKS, SLOTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("blocks", &self.size()).field("waiting", &self.waiting()).finish()
    }
}
