//! The whole result: as tables and text for people, as JSON for programs, as an exit code for both.

use super::builds::{Build, engine_named, is_explorer};
use super::controls::controls;
use super::defects::Defect;
use super::gaps::Gap;
use super::markdown::markdown;
use super::matrix::matrix;
use super::outcome::{End, Ran};
use super::targets::TestId;
use comfy_table::Table;
use indicatif::HumanCount;
use selvedge::check::{Outcome, Record};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// The whole result.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `quick`, `normal` or `long`.
    pub budget: String,
    /// `SELVEDGE_SEED`, if it was set.
    pub seed: Option<String>,
    /// `SELVEDGE_WEAKEN`, if it was set: then the library that was checked is not the one that ships.
    pub weakened: Option<String>,
    /// The part of what the explorer has to do that it did, if not all.
    pub part: Option<String>,
    /// What was asked for.
    pub filter: Option<String>,
    /// Whether tables are to be printed as Markdown.
    #[serde(skip)]
    pub markdown: bool,
    /// The builds that were asked for.
    pub builds: Vec<Build>,
    /// Whether all there is was asked for, so that a missing control is a gap.
    pub whole: bool,
    /// Whether the user stopped it.
    pub interrupted: bool,
    /// How many tests there were to run.
    pub planned: usize,
    /// The tests that are for a long run, if this is none.
    pub left: Vec<TestId>,
    /// How long it all took, in seconds.
    pub seconds: f64,
    /// The defects that must be found.
    pub required: Vec<Defect>,
    /// What came of each test.
    pub tests: Vec<Ran>,
    /// All that keeps this from being a verification.
    pub gaps: Vec<Gap>,
}

/// The exit code of a run that the user stopped, as shells have it.
const INTERRUPTED: u8 = 130;

/// What the words in the tables mean.
pub const LEGEND: &str = "\
The first line of a cell counts executions, of all its models; the others count models by how much was seen (and
runs that the explorer pruned):
  complete      the engine came to its own end. For loom that is NOT every execution: it keeps one last access per
                object and so leaves out interleavings (its issues 166 and 392). plain: reads may be stale, answers
                are judged by each thread's order. strong: no stale reads, answers are judged in real time.
                For the explorer it IS every execution of the scenario, each once. SC: sequentially consistent
                memory, answers are judged in every real time. weak: C11's memory without load buffering, answers
                are judged by happens-before. Both: at most one disturbance (spurious failure or wake-up, time-out).
  n pruned      runs of the explorer that were blocked, or given up for another one that does the same. More than one
                in twenty are a gap: of a model of more than 200 runs, and of all together.
  ≤n preempt.   the same, for executions with at most n preemptions.
  sampled       schedules or inputs were drawn, there is no end to come to. shuttle is sequentially consistent: it
                sees no stale reads and no data races. stress is real threads: that it passes says little.
  INCOMPLETE    stopped before the end. A gap unless the model says that it may be. Or one part of several (--shard).
  VACUOUS       no two operations overlapped, so nothing was checked. A gap.
  FAILED        an execution went wrong, or something other than the claimed was shown. A gap.
  NO RECORD     the engine should have run, and left nothing. A gap.
A control is code known to be wrong. The engines of which it is demanded must find the defect and say so:
  found n       in the n-th execution.
  (found) (missed)  this was not demanded of this engine, which cannot see the defect, or sees it by luck.
  SURVIVED      not found in n executions, though demanded. A gap, and so are
  OTHER         something else was found in the n-th execution, and NO CONTROL.
";

impl Report {
    /// 0 if there is no gap; 130 if the user stopped it; else 1.
    pub fn exit_code(&self) -> u8 {
        match (self.interrupted, self.gaps.is_empty()) {
            (true, _) => INTERRUPTED,
            (false, true) => 0,
            (false, false) => 1,
        }
    }

    /// What was run, and how. A line each.
    pub fn heading(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_heading(&mut text);
        text
    }

    fn write_heading(&self, f: &mut dyn fmt::Write) -> fmt::Result {
        let builds = self.builds.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        write!(f, "budget {}; builds {builds}", self.budget)?;
        if let Some(filter) = &self.filter {
            write!(f, "; filter `{filter}`")?;
        }
        if let Some(seed) = &self.seed {
            write!(f, "; SELVEDGE_SEED={seed}")?;
        }
        writeln!(f, "; {} tests in {:.0} s", self.tests.len(), self.seconds)?;
        if !self.left.is_empty() {
            // One of several builds is left to it in each.
            let names: BTreeSet<_> =
                self.left.iter().map(|test| format!("{}::{}", test.target, test.name)).collect();
            writeln!(f, "Left to a long run (--long): {}.", Vec::from_iter(names).join(", "))?;
        }
        if let Some(part) = &self.part {
            writeln!(
                f,
                "PART {part} of what the explorer has to do, not a verification: all parts together see everything once."
            )?;
        }
        if let Some(weakened) = &self.weakened {
            writeln!(
                f,
                "AUDIT RUN, not a verification: SELVEDGE_WEAKEN={weakened}. Gaps are what an audit wants to see."
            )?;
        }
        if !self.whole {
            writeln!(f, "Not the whole: required defects are not counted.")?;
        }
        if self.interrupted {
            writeln!(
                f,
                "STOPPED by the user after {} of {} tests: what follows is partial.",
                self.tests.len(),
                self.planned
            )?;
        }
        Ok(())
    }

    fn table(&self, f: &mut fmt::Formatter<'_>, title: &str, table: &Table) -> fmt::Result {
        if self.markdown {
            writeln!(f, "\n### {title}\n\n{}", markdown(table))
        } else {
            writeln!(f, "\n{title}\n{table}")
        }
    }

    fn failures(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ran in &self.tests {
            for record in ran.records.iter().filter(|record| record.fault.is_some()) {
                let id = &ran.test;
                writeln!(f, "\n──── {}::{} under {}", id.target, id.name, record.engine)?;
                let fault = record.fault.as_deref().unwrap_or_default();
                match &record.outcome {
                    Outcome::Held => writeln!(f, "{fault}")?,
                    Outcome::Failed(failure) => {
                        if failure.message != fault {
                            writeln!(f, "{fault}\n")?;
                        }
                        writeln!(f, "in execution {}: {failure}", record.executions)?;
                    }
                }
            }
            let unexplained =
                !matches!(ran.end, End::Passed) && ran.records.iter().all(|r| r.fault.is_none());
            if let (true, Some(log)) = (unexplained || !ran.malformed.is_empty(), &ran.log) {
                writeln!(f, "\n──── {}: the last of what it wrote\n{}", ran.test, log.trim_end())?;
            }
        }
        Ok(())
    }

    fn close(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records = || self.tests.iter().flat_map(|ran| &ran.records);
        let models = records().filter(|record| record.defect.is_none()).count();
        let controls = records().filter(|record| record.defect.is_some());
        let found = |r: &&Record| r.demanded && r.fault.is_none() && matches!(r.outcome, Outcome::Failed(_));
        let found = controls.clone().filter(found).map(|r| &r.defect);
        let found = found.collect::<BTreeSet<_>>().len();
        let executions = HumanCount(records().map(|record| record.executions).sum());
        write!(f, "{models} runs of models that must hold; {} runs of controls, ", controls.count())?;
        writeln!(f, "{found} defects found on demand; {executions} executions")?;
        let explored = records().filter(|record| engine_named(&record.engine).is_some_and(is_explorer));
        let (ended, pruned) = explored
            .fold((0, 0), |(ended, pruned), record| (ended + record.executions, pruned + record.pruned));
        if ended > 0 {
            let share = 100.0 * pruned as f64 / (ended + pruned) as f64;
            let (ended, pruned) = (HumanCount(ended), HumanCount(pruned));
            writeln!(f, "of these by the explorer {ended}, each once; {pruned} runs pruned ({share:.1} %)")?;
        }
        writeln!(f, "{}", self.conclusion())
    }

    /// Whether it is a verification, in a line.
    pub fn conclusion(&self) -> String {
        match (self.interrupted, self.gaps.len()) {
            (true, _) => "STOPPED: nothing is verified".into(),
            (false, 0) if self.weakened.is_some() => "no gap: the checks did NOT notice the weakening".into(),
            (false, 0) if self.part.is_some() => "no gap in this part, which alone verifies nothing".into(),
            (false, 0) => "verified: no gap".into(),
            (false, 1) => "NOT verified: 1 gap".into(),
            (false, gaps) => format!("NOT verified: {gaps} gaps"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_heading(f)?;
        if let Some(matrix) = matrix(&self.tests) {
            self.table(f, "What must hold", &matrix)?;
        }
        if let Some(controls) = controls(&self.tests, &self.required, self.whole && !self.interrupted) {
            self.table(f, "What must be found", &controls)?;
        }
        if self.markdown {
            writeln!(f, "\n```text\n{LEGEND}```\n")?;
        } else {
            writeln!(f, "\n{LEGEND}")?;
        }
        let units: Vec<_> = self.tests.iter().filter(|ran| ran.is_unit_test()).collect();
        if !units.is_empty() {
            let passed = units.iter().filter(|ran| ran.end == End::Passed).count();
            writeln!(
                f,
                "{passed} of {} unit tests in the same targets passed; they are no models.\n",
                units.len()
            )?;
        }
        if !self.gaps.is_empty() {
            writeln!(f, "Gaps")?;
            for (number, gap) in (1..).zip(&self.gaps) {
                writeln!(f, "{number:>4}. {gap}")?;
            }
            self.failures(f)?;
            writeln!(f)?;
        }
        self.close(f)
    }
}

#[cfg(test)]
pub mod tests {
    use super::super::gaps;
    use super::super::outcome::tests::{failure, id, passed};
    use super::*;
    use selvedge::check::Coverage;

    /// The report of a whole run that went like this.
    pub fn report(tests: Vec<Ran>, required: &[&str]) -> Report {
        let required: Vec<_> =
            required.iter().map(|id| Defect { id: (*id).into(), title: "a title".into() }).collect();
        let gaps = tests.iter().flat_map(gaps::of_test).chain(gaps::of_defects(&required, &tests)).collect();
        Report {
            budget: "normal".into(),
            seed: None,
            weakened: None,
            part: None,
            filter: None,
            markdown: false,
            builds: Build::ALL.into(),
            whole: true,
            interrupted: false,
            planned: tests.len(),
            left: Vec::new(),
            seconds: 3.0,
            required,
            tests,
            gaps,
        }
    }

    /// All went well.
    pub fn good() -> Vec<Ran> {
        let mut control = passed(Build::Loom, "rb1");
        for record in &mut control.records {
            (record.defect, record.outcome) = (Some("RB1".into()), failure());
        }
        let mut tests: Vec<_> = Build::ALL.map(|build| passed(build, "push_push")).into();
        tests.extend([control, Ran { records: vec![], ..passed(Build::Std, "tests::helper") }]);
        tests
    }

    #[test]
    fn a_complete_run_is_verified() {
        let report = report(good(), &["RB1"]);
        assert_eq!(report.exit_code(), 0, "{report}");
        insta::assert_snapshot!(report.to_string());
    }

    #[test]
    fn what_is_left_to_a_long_run_is_named() {
        let [large, other] = [id(Build::Shuttle, "a_large_one"), id(Build::Shuttle, "another")];
        let target = large.target.clone();
        let left = vec![large, id(Build::Loom, "a_large_one"), other];
        let report = Report { left, ..report(good(), &["RB1"]) };
        assert_eq!(report.exit_code(), 0, "{report}");
        let named = format!("Left to a long run (--long): {target}::a_large_one, {target}::another.");
        assert!(report.heading().contains(&named), "{report}");
    }

    #[test]
    fn any_gap_is_told_by_the_exit_code() {
        type Change = fn(&mut Vec<Ran>);
        let changes: [(&str, Change); 8] = [
            ("a fault", |tests| tests[1].records[0].fault = Some("vacuous".into())),
            ("a failure", |tests| {
                (tests[2].records[0].outcome, tests[2].records[0].fault) = (failure(), Some("failed".into()));
            }),
            ("a crash", |tests| tests[0].end = End::Failed { status: "signal: 11".into() }),
            ("a time-out", |tests| tests[0].end = End::TimedOut),
            ("a lost record", |tests| _ = tests[2].records.pop()),
            ("all records lost", |tests| tests[0].records.clear()),
            ("a bad record", |tests| tests[0].malformed.push("EOF".into())),
            ("no control", |tests| {
                tests.remove(3);
            }),
        ];
        for (what, change) in changes {
            let mut tests = good();
            change(&mut tests);
            let report = report(tests, &["RB1"]);
            assert_eq!(report.exit_code(), 1, "{what}");
            assert!(report.to_string().contains("NOT verified: 1 gap"), "{what}: {report}");
        }
    }

    #[test]
    fn a_failure_is_printed_in_full() {
        let mut tests = good();
        (tests[2].records[0].outcome, tests[2].records[0].fault) = (failure(), Some("use after free".into()));
        let text = report(tests, &["RB1"]).to_string();
        assert!(text.contains("──── stack::push_push under shuttle random"), "{text}");
        assert!(text.contains("in execution 1234: use after free\n\nthread 0 | thread 1"), "{text}");
    }

    #[test]
    fn a_stopped_run_is_not_verified() {
        let report = Report { interrupted: true, planned: 9, ..report(good(), &["RB1"]) };
        assert_eq!(report.exit_code(), 130);
        assert!(report.to_string().contains("STOPPED by the user after 5 of 9 tests"), "{report}");
    }

    #[test]
    fn an_audit_run_says_so() {
        let report = Report { weakened: Some("src/a.rs:1:2=Relaxed".into()), ..report(good(), &["RB1"]) };
        let text = report.to_string();
        assert!(text.contains("AUDIT RUN") && text.contains("did NOT notice"), "{text}");
    }

    /// What no part can show, the others' defects among it, is no gap; nor is it found.
    #[test]
    fn a_part_of_a_run_verifies_nothing() {
        let mut tests = good();
        for record in &mut tests[3].records {
            (record.outcome, record.coverage, record.demanded) = (Outcome::Held, Coverage::Shard(1, 3), true);
        }
        let gaps = Vec::new();
        let report = Report { part: Some("1/3".into()), whole: false, gaps, ..report(tests, &["RB1"]) };
        let text = report.to_string();
        assert_eq!(report.exit_code(), 0, "{text}");
        assert!(text.contains("PART 1/3") && text.contains("verifies nothing"), "{text}");
        assert!(text.contains("(missed)") && text.contains("0 defects found on demand"), "{text}");
    }

    #[test]
    fn tables_can_be_markdown() {
        let text = Report { markdown: true, ..report(good(), &["RB1"]) }.to_string();
        assert!(text.contains("### What must hold\n\n| structure | property | stress |"), "{text}");
        assert!(text.contains("| RB1: a title | stack::rb1 | found<br>1,234 |"), "{text}");
    }

    #[test]
    fn the_result_is_json_too() {
        let json: serde_json::Value = serde_json::to_value(report(good(), &["RB1", "RB2"])).unwrap();
        assert_eq!(json["gaps"][0]["gap"], "no_control");
        assert_eq!(json["tests"][0]["records"][0]["executions"], 1234);
        assert_eq!(json["tests"][0]["end"]["how"], "passed");
    }
}
