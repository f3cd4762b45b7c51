//! What an execution can leave open besides who runs next. In every build, so that models can be declared.

/// What is being chosen. Answer 0 is always the undisturbed course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// 1: a weak compare-exchange fails although the value is the expected one.
    SpuriousFailure,
    /// 1: a wait returns though nobody notified.
    SpuriousWakeUp,
    /// 1: the time is up.
    TimeOut,
    /// 1: a callback of the user's panics. At most one in an execution.
    Panic,
    /// k > 0: the allocation gets the k-th oldest freed address of its size.
    AddressReuse,
}

/// How freed addresses come back in this execution.
///
/// The explorer makes no difference between those that come back: it tries, for each allocation, a fresh address and
/// that of each node of the same layout whose free happens before. An execution of it has no one order of frees, and
/// so no youngest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Reuse {
    /// Never: each use after free is noticed.
    #[default]
    Never,
    /// The youngest freed address first, as most allocators do.
    Lifo,
    /// The oldest freed address first: what the ABA problem of a stack needs.
    Fifo,
    /// As the oracle chooses, for each allocation anew.
    Chosen,
}
