//! How many of the explorer's runs come to nothing: more than one in twenty is a gap.

use super::builds::{engine_named, is_explorer};
use super::gaps::Gap;
use super::outcome::Ran;
use selvedge::check::Record;
use serde::Serialize;
use std::fmt;

/// One run in so many may be pruned.
const ONE_IN: u64 = 20;

/// A model of no more runs is too small to say anything of a share: two pruned ones would be too many.
const SMALL: u64 = 200;

/// Runs of the explorer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Runs {
    /// Those that were executions.
    pub executions: u64,
    /// Those that were blocked, or given up for another one that does the same.
    pub pruned: u64,
}

impl Runs {
    fn of(record: &Record) -> Self {
        Runs { executions: record.executions, pruned: record.pruned }
    }

    fn all(self) -> u64 {
        self.executions + self.pruned
    }

    fn too_many(self) -> bool {
        self.pruned * ONE_IN > self.all()
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = 100.0 * self.pruned as f64 / self.all() as f64;
        write!(f, "{} of {} runs pruned ({share:.1} %), more than one in {ONE_IN}", self.pruned, self.all())
    }
}

/// The explorer's records of models that must hold. A control ends at its failure, wherever that is.
fn explored(ran: &Ran) -> impl Iterator<Item = &Record> {
    let explored = |record: &&Record| engine_named(&record.engine).is_some_and(is_explorer);
    ran.records.iter().filter(explored).filter(|record| record.defect.is_none())
}

/// The gaps of one test.
pub fn of_test(ran: &Ran) -> impl Iterator<Item = Gap> {
    explored(ran).filter_map(|record| {
        let runs = Runs::of(record);
        let gap = || Gap::Pruned { test: ran.test.clone(), engine: record.engine.clone(), runs };
        (runs.all() > SMALL && runs.too_many()).then(gap)
    })
}

/// The gap of a whole run, in which small models count as well.
pub fn of_all(ran: &[Ran]) -> Option<Gap> {
    let all = ran.iter().flat_map(explored).map(Runs::of).fold(Runs::default(), |all, runs| Runs {
        executions: all.executions + runs.executions,
        pruned: all.pruned + runs.pruned,
    });
    all.too_many().then_some(Gap::PrunedInAll { runs: all })
}

#[cfg(test)]
mod tests {
    use super::super::builds::Build;
    use super::super::gaps;
    use super::super::outcome::tests::passed;
    use super::*;

    /// A model of which the last engine, explorer weak, made these runs, and the other explorer as many without one pruned.
    fn model(executions: u64, pruned: u64) -> Ran {
        let mut ran = passed(Build::Shuttle, "push_push");
        for record in ran.records.iter_mut().rev().take(2) {
            (record.executions, record.pruned) = (executions, 0);
        }
        ran.records.last_mut().unwrap().pruned = pruned;
        ran
    }

    #[test]
    fn more_than_one_in_twenty_is_a_gap() {
        assert_eq!(gaps::of_test(&model(1_900, 100)), []);
        let gaps = gaps::of_test(&model(1_890, 110));
        let [gap @ Gap::Pruned { engine, runs, .. }] = &gaps[..] else { panic!("{gaps:?}") };
        assert_eq!((engine.as_str(), *runs), ("explorer weak", Runs { executions: 1_890, pruned: 110 }));
        let said =
            "stack::push_push under explorer weak: 110 of 2000 runs pruned (5.5 %), more than one in 20";
        assert_eq!(gap.to_string(), said);
    }

    #[test]
    fn a_small_model_and_a_control_may_have_more() {
        assert_eq!(gaps::of_test(&model(100, 100)), []);
        assert_eq!(gaps::of_test(&model(100, 101)).len(), 1);
        let mut control = model(100, 101);
        for record in &mut control.records {
            (record.defect, record.outcome) = (Some("RB1".into()), super::super::outcome::tests::failure());
        }
        assert_eq!(gaps::of_test(&control), []);
        assert_eq!(of_all(&[control]), None);
    }

    #[test]
    fn in_all_small_models_count_as_well() {
        // Both explorers have executions.
        assert_eq!(of_all(&[model(95, 10)]), None);
        let many = [model(95, 10), model(95, 11)];
        assert_eq!(of_all(&many), Some(Gap::PrunedInAll { runs: Runs { executions: 380, pruned: 21 } }));
        assert_eq!(of_all(&[]), None);
    }
}
