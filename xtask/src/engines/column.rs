//! A column of the table: an engine, and how many may work for it.

use selvedge::check::measure::Search;
use std::fmt;
use std::num::NonZeroUsize;

/// An engine, and the threads of the operating system that it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The engine.
    pub search: Search,
    /// The most threads.
    pub workers: NonZeroUsize,
}

impl Column {
    /// The engine with one thread.
    pub const fn of(search: Search) -> Self {
        Column { search, workers: NonZeroUsize::MIN }
    }

    /// Whether one thread does it all.
    pub fn is_alone(self) -> bool {
        self.workers == NonZeroUsize::MIN
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Column { search, .. } if self.is_alone() => search.fmt(f),
            Column { search, workers } => write!(f, "{search}, {workers} workers"),
        }
    }
}

/// The columns, in their order: each engine with one thread, and the explorer with `workers` as well.
pub fn all(workers: NonZeroUsize) -> Vec<Column> {
    let explorer = [Search::ExplorerSc, Search::ExplorerWeak];
    let alone = [Search::LoomPlain, Search::ShuttleDfs].into_iter().chain(explorer).map(Column::of);
    let together = explorer.map(|search| Column { search, workers });
    alone.chain(together.into_iter().filter(|column| !column.is_alone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_explorer_is_there_alone_and_with_workers() {
        let names = |workers| -> Vec<String> {
            all(NonZeroUsize::new(workers).unwrap()).iter().map(ToString::to_string).collect()
        };
        let alone = ["loom plain", "shuttle DFS", "explorer SC", "explorer weak"];
        assert_eq!(names(1), alone);
        let together = ["explorer SC, 2 workers", "explorer weak, 2 workers"];
        assert_eq!(names(2), [&alone[..], &together].concat());
    }
}
