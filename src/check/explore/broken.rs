//! The ways in which the explorer can be made wrong.

/// A way for the explorer to be wrong: the tests that hold it against its judges must notice.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// No write is read by a read that was there before it.
    NoRevisits,
    /// A revisit is made in every graph that leads to it.
    EveryRevisit,
    /// Who wants what another has taken does not contend for it.
    NoContention,
    /// A write always comes last in modification order.
    LastPlace,
    /// A read may overlook what it has seen.
    NoCoherence,
    /// Sequentially consistent events need no order.
    NoScOrder,
    /// Who waits for ever never had the chance to come first.
    NoLastResort,
    /// An allocation gets the address of any node that this run has freed already.
    AnyFreed,
    /// Threads that are alike are as good as any others.
    NobodyAlike,
    /// Of threads that are alike nobody follows the other.
    NoTwinOrder,
    /// Who waits in a loop begins turns that can only repeat the last, and does so before others go on.
    Restless,
    /// Who waits in a loop looks at its next read alone, and not at the rest of the turn.
    NextReadAlone,
    /// The turn of a loop is taken to begin with the last event that looks like its first.
    LastLikeness,
    /// Who waits in a loop does not reckon with what others are still to write.
    Impatient,
}
