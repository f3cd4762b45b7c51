//! The test target `engines`: built for both engines, and run for one cell at a time.

use super::cell::Cell;
use super::column::Column;
use crate::verify::builds::Build;
use crate::verify::child::{self, Ending};
use crate::verify::targets::Workspace;
use anyhow::{Context, Result, bail};
use selvedge::check::measure::Search;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where an engine is stopped.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// After so many executions.
    pub executions: u64,
    /// After so long.
    pub time: Duration,
}

/// An engine looks at the clock between two executions: a process that lives so much longer hangs in one.
const GRACE: Duration = Duration::from_secs(10);

/// The binaries.
pub struct Target {
    /// The folder of the package.
    pub root: PathBuf,
    loom: PathBuf,
    shuttle: PathBuf,
    grace: Duration,
}

impl Target {
    /// Builds them.
    pub fn build() -> Result<Self> {
        let workspace = Workspace { targets: vec!["engines".into()], ..Workspace::find()? };
        let binary = |build: Build| {
            eprintln!("building the programs for {build}");
            let Some(binaries) = workspace.compile(build)? else { bail!("stopped") };
            Ok(binaries.into_iter().map(|(_, path)| path).next().expect("it was asked for"))
        };
        let (loom, shuttle) = (binary(Build::Loom)?, binary(Build::Shuttle)?);
        Ok(Target { root: workspace.root, loom, shuttle, grace: GRACE })
    }

    /// The same, with less patience.
    pub fn grace(&self, grace: Duration) -> Self {
        let (root, loom, shuttle) = (self.root.clone(), self.loom.clone(), self.shuttle.clone());
        Target { root, loom, shuttle, grace }
    }

    fn binary(&self, search: Search) -> &Path {
        match search {
            Search::LoomPlain => &self.loom,
            _ => &self.shuttle,
        }
    }

    /// Group and name of each program of the table.
    pub fn programs(&self) -> Result<Vec<(String, String)>> {
        let output = Command::new(&self.shuttle).arg("--programs").output().context("it does not start")?;
        serde_json::from_slice(&output.stdout).context("the list of programs is not understood")
    }

    /// What comes of `program` in this column.
    pub fn run(&self, program: &str, column: Column, limits: Limits) -> Result<Cell> {
        let Column { search, workers } = column;
        let folder = tempfile::tempdir()?;
        let (said, complained) = (folder.path().join("stdout"), folder.path().join("stderr"));
        let mut command = Command::new(self.binary(search));
        command.args(["--measure", program, &search.to_string()]);
        command.args([limits.executions.to_string(), limits.time.as_secs_f64().to_string()]);
        command.current_dir(&self.root).env("SELVEDGE_WORKERS", workers.to_string());
        command.env_remove("SELVEDGE_WEAKEN");
        command.stdin(Stdio::null()).stdout(File::create(&said)?).stderr(File::create(&complained)?);
        let most = limits.time + self.grace;
        let ending = child::run(&mut command, Some(most), || ())
            .with_context(|| format!("{} does not start", self.binary(search).display()))?;
        Ok(match ending {
            Ending::Interrupted => bail!("stopped"),
            Ending::TimedOut => Cell::Hung(most),
            Ending::Exited(status) if status.success() => {
                let said = std::fs::read_to_string(&said)?;
                let measured = serde_json::from_str(said.trim());
                measured.map_or_else(
                    |why| Cell::Died(format!("its result is not understood: {why}")),
                    Cell::Measured,
                )
            }
            Ending::Exited(status) => {
                let complained = String::from_utf8_lossy(&std::fs::read(&complained)?).into_owned();
                let last = complained.lines().rev().find(|line| !line.trim().is_empty());
                Cell::Died(last.map_or(status.to_string(), |last| format!("{status}: {last}")))
            }
        })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use selvedge::check::measure::Measured;
    use std::num::NonZeroUsize;
    use std::os::unix::fs::PermissionsExt;

    /// A target that is a shell script.
    fn run(script: &str) -> Cell {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("binary");
        std::fs::write(&binary, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&binary, std::fs::Permissions::from_mode(0o755)).unwrap();
        let (workers, grace) = (NonZeroUsize::new(3).unwrap(), Duration::from_millis(300));
        let target = Target { root: folder.path().into(), loom: "nowhere".into(), shuttle: binary, grace };
        let limits = Limits { executions: 7, time: Duration::from_millis(500) };
        target.run("a program", Column { search: Search::ShuttleDfs, workers }, limits).unwrap()
    }

    #[test]
    fn a_child_is_told_what_to_measure_and_is_listened_to() {
        let cell = run(
            r#"test "$1 $2 $3 $4 $5 $SELVEDGE_WORKERS" = '--measure a program shuttle DFS 7 0.5 3' || exit 9
            echo noise >&2
            echo '{"executions":7,"pruned":1,"complete":false,"seconds":0.5,"failure":null}'"#,
        );
        let expected = Measured { executions: 7, pruned: 1, complete: false, seconds: 0.5, failure: None };
        assert_eq!(cell, Cell::Measured(expected));
    }

    #[test]
    fn a_child_that_dies_or_hangs_or_says_nothing_is_told_apart() {
        let Cell::Died(why) = run("echo first >&2; echo 'it broke' >&2; kill -ABRT $$") else { panic!() };
        assert!(why.contains("SIGABRT") && why.ends_with(": it broke"), "{why}");
        let Cell::Died(why) = run("exit 3") else { panic!() };
        assert_eq!(why, "exit status: 3");
        let Cell::Died(why) = run("echo nothing of use") else { panic!() };
        assert!(why.starts_with("its result is not understood"), "{why}");
        assert_eq!(run("sleep 60"), Cell::Hung(Duration::from_millis(800)));
    }
}
