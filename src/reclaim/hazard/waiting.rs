//! What waits to be freed under hazards.
//!
//! # Protocol
//! Each block of the [registry](super::super::registry) has *slots*. Whoever retires a node puts it in an empty slot. If no
//! slot is empty, that thread looks which of the waiting nodes may be freed (a *scan*), frees those, and tries again; if
//! none may, it appends a block.
//!
//! A scan has three parts, in this order: it notes which nodes wait; it gathers evidence, with a sequentially
//! consistent fence before the first read of a mark; and it takes each noted node for which the evidence speaks out of
//! its slot, and frees it. So nothing is freed that was retired after the marks were read. (The proof calls that the
//! batch, and shows what happens without.)
//!
//! # Invariant
//! A slot's content is used by the thread alone that has made it *held* ([`slot`](super::slot)).
//!
//! # Bound
//! At most `SLOTS` nodes wait for each block, and one for each thread that is in the midst of retiring or freeing it.
//! There are more blocks than one only if somebody found all marks taken, or found a node in each slot that could not
//! be freed.
//!
//! # Progress
//! Lock-free. A retirement that finds no empty slot after a scan that freed nodes has lost them to others, who have
//! retired theirs; after a scan that freed none, it brings its own block with the node in it.
//!
//! # Literature
//! M. M. Michael, *Hazard pointers*, IEEE TPDS 15(6), 2004, section 3: the scan. His retired nodes are in lists of the
//! threads; a stopped thread keeps its list.

use super::slot::{Noted, Slot, Taken};
use crate::reclaim::domain::Domain;
use crate::reclaim::registry::{Registry, round};
use crate::reclaim::retired::Retired;
use std::{array, ptr};

/// Hazards, and nodes that wait.
pub(super) type Hazards<D, const MARKS: usize, const SLOTS: usize> = Registry<D, (), Slots<SLOTS>, MARKS>;

pub(in crate::reclaim) struct Slots<const SLOTS: usize>([Slot; SLOTS]);

impl<const SLOTS: usize> Slots<SLOTS> {
    const NOT_EMPTY: () = assert!(SLOTS > 0, "a block has a slot at least");

    /// With a node that waits, if there is one.
    fn with(mut waiting: Option<Retired>) -> Self {
        let () = Self::NOT_EMPTY;
        Slots(array::from_fn(|_| waiting.take().map_or_else(Slot::empty, Slot::full)))
    }
}

impl<const SLOTS: usize> Default for Slots<SLOTS> {
    fn default() -> Self {
        Self::with(None)
    }
}

impl<D: Domain, const MARKS: usize, const SLOTS: usize> Hazards<D, MARKS, SLOTS> {
    fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.shared().flat_map(|slots| &slots.0)
    }

    /// Has `retired` wait until the evidence of some scan allows to free it.
    pub(super) fn retire<E>(
        &self,
        retired: Retired,
        gather: impl Fn() -> E,
        allows: impl Fn(&E, &Retired) -> bool,
    ) {
        /// The destructor of another node may panic while this one has no place yet.
        struct Homeless<'r, D: Domain, const M: usize, const S: usize>(&'r Hazards<D, M, S>, Retired);
        impl<D: Domain, const M: usize, const S: usize> Drop for Homeless<'_, D, M, S> {
            fn drop(&mut self) {
                self.0.grow(ptr::null_mut(), Slots::with(Some(self.1)));
            }
        }
        let homeless = Homeless(self, retired);
        while !self.shared().any(|slots| round(SLOTS).any(|nth| slots.0[nth].fill(retired))) {
            if self.scan(&gather, &allows) == 0 {
                return; // to a block of its own
            }
        }
        std::mem::forget(homeless);
    }

    /// Frees what waits and may be freed: how many were freed, or at least had left their slots.
    pub(super) fn scan<E>(&self, gather: impl FnOnce() -> E, allows: impl Fn(&E, &Retired) -> bool) -> usize {
        let noted: Vec<(&Slot, Noted)> = self.slots().filter_map(|slot| Some((slot, slot.note()?))).collect();
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
        self.slots().filter(|slot| slot.note().is_some()).count()
    }

    /// How many nodes find room.
    pub(super) fn room(&self) -> usize {
        self.shared().count() * SLOTS
    }
}
