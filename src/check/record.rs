//! What is kept of a run: for the verdict, for `cargo verify`, for the reader.

use super::failure::Failure;
use super::model::Engine;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// How much of what there is to see a run has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// The engine came to its end: all that it can see of this scenario.
    Complete,
    /// The engine came to its end within a bound on preemptions.
    Bounded(usize),
    /// Schedules or inputs were drawn; there is no end to come to.
    Sampled,
    /// The engine was stopped before its end.
    Capped,
    /// The engine came to the end of one part, the one with this number, from 0, of so many.
    Shard(usize, usize),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing went wrong in any execution.
    Held,
    /// This went wrong, in the last execution that was counted.
    Failed(Failure),
}

/// One model under one engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The path of the model's test.
    pub model: String,
    /// The structure that it is about.
    pub structure: String,
    /// The property that it is about.
    pub property: String,
    /// The defect that it must find, for a control.
    pub defect: Option<String>,
    /// The engine.
    pub engine: String,
    /// Whether the model demands anything of this engine. A control does of the engines it names.
    pub demanded: bool,
    /// Executions that were begun. Of an explorer: those that came to their end, or failed; no two are alike.
    pub executions: u64,
    /// Runs of an explorer that were no executions of their own: blocked, or given up for a better one.
    #[serde(default)]
    pub pruned: u64,
    /// Executions in which operations of different threads overlapped.
    pub overlapped: u64,
    /// Different histories (or different ways to interleave, for a program).
    pub histories: u64,
    /// The most steps of one thread in one execution. 0 on real threads, where steps are not counted.
    pub steps: u64,
    /// How much was seen.
    pub coverage: Coverage,
    /// How it ended.
    pub outcome: Outcome,
    /// Why the run does not count, if it does not.
    pub fault: Option<String>,
    /// Places that `SELVEDGE_WEAKEN` names and that no step of this run came to.
    pub unreached: Vec<String>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// The folder that records are collected in, if somebody wants them: `cargo verify`, or `SELVEDGE_REPORT` set by hand. It
/// is made if it is not there.
///
/// # Panics
/// If it cannot be made.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("SELVEDGE_REPORT").map(PathBuf::from)?;
    std::fs::create_dir_all(&folder)
        .unwrap_or_else(|why| panic!("SELVEDGE_REPORT={}: {why}", folder.display()));
    Some(folder)
}

pub(super) fn file_name(model: &str, engine: &str) -> String {
    format!("{model}.{engine}").replace(|c: char| !c.is_alphanumeric() && c != '.' && c != '_', "-")
}

/// Where to keep the number of executions while a run lasts.
pub(super) fn progress_file(model: &str, engine: &str) -> Option<PathBuf> {
    Some(folder()?.join(file_name(model, engine) + ".progress"))
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Record { engine, executions, overlapped, histories, seconds, .. } = self;
        write!(
            f,
            "{engine:14} {executions:>8} executions, {overlapped} overlapped, {histories} histories, "
        )?;
        if Engine::EXPLORERS.iter().any(|explorer| explorer.to_string() == *engine) {
            write!(f, "{} pruned, ", self.pruned)?;
        }
        match (self.coverage, &self.outcome) {
            (_, Outcome::Failed(_)) => write!(f, "stopped")?,
            (Coverage::Complete, _) => write!(f, "complete")?,
            (Coverage::Bounded(most), _) => write!(f, "complete up to {most} preemptions")?,
            (Coverage::Sampled, _) => write!(f, "sampled")?,
            (Coverage::Capped, _) => write!(f, "incomplete")?,
            (Coverage::Shard(index, of), _) => write!(f, "shard {index}/{of}")?,
        }
        write!(f, ", {seconds:.1} s: ")?;
        match (&self.outcome, &self.defect) {
            (Outcome::Held, None) => write!(f, "held"),
            (Outcome::Held, Some(defect)) => write!(f, "{defect} missed"),
            (Outcome::Failed(failure), None) => write!(f, "failed: {failure}"),
            (Outcome::Failed(failure), Some(defect)) => write!(f, "{defect} found: {failure}"),
        }
    }
}

impl Record {
    /// What a picture of it is about, in a line.
    #[must_use]
    pub fn title(&self) -> String {
        let Record { structure, property, engine, defect, .. } = self;
        match defect {
            None => format!("{structure}: not {property}, says {engine}"),
            Some(defect) => format!("{defect}: {structure}, not {property}, says {engine}"),
        }
    }

    /// Leaves the record where `cargo verify` looks for it.
    ///
    /// # Panics
    /// If the folder cannot be written: a record that is lost would look like a gap, or hide one.
    pub(super) fn leave(&self) {
        let Some(folder) = folder() else { return };
        let path = folder.join(file_name(&self.model, &self.engine) + ".json");
        let text = serde_json::to_string(self).expect("a record is plain data");
        std::fs::write(&path, text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    }
}
