//! The names of domains, which are types.

/// Names a domain: guards and shields of one cannot be taken for those of another.
///
/// ```
/// use selvedge::reclaim::{Domain, Hazard};
///
/// struct Orders;
/// impl Domain for Orders {}
/// # #[cfg(any(loom, shuttle))] fn main() {} // what it does would have to be inside a model
/// # #[cfg(not(any(loom, shuttle)))] fn main() {
///
/// let orders = Hazard::<Orders>::default();
/// # }
/// ```
pub trait Domain: Send + Sync + 'static {
    /// Whether the readers of hazards leave their fence to those who scan, if the feature `membarrier` is on and the
    /// system can do it. It spares a protection the fence, which is worth what a fence costs on that machine (see the table
    /// in `docs/reclamation.md`), and makes a scan slower by some microseconds: `false` is for domains that retire more
    /// than they read.
    const ASYMMETRIC: bool = true;

    /// In models: what is wrong in this domain, so that it can be shown to be noticed.
    #[cfg(any(loom, shuttle))]
    #[doc(hidden)]
    const BROKEN: Option<Broken> = None;
}

/// The domain of those who name none.
#[derive(Clone, Copy, Debug)]
pub struct Anyone;

impl Domain for Anyone {}

/// What can be wrong in a domain: the controls of the models.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(any(loom, shuttle)), allow(dead_code))]
pub enum Broken {
    /// Hazards: the source is not read again when the pointer was published.
    NoValidation,
    /// Hazards: the published pointer is not ordered before the second read. Epochs: nor is the pin before any read.
    NoReaderFence,
    /// The unlinking is not ordered before the reads of the marks.
    NoScanFence,
    /// The marks are read without the first of each block.
    SkipsOne,
    /// Hazards: the mark is taken back as soon as it was validated.
    ClearedEarly,
    /// Hazards: who has given its mark back goes on as if it had not. It may be another's by then.
    KeptMark,
    /// A mark is claimed by a store: somebody else may have done so since it was seen to be free.
    ClaimedTwice,
    /// A slot does not tell its fillings apart: a node is freed on the evidence about the one before.
    OldEvidence,
    /// Hazards: slots that were in somebody's hands are looked at again, and what was learned since is not acquired before.
    NoHeldFence,
    /// Hazards: a block is added whenever a scan has freed nothing, although there may be room.
    GrowsEarly,
    /// Hazards: who retires a node has no place for it when the destructor of another one panics.
    LosesItsOwn,
    /// Epochs: who empties a bag that is nobody's does not give the mark back when a destructor panics.
    KeepsItsMark,
    /// Epochs: nodes are freed an epoch too early.
    OneEarly,
    /// Epochs: a bag is emptied that is somebody's.
    BagOfOthers,
    /// Epochs: who is pinned to the epoch before is passed over.
    NoGrace,
}

/// Whether this is wrong in the domain: never where it ships.
// Where it ships, the domain is not asked.
#[cfg_attr(not(any(loom, shuttle)), allow(clippy::extra_unused_type_parameters))]
pub(super) const fn is_broken<D: Domain>(what: Broken) -> bool {
    #[cfg(any(loom, shuttle))]
    {
        matches!(D::BROKEN, Some(broken) if broken as u8 == what as u8)
    }
    #[cfg(not(any(loom, shuttle)))]
    {
        let _ = what;
        false
    }
}
