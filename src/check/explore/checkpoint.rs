//! Checkpoints: what is left of a search, and what it has seen, in a file. A search that was killed goes on from it.
//!
//! A file is written beside its place and then renamed, so at any time there is a whole one or none. What was
//! counted is in the same file as what is left: what came after it is forgotten, and seen again.

use super::Memory;
use super::team::Left;
use crate::sync::host::{Arc, Instant, OnceLock};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where a search is kept, and how often it is written there. One search at a time may use the file.
#[derive(Clone, Debug)]
#[must_use = "a checkpoint is for `Explorer::explore_from`"]
pub struct Checkpoint {
    pub(super) path: PathBuf,
    every: Every,
}

#[derive(Clone, Copy, Debug)]
enum Every {
    Time(Duration),
    Runs(u64),
}

impl Checkpoint {
    /// In this file, every ten seconds.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Checkpoint { path: path.into(), every: Every::Time(Duration::from_secs(10)) }
    }

    /// As often as this.
    pub fn every(self, time: Duration) -> Self {
        Checkpoint { every: Every::Time(time), ..self }
    }

    /// After so many runs, for tests: an exploration makes thousands of them in a second.
    pub fn every_runs(self, runs: u64) -> Self {
        Checkpoint { every: Every::Runs(runs), ..self }
    }

    /// The search is over.
    pub(in crate::check) fn remove(&self) -> Result<(), CheckpointError> {
        match std::fs::remove_file(&self.path) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => {
                Err(CheckpointError::File { path: self.path.clone(), why })
            }
            _ => Ok(()),
        }
    }

    /// Whether it is time to write, if it was written at `last`, and so many runs ago.
    pub(super) fn is_due(&self, last: Instant, runs: u64) -> bool {
        match self.every {
            Every::Time(time) => last.elapsed() >= time,
            Every::Runs(most) => runs >= most,
        }
    }
}

/// Why a search cannot go on from its checkpoint, or cannot be kept there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file cannot be read or written.
    #[error("checkpoint {}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        why: io::Error,
    },
    /// The file is no checkpoint, or not as it was written.
    #[error("checkpoint {}: damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file was written by another program, or by the same one under other settings.
    #[error("checkpoint {}: of another search: {what} was `{was}`, and is `{is}`", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is different.
        what: &'static str,
        /// What it was when the file was written.
        was: String,
        /// What it is now.
        is: String,
    },
}

/// The first line of a file: what the search is, and a checksum of the rest.
#[derive(Serialize, Deserialize)]
struct Head {
    version: String,
    /// A hash of the binary: another one may have another program under the same name.
    binary: String,
    memory: Memory,
    search: String,
    checksum: String,
}

/// The rest.
#[derive(Serialize, Deserialize)]
struct Content<L> {
    left: L,
    books: Value,
}

fn hash(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}

/// A hash of the binary that runs.
fn binary() -> io::Result<String> {
    static HASH: OnceLock<String> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return Ok(hash.clone());
    }
    let bytes = std::env::current_exe().and_then(std::fs::read)?;
    Ok(HASH.get_or_init(|| hash(&bytes)).clone())
}

/// What is counted beside the search.
#[derive(Clone)]
pub(in crate::check) struct Books {
    pub save: Arc<dyn Fn() -> serde_json::Result<Value> + Send + Sync>,
    pub restore: Arc<dyn Fn(Value) -> serde_json::Result<()> + Send + Sync>,
}

/// A search that is kept.
pub(super) struct Keeper {
    pub checkpoint: Checkpoint,
    head: Head,
    books: Books,
}

impl Keeper {
    /// `search` tells the search from others, for a reader: its name and settings.
    pub(super) fn new(
        checkpoint: Checkpoint,
        memory: Memory,
        search: String,
        books: Books,
    ) -> Result<Self, CheckpointError> {
        let binary = binary().map_err(|why| CheckpointError::File { path: checkpoint.path.clone(), why })?;
        let version = env!("CARGO_PKG_VERSION").to_string();
        let head = Head { version, binary, memory, search, checksum: String::new() };
        Ok(Keeper { checkpoint, head, books })
    }

    fn path(&self) -> &Path {
        &self.checkpoint.path
    }

    fn file(&self, why: io::Error) -> CheckpointError {
        CheckpointError::File { path: self.path().into(), why }
    }

    fn damaged(&self, why: impl ToString) -> CheckpointError {
        CheckpointError::Damaged { path: self.path().into(), why: why.to_string() }
    }

    /// What is in the file, if there is one. The books are as they were.
    pub(super) fn read(&self) -> Result<Option<Left>, CheckpointError> {
        let text = match std::fs::read_to_string(self.path()) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) if why.kind() == io::ErrorKind::InvalidData => return Err(self.damaged(why)),
            Err(why) => return Err(self.file(why)),
        };
        let (head, rest) = text.split_once('\n').ok_or_else(|| self.damaged("it has no first line"))?;
        let head: Head = serde_json::from_str(head).map_err(|why| self.damaged(why))?;
        self.check(&head)?;
        if head.checksum != hash(rest.as_bytes()) {
            return Err(self.damaged("its checksum is wrong"));
        }
        let Content { left, books } = serde_json::from_str(rest).map_err(|why| self.damaged(why))?;
        (self.books.restore)(books).map_err(|why| self.damaged(why))?;
        Ok(Some(left))
    }

    fn check(&self, head: &Head) -> Result<(), CheckpointError> {
        let (was, is) = (head, &self.head);
        let same = [
            ("the version of selvedge", was.version.clone(), is.version.clone()),
            ("the memory model", format!("{:?}", was.memory), format!("{:?}", is.memory)),
            ("the search", was.search.clone(), is.search.clone()),
            ("the hash of the binary", was.binary.clone(), is.binary.clone()),
        ];
        match same.into_iter().find(|(_, was, is)| was != is) {
            None => Ok(()),
            Some((what, was, is)) => {
                Err(CheckpointError::Foreign { path: self.path().into(), what, was, is })
            }
        }
    }

    /// Writes what is left, and what is counted.
    pub(super) fn write(&self, left: &Left) -> Result<(), CheckpointError> {
        let content = (self.books.save)().and_then(|books| serde_json::to_string(&Content { left, books }));
        let content = content.map_err(|why| self.file(why.into()))?;
        let Head { version, binary, memory, search, .. } = &self.head;
        let (version, binary, search) = (version.clone(), binary.clone(), search.clone());
        let head = Head { version, binary, memory: *memory, search, checksum: hash(content.as_bytes()) };
        let head = serde_json::to_string(&head).map_err(|why| self.file(why.into()))?;
        self.replace(&head, &content).map_err(|why| self.file(why))
    }

    fn replace(&self, head: &str, content: &str) -> io::Result<()> {
        let mut beside = self.path().as_os_str().to_owned();
        beside.push(".new");
        let mut file = std::fs::File::create(&beside)?;
        writeln!(file, "{head}")?;
        file.write_all(content.as_bytes())?;
        // Also after a loss of power there is a whole file.
        file.sync_all()?;
        std::fs::rename(&beside, self.path())
    }
}
