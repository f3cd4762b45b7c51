//! `cargo xtask audit`: no ordering is stronger than a failing model demands.
//!
//! [`places`] reads the orderings from the sources, [`orders`] says what is weaker by a notch, [`table`] which model must
//! notice it, [`trial`] runs that model with the one ordering weaker, and [`find`] looks for a model where the table has
//! none. [`report`] is what is printed.

mod find;
mod orders;
mod places;
mod report;
mod table;
mod trial;

use crate::verify::child;
use crate::verify::queue::at_once;
use crate::verify::targets::Workspace;
use anyhow::Result;
use clap::Args;
use places::Found;
use report::{Line, Outcome, Report};
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use table::{Killer, Table, Weakening};
use trial::{Models, Verdict};

/// The source with an ordering that nobody needs.
const FIXTURE: &str = "models/audit.rs";

/// The options of `cargo xtask audit`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Only places whose file or label contains this
    #[arg(long, value_name = "FILE_OR_LABEL")]
    filter: Option<String>,

    /// The result as JSON on the standard output
    #[arg(long)]
    json: bool,

    /// Look for a model for each weakening without an entry, and print the entries
    #[arg(long, conflicts_with = "json")]
    find: bool,

    /// With --find: only models that take less than this as they are
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, requires = "find")]
    most: f64,

    /// How many models run at the same time [default: the number of processors]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// End a model that runs longer than this: it notices nothing then
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,
}

impl Options {
    fn wants(&self, weakening: &Weakening) -> bool {
        self.filter.as_ref().is_none_or(|part| weakening.at.contains(part) || weakening.key.contains(part))
    }
}

/// Runs it.
pub fn run(options: &Options) -> Result<ExitCode> {
    let started = Instant::now();
    child::catch_interrupts()?;
    let workspace = Workspace::find()?;
    let table = Table::read(&workspace.root.join("xtask/orderings.toml"))?;
    let Found { places, fixed } = Found::read(&workspace.root)?;
    let all = table.weakenings(&places);
    let stale: Vec<String> = table.stale(&all).into_iter().map(String::from).collect();
    let wanted: Vec<Weakening> = all.into_iter().filter(|one| options.wants(one)).collect();
    let reports = tempfile::tempdir()?;
    let timeout = Duration::from_secs(options.timeout);
    let mut models = Models::new(&workspace, reports.path(), at_once(options.jobs), timeout);
    if options.find {
        let unlisted = table.unlisted(&wanted);
        let killers = find::killers(&workspace, &mut models, &places, &unlisted, options.most)?;
        for (weakening, killer) in unlisted.iter().zip(&killers) {
            match killer {
                Some(Killer(engine, model)) => println!("{:?} = [{engine:?}, {model:?}]", weakening.key),
                None => println!("# survivor: {:?} at {}", weakening.key, weakening.at),
            }
        }
        let all_found = killers.iter().all(Option::is_some);
        return Ok(if all_found { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    for build in table.builds(&wanted) {
        models.build(&workspace, build)?;
    }
    let lines = models.each(wanted, |weakening| line(&models, &table, &weakening))?;
    let mut gaps: Vec<String> = Vec::new();
    // A stale entry is about nothing, and so no filter is about it.
    if options.filter.is_none() {
        gaps.extend(
            stale.iter().map(|key| format!("{key}: an entry of xtask/orderings.toml about no place")),
        );
    }
    gaps.extend(restless(&models, &lines)?);
    if lines.is_empty() {
        gaps.push("nothing was weakened".into());
    }
    let (filter, seconds) = (options.filter.clone(), started.elapsed().as_secs_f64());
    let report = Report { filter, places: places.len(), lines, fixed, gaps, seconds };
    match options.json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => print!("{report}"),
    }
    Ok(if report.failures() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Asks the model of the table's entry.
fn line(models: &Models, table: &Table, weakening: &Weakening) -> Line {
    let key = &weakening.key;
    let outcome = if let Some(killer) = table.killed.get(key) {
        demanded(killer, models.ask(killer, &weakening.setting))
    } else if let Some(killer) = table.control.get(key) {
        unneeded(killer, models.ask(killer, &weakening.setting))
    } else if let Some(reason) = table.survives.get(key) {
        Outcome::Spared { reason: reason.clone() }
    } else {
        Outcome::Gap {
            why: "no entry in xtask/orderings.toml; `cargo xtask audit --find` looks for one".into(),
        }
    };
    Line { weakening: key.clone(), at: Some(weakening.at.clone()), outcome }
}

/// What a model that must fail makes of it.
fn demanded(Killer(engine, model): &Killer, verdict: Verdict) -> Outcome {
    let gap = |why: &str| Outcome::Gap { why: format!("{model} under {engine}: {why}") };
    match verdict {
        Verdict::Killed(says) => Outcome::Killed { model: model.clone(), engine: engine.clone(), says },
        Verdict::Held => gap("does not notice it"),
        Verdict::Unreached => gap("does not come there"),
        Verdict::Broken(why) => gap(&why),
    }
}

/// What a model makes of it that must not fail.
fn unneeded(Killer(engine, model): &Killer, verdict: Verdict) -> Outcome {
    let gap = |why: &str| Outcome::Gap { why: format!("{model} under {engine}, a control: {why}") };
    match verdict {
        Verdict::Held => Outcome::Survived { model: model.clone(), engine: engine.clone() },
        Verdict::Killed(says) => gap(&format!("fails although nobody needs the ordering: {says}")),
        Verdict::Unreached => gap("does not come there"),
        Verdict::Broken(why) => gap(&why),
    }
}

/// The killers that do not hold with nothing weakened: their failures say nothing.
fn restless(models: &Models, lines: &[Line]) -> Result<Vec<String>> {
    let killers: BTreeSet<Killer> = lines
        .iter()
        .filter_map(|line| match &line.outcome {
            Outcome::Killed { model, engine, .. } => Some(Killer(engine.clone(), model.clone())),
            _ => None,
        })
        .collect();
    let answers = models.each(killers.into_iter().collect(), |killer| {
        let verdict = models.ask(&killer, "");
        (verdict != Verdict::Held)
            .then(|| format!("{} under {}, nothing weakened: {verdict:?}", killer.1, killer.0))
    })?;
    Ok(answers.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn killer() -> Killer {
        Killer("explorer weak".into(), "ring::x".into())
    }

    #[test]
    fn a_model_that_kills_no_more_is_a_gap() {
        assert!(matches!(demanded(&killer(), Verdict::Killed("race".into())), Outcome::Killed { .. }));
        for verdict in [Verdict::Held, Verdict::Unreached, Verdict::Broken("late".into())] {
            assert!(matches!(demanded(&killer(), verdict), Outcome::Gap { .. }));
        }
    }

    #[test]
    fn an_ordering_that_nobody_needs_must_survive() {
        assert!(matches!(unneeded(&killer(), Verdict::Held), Outcome::Survived { .. }));
        for verdict in [Verdict::Killed("race".into()), Verdict::Unreached, Verdict::Broken("late".into())] {
            assert!(matches!(unneeded(&killer(), verdict), Outcome::Gap { .. }));
        }
    }

    #[test]
    fn the_table_knows_each_weakening_and_no_other() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let table = Table::read(&root.join("xtask/orderings.toml")).unwrap();
        let all = table.weakenings(&Found::read(&root).unwrap().places);
        assert!(table.unlisted(&all).is_empty(), "{:?}", table.unlisted(&all));
        assert_eq!(table.stale(&all), [""; 0]);
        assert!(!table.control.is_empty(), "the audit has nothing that it must not kill");
    }
}
