//! What can be asked for.

use super::builds::Build;
use super::exploring::Exploring;
use super::queue::at_once;
use clap::{ArgGroup, Args};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::time::Duration;

/// The options of `cargo verify`.
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("budget").args(["quick", "long"]))]
pub struct Options {
    /// Only models about this: part of a structure, property, model, engine or defect id (any case)
    #[arg(long, value_name = "SUBSTRING")]
    pub filter: Option<String>,

    /// A tenth of the work (SELVEDGE_BUDGET=quick)
    #[arg(long)]
    pub quick: bool,

    /// Ten times the work, with another seed each time (SELVEDGE_BUDGET=long)
    #[arg(long)]
    pub long: bool,

    /// The whole result as JSON on the standard output, and nothing else there
    #[arg(long)]
    pub json: bool,

    /// Tables as Markdown, for the README
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,

    /// Only this build; may be given several times
    #[arg(long = "build", value_enum, value_name = "BUILD")]
    builds: Vec<Build>,

    /// How many models run at the same time [default: the number of processors]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// End a model that runs longer than this, and report it
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,

    /// How the explorer goes about it.
    #[command(flatten)]
    pub exploring: Exploring,

    /// Build, name the tests that would run, and stop
    #[arg(long)]
    pub list: bool,
}

impl Options {
    /// The builds that were asked for, in their usual order.
    pub fn builds(&self) -> Vec<Build> {
        Build::ALL.into_iter().filter(|build| self.builds.is_empty() || self.builds.contains(build)).collect()
    }

    /// Whether all there is was asked for, so that what is missing is missing indeed.
    pub fn whole(&self) -> bool {
        self.filter.is_none() && self.builds().len() == Build::ALL.len()
    }

    /// How many models run at the same time.
    pub fn jobs(&self) -> usize {
        at_once(self.jobs)
    }

    /// How long one model may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// The budget: as asked for, or as the environment says, or normal.
    ///
    /// # Errors
    /// If the environment asks for one that there is not: better now than in every test.
    pub fn budget(&self) -> anyhow::Result<String> {
        match (self.quick, self.long) {
            (true, _) => Ok("quick".into()),
            (_, true) => Ok("long".into()),
            _ => known(std::env::var_os("SELVEDGE_BUDGET")),
        }
    }
}

/// The budget that the environment names.
fn known(budget: Option<OsString>) -> anyhow::Result<String> {
    let Some(budget) = budget else { return Ok("normal".into()) };
    match budget.to_str() {
        Some(name @ ("quick" | "normal" | "long")) => Ok(name.into()),
        _ => anyhow::bail!("SELVEDGE_BUDGET={}: expected quick, normal or long", budget.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn a_budget_that_there_is_not_is_refused_at_once() {
        assert_eq!(known(None).unwrap(), "normal");
        assert_eq!(known(Some("quick".into())).unwrap(), "quick");
        for bad in ["fast", "", "Quick"] {
            assert!(known(Some(bad.into())).is_err(), "{bad}");
        }
    }

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        options: Options,
    }

    fn parse(line: &str) -> Result<Options, clap::Error> {
        Ok(Cli::try_parse_from(std::iter::once("verify").chain(line.split_whitespace()))?.options)
    }

    #[test]
    fn builds_come_in_their_order_and_once() {
        assert_eq!(parse("").unwrap().builds(), Build::ALL);
        let two = parse("--build shuttle --build std --build shuttle").unwrap();
        assert_eq!(two.builds(), [Build::Std, Build::Shuttle]);
    }

    #[test]
    fn only_an_unrestricted_run_is_whole() {
        assert!(parse("--quick --jobs 3").unwrap().whole());
        assert!(parse("--build std --build loom --build shuttle").unwrap().whole());
        assert!(!parse("--build loom").unwrap().whole());
        assert!(!parse("--filter ring").unwrap().whole());
    }

    #[test]
    fn quick_and_long_exclude_each_other() {
        assert_eq!(parse("--quick").unwrap().budget().unwrap(), "quick");
        assert_eq!(parse("--long").unwrap().budget().unwrap(), "long");
        assert!(parse("--quick --long").is_err());
        assert!(parse("--jobs 0").is_err());
    }
}
