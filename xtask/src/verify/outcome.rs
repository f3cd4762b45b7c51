//! What came of a test: how its process ended, and the records it left.

use super::builds::{Build, engine_named, explores, is_explorer};
use super::child::Ending;
use super::targets::TestId;
use selvedge::check::{Coverage, Engine, Outcome, Record};
use serde::Serialize;
use std::path::Path;

/// The target that holds the explorer against its judges: tests of an engine, and no models.
const OF_AN_ENGINE: &str = "explorer";

/// How a test's process ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum End {
    /// The test passed.
    Passed,
    /// The test failed or crashed.
    Failed {
        /// Exit code or signal.
        status: String,
    },
    /// It took too long and was ended.
    TimedOut,
    /// It could not be run.
    NotRun {
        /// Why.
        why: String,
    },
    /// The user stopped it.
    Interrupted,
}

impl From<Ending> for End {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Exited(status) if status.success() => End::Passed,
            Ending::Exited(status) => End::Failed { status: status.to_string() },
            Ending::TimedOut => End::TimedOut,
            Ending::Interrupted => End::Interrupted,
        }
    }
}

/// What came of a test.
#[derive(Clone, Debug, Serialize)]
pub struct Ran {
    /// Which test.
    pub test: TestId,
    /// How its process ended.
    pub end: End,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// One record per engine.
    pub records: Vec<Record>,
    /// Records that cannot be right, and why.
    pub malformed: Vec<String>,
    /// The last of what it wrote, if it did not pass.
    pub log: Option<String>,
}

impl Ran {
    /// The engines that should have left a record and have not. Empty for a test without any record.
    pub fn missing_engines(&self) -> Vec<Engine> {
        let build = self.test.build;
        if self.records.is_empty() || !build.runs_every_engine() {
            return Vec::new();
        }
        let left = |engine: &Engine| self.records.iter().any(|record| record.engine == engine.to_string());
        build.engines().filter(|engine| !left(engine)).collect()
    }

    /// Whether this is a test of something in the target's own code, not a model: it left no record, and its
    /// path has a module `tests` in it, as unit tests do; or its target is about an engine, and holds no models.
    pub fn is_unit_test(&self) -> bool {
        let in_tests = self.test.name.rsplit("::").skip(1).any(|module| module == "tests");
        (in_tests || self.test.target == OF_AN_ENGINE) && self.records.is_empty() && self.malformed.is_empty()
    }
}

/// Reads the records of one test; for each that is not to be trusted, says why.
pub fn collect(folder: &Path, test: &TestId) -> std::io::Result<(Vec<Record>, Vec<String>)> {
    let (mut records, mut malformed) = (Vec::new(), Vec::new());
    let mut paths: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match serde_json::from_str(&std::fs::read_to_string(path)?) {
            Ok(record) => {
                malformed.extend(distrust(&record, test).map(|why| format!("{name}: {why}")));
                records.push(record);
            }
            Err(why) => malformed.push(format!("{name}: {why}")),
        }
    }
    let column = |record: &Record| super::builds::ENGINES.iter().position(|e| e.to_string() == record.engine);
    records.sort_by_key(column);
    Ok((records, malformed))
}

/// Why a record of `test` cannot be right.
fn distrust(record: &Record, test: &TestId) -> Option<String> {
    let Record { model, engine, .. } = record;
    let Some(known) = engine_named(engine) else {
        return Some(format!("`{engine}` is no engine that is known"));
    };
    if Build::of(known) != test.build {
        return Some(format!("`{engine}` is no engine of this build"));
    }
    if *model != test.name {
        return Some(format!("a record of `{model}`"));
    }
    // One part of several may have nothing of a model.
    let part = matches!(record.coverage, Coverage::Shard(..));
    if record.executions == 0 && !part {
        return Some("a run of no executions".into());
    }
    if record.pruned > 0 && !is_explorer(known) {
        return Some(format!("`{engine}` prunes nothing"));
    }
    let silent = record.fault.is_none();
    match (&record.outcome, &record.defect, record.demanded) {
        (Outcome::Failed(_), None, _) if silent => Some("failed, and no fault is given".into()),
        (Outcome::Held, Some(_), true) if silent && !part => {
            Some("the defect was not found, and no fault is given".into())
        }
        (_, None, false) => Some("neither a control nor demanded".into()),
        (_, _, false) if !silent => Some("a fault where nothing was demanded".into()),
        (Outcome::Failed(_), _, _) => None,
        (Outcome::Held, _, _) => {
            let claims =
                (record.coverage == Coverage::Sampled) == explores(known) || part && !is_explorer(known);
            claims.then(|| format!("`{engine}` cannot say {:?} of what it saw", record.coverage))
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::super::builds::ENGINES;
    use super::*;
    use selvedge::check::Failure;

    pub fn id(build: Build, name: &str) -> TestId {
        TestId { build, target: "stack".into(), name: name.into() }
    }

    /// A run that held.
    pub fn record(name: &str, engine: Engine) -> Record {
        let coverage = if explores(engine) { Coverage::Complete } else { Coverage::Sampled };
        Record {
            model: name.into(),
            structure: "TreiberStack".into(),
            property: "linearizable".into(),
            defect: None,
            engine: engine.to_string(),
            demanded: true,
            executions: 1234,
            pruned: if is_explorer(engine) { 12 } else { 0 },
            overlapped: 1000,
            histories: 10,
            steps: 20,
            coverage,
            outcome: Outcome::Held,
            fault: None,
            unreached: vec![],
            seconds: 0.5,
        }
    }

    pub fn failure() -> Outcome {
        let (message, trace) = ("use after free".into(), "thread 0 | thread 1".into());
        Outcome::Failed(Failure { message, trace, schedule: None, fewest: true, test: None, execution: None })
    }

    /// A model that passed in its build, with all its records.
    pub fn passed(build: Build, name: &str) -> Ran {
        let engines = if build == Build::Std { vec![Engine::Stress] } else { build.engines().collect() };
        let records = engines.into_iter().map(|engine| record(name, engine)).collect();
        Ran { test: id(build, name), end: End::Passed, seconds: 1.0, records, malformed: vec![], log: None }
    }

    fn distrusted_of(engine: Engine, change: impl FnOnce(&mut Record)) -> Option<String> {
        let mut record = record("push_push", engine);
        change(&mut record);
        distrust(&record, &id(Build::of(engine), "push_push"))
    }

    fn distrusted(change: impl FnOnce(&mut Record)) -> Option<String> {
        distrusted_of(Engine::LoomPlain, change)
    }

    #[test]
    fn a_good_record_is_trusted() {
        for engine in ENGINES {
            assert_eq!(distrusted_of(engine, |_| ()), None);
        }
    }

    #[test]
    fn records_that_cannot_be_right_are_not() {
        let says = |why: Option<String>, what: &str| {
            assert!(why.as_ref().is_some_and(|w| w.contains(what)), "{why:?}")
        };
        says(distrusted(|r| r.engine = "loom".into()), "no engine that is known");
        says(distrusted(|r| r.engine = "stress".into()), "no engine of this build");
        says(distrusted(|r| r.model = "pop_pop".into()), "a record of `pop_pop`");
        says(distrusted(|r| r.executions = 0), "no executions");
        says(distrusted(|r| r.outcome = failure()), "no fault is given");
        says(distrusted(|r| r.defect = Some("RB1".into())), "no fault is given");
        says(distrusted(|r| r.demanded = false), "neither");
        says(distrusted(|r| r.coverage = Coverage::Sampled), "cannot say Sampled");
        for explorer in [Engine::ExplorerSc, Engine::ExplorerWeak] {
            says(distrusted_of(explorer, |r| r.coverage = Coverage::Sampled), "cannot say Sampled");
        }
        says(distrusted_of(Engine::ShuttlePct2, |r| r.coverage = Coverage::Complete), "cannot say Complete");
        says(distrusted(|r| r.coverage = Coverage::Shard(0, 3)), "cannot say Shard");
        says(distrusted(|r| r.pruned = 1), "prunes nothing");
        let undemanded = |r: &mut Record| {
            (r.defect, r.demanded, r.fault) = (Some("RB1".into()), false, Some("survived".into()));
        };
        says(distrusted(undemanded), "nothing was demanded");
    }

    #[test]
    fn a_part_may_have_seen_nothing() {
        let nothing = |r: &mut Record| (r.executions, r.coverage) = (0, Coverage::Shard(1, 3));
        assert_eq!(distrusted_of(Engine::ExplorerSc, nothing), None);
        let missed = |r: &mut Record| (r.defect, r.coverage) = (Some("RB1".into()), Coverage::Shard(1, 3));
        assert_eq!(distrusted_of(Engine::ExplorerWeak, missed), None);
    }

    #[test]
    fn records_are_read_back_and_rubbish_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let strong = record("push_push", Engine::LoomStrong);
        let plain = record("push_push", Engine::LoomPlain);
        write("push_push.loom-strong.json", &serde_json::to_string(&strong).unwrap());
        write("push_push.loom-plain.json", &serde_json::to_string(&plain).unwrap());
        write("push_push.loom-plain.progress", "64");
        let test = id(Build::Loom, "push_push");
        assert_eq!(collect(folder.path(), &test).unwrap(), (vec![plain, strong], vec![]));
        write("more.json", "{\"model\":");
        let (records, malformed) = collect(folder.path(), &test).unwrap();
        assert_eq!((records.len(), malformed.len()), (2, 1));
        assert!(malformed[0].starts_with("more.json: EOF"), "{malformed:?}");
    }

    #[test]
    fn only_a_unit_test_may_leave_no_record() {
        let silent = |name| Ran { records: vec![], ..passed(Build::Std, name) };
        assert!(silent("tests::capacity").is_unit_test());
        assert!(silent("ring::tests::capacity").is_unit_test());
        assert!(!silent("capacity").is_unit_test());
        assert!(!silent("ring::tests").is_unit_test());
        assert!(!passed(Build::Std, "tests::capacity").is_unit_test());
        let of = |target: &str, ran: Ran| Ran { test: TestId { target: target.into(), ..ran.test }, ..ran };
        assert!(of("explorer", silent("agreement::litmus_tests")).is_unit_test());
        assert!(!of("ring", silent("agreement::litmus_tests")).is_unit_test());
        assert!(!of("explorer", passed(Build::Std, "agreement::litmus_tests")).is_unit_test());
    }
}
