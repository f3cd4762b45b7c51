//! The builds, and the engines of each.

use clap::ValueEnum;
use selvedge::check::Engine;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What stands behind the facade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Build {
    /// The standard library, as it ships.
    Std,
    /// loom.
    Loom,
    /// shuttle.
    Shuttle,
}

/// All engines, in the order of the matrix' columns.
pub const ENGINES: [Engine; 9] = [
    Engine::Sequential,
    Engine::Stress,
    Engine::LoomPlain,
    Engine::LoomStrong,
    Engine::ShuttleRandom,
    Engine::ShuttlePct2,
    Engine::ShuttlePct3,
    Engine::ExplorerSc,
    Engine::ExplorerWeak,
];

impl Build {
    /// All builds.
    pub const ALL: [Build; 3] = [Build::Std, Build::Loom, Build::Shuttle];

    /// The build that has this engine.
    pub fn of(engine: Engine) -> Build {
        match engine {
            Engine::Sequential | Engine::Stress => Build::Std,
            Engine::LoomPlain | Engine::LoomStrong => Build::Loom,
            Engine::ShuttleRandom | Engine::ShuttlePct2 | Engine::ShuttlePct3 => Build::Shuttle,
            Engine::ExplorerSc | Engine::ExplorerWeak => Build::Shuttle,
        }
    }

    /// The engines of this build, in the order in which a model meets them.
    pub fn engines(self) -> impl Iterator<Item = Engine> {
        ENGINES.into_iter().filter(move |engine| Build::of(*engine) == self)
    }

    /// Whether a model meets every engine of this build. On std there are two kinds of tests, one engine each.
    pub fn runs_every_engine(self) -> bool {
        self != Build::Std
    }

    /// What the compiler is told.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            Build::Std => None,
            Build::Loom => Some("--cfg loom"),
            Build::Shuttle => Some("--cfg shuttle"),
        }
    }

    /// `RUSTFLAGS` for this build: the user's own, without those that choose a build, and with ours.
    pub fn rustflags(self, users: &str) -> String {
        let mut flags = users.to_string();
        for build in Build::ALL {
            flags = flags.replace(build.flag().unwrap_or(" "), " ");
        }
        flags.split_whitespace().chain(self.flag()).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Build::Std => "std",
            Build::Loom => "loom",
            Build::Shuttle => "shuttle",
        })
    }
}

/// Whether the engine explores, and so can come to an end; the others draw.
pub fn explores(engine: Engine) -> bool {
    Build::of(engine) == Build::Loom || is_explorer(engine)
}

/// Whether the engine is the explorer, which counts the runs that it pruned.
pub fn is_explorer(engine: Engine) -> bool {
    matches!(engine, Engine::ExplorerSc | Engine::ExplorerWeak)
}

/// The engine of this name.
pub fn engine_named(name: &str) -> Option<Engine> {
    ENGINES.into_iter().find(|engine| engine.to_string() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_has_its_name_and_its_build() {
        for engine in ENGINES {
            assert_eq!(engine_named(&engine.to_string()), Some(engine));
            assert!(Build::of(engine).engines().any(|other| other == engine));
        }
        assert_eq!(engine_named("loom"), None);
    }

    #[test]
    fn every_model_of_the_shuttle_build_meets_the_explorer() {
        let engines: Vec<Engine> = Build::Shuttle.engines().collect();
        assert!(engines.contains(&Engine::ExplorerSc) && engines.contains(&Engine::ExplorerWeak));
        assert_eq!(engines.len(), 5);
    }

    #[test]
    fn flags_of_the_user_are_kept_and_flags_of_another_build_are_not() {
        assert_eq!(Build::Loom.rustflags(""), "--cfg loom");
        assert_eq!(
            Build::Shuttle.rustflags("-C target-cpu=native --cfg loom"),
            "-C target-cpu=native --cfg shuttle"
        );
        assert_eq!(Build::Std.rustflags("--cfg shuttle"), "");
    }
}
