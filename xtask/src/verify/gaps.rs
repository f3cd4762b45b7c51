//! Gaps: all that keeps a verification from being one.

use super::builds::Build;
use super::defects::Defect;
use super::outcome::{End, Ran};
use super::pruned::{self, Runs};
use super::switches;
use super::targets::TestId;
use selvedge::check::{Engine, Outcome};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// Something that should have been shown and was not.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "gap")]
pub enum Gap {
    /// A build failed.
    NotBuilt { build: Build, why: String },
    /// Not one model ran: whatever was asked for, it is not there.
    Nothing,
    /// A target has no test in any build.
    NoTests { target: String },
    /// A run does not count.
    Fault { test: TestId, engine: String, why: String },
    /// A test failed, and none of its records says why.
    Failed { test: TestId, status: String },
    /// A test took too long and was ended.
    TimedOut { test: TestId, seconds: f64 },
    /// A test could not be run.
    NotRun { test: TestId, why: String },
    /// A test left no record, and is no unit test.
    NoRecord { test: TestId },
    /// A model left no record of an engine of its build.
    NoEngine { test: TestId, engine: String },
    /// A record that cannot be right.
    Malformed { test: TestId, why: String },
    /// The explorer spent too many runs of a model on no execution.
    Pruned { test: TestId, engine: String, runs: Runs },
    /// And of all models together.
    PrunedInAll { runs: Runs },
    /// A defect of the lesson was told in an execution that may have more switches of threads than are needed.
    Switches { test: TestId, engine: String },
    /// A place that was to be weakened, and to which no model came: nothing was audited.
    NotWeakened { place: String },
    /// A required defect that no control is about.
    NoControl { defect: String, title: String },
    /// A required defect whose controls have not found it.
    NotFound { defect: String, title: String },
    /// A control that nobody would miss.
    NotRequired { defect: String },
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gap::NotBuilt { build, why } => write!(f, "the {build} build: {why}"),
            Gap::Nothing => write!(f, "no model ran: nothing was checked"),
            Gap::NoTests { target } => write!(f, "{target}: no test in any build"),
            Gap::Fault { test, engine, why } => {
                write!(f, "{}::{} under {engine}: {}", test.target, test.name, short(why))
            }
            Gap::Failed { test, status } => write!(f, "{test}: failed ({status}), and no record says why"),
            Gap::TimedOut { test, seconds } => write!(f, "{test}: ended after {seconds:.0} s (--timeout)"),
            Gap::NotRun { test, why } => write!(f, "{test}: {why}"),
            Gap::NoRecord { test } => write!(f, "{test}: left no record, and is in no module `tests`"),
            Gap::NoEngine { test, engine } => write!(f, "{test}: left no record of {engine}"),
            Gap::Malformed { test, why } => write!(f, "{test}: {why}"),
            Gap::Pruned { test, engine, runs } => {
                write!(f, "{}::{} under {engine}: {runs}", test.target, test.name)
            }
            Gap::Switches { test, engine } => {
                let unknown = "it is not known whether fewer switches of threads are enough";
                write!(f, "{}::{} under {engine}: {unknown}", test.target, test.name)
            }
            Gap::PrunedInAll { runs } => write!(f, "the explorer, in all: {runs}"),
            Gap::NotWeakened { place } => {
                write!(f, "SELVEDGE_WEAKEN: no model came to {place}, so nothing was weakened there")
            }
            Gap::NoControl { defect, title } => write!(f, "{defect}: no control{}", bracketed(title)),
            Gap::NotFound { defect, title } => write!(f, "{defect}: not found on demand{}", bracketed(title)),
            Gap::NotRequired { defect } => write!(f, "{defect}: a control that is not in xtask/defects.toml"),
        }
    }
}

/// A title as an addition, if there is one.
fn bracketed(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!(" ({title})") }
}

/// The beginning of a message that is printed in full further down.
fn short(why: &str) -> String {
    const MOST: usize = 100;
    let line = why.lines().next().unwrap_or_default();
    let cut = line.char_indices().nth(MOST).map(|(at, _)| &line[..at]);
    cut.map_or(line.into(), |begun| format!("{begun}…"))
}

/// The gaps of one test.
pub fn of_test(ran: &Ran) -> Vec<Gap> {
    let test = || ran.test.clone();
    let mut gaps: Vec<Gap> =
        ran.malformed.iter().map(|why| Gap::Malformed { test: test(), why: why.clone() }).collect();
    let faulty = ran.records.iter().filter_map(|record| Some((record, record.fault.clone()?)));
    gaps.extend(faulty.map(|(record, why)| Gap::Fault { test: test(), engine: record.engine.clone(), why }));
    let failed = gaps.len();
    gaps.extend(pruned::of_test(ran));
    gaps.extend(switches::of_test(ran));
    match &ran.end {
        End::Passed if ran.records.is_empty() && ran.malformed.is_empty() && !ran.is_unit_test() => {
            gaps.push(Gap::NoRecord { test: test() });
        }
        End::Passed => {}
        End::Failed { status } if failed == 0 => {
            gaps.push(Gap::Failed { test: test(), status: status.clone() })
        }
        End::Failed { .. } => {}
        // The rest of its records cannot be expected.
        End::TimedOut => {
            gaps.push(Gap::TimedOut { test: test(), seconds: ran.seconds });
            return gaps;
        }
        End::NotRun { why } => {
            gaps.push(Gap::NotRun { test: test(), why: why.clone() });
            return gaps;
        }
        // That the user stopped it is told by the exit code.
        End::Interrupted => return gaps,
    }
    let missing = ran.missing_engines().into_iter();
    gaps.extend(missing.map(|engine: Engine| Gap::NoEngine { test: test(), engine: engine.to_string() }));
    gaps
}

/// Whether anything ran at all.
pub fn of_run(ran: &[Ran]) -> Option<Gap> {
    ran.iter().all(|ran| ran.records.is_empty()).then_some(Gap::Nothing)
}

/// The places that were to be weakened and that every run of a model build missed.
pub fn of_weakenings(ran: &[Ran]) -> Vec<Gap> {
    let modelled = ran.iter().filter(|ran| ran.test.build != Build::Std);
    let mut missed = modelled.flat_map(|ran| &ran.records).map(|record| &record.unreached);
    let Some(first) = missed.next() else { return Vec::new() };
    let by_all = missed.fold(first.clone(), |mut all, unreached| {
        all.retain(|place| unreached.contains(place));
        all
    });
    by_all.into_iter().map(|place| Gap::NotWeakened { place }).collect()
}

/// The targets without a test.
pub fn of_targets(targets: &[String], tests: &[TestId]) -> Vec<Gap> {
    let empty = targets.iter().filter(|target| !tests.iter().any(|test| test.target == **target));
    empty.map(|target| Gap::NoTests { target: target.clone() }).collect()
}

/// The required defects that were not shown to be found, and those that were and are not required. To be asked of a whole
/// run only.
pub fn of_defects(required: &[Defect], ran: &[Ran]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for Defect { id, title } in required {
        let mut controls =
            ran.iter().flat_map(|ran| &ran.records).filter(|r| r.defect.as_ref() == Some(id)).peekable();
        let (defect, title) = (id.clone(), title.clone());
        if controls.peek().is_none() {
            gaps.push(Gap::NoControl { defect, title });
        } else if !controls
            .any(|r| r.demanded && r.fault.is_none() && matches!(r.outcome, Outcome::Failed(_)))
        {
            gaps.push(Gap::NotFound { defect, title });
        }
    }
    let found: BTreeSet<_> =
        ran.iter().flat_map(|ran| &ran.records).filter_map(|r| r.defect.as_ref()).collect();
    let unknown = found.into_iter().filter(|id| !required.iter().any(|defect| defect.id == **id));
    gaps.extend(unknown.map(|id| Gap::NotRequired { defect: id.clone() }));
    gaps
}

#[cfg(test)]
mod tests {
    use super::super::outcome::tests::{failure, id, passed};
    use super::*;

    fn only(gaps: Vec<Gap>) -> Gap {
        assert_eq!(gaps.len(), 1, "{gaps:?}");
        gaps.into_iter().next().unwrap()
    }

    fn control(build: Build, name: &str, defect: &str) -> Ran {
        let mut ran = passed(build, name);
        for record in &mut ran.records {
            (record.defect, record.outcome) = (Some(defect.into()), failure());
        }
        ran
    }

    #[test]
    fn a_model_that_passed_with_all_its_records_has_no_gap() {
        for build in Build::ALL {
            assert_eq!(of_test(&passed(build, "push_push")), []);
            assert_eq!(of_test(&control(build, "rb1", "RB1")), []);
        }
    }

    #[test]
    fn a_fault_is_a_gap_whatever_the_exit_code() {
        let mut ran = passed(Build::Loom, "push_push");
        ran.records[1].fault = Some("vacuous: no two operations overlapped".into());
        for end in [End::Passed, End::Failed { status: "exit status: 101".into() }] {
            let gap = only(of_test(&Ran { end, ..ran.clone() }));
            assert!(matches!(&gap, Gap::Fault { engine, .. } if engine == "loom strong"), "{gap:?}");
        }
    }

    #[test]
    fn a_crash_is_a_gap_though_all_records_are_good() {
        let end = End::Failed { status: "signal: 6".into() };
        let gap = only(of_test(&Ran { end, ..passed(Build::Shuttle, "push_push") }));
        assert!(matches!(gap, Gap::Failed { .. }), "{gap:?}");
    }

    #[test]
    fn a_test_that_left_nothing_is_a_gap_unless_it_is_a_unit_test() {
        let silent = |name| Ran { records: vec![], ..passed(Build::Loom, name) };
        assert!(matches!(only(of_test(&silent("push_push"))), Gap::NoRecord { .. }));
        assert_eq!(of_test(&silent("tests::helper")), []);
        let failed =
            Ran { end: End::Failed { status: "exit status: 101".into() }, ..silent("tests::helper") };
        assert!(matches!(only(of_test(&failed)), Gap::Failed { .. }));
    }

    #[test]
    fn a_missing_engine_is_a_gap() {
        for build in [Build::Loom, Build::Shuttle] {
            let mut ran = passed(build, "push_push");
            let engine = ran.records.pop().unwrap().engine;
            assert_eq!(only(of_test(&ran)), Gap::NoEngine { test: id(build, "push_push"), engine });
        }
    }

    #[test]
    fn what_did_not_come_to_its_end_is_a_gap() {
        let mut ran = passed(Build::Loom, "push_push");
        ran.records.pop();
        let late = Ran { end: End::TimedOut, ..ran.clone() };
        assert!(matches!(only(of_test(&late)), Gap::TimedOut { .. }));
        let not = Ran { end: End::NotRun { why: "no such file".into() }, ..ran };
        assert!(matches!(only(of_test(&not)), Gap::NotRun { .. }));
    }

    #[test]
    fn a_malformed_record_is_a_gap() {
        let ran = Ran { malformed: vec!["a.json: EOF".into()], ..passed(Build::Std, "push_push") };
        assert!(matches!(only(of_test(&ran)), Gap::Malformed { .. }));
        let alone = Ran { records: vec![], ..ran };
        assert!(matches!(only(of_test(&alone)), Gap::Malformed { .. }));
    }

    #[test]
    fn a_weakening_that_every_model_missed_is_a_gap() {
        let missing = |build, places: &[&str]| {
            let mut ran = passed(build, "push_push");
            for record in &mut ran.records {
                record.unreached = places.iter().map(ToString::to_string).collect();
            }
            ran
        };
        // `a` is met under shuttle, `b` nowhere; the plain build weakens nothing and says nothing.
        let ran =
            [missing(Build::Std, &[]), missing(Build::Loom, &["a", "b"]), missing(Build::Shuttle, &["b"])];
        assert_eq!(of_weakenings(&ran), [Gap::NotWeakened { place: "b".into() }]);
        assert_eq!(of_weakenings(&ran[..1]), []);
        assert_eq!(of_weakenings(&[]), []);
    }

    #[test]
    fn a_run_of_nothing_is_a_gap() {
        assert_eq!(of_run(&[]), Some(Gap::Nothing));
        assert_eq!(
            of_run(&[Ran { records: vec![], ..passed(Build::Std, "tests::helper") }]),
            Some(Gap::Nothing)
        );
        assert_eq!(of_run(&[passed(Build::Std, "push_push")]), None);
    }

    #[test]
    fn a_target_without_tests_is_a_gap() {
        let targets = ["stack".to_string(), "ring".to_string()];
        let gaps = of_targets(&targets, &[id(Build::Loom, "push_push")]);
        assert_eq!(gaps, [Gap::NoTests { target: "ring".into() }]);
    }

    #[test]
    fn a_required_defect_needs_an_engine_that_found_it_on_demand() {
        let required = [Defect { id: "RB1".into(), title: "too early".into() }];
        let gaps = |ran: &[Ran]| of_defects(&required, ran);
        let found = control(Build::Loom, "rb1", "RB1");
        assert_eq!(gaps(std::slice::from_ref(&found)), []);

        let other = control(Build::Loom, "rb2", "RB2");
        assert_eq!(only(gaps(&[found.clone(), other.clone()])), Gap::NotRequired { defect: "RB2".into() });
        assert!(matches!(gaps(&[other])[..], [Gap::NoControl { .. }, Gap::NotRequired { .. }]));
        let mut by_chance = found.clone();
        by_chance.records.iter_mut().for_each(|record| record.demanded = false);
        assert!(matches!(only(gaps(&[by_chance])), Gap::NotFound { .. }));
        let mut otherwise = found;
        otherwise.records.iter_mut().for_each(|record| record.fault = Some("should say".into()));
        assert!(matches!(only(gaps(&[otherwise])), Gap::NotFound { .. }));
    }

    /// Each control that the project has is missed when it is gone.
    #[test]
    fn each_control_that_is_left_out_is_a_gap() {
        let required = super::super::defects::required().unwrap();
        let all: Vec<Ran> =
            required.iter().map(|defect| control(Build::Loom, "control", &defect.id)).collect();
        assert_eq!(of_defects(&required, &all), []);
        for left_out in 0..all.len() {
            let mut ran = all.clone();
            ran.remove(left_out);
            let Defect { id, title } = required[left_out].clone();
            assert_eq!(only(of_defects(&required, &ran)), Gap::NoControl { defect: id, title });
        }
    }
}
