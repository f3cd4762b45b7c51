//! Each loom model in a process of its own: loom ends the process when it meets a deadlock with other threads
//! alive, or a panic while it unwinds another one.
//!
//! The child is this very test binary, told by its environment to run one engine on one test and to leave
//! what came of it in a file. It writes the file as soon as something fails, before anything is unwound.

use super::failure::Failure;
use super::loom::run_here;
use super::model::{Engine, Model};
use super::record::{Coverage, progress_file};
use super::run::Run;
use super::tally::Tally;
use std::path::{Path, PathBuf};
use std::process::Command;

const ENGINE: &str = "SELVEDGE_CHILD_ENGINE";
const RESULT: &str = "SELVEDGE_CHILD_RESULT";
const PROGRESS: &str = "SELVEDGE_CHILD_PROGRESS";

fn write(run: &Run, path: &Path) {
    let text = serde_json::to_string(run).expect("a run is plain data");
    std::fs::write(path, text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
}

/// In a child: runs what the parent asked for, and tells that this was a child.
pub(super) fn run_as_child(model: &Model) -> bool {
    let Ok(name) = std::env::var(ENGINE) else { return false };
    let engine = Engine::HERE.iter().find(|engine| engine.to_string() == name);
    let engine = *engine.unwrap_or_else(|| panic!("{ENGINE}={name}: no engine of this build"));
    let result = PathBuf::from(std::env::var_os(RESULT).unwrap_or_else(|| panic!("{RESULT} is not set")));
    let progress = std::env::var_os(PROGRESS).map(PathBuf::from);
    let path = result.clone();
    let run = run_here(model, engine, progress, move |run| write(&run, &path));
    write(&run, &result);
    true
}

/// Runs `model` under `engine` in a child.
pub(super) fn run(model: &Model, path: &str, engine: Engine) -> Run {
    let _ = model;
    let folder = tempfile::tempdir().expect("a place for the child's result");
    let result = folder.path().join("run.json");
    let mut command = Command::new(std::env::current_exe().expect("the name of this test binary"));
    command.args([path, "--exact", "--nocapture", "--test-threads=1"]);
    command.env(ENGINE, engine.to_string()).env(RESULT, &result);
    if let Some(progress) = progress_file(path, &engine.to_string()) {
        command.env(PROGRESS, progress);
    }
    let output = command.output().expect("the test binary starts again");
    match std::fs::read_to_string(&result) {
        Ok(text) => serde_json::from_str(&text).expect("written by the child, this same binary"),
        Err(_) => {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            let message = format!("the process of this model left no result ({})", output.status);
            Run::new(&Tally::new(None), Coverage::Capped, Some(Failure::new(message, stderr)))
        }
    }
}
