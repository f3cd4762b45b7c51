//! `cargo verify`: every model under every engine, the matrix, and an exit code that knows every gap.
//!
//! The way: [`targets`] finds and builds the test targets under `models/` for each of the [`builds`]; [`queue`]
//! runs each test as a [`child`] process, watched by [`progress`]; each leaves an [`outcome`]; [`gaps`] says what
//! is missing from them and from the [`defects`] to be found; [`report`] prints it as [`matrix`] and [`controls`], and
//! [`pages`] writes it down as a folder of pictures.

pub mod builds;
pub mod child;
mod cli;
mod controls;
mod defects;
mod exploring;
mod gaps;
pub mod markdown;
mod matrix;
pub mod memory;
mod meter;
pub mod outcome;
pub mod pages;
pub mod progress;
mod pruned;
pub mod queue;
mod report;
mod switches;
pub mod targets;

pub use cli::Options;

use anyhow::Result;
use gaps::Gap;
use memory::Memory;
use progress::Progress;
use queue::Runner;
use report::Report;
use std::process::ExitCode;
use std::time::Instant;
use targets::{Job, TestId, Workspace};

/// Runs it.
pub fn run(options: &Options) -> Result<ExitCode> {
    let started = Instant::now();
    let budget = options.budget()?;
    let (part, environment) = (options.exploring.part()?, options.exploring.environment()?);
    let whole = options.whole() && part.is_none();
    child::catch_interrupts()?;
    let workspace = Workspace::find()?;
    let (jobs, mut gaps) = plan(options, &workspace)?;

    let remembered = workspace.folder.join("memory.json");
    let mut memory = Memory::read(&remembered);
    let wanted = |job: &Job| options.filter.as_ref().is_none_or(|part| memory.may_match(&job.id, part));
    let wanted = jobs.into_iter().filter(wanted);
    let (jobs, left): (Vec<_>, Vec<_>) = wanted.partition(|job| budget == "long" || !job.long);
    if options.list && !child::interrupted() {
        jobs.iter().for_each(|job| println!("{}", job.id));
        gaps.iter().for_each(|gap| eprintln!("{gap}"));
        return Ok(if gaps.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }

    let planned = jobs.len();
    let reports = tempfile::tempdir()?;
    let runner = Runner {
        root: workspace.root.clone(),
        reports: reports.path().into(),
        budget,
        environment,
        timeout: options.timeout(),
        jobs: options.jobs(),
    };
    let progress = Progress::new(&jobs, runner.jobs, &memory, &runner.budget);
    let mut tests = runner.run(jobs, &memory, &progress)?;
    progress.close();
    let ended = tests.iter().filter(|ran| !ran.records.is_empty() || ran.is_unit_test());
    ended.for_each(|ran| memory.learn(ran, &runner.budget));
    memory.write(&remembered)?;

    if let Some(part) = &options.filter {
        // Tests of which it was not known what they are about were run as well; what is not understood stays.
        tests.retain(|ran| memory::matches(ran, part) || ran.records.is_empty() && !ran.is_unit_test());
    }
    let required = defects::required()?;
    let interrupted = child::interrupted();
    gaps.extend(tests.iter().flat_map(gaps::of_test));
    if !interrupted && gaps.is_empty() {
        gaps.extend(gaps::of_run(&tests));
    }
    if !interrupted {
        gaps.extend(gaps::of_weakenings(&tests));
    }
    if whole && !interrupted {
        gaps.extend(gaps::of_defects(&required, &tests));
        gaps.extend(pruned::of_all(&tests));
    }
    let report = Report {
        budget: runner.budget,
        seed: std::env::var("SELVEDGE_SEED").ok(),
        weakened: std::env::var("SELVEDGE_WEAKEN").ok().filter(|places| !places.is_empty()),
        part,
        filter: options.filter.clone(),
        markdown: options.markdown,
        builds: options.builds(),
        whole,
        interrupted,
        planned,
        left: left.into_iter().map(|job| job.id).collect(),
        seconds: started.elapsed().as_secs_f64(),
        required,
        tests,
        gaps,
    };
    if interrupted {
        eprintln!("stopped: the pictures are those of the run before, if there was one");
    } else {
        let index = pages::write(&report, &workspace.root, &workspace.report())?;
        eprintln!("pictures: {}", index.display());
    }
    match options.json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => print!("{report}"),
    }
    Ok(ExitCode::from(report.exit_code()))
}

/// Builds what was asked for and lists the tests. A build that fails is a gap, and the others go on.
fn plan(options: &Options, workspace: &Workspace) -> Result<(Vec<Job>, Vec<Gap>)> {
    let (mut jobs, mut gaps) = (Vec::new(), Vec::new());
    for build in options.builds() {
        if child::interrupted() {
            break;
        }
        eprintln!("building the models for {build}");
        match workspace.compile(build) {
            Ok(Some(binaries)) => {
                for (target, binary) in binaries {
                    jobs.extend(workspace.list(build, &target, &binary)?);
                }
            }
            Ok(None) => break,
            Err(why) => gaps.push(Gap::NotBuilt { build, why: format!("{why:#}") }),
        }
    }
    if options.whole() && gaps.is_empty() && !child::interrupted() {
        let tests: Vec<TestId> = jobs.iter().map(|job| job.id.clone()).collect();
        gaps.extend(gaps::of_targets(&workspace.targets, &tests));
    }
    Ok((jobs, gaps))
}
