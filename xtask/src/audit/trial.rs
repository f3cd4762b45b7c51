//! One model, with one ordering weaker.

use super::table::Killer;
use crate::verify::builds::{Build, engine_named};
use crate::verify::child;
use crate::verify::outcome::{End, Ran};
use crate::verify::progress::Progress;
use crate::verify::queue::{self, Runner};
use crate::verify::targets::{Job, Workspace};
use anyhow::{Context, Result, bail};
use selvedge::check::Outcome;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The model failed under the engine: the weakening is noticed. With the first line of what it says.
    Killed(String),
    /// The model came to the place and held.
    Held,
    /// The model did not come to the place.
    Unreached,
    /// There is no answer.
    Broken(String),
}

/// The verdict of `engine` in what a test left.
pub fn verdict(ran: &Ran, engine: &str) -> Verdict {
    match &ran.end {
        End::Passed | End::Failed { .. } if ran.malformed.is_empty() => {}
        end => return Verdict::Broken(format!("{end:?} {:?}", ran.malformed)),
    }
    let Some(record) = ran.records.iter().find(|record| record.engine == engine) else {
        return Verdict::Broken(format!("no record of {engine}"));
    };
    match &record.outcome {
        _ if record.defect.is_some() => Verdict::Broken("a control fails without it".into()),
        _ if !record.unreached.is_empty() => Verdict::Unreached,
        Outcome::Failed(failure) => {
            Verdict::Killed(failure.message.lines().next().unwrap_or_default().to_string())
        }
        Outcome::Held => match &record.fault {
            None => Verdict::Held,
            Some(fault) => Verdict::Broken(fault.clone()),
        },
    }
}

/// The models, built.
pub struct Models {
    runner: Runner,
    /// By build and `target::name`.
    jobs: BTreeMap<(Build, String), Job>,
    runs: AtomicUsize,
}

impl Models {
    /// None yet. `reports` is a folder for what runs leave.
    pub fn new(workspace: &Workspace, reports: &Path, at_once: usize, timeout: Duration) -> Models {
        let (root, budget) = (workspace.root.clone(), "quick".into());
        let environment = Vec::new();
        let runner = Runner { root, reports: reports.into(), budget, environment, timeout, jobs: at_once };
        Models { runner, jobs: BTreeMap::new(), runs: AtomicUsize::new(0) }
    }

    /// Builds those of `build`.
    pub fn build(&mut self, workspace: &Workspace, build: Build) -> Result<()> {
        eprintln!("building the models for {build}");
        let Some(binaries) = workspace.compile(build)? else { bail!("stopped") };
        for (target, binary) in binaries {
            for job in workspace.list(build, &target, &binary)? {
                self.jobs.insert((build, format!("{target}::{}", job.id.name)), job);
            }
        }
        Ok(())
    }

    /// The tests of a build that a quick run has.
    pub fn of(&self, build: Build) -> impl Iterator<Item = (&str, &Job)> {
        let these = self.jobs.iter().filter(move |((of, _), job)| *of == build && !job.long);
        these.map(|((_, name), job)| (name.as_str(), job))
    }

    /// Runs a test with `SELVEDGE_WEAKEN` as `setting`.
    pub fn run(&self, job: &Job, setting: &str) -> Ran {
        let environment = vec![("SELVEDGE_WEAKEN", setting.into())];
        let runner = Runner { environment, ..self.runner.clone() };
        runner.one(self.runs.fetch_add(1, Ordering::Relaxed), job, &Progress::silent())
    }

    /// What `killer` makes of `setting`.
    pub fn ask(&self, Killer(engine, model): &Killer, setting: &str) -> Verdict {
        let job = engine_named(engine)
            .and_then(|engine| self.jobs.get(&(Build::of(engine), model.clone())))
            .with_context(|| format!("there is no model {model}"));
        match job {
            Ok(job) => verdict(&self.run(job, setting), engine),
            Err(why) => Verdict::Broken(why.to_string()),
        }
    }

    /// `act` on each, several at a time; the answers are in the order of `all`.
    pub fn each<T: Send, R: Send>(&self, all: Vec<T>, act: impl Fn(T) -> R + Sync) -> Result<Vec<R>> {
        let answers = queue::each(self.runner.jobs, all, |_, one| act(one));
        anyhow::ensure!(!child::interrupted(), "stopped");
        Ok(answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::outcome::tests::{failure, passed};

    const WEAK: &str = "explorer weak";

    fn of(change: impl Fn(&mut selvedge::check::Record)) -> Verdict {
        let mut ran = passed(Build::Shuttle, "push_push");
        ran.records.iter_mut().filter(|record| record.engine == WEAK).for_each(change);
        verdict(&ran, WEAK)
    }

    #[test]
    fn only_a_model_that_fails_at_the_place_kills() {
        assert_eq!(of(|_| ()), Verdict::Held);
        assert_eq!(of(|record| record.outcome = failure()), Verdict::Killed("use after free".into()));
        assert_eq!(of(|record| record.unreached = vec!["a:1:2".into()]), Verdict::Unreached);
        assert!(matches!(of(|record| record.fault = Some("vacuous".into())), Verdict::Broken(_)));
    }

    #[test]
    fn a_control_and_a_crash_kill_nothing() {
        let control = |record: &mut selvedge::check::Record| {
            (record.defect, record.outcome) = (Some("RB1".into()), failure());
        };
        assert!(matches!(of(control), Verdict::Broken(_)));
        let late = Ran { end: End::TimedOut, ..passed(Build::Shuttle, "push_push") };
        assert!(matches!(verdict(&late, WEAK), Verdict::Broken(_)));
        let silent = Ran { records: vec![], ..passed(Build::Shuttle, "push_push") };
        assert!(matches!(verdict(&silent, WEAK), Verdict::Broken(_)));
    }
}
