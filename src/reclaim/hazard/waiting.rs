//! What waits to be freed under hazards.
//!
//! # Protocol
//! Each block of the [registry](super::super::registry) has *slots*. Whoever retires a node puts it in an empty slot. If no
//! slot is empty, that thread looks which of the waiting nodes may be freed (a *scan*), frees those, and tries again; if
//! there is no room then either, it appends a block.
//!
//! A scan has three parts, in this order: it looks which nodes wait; it gathers evidence, with a sequentially
//! consistent fence before the first read of a mark; and it takes each of these nodes for which the evidence speaks out of
//! its slot, and frees it. So nothing is freed that was retired after the marks were read. (The proof calls that the
//! batch, and shows what happens without.)
//!
//! # Invariant
//! A slot's content is used by the thread alone that has made it *filling* or *taking* ([`slot`](super::slot)).
//!
//! # Bound
//! At most `SLOTS` nodes wait for each block. Besides, each retirement that is under way has the node that it is putting in,
//! and each scan the one that it has taken out, until its destructor has ended. (Destructors may retire: one thread may be
//! in the midst of several, one inside the other.)
//!
//! A block is made for a node only behind the last of those that were scanned, and only if the scan has found each slot
//! with a node that may not be freed, or in somebody's hands from when it was looked at until after all were. Of the
//! former there are as many as protected nodes at most, since the evidence has no more; of the latter as many as threads
//! in the midst of it: whoever was seen to have two of them had let go of the first one when it was looked at again. That
//! holds of nested ones, too: a slot is empty again before the destructor of its node runs.
//! (And a thread whose destructor panics, while others take the room that it has made, brings a block.)
//!
//! # Progress
//! Lock-free. A retirement that finds room, and then none, has lost it to others, who have retired theirs. A slot that
//! has left its state was filled or emptied: each is a retirement that has ended, or one node less. Who finds neither
//! brings a block, and whoever finds that another has brought one first has room again.
//!
//! # Literature
//! M. M. Michael, *Hazard pointers*, IEEE TPDS 15(6), 2004, section 3: the scan. His retired nodes are in lists of the
//! threads; a stopped thread keeps its list.

use super::slot::{Seen, Slot, Taken};
use crate::reclaim::domain::{Broken, Domain, is_broken};
use crate::reclaim::registry::{Registry, round};
use crate::reclaim::retired::Retired;
use std::array;

/// Hazards, and nodes that wait.
pub(super) type Hazards<D, const MARKS: usize, const SLOTS: usize> = Registry<D, (), Slots<SLOTS>, MARKS>;

pub(in crate::reclaim) struct Slots<const SLOTS: usize>([Slot; SLOTS]);

impl<const SLOTS: usize> Slots<SLOTS> {
    const NOT_EMPTY: () = assert!(SLOTS > 0, "a block has a slot at least");

    /// With a first slot that is going to be filled by whoever has made it.
    fn filling() -> Self {
        let () = Self::NOT_EMPTY;
        Slots(array::from_fn(|nth| if nth == 0 { Slot::filling() } else { Slot::empty() }))
    }
}

impl<const SLOTS: usize> Default for Slots<SLOTS> {
    fn default() -> Self {
        let () = Self::NOT_EMPTY;
        Slots(array::from_fn(|_| Slot::empty()))
    }
}

/// What a scan has found.
pub(super) enum Found {
    /// There is room for another node, or was meanwhile.
    Room,
    /// In so many blocks there is none.
    Full(usize),
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
        allows: impl Fn(&E, *mut ()) -> bool,
    ) {
        /// The destructor of another node may panic while this one has no place yet.
        struct Homeless<'r, D: Domain, const M: usize, const S: usize>(&'r Hazards<D, M, S>, Retired);
        impl<D: Domain, const M: usize, const S: usize> Drop for Homeless<'_, D, M, S> {
            fn drop(&mut self) {
                let Homeless(hazards, retired) = *self;
                while !hazards.fill(retired) && !hazards.bring_with(hazards.shared().count(), retired) {}
            }
        }
        let homeless = (!is_broken::<D>(Broken::LosesItsOwn)).then(|| Homeless(self, retired));
        while !self.fill(retired) {
            if let Found::Full(blocks) = self.scan(&gather, &allows)
                && self.bring_with(blocks, retired)
            {
                break;
            }
        }
        std::mem::forget(homeless);
    }

    /// Whether there was an empty slot, where the node waits now.
    fn fill(&self, retired: Retired) -> bool {
        self.shared().any(|slots| round(SLOTS).any(|nth| slots.0[nth].fill(retired)))
    }

    /// Brings a block with the node in it, unless there are more than so many already.
    fn bring_with(&self, blocks: usize, retired: Retired) -> bool {
        let Some(slots) = self.bring(blocks, Slots::filling) else { return false };
        // SAFETY: we have made it, and this once.
        unsafe { slots.0[0].fill_first(retired) };
        true
    }

    /// Frees what waits and may be freed, and says whether there is room now.
    pub(super) fn scan<E>(&self, gather: impl FnOnce() -> E, allows: impl Fn(&E, *mut ()) -> bool) -> Found {
        let looked: Vec<(&Slot, Option<Seen>)> = self.slots().map(|slot| (slot, slot.look())).collect();
        let mut room = looked.iter().any(|(_, seen)| seen.is_none());
        let waits = |seen: &Option<Seen>| seen.is_some_and(Seen::is_full);
        let evidence = looked.iter().any(|(_, seen)| waits(seen)).then(gather);
        let (mut freed, mut held) = (false, Vec::new());
        for &(slot, seen) in &looked {
            let Some(seen) = seen else { continue };
            let Some(evidence) = evidence.as_ref().filter(|_| seen.is_full()) else {
                held.push((slot, seen));
                continue;
            };
            match slot.take::<D>(seen, |node| allows(evidence, node)) {
                Taken::Mine(retired) => {
                    (room, freed) = (true, true);
                    // SAFETY: taken out once, and the evidence says that nobody is reading it.
                    unsafe { retired.free() };
                }
                Taken::Gone => room = true,
                Taken::Going(seen) => held.push((slot, seen)),
                Taken::Waits => {}
            }
        }
        let full = match is_broken::<D>(Broken::GrowsEarly) {
            true => !freed,
            false => !room && Slot::are_held::<D>(&held),
        };
        if full { Found::Full(looked.len() / SLOTS) } else { Found::Room }
    }

    /// How many nodes wait, about: others retire and free meanwhile.
    pub(super) fn waiting(&self) -> usize {
        self.slots().filter(|slot| slot.look().is_some_and(Seen::is_full)).count()
    }

    /// How many nodes find room.
    pub(super) fn room(&self) -> usize {
        self.shared().count() * SLOTS
    }
}
