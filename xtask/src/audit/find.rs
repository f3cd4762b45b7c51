//! `--find`: a killer for each weakening that has none in the table.

use super::places::Place;
use super::table::{Killer, Weakening, setting};
use super::trial::{Models, Verdict, verdict};
use crate::verify::builds::Build;
use crate::verify::memory::Memory;
use crate::verify::targets::{Job, Workspace};
use anyhow::Result;

/// The engines to ask, the best first.
const ENGINES: [(Build, &str); 2] = [(Build::Shuttle, "explorer weak"), (Build::Loom, "loom plain")];

/// A model, what it takes, and the places that it does not come to.
struct Candidate<'a> {
    name: &'a str,
    job: &'a Job,
    seconds: f64,
    unreached: Vec<String>,
}

/// Asks the models for each of `wanted`, the shortest first, those only that come to the place and take less than `most`
/// seconds as they are. `None`: all held.
pub fn killers(
    workspace: &Workspace,
    models: &mut Models,
    places: &[Place],
    wanted: &[&Weakening],
    most: f64,
) -> Result<Vec<Option<Killer>>> {
    let memory = Memory::read(&workspace.folder.join("memory.json"));
    let mut found: Vec<Option<Killer>> = vec![None; wanted.len()];
    for (build, engine) in ENGINES {
        let left: Vec<usize> = (0..wanted.len()).filter(|nth| found[*nth].is_none()).collect();
        if left.is_empty() {
            break;
        }
        models.build(workspace, build)?;
        let models = &*models;
        let candidates = candidates(models, &memory, places, build, engine, most)?;
        eprintln!("{engine}: {} models for {} weakenings", candidates.len(), left.len());
        let killers = models.each(left.clone(), |nth| {
            let weakening = wanted[nth];
            let there = candidates.iter().filter(|one| !one.unreached.contains(&weakening.at));
            let mut killers = there.filter_map(|one| {
                let ran = models.run(one.job, &weakening.setting);
                matches!(verdict(&ran, engine), Verdict::Killed(_)).then_some(one.name)
            });
            let killer = killers.next();
            eprintln!("{} {}", weakening.key, killer.unwrap_or("-"));
            killer.map(|name| Killer(engine.into(), name.into()))
        })?;
        left.into_iter().zip(killers).for_each(|(nth, killer)| found[nth] = killer);
    }
    Ok(found)
}

/// The models that hold as they are. Each is run once with all orderings "weakened" to what they are, since the record of
/// that run names the places that it did not come to.
fn candidates<'a>(
    models: &'a Models,
    memory: &Memory,
    places: &[Place],
    build: Build,
    engine: &str,
    most: f64,
) -> Result<Vec<Candidate<'a>>> {
    let unchanged: Vec<_> = places.iter().map(|place| setting(place, &place.orders)).collect();
    let unchanged = unchanged.join(",");
    let short = |job: &Job| memory.seconds(&job.id, "quick").is_none_or(|seconds| seconds < most);
    let jobs: Vec<_> = models.of(build).filter(|(_, job)| short(job)).collect();
    let ran = models.each(jobs, |(name, job)| {
        let ran = models.run(job, &unchanged);
        let record = ran.records.iter().find(|record| record.engine == engine)?;
        let holds = record.defect.is_none() && record.fault.is_none() && ran.malformed.is_empty();
        let (seconds, unreached) = (ran.seconds, record.unreached.clone());
        holds.then_some(Candidate { name, job, seconds, unreached })
    })?;
    let mut candidates: Vec<_> = ran.into_iter().flatten().collect();
    candidates.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    Ok(candidates)
}
