//! What an audit says.

use super::places::Fixed;
use serde::Serialize;
use std::fmt;

/// What came of one weakening.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// A model failed, as the table says.
    Killed { model: String, engine: String, says: String },
    /// No model fails, for this reason.
    Spared { reason: String },
    /// The control: no model fails, and none may.
    Survived { model: String, engine: String },
    /// The table is wrong, or says nothing.
    Gap { why: String },
}

/// A weakening and what came of it.
#[derive(Debug, Serialize)]
pub struct Line {
    /// `label: Release -> Relaxed`.
    pub weakening: String,
    pub at: Option<String>,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The whole.
#[derive(Debug, Serialize)]
pub struct Report {
    pub filter: Option<String>,
    pub places: usize,
    pub lines: Vec<Line>,
    /// What cannot be weakened where it stands.
    pub fixed: Vec<Fixed>,
    /// What keeps the run from counting besides single weakenings.
    pub gaps: Vec<String>,
    pub seconds: f64,
}

impl Report {
    fn count(&self, of: impl Fn(&Outcome) -> bool) -> usize {
        self.lines.iter().filter(|line| of(&line.outcome)).count()
    }

    /// How many gaps there are.
    pub fn failures(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Gap { .. })) + self.gaps.len()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Line { weakening, outcome, .. } in &self.lines {
            match outcome {
                Outcome::Killed { model, engine, says } => {
                    writeln!(f, "killed    {weakening}  by {model} under {engine}: {says}")?;
                }
                Outcome::Spared { reason } => writeln!(f, "survives  {weakening}  {reason}")?,
                Outcome::Survived { model, engine } => {
                    writeln!(f, "control   {weakening}  held in {model} under {engine}, as it must")?;
                }
                Outcome::Gap { .. } => {}
            }
        }
        for Fixed { at, step, why } in &self.fixed {
            writeln!(f, "not here  {at} {}: {why}", step.as_deref().unwrap_or("without a label"))?;
        }
        for line in &self.lines {
            if let Outcome::Gap { why } = &line.outcome {
                writeln!(
                    f,
                    "GAP       {}  {}: {why}",
                    line.weakening,
                    line.at.as_deref().unwrap_or("nowhere")
                )?;
            }
        }
        self.gaps.iter().try_for_each(|gap| writeln!(f, "GAP       {gap}"))?;
        if let Some(part) = &self.filter {
            writeln!(f, "Only what contains `{part}`: not the whole audit.")?;
        }
        let killed = self.count(|outcome| matches!(outcome, Outcome::Killed { .. }));
        let spared = self.count(|outcome| matches!(outcome, Outcome::Spared { .. }));
        let (places, all, gaps) = (self.places, self.lines.len(), self.failures());
        writeln!(
            f,
            "{places} places, {all} weakenings: {killed} killed, {spared} survive for a reason, {gaps} gaps; {:.0} s",
            self.seconds
        )
    }
}
