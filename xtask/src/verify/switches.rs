//! The lesson's defects are told in few switches of threads: an execution with more of them than are needed is a gap.

use super::builds::{engine_named, is_explorer};
use super::gaps::Gap;
use super::outcome::Ran;
use selvedge::check::Outcome;

/// The most switches of an execution that the explorer tells of a defect of the lesson, over all its controls. To come
/// back to the main thread, which sees what came of it, is a switch as well.
const MOST: [(&str, usize); 16] = [
    ("RB1", 2),
    ("RB2", 2),
    ("RB3", 2),
    ("RB4", 2),
    ("RB5", 2),
    ("RB6", 4),
    ("RB7", 4),
    ("RB8", 2),
    ("RB9", 0),
    ("RB10", 0),
    ("RB11", 4),
    ("ST1", 2),
    ("ST2", 2),
    ("ST3", 2),
    ("ST4", 2),
    ("ST5", 0),
];

/// How often another thread goes on in a schedule like `0:2 1:4 0:2`: the steps of each begin with its number.
fn switches(schedule: &str) -> usize {
    schedule.split_whitespace().filter(|word| word.contains(':')).count().saturating_sub(1)
}

/// The gaps of one test.
pub fn of_test(ran: &Ran) -> impl Iterator<Item = Gap> {
    ran.records.iter().filter_map(|record| {
        let explored = engine_named(&record.engine).is_some_and(is_explorer);
        let (_, most) = *MOST.iter().find(|(id, _)| record.defect.as_deref() == Some(*id))?;
        let Outcome::Failed(failure) = &record.outcome else { return None };
        let needed = switches(failure.schedule.as_deref().filter(|_| explored)?);
        let gap = || Gap::Switches {
            test: ran.test.clone(),
            engine: record.engine.clone(),
            switches: needed,
            most,
        };
        (needed > most).then(gap)
    })
}

#[cfg(test)]
mod tests {
    use super::super::builds::Build;
    use super::super::defects;
    use super::super::gaps;
    use super::super::outcome::tests::{failure, passed};
    use super::*;

    fn told(schedule: &str) -> Vec<Gap> {
        let mut ran = passed(Build::Shuttle, "rb1");
        for record in &mut ran.records {
            (record.defect, record.outcome) = (Some("RB1".into()), failure());
            let Outcome::Failed(failure) = &mut record.outcome else { unreachable!() };
            failure.schedule = Some(schedule.into()).filter(|_| record.engine == "explorer SC");
        }
        gaps::of_test(&ran)
    }

    #[test]
    fn a_switch_too_many_is_a_gap() {
        assert_eq!(told("0:6 1:5 r1 2 0:3"), []);
        let gaps = told("0:6 1:5 0:3 1:1");
        assert!(matches!(&gaps[..], [Gap::Switches { switches: 3, most: 2, .. }]), "{gaps:?}");
        let said = "stack::rb1 under explorer SC: told in 3 switches of threads, and 2 are enough";
        assert_eq!(gaps[0].to_string(), said);
    }

    #[test]
    fn the_defects_are_those_that_must_be_found() {
        let required = defects::required().unwrap();
        assert!(MOST.iter().all(|(id, _)| required.iter().any(|defect| defect.id == *id)));
    }
}
