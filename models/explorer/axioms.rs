//! The axioms of RC11, word for word, on relations.
//!
//! Lahav, Vafeiadis, Kang, Hur, Dreyer, "Repairing Sequential Consistency in C/C++11", PLDI 2017. A graph is
//! consistent if
//! - *coherence*: `hb ; eco?` is irreflexive,
//! - *atomicity*: `rmw ∩ (rb ; mo)` is empty,
//! - *SC*: `psc_base ∪ psc_F` is acyclic,
//! - *no thin air*: `po ∪ rf` is acyclic.
//!
//! One thing is newer than the paper: since C++20 a release sequence is continued by read-modify-writes
//! alone, and no longer by the later stores of the thread that began it (P0982R1). Rust has the rules of
//! C++20.
//!
//! Each axiom can be switched off, or exchanged for what it once was, so that it can be seen to matter.

use super::relation::{Relation, Set};
use super::unfold::{Event, Kind};
use selvedge::sync::atomic::Ordering;

/// Which axioms are in force.
#[derive(Clone, Copy, Debug)]
pub struct Axioms {
    pub coherence: bool,
    pub atomicity: bool,
    pub psc: Psc,
    pub no_thin_air: bool,
    /// Whether fences synchronise.
    pub fences: bool,
    pub release_sequence: ReleaseSequence,
}

/// Which writes a reader may read from to synchronise with the head of the release sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseSequence {
    /// The head alone.
    Head,
    /// C++20: also the read-modify-writes that follow.
    Updates,
    /// C++11: also later stores of the same thread.
    SameThread,
}

/// What orders `SeqCst` accesses and fences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Psc {
    /// Nothing: they are no more than `AcqRel`.
    Off,
    Rc11,
    /// RC11, but with `eco` in the place of `mo ∪ rb`: C++20 calls it *coherence-ordered before*, and has
    /// all of it between two `SeqCst` operations (`[atomics.order]`, P0668R5).
    Eco,
}

impl Axioms {
    pub const RC11: Self = Self {
        coherence: true,
        atomicity: true,
        psc: Psc::Rc11,
        no_thin_air: true,
        fences: true,
        release_sequence: ReleaseSequence::Updates,
    };
}

/// The events of a graph, and what of it does not depend on who reads from whom.
pub struct Events {
    writes: Set,
    reads: Set,
    fences: Set,
    /// `⊒ rel`
    releases: Set,
    /// `⊒ acq`
    acquires: Set,
    sc: Set,
    pub po: Relation,
    rmw: Relation,
    same_place: Relation,
}

impl Events {
    /// The first `initial` of `events` are the initial writes, which are before everything; of the others,
    /// `threads` tells how many belong to each thread.
    pub fn new(events: &[Event], initial: usize, threads: impl Iterator<Item = usize>) -> Self {
        let set = |is: &dyn Fn(&Event) -> bool| {
            events.iter().enumerate().filter(|(_, event)| is(event)).fold(0, |all, (a, _)| all | 1 << a)
        };
        let in_order = |orders: [Ordering; 3]| set(&|event| orders.contains(&event.order));
        let mut po = Relation::EMPTY;
        let mut first = initial;
        for length in threads {
            for b in first..first + length {
                (0..initial).chain(first..b).for_each(|a| po.add(a, b));
            }
            first += length;
        }
        let mut rmw = Relation::EMPTY;
        let mut same_place = Relation::EMPTY;
        for (a, event) in events.iter().enumerate() {
            if event.kind == Kind::Update {
                rmw.add(a - 1, a);
            }
            for (b, other) in events.iter().enumerate() {
                if event.kind != Kind::Fence && other.kind != Kind::Fence && event.place == other.place {
                    same_place.add(a, b);
                }
            }
        }
        Self {
            writes: set(&|event| matches!(event.kind, Kind::Write | Kind::Update)),
            reads: set(&|event| event.kind == Kind::Read),
            fences: set(&|event| event.kind == Kind::Fence),
            releases: in_order([Ordering::Release, Ordering::AcqRel, Ordering::SeqCst]),
            acquires: in_order([Ordering::Acquire, Ordering::AcqRel, Ordering::SeqCst]),
            sc: in_order([Ordering::SeqCst; 3]),
            po,
            rmw,
            same_place,
        }
    }

    /// Happens-before: `(po ∪ sw)⁺`.
    pub fn hb(&self, rf: Relation, axioms: &Axioms) -> Relation {
        self.po.or(self.sw(rf, axioms)).closure()
    }

    /// Synchronises-with: `[⊒rel] ; ([F] ; po)? ; rs ; rf ; [R] ; (po ; [F])? ; [⊒acq]`.
    fn sw(&self, rf: Relation, axioms: &Axioms) -> Relation {
        let fences = Relation::identity(if axioms.fences { self.fences } else { 0 });
        Relation::identity(self.releases)
            .then(fences.then(self.po).or_same())
            .then(self.rs(rf, axioms.release_sequence))
            .then(rf)
            .then(Relation::identity(self.reads))
            .then(self.po.then(fences).or_same())
            .then(Relation::identity(self.acquires))
    }

    /// Release sequences: `[W] ; (rf ; rmw)*`; in C++11 `[W] ; (po|loc)? ; [W] ; (rf ; rmw)*`.
    fn rs(&self, rf: Relation, which: ReleaseSequence) -> Relation {
        let writes = Relation::identity(self.writes);
        let updates = rf.then(self.rmw).closure().or_same();
        match which {
            ReleaseSequence::Head => writes,
            ReleaseSequence::Updates => writes.then(updates),
            ReleaseSequence::SameThread => {
                writes.then(self.po.and(self.same_place).or_same()).then(writes).then(updates)
            }
        }
    }

    /// Coherence and atomicity, of the whole graph or of one place: no relation in `eco` leads from one place
    /// to another, so the graph is coherent if all of its places are.
    pub fn is_coherent(&self, hb: Relation, rf: Relation, mo: Relation, axioms: &Axioms) -> bool {
        let rb = rf.inverse().then(mo);
        let coherent = || hb.then(eco(rf, mo, rb).or_same()).is_irreflexive();
        let atomic = || self.rmw.and(rb.then(mo)).is_empty();
        (!axioms.atomicity || atomic()) && (!axioms.coherence || coherent())
    }

    /// The SC axiom.
    pub fn is_psc(&self, hb: Relation, rf: Relation, mo: Relation, axioms: &Axioms) -> bool {
        let rb = rf.inverse().then(mo);
        let eco = eco(rf, mo, rb);
        let same_location = match axioms.psc {
            Psc::Off => return true,
            Psc::Rc11 => mo.or(rb),
            Psc::Eco => eco,
        };
        let sc = Relation::identity(self.sc);
        let sc_fences = Relation::identity(self.sc & self.fences);
        let elsewhere = self.po.minus(self.same_place);
        let through = elsewhere.then(hb).then(elsewhere);
        let scb = self.po.or(through).or(hb.and(self.same_place)).or(same_location);
        let psc_base =
            sc.or(sc_fences.then(hb.or_same())).then(scb).then(sc.or(hb.or_same().then(sc_fences)));
        let psc_fences = sc_fences.then(hb.or(hb.then(eco).then(hb))).then(sc_fences);
        psc_base.or(psc_fences).is_acyclic()
    }
}

/// Extended coherence order: `(rf ∪ mo ∪ rb)⁺`.
fn eco(rf: Relation, mo: Relation, rb: Relation) -> Relation {
    rf.or(mo).or(rb).closure()
}
