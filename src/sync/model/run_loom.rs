//! Running loom.

/// Where loom is to stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Executions with more preemptions are left out.
    pub preemptions: Option<usize>,
    /// The most executions.
    pub executions: u64,
}

/// Branches of one execution beyond which loom gives up: a thread makes no progress.
const BRANCHES: usize = 20_000;

/// Explores the executions of `execution`, which counts them itself: loom does not tell.
pub(crate) fn explore(limits: Limits, execution: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    // `new` has read loom's environment; what is stopped or resumed by it would pass for complete.
    builder.max_duration = None;
    builder.checkpoint_file = None;
    builder.max_branches = BRANCHES;
    builder.preemption_bound = limits.preemptions;
    builder.max_permutations = usize::try_from(limits.executions).ok();
    // loom looks at its limits only so often.
    builder.checkpoint_interval = usize::try_from(limits.executions.min(1_000)).unwrap_or(1_000);
    builder.check(execution);
}
