//! The lesson's defects are told in the fewest switches of threads: that it is not known whether they are is a gap.

use super::builds::{engine_named, is_explorer};
use super::gaps::Gap;
use super::outcome::Ran;
use selvedge::check::Outcome;

/// How the ids of the lesson's defects begin.
const OF_THE_LESSON: [&str; 2] = ["RB", "ST"];

/// The gaps of one test.
pub fn of_test(ran: &Ran) -> impl Iterator<Item = Gap> {
    ran.records.iter().filter_map(|record| {
        let explored = engine_named(&record.engine).is_some_and(is_explorer);
        let defect = record.defect.as_ref().filter(|_| explored)?;
        let Outcome::Failed(failure) = &record.outcome else { return None };
        let gap = || Gap::Switches { test: ran.test.clone(), engine: record.engine.clone() };
        let of_the_lesson = OF_THE_LESSON.iter().any(|begin| defect.starts_with(begin));
        (of_the_lesson && !failure.fewest).then(gap)
    })
}

#[cfg(test)]
mod tests {
    use super::super::builds::Build;
    use super::super::gaps;
    use super::super::outcome::tests::{failure, passed};
    use super::*;

    fn told(defect: &str, fewest: bool) -> Vec<Gap> {
        let mut ran = passed(Build::Shuttle, "rb1");
        for record in &mut ran.records {
            (record.defect, record.outcome) = (Some(defect.into()), failure());
            let Outcome::Failed(failure) = &mut record.outcome else { unreachable!() };
            failure.fewest = fewest || record.engine != "explorer SC";
        }
        gaps::of_test(&ran)
    }

    #[test]
    fn that_fewer_switches_might_do_is_a_gap() {
        assert_eq!(told("RB1", true), []);
        assert_eq!(told("mutant: of no lesson", false), []);
        let gaps = told("RB1", false);
        let said =
            "stack::rb1 under explorer SC: it is not known whether fewer switches of threads are enough";
        assert_eq!(gaps.iter().map(ToString::to_string).collect::<Vec<_>>(), [said]);
    }
}
