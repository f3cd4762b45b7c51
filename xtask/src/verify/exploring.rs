//! How the explorer goes about large models: what it is told by the environment of each test.

use clap::Args;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// The variable that names a part.
const SHARD: &str = "SELVEDGE_SHARD";

/// The options that are the explorer's.
#[derive(Args, Clone, Debug, Default)]
pub struct Exploring {
    /// Only this part of what the explorer has to do, from 0, of so many: for machines that share the work
    #[arg(long, value_name = "I/N", value_parser = part)]
    shard: Option<String>,

    /// So many threads explore each model
    #[arg(long, value_name = "N")]
    workers: Option<NonZeroUsize>,

    /// Keep what the explorer has left to do in this folder: a run that was killed goes on from there
    #[arg(long, value_name = "FOLDER")]
    checkpoint: Option<PathBuf>,
}

/// A part, as `1/3`.
fn part(text: &str) -> Result<String, String> {
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse::<usize>().ok()?, n.parse().ok()?)));
    match numbers {
        Some((i, n)) if i < n => Ok(format!("{i}/{n}")),
        _ => Err("expected number/parts, with numbers from 0, as 0/3".into()),
    }
}

impl Exploring {
    /// What a test is told besides what it inherits.
    ///
    /// # Errors
    /// If the current folder, from which a relative one is meant, is not known.
    pub fn environment(&self) -> anyhow::Result<Vec<(&'static str, String)>> {
        let mut all = Vec::new();
        all.extend(self.shard.clone().map(|part| (SHARD, part)));
        all.extend(self.workers.map(|workers| ("SELVEDGE_WORKERS", workers.to_string())));
        if let Some(folder) = &self.checkpoint {
            let folder = std::path::absolute(folder)?;
            let folder = folder.to_str().ok_or_else(|| anyhow::anyhow!("{}: no UTF-8", folder.display()))?;
            all.push(("SELVEDGE_CHECKPOINT", folder.to_string()));
        }
        Ok(all)
    }

    /// The part that is explored, if it is not the whole: as asked for, or as the environment says.
    ///
    /// # Errors
    /// If the environment names one that there is not: better now than in every test.
    pub fn part(&self) -> anyhow::Result<Option<String>> {
        self.part_or(std::env::var(SHARD).ok())
    }

    fn part_or(&self, inherited: Option<String>) -> anyhow::Result<Option<String>> {
        let inherited = || {
            let part =
                inherited.map(|text| part(&text).map_err(|why| anyhow::anyhow!("{SHARD}={text}: {why}")));
            part.transpose()
        };
        self.shard.clone().map_or_else(inherited, |part| Ok(Some(part)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        exploring: Exploring,
    }

    fn parse(line: &str) -> Result<Exploring, clap::Error> {
        Ok(Cli::try_parse_from(std::iter::once("verify").chain(line.split_whitespace()))?.exploring)
    }

    #[test]
    fn tests_are_told_what_was_asked_for() {
        assert!(parse("").unwrap().environment().unwrap().is_empty());
        let told = parse("--shard 1/3 --workers 2 --checkpoint kept").unwrap().environment().unwrap();
        let kept = std::env::current_dir().unwrap().join("kept").to_str().unwrap().to_string();
        let all = [("SELVEDGE_SHARD", "1/3"), ("SELVEDGE_WORKERS", "2"), ("SELVEDGE_CHECKPOINT", &kept)];
        assert_eq!(told, all.map(|(name, value)| (name, value.to_string())));
    }

    #[test]
    fn a_part_that_there_is_not_is_refused_at_once() {
        for bad in ["3/3", "1", "a/b", "-1/2", "1/2/3", ""] {
            assert!(parse(&format!("--shard={bad}")).is_err(), "{bad}");
            assert!(Exploring::default().part_or(Some(bad.into())).is_err(), "{bad}");
        }
        assert!(parse("--workers 0").is_err());
    }

    #[test]
    fn a_part_is_one_wherever_it_is_asked_for() {
        let inherited = Some("0/2".to_string());
        assert_eq!(Exploring::default().part_or(None).unwrap(), None);
        assert_eq!(Exploring::default().part_or(inherited.clone()).unwrap(), inherited);
        assert_eq!(parse("--shard 1/3").unwrap().part_or(inherited).unwrap().as_deref(), Some("1/3"));
    }
}
