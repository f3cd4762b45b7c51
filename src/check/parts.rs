//! What the environment says of how models are explored: which part of each, and where it is kept.

use super::explore::{Books, Checkpoint, Kept, Running, Seen, Shard};
use super::model::{Engine, Model};
use super::record::{Coverage, file_name};
use super::tally::Tally;
use crate::sync::host::Arc;
use std::path::PathBuf;
use std::time::Duration;

/// How the bodies of one model are explored under one engine.
pub(super) struct Parts {
    shard: Option<Shard>,
    /// The beginning of the names of its checkpoints, and how often they are written.
    kept: Option<(PathBuf, Option<Duration>)>,
}

impl Parts {
    /// What `SELVEDGE_SHARD`, `SELVEDGE_CHECKPOINT` and `SELVEDGE_CHECKPOINT_SECONDS` say.
    ///
    /// # Panics
    /// If one of them makes no sense, or if the folder cannot be made.
    pub(super) fn of_environment(path: &str, engine: Engine) -> Self {
        let shard = std::env::var("SELVEDGE_SHARD").ok().map(|text| {
            text.parse().unwrap_or_else(|()| {
                panic!("SELVEDGE_SHARD={text}: expected number/shards, with numbers from 0, as 0/4")
            })
        });
        let every = std::env::var("SELVEDGE_CHECKPOINT_SECONDS").ok().map(|text| {
            let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            seconds.unwrap_or_else(|| panic!("SELVEDGE_CHECKPOINT_SECONDS={text}: expected seconds"))
        });
        let kept = std::env::var_os("SELVEDGE_CHECKPOINT").map(PathBuf::from).map(|folder| {
            std::fs::create_dir_all(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
            (folder.join(file_name(path, &engine.to_string())), every)
        });
        Parts { shard, kept }
    }

    /// Whether this part has nothing of `model`: where threads are to stop depends on all executions, so a model
    /// of progress is explored as a whole, by the first shard.
    pub(super) fn has_nothing_of(&self, model: &Model) -> bool {
        model.progress.is_some() && self.shard.is_some_and(|shard| !shard.is_first())
    }

    /// What a run has seen that came to its end.
    pub(super) fn coverage(&self) -> Coverage {
        self.shard.map_or(Coverage::Complete, |shard| {
            let (index, of) = shard.numbers();
            Coverage::Shard(index, of)
        })
    }

    fn file(&self, nth: usize) -> Option<Checkpoint> {
        let (start, every) = self.kept.as_ref()?;
        let mut path = start.clone().into_os_string();
        path.push(format!(".{nth}.checkpoint"));
        let checkpoint = Checkpoint::at(path);
        Some(match every {
            Some(every) => checkpoint.every(*every),
            None => checkpoint,
        })
    }

    /// How the body `nth` of `model` is run. `search` tells it from others.
    pub(super) fn running(&self, model: &Model, nth: usize, search: String, tally: &Tally) -> Running {
        let bodies = model.explored_bodies().len() as f64;
        let (before, told, stops) = (tally.save(), tally.clone(), model.progress.is_some());
        let (saved, restored, forgotten) = (tally.clone(), tally.clone(), tally.clone());
        let books = Books {
            save: Arc::new(move || serde_json::to_value(saved.save())),
            restore: Arc::new(move |value| {
                restored.restore(serde_json::from_value(value)?);
                Ok(())
            }),
        };
        let kept = self.file(nth).map(|checkpoint| Kept { checkpoint, search, books });
        Running {
            workers: None,
            shard: self.shard.filter(|_| model.progress.is_none()),
            forget: Some(Arc::new(move || forgotten.restore(before.clone()))),
            kept,
            // Where threads are to stop, that is most of the work, and how much there is of it comes out at the end.
            watch: Some(Arc::new(move |seen| {
                let share = if stops { 0.0 } else { seen.share };
                told.share((nth as f64 + share) / bodies);
            })),
        }
    }

    /// How the exploration `stop` of `all`, of body `nth` with stopped threads, is run. Not kept: whoever goes on after a
    /// kill begins with the first of them again.
    pub(super) fn stopping(
        &self,
        model: &Model,
        nth: usize,
        stop: usize,
        all: usize,
        tally: &Tally,
    ) -> Running {
        let (bodies, told) = (model.explored_bodies().len() as f64, tally.clone());
        let watch = move |seen: Seen| {
            told.share((nth as f64 + (stop as f64 + seen.share) / all as f64) / bodies);
        };
        Running { watch: Some(Arc::new(watch)), ..Running::default() }
    }

    /// The run is over: of `bodies` bodies nothing needs to be kept.
    ///
    /// # Panics
    /// If a file cannot be removed: the next run would take its counts for its own.
    pub(super) fn remove(&self, bodies: usize) {
        for file in (0..bodies).filter_map(|nth| self.file(nth)) {
            file.remove().unwrap_or_else(|why| panic!("{why}"));
        }
    }
}
