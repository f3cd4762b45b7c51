//! How a search is run: by how many workers, how much of it, and who watches.

use super::search::Search;
use super::team::{Job, Left, Limits, Team, Watch};
use crate::sync::host::Arc;

/// How a search is run. What it finds does not depend on it.
#[derive(Clone, Default)]
pub(in crate::check) struct Running {
    /// How many workers; `None`: as many as `SELVEDGE_WORKERS` says.
    pub workers: Option<usize>,
    pub watch: Option<Watch>,
}

/// The workers that the environment asks for.
fn workers_of_environment() -> usize {
    let Ok(text) = std::env::var("SELVEDGE_WORKERS") else { return 1 };
    let number = text.parse().ok().filter(|workers| *workers > 0);
    number.unwrap_or_else(|| panic!("SELVEDGE_WORKERS={text}: expected a number from 1"))
}

impl Running {
    /// Explores until nothing is left, or until a limit is reached.
    pub(super) fn explore(&self, job: &Job<'_>, limits: Limits) -> Left {
        let left = Left { stacks: vec![Search::new().stack], ..Left::default() };
        let team = Arc::new(Team::new(left, limits, self.watch.clone()));
        team.explore(job, self.workers.unwrap_or_else(workers_of_environment));
        team.end()
    }
}
