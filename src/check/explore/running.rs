//! How a search is run: by how many workers, which part of it, from where, and who watches.

use super::Memory;
use super::checkpoint::{Books, Checkpoint, CheckpointError, Keeper};
use super::search::Search;
use super::shard::Shard;
use super::team::{Job, Left, Limits, Team, Watch};
use crate::sync::host::Arc;

/// How a search is run. What it finds does not depend on it.
#[derive(Clone, Default)]
pub(in crate::check) struct Running {
    /// How many workers; `None`: as many as `SELVEDGE_WORKERS` says.
    pub workers: Option<usize>,
    /// Only this part.
    pub shard: Option<Shard>,
    /// Forgets what the program has counted: another shard counts it.
    pub forget: Option<Arc<dyn Fn() + Send + Sync>>,
    /// Where it is kept.
    pub kept: Option<Kept>,
    pub watch: Option<Watch>,
}

/// Where a search is kept.
#[derive(Clone)]
pub(in crate::check) struct Kept {
    pub checkpoint: Checkpoint,
    /// The name of the program, and its settings.
    pub search: String,
    pub books: Books,
}

/// The workers that the environment asks for.
fn workers_of_environment() -> usize {
    let Ok(text) = std::env::var("SELVEDGE_WORKERS") else { return 1 };
    let number = text.parse().ok().filter(|workers| *workers > 0);
    number.unwrap_or_else(|| panic!("SELVEDGE_WORKERS={text}: expected a number from 1"))
}

impl Running {
    /// Explores until nothing is left, or until a limit is reached. Where it is kept, the file then says that
    /// nothing is left, or what; after a failure, what was left some time before.
    pub(super) fn explore(
        &self,
        job: &Job<'_>,
        memory: Memory,
        limits: Limits,
    ) -> Result<Left, CheckpointError> {
        let keeper = self.kept.clone().map(|Kept { checkpoint, search, books }| {
            let shard = self.shard.map_or_else(String::new, |shard| format!(", shard {shard}"));
            Keeper::new(checkpoint, memory, search + &shard, books).map(Arc::new)
        });
        let keeper = keeper.transpose()?;
        let left = match keeper.as_ref().map(|keeper| keeper.read()).transpose()?.flatten() {
            Some(left) => left,
            None => self.beginning(job, limits)?,
        };
        let team = Arc::new(Team::new(left, limits, self.watch.clone(), keeper.clone()));
        team.explore(job, self.workers.unwrap_or_else(workers_of_environment));
        let left = team.end()?;
        if let Some(keeper) = keeper.filter(|_| left.failures.is_empty()) {
            keeper.write(&left)?;
        }
        Ok(left)
    }

    /// Where the search begins: at the empty graph, or where the shards part.
    fn beginning(&self, job: &Job<'_>, limits: Limits) -> Result<Left, CheckpointError> {
        let left = Left { stacks: vec![Search::new().stack], ..Left::default() };
        let Some(shard) = self.shard else { return Ok(left) };
        // All shards must part at the same graphs, whatever their limits.
        let unlimited = Limits { runs: u64::MAX, ..limits };
        let team = Arc::new(Team::new(left, unlimited, None, None).until(shard.graphs()));
        team.explore(job, 1);
        let mut left = team.end()?;
        shard.take(&mut left);
        if let Some(forget) = self.forget.as_ref().filter(|_| !shard.is_first()) {
            forget();
        }
        Ok(left)
    }
}
