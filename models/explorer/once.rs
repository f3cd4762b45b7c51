//! Random programs whose outcomes tell each execution from all others: none may be missing, and none may come twice.

use super::random::seeds;
use super::said::BOTH;
use selvedge::check::Budget;
use selvedge::check::explore::{Broken, Explored, Memory};
use std::collections::BTreeSet;

/// What is wrong with what came of the program of which `told` speaks, if these outcomes are right, once each.
pub fn each_once<T: Ord>(told: &str, explored: &Explored<T>, right: &BTreeSet<T>) -> Result<(), String> {
    if let Some(failure) = &explored.failure {
        return Err(format!("{told}: {failure}"));
    }
    let twice = explored.outcomes.values().filter(|count| **count > 1).count();
    if twice > 0 || !explored.outcomes.keys().eq(right) {
        let (ours, right) = (explored.outcomes.len(), right.len());
        return Err(format!(
            "{told}: {ours} outcomes, {twice} of them more than once, but {right} are right"
        ));
    }
    Ok(())
}

/// That `compare` finds nothing wrong with so many programs, by their seeds. In a long run: other programs each time, and
/// ten times as many.
#[track_caller]
pub fn all_agree(programs: u64, compare: impl Fn(Memory, u64) -> Result<(), String>) {
    let mut complaints = Vec::new();
    for seed in seeds(Budget::get().scale(programs)) {
        complaints.extend(BOTH.into_iter().filter_map(|memory| compare(memory, seed).err()));
    }
    complaints.sort_by_key(String::len);
    assert!(complaints.is_empty(), "{}:\n{}", complaints.len(), complaints[..1].join("\n"));
}

/// That `compare` finds something wrong with one of so many programs at least under each explorer that is broken.
#[track_caller]
pub fn each_is_told<const N: usize>(
    programs: u64,
    all_broken: [Broken; N],
    compare: impl Fn(u64, Broken) -> Result<(), String>,
) {
    for broken in all_broken {
        let told = (0..programs).any(|seed| compare(seed, broken).is_err());
        assert!(told, "no program tells that the explorer is broken: {broken:?}");
    }
}
