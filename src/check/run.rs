//! A run: one model under one engine, from the first execution to the record.

use super::failure::Failure;
use super::model::{Engine, Expect, Model};
use super::record::{Coverage, Outcome, Record};
use super::tally::{Counts, Tally};
use super::verdict::{Verdict, verdict};
use serde::{Deserialize, Serialize};

/// What came of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Run {
    pub counts: Counts,
    pub coverage: Coverage,
    pub outcome: Outcome,
    /// Places that `SELVEDGE_WEAKEN` names and that no step came to.
    pub unreached: Vec<String>,
    pub seconds: f64,
}

#[cfg(any(loom, shuttle))]
use crate::sync::model::unreached_weakenings;

/// On real threads nothing is weakened.
#[cfg(not(any(loom, shuttle)))]
fn unreached_weakenings() -> Vec<String> {
    Vec::new()
}

impl Run {
    /// A run that ended like this.
    pub(super) fn new(tally: &Tally, coverage: Coverage, failure: Option<Failure>) -> Self {
        let outcome = failure.map_or(Outcome::Held, Outcome::Failed);
        let (counts, unreached, seconds) = (tally.counts(), unreached_weakenings(), tally.seconds());
        Run { counts, coverage, outcome, unreached, seconds }
    }

    /// Prints the run, leaves its record, and tells what is wrong with it.
    pub(super) fn close(self, model: &Model, path: &str, engine: Engine) -> Option<String> {
        let Run { counts, coverage, outcome, unreached, seconds } = self;
        let verdict = verdict(model, engine, &counts, coverage, &outcome);
        let (defect, demanded) = match &model.expect {
            Expect::Holds => (None, true),
            Expect::Fails { defect, by, .. } => (Some(defect.clone()), by.contains(&engine)),
        };
        let record = Record {
            model: path.into(),
            structure: model.structure.clone(),
            property: model.property.clone(),
            defect,
            engine: engine.to_string(),
            demanded,
            executions: counts.executions,
            pruned: counts.pruned,
            overlapped: counts.overlapped,
            histories: counts.histories.len() as u64,
            steps: counts.steps,
            coverage,
            outcome,
            fault: match verdict {
                Verdict::Counts => None,
                Verdict::Fault(why) => Some(why),
            },
            unreached,
            seconds,
        };
        println!("{record}");
        record.leave();
        let fault = record.fault.as_ref()?;
        Some(match &record.outcome {
            Outcome::Held => format!("{engine}: {fault}"),
            Outcome::Failed(failure) => {
                // The fault of a control is that it failed otherwise than it should.
                let control = if record.defect.is_some() { format!("{fault}\n\n") } else { String::new() };
                format!("{engine}, execution {}: {control}{failure}", record.executions)
            }
        })
    }
}

#[cfg(shuttle)]
pub(super) use super::shuttle::run;
#[cfg(not(any(loom, shuttle)))]
pub(super) use super::stress::run;
