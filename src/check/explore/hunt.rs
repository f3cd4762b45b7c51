//! From a program to its failure: explore, look for the simplest failing execution, tell it step by step.

use super::Memory;
use super::clock::THREADS;
use super::machine::Rules;
use super::progress::Demand;
use super::replay::{self, Program};
use super::running::Running;
use super::script::Script;
use super::search::{self, Seen};
use super::team::{Failed, Job, Limits};
use crate::check::failure::Failure;
use crate::sync::host::Arc;

/// Not what is looked for; switches; stale reads; other steps that are not by default; steps.
type Weight = (bool, usize, usize, usize, usize);

/// Of two failing executions the simpler one weighs less.
fn weight(wanted: bool, script: &Script) -> Weight {
    (!wanted, script.switches(), script.stale_reads(), script.oddities(), script.steps())
}

/// How a program is explored.
#[derive(Clone, Copy, Debug)]
pub(in crate::check) struct Plan {
    pub memory: Memory,
    /// The most executions.
    pub cap: u64,
    /// After a failure, so many more runs look for a simpler one.
    pub more: u64,
    /// The most failing executions that are compared: each ends shuttle's run, and the next begins a new one.
    pub failures: usize,
    /// The most disturbances of an execution: see [`Explorer::disturbances`](super::Explorer::disturbances).
    pub disturbances: usize,
    /// Weak compare-exchanges may fail for no reason.
    pub weak_fails: bool,
    /// Threads that stop for ever, and what the others must do all the same.
    pub progress: Demand,
}

/// What came of it.
#[derive(Debug)]
pub(in crate::check) struct Hunted {
    /// What was seen, up to the first failure that was wanted.
    pub seen: Seen,
    /// Nothing is left to explore.
    pub complete: bool,
    /// The simplest failing execution that was met.
    pub failure: Option<Failure>,
    /// The most events that each thread had.
    pub longest: [u16; THREADS],
}

impl Plan {
    fn rules(&self) -> Rules {
        let failures = if self.weak_fails { self.disturbances } else { 0 };
        Rules {
            memory: self.memory,
            disturbances: self.disturbances,
            failures,
            time_outs: None,
            demand: self.progress,
            broken: None,
        }
    }

    /// Explores `program`. Among failures those that are `wanted` come first, then those with few switches.
    pub(in crate::check) fn hunt(
        &self,
        program: &Program,
        wanted: &(dyn Fn(&Failure) -> bool + Sync),
    ) -> Hunted {
        self.hunt_with(program, wanted, &Running::default())
    }

    /// The same, run like this.
    pub(in crate::check) fn hunt_with(
        &self,
        program: &Program,
        wanted: &(dyn Fn(&Failure) -> bool + Sync),
        running: &Running,
    ) -> Hunted {
        let (rules, stuck, own) = (self.rules(), self.progress.stuck(), Arc::clone(program));
        let job = Job {
            driver: &|| search::driver(rules, stuck),
            failed: &|driver, failure| {
                let script = replay::script_of(driver, self.memory);
                (self.progress.with_stops(script), wanted(failure))
            },
            body: Arc::new(move || own(false)),
        };
        let limits = Limits { runs: self.cap, more: self.more, failures: self.failures };
        let left = running.explore(&job, self.memory, limits).unwrap_or_else(|why| panic!("{why}"));
        let complete = left.stacks.is_empty() && left.failures.len() < self.failures;
        let found = left.failures.iter().find(|failed| failed.wanted);
        let seen = found.map_or(left.seen, |failed| failed.seen);
        let weight = |Failed { script, wanted, .. }: &Failed| weight(*wanted, script);
        let simplest = left.failures.into_iter().min_by_key(weight);
        let failure = simplest.map(|failed| replay::tell(rules, program, &failed.script, failed.failure));
        Hunted { seen, complete, failure, longest: left.longest }
    }

    /// Runs one execution, with its steps written down: how it fails, if it does.
    pub(in crate::check) fn replay(&self, program: &Program, script: &Script) -> Option<Failure> {
        replay::replay(self.rules(), program, script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simpler_execution_weighs_less() {
        // Each is simpler than the next, by what its name says.
        let simplest_first = [
            ("fewer switches", "0:r1 r1 w1 5"),
            ("no stale read", "0:w1 1:c1 w1 f0 5"),
            ("one", "0:r1 1:3"),
            ("one, and steps are fewer than in the next", "0:r1 w1 1:1"),
            ("one, as many others", "0:r1 w1 1:2"),
            ("two", "0:r1 r1 1:1"),
        ];
        let weights = simplest_first.map(|(_, text)| weight(true, &text.parse().unwrap()));
        assert!(weights.is_sorted_by(|simpler, other| simpler < other), "{weights:?}");
        assert!(weight(true, &"0:1 1:1 0:1".parse().unwrap()) < weight(false, &"0:1".parse().unwrap()));
    }
}
