//! Does a run count? One place decides.

use super::model::{Engine, Expect, Model};
use super::record::{Coverage, Outcome};
use super::tally::Counts;

/// What a run says about its model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What was expected was seen.
    Counts,
    /// It was not, for this reason.
    Fault(String),
}

/// Judges a run by what its model expects and claims.
pub(super) fn verdict(
    model: &Model,
    engine: Engine,
    counts: &Counts,
    coverage: Coverage,
    outcome: &Outcome,
) -> Verdict {
    let fault = match (&model.expect, outcome) {
        (Expect::Holds, Outcome::Failed(failure)) => Some(failure.message.clone()),
        // One part need not show anything; whether all parts together do, no part can say.
        (_, Outcome::Held) if matches!(coverage, Coverage::Shard(..)) => None,
        (Expect::Holds, Outcome::Held) => {
            vacuous(model, engine, counts).or_else(|| overclaimed(model, coverage))
        }
        (Expect::Fails { by, .. }, _) if !by.contains(&engine) => None,
        (Expect::Fails { defect, .. }, Outcome::Held) => {
            Some(format!("{defect} survived {} executions", counts.executions))
        }
        (Expect::Fails { defect, saying, .. }, Outcome::Failed(failure)) => {
            let said = saying.is_empty() || saying.iter().any(|words| failure.message.contains(words));
            (!said).then(|| format!("{defect} should say one of {saying:?}, but: {}", failure.message))
        }
    };
    fault.map_or(Verdict::Counts, Verdict::Fault)
}

fn vacuous(model: &Model, engine: Engine, counts: &Counts) -> Option<String> {
    let executions = counts.executions;
    if counts.touched == 0 {
        let hint = "is the structure written against selvedge::sync?";
        return Some(format!(
            "vacuous: no operation took a step that could be seen in {executions} executions; {hint}"
        ));
    }
    if Engine::EXPLORERS.contains(&engine) && model.progress.is_some() && counts.stops == 0 {
        let hint = "it takes two threads, of which one may stop";
        return Some(format!(
            "vacuous: no thread was stopped, so that nobody had to go on without it; {hint}"
        ));
    }
    // Operations of a single step cannot overlap; that threads took their turns in two orders says as much. But in
    // two orders of one scenario: different scenarios have different orders without any interleaving.
    let one_order = counts.orders.values().all(|orders| orders.len() < 2);
    // Whether real threads meet is up to the machine: a busy one would fail what it cannot help.
    let never = model.concurrent && engine != Engine::Stress && counts.overlapped == 0 && one_order;
    never.then(|| format!("vacuous: no two operations overlapped in {executions} executions"))
}

fn overclaimed(model: &Model, coverage: Coverage) -> Option<String> {
    let claimed = coverage == Coverage::Capped && !model.may_be_capped;
    claimed.then(|| "incomplete: stopped before the end, which the model does not allow".into())
}
