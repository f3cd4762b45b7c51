//! Runs the tests: each in a process of its own, several at a time, the longest first.

use super::child;
use super::memory::Memory;
use super::outcome::{End, Ran, collect};
use super::progress::Progress;
use super::targets::Job;
use anyhow::{Context, Result};
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How tests are run.
#[derive(Clone)]
pub struct Runner {
    /// The folder that tests run in: the package's.
    pub root: PathBuf,
    /// A folder for what they leave.
    pub reports: PathBuf,
    /// `SELVEDGE_BUDGET`.
    pub budget: String,
    /// What else they are told.
    pub environment: Vec<(&'static str, String)>,
    /// The most time that one may take.
    pub timeout: Duration,
    /// How many at a time.
    pub jobs: usize,
}

/// How many to run at the same time: as asked for, or as there are processors.
pub fn at_once(asked: Option<NonZeroUsize>) -> usize {
    asked.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

/// `act` on each of `all` and its number, so many at a time, and on no further one when the user stopped it. The answers are
/// in the order of `all`.
pub fn each<T: Send, R: Send>(at_once: usize, all: Vec<T>, act: impl Fn(usize, T) -> R + Sync) -> Vec<R> {
    let waiting = Mutex::new(all.into_iter().enumerate().collect::<VecDeque<_>>());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while !child::interrupted() {
                    let next = waiting.lock().expect("no panic under this lock").pop_front();
                    let Some((nth, one)) = next else { break };
                    let answer = act(nth, one);
                    done.lock().expect("no panic under this lock").push((nth, answer));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no panic under this lock");
    done.sort_by_key(|(nth, _)| *nth);
    done.into_iter().map(|(_, answer)| answer).collect()
}

/// What is written last says most: so much of it is kept.
const LOG_BYTES: usize = 20_000;

impl Runner {
    /// Runs all of `jobs`, or those that were begun when the user stopped it. In the order of their names.
    pub fn run(&self, mut jobs: Vec<Job>, memory: &Memory, progress: &Progress) -> Result<Vec<Ran>> {
        let seconds = |job: &Job| memory.seconds(&job.id, &self.budget).unwrap_or(f64::MAX);
        jobs.sort_by(|a, b| seconds(b).total_cmp(&seconds(a)));
        let mut done = each(self.jobs, jobs, |nth, job| self.one(nth, &job, progress));
        done.sort_by(|a, b| a.test.cmp(&b.test));
        Ok(done)
    }

    /// Runs the `nth` of this runner's jobs: no two have the same number.
    pub fn one(&self, nth: usize, job: &Job, progress: &Progress) -> Ran {
        let started = Instant::now();
        let ran = self.attempt(nth, job, progress).unwrap_or_else(|why| Ran {
            test: job.id.clone(),
            end: End::NotRun { why: format!("{why:#}") },
            seconds: started.elapsed().as_secs_f64(),
            records: Vec::new(),
            malformed: Vec::new(),
            log: None,
        });
        progress.ended(&ran);
        ran
    }

    fn attempt(&self, nth: usize, job: &Job, progress: &Progress) -> Result<Ran> {
        // Records of different targets may have the same name: each test has a folder of its own.
        let folder = self.reports.join(nth.to_string());
        std::fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
        let log = folder.join("log");
        let mut command = Command::new(&job.binary);
        command.args([
            job.id.name.as_str(),
            "--exact",
            "--include-ignored",
            "--nocapture",
            "--test-threads=1",
        ]);
        command.current_dir(&self.root).env("CARGO_MANIFEST_DIR", &self.root);
        command.env("SELVEDGE_REPORT", &folder).env("SELVEDGE_BUDGET", &self.budget);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        child::log_to(&mut command, &log)?;
        let started = Instant::now();
        let mut watch = progress.begun(&job.id, &folder);
        let ending = child::run(&mut command, Some(self.timeout), || watch.look());
        drop(watch);
        let seconds = started.elapsed().as_secs_f64();
        let end: End = ending.with_context(|| format!("{} does not start", job.binary.display()))?.into();
        let (records, malformed) = collect(&folder, &job.id)?;
        let log = (end != End::Passed || !malformed.is_empty()).then(|| last_of(&log)).transpose()?;
        Ok(Ran { test: job.id.clone(), end, seconds, records, malformed, log })
    }
}

fn last_of(log: &Path) -> std::io::Result<String> {
    let bytes = std::fs::read(log)?;
    let skipped = bytes.len().saturating_sub(LOG_BYTES);
    Ok(String::from_utf8_lossy(&bytes[skipped..]).into_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::builds::Build;
    use super::super::outcome::tests::{id, record};
    use super::*;
    use selvedge::check::Engine;
    use std::os::unix::fs::PermissionsExt;

    /// A test binary that is a shell script.
    fn run(script: &str, timeout: Duration) -> Ran {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("binary");
        std::fs::write(&binary, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&binary, std::fs::Permissions::from_mode(0o755)).unwrap();
        let runner = Runner {
            root: folder.path().into(),
            reports: folder.path().into(),
            budget: "quick".into(),
            environment: vec![("SELVEDGE_SHARD", "0/3".into())],
            timeout,
            jobs: 2,
        };
        let job = Job { id: id(Build::Std, "push_push"), binary, long: false };
        let progress = Progress::silent();
        let mut ran = runner.run(vec![job], &Memory::default(), &progress).unwrap();
        assert_eq!(ran.len(), 1);
        ran.pop().unwrap()
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_test_is_called_by_its_name_and_told_where_to_leave_its_record() {
        let text = serde_json::to_string(&record("push_push", Engine::Stress)).unwrap();
        let ran = run(
            &format!(
                "test \"$1 $2 $SELVEDGE_SHARD\" = 'push_push --exact 0/3' || exit 9\necho '{text}' > \"$SELVEDGE_REPORT/$SELVEDGE_BUDGET.json\""
            ),
            LONG,
        );
        assert_eq!((&ran.end, ran.records.len(), &ran.log), (&End::Passed, 1, &None), "{ran:?}");
        assert!(ran.malformed.is_empty(), "{:?}", ran.malformed);
    }

    #[test]
    fn a_failing_test_keeps_its_log() {
        let ran = run("echo it broke; exit 101", LONG);
        assert_eq!(ran.end, End::Failed { status: "exit status: 101".into() });
        assert_eq!(ran.log.as_deref(), Some("it broke\n"));
    }

    #[test]
    fn a_test_that_hangs_is_ended() {
        let ran = run("echo waiting; sleep 60", Duration::from_millis(300));
        assert_eq!((ran.end, ran.log.as_deref()), (End::TimedOut, Some("waiting\n")));
    }
}
