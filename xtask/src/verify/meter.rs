//! How far a running model is: its engine, its executions, and how fast they come.

use super::targets::TestId;
use indicatif::HumanCount;
use selvedge::check::Engine;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Reads the numbers that a running model keeps in its folder.
pub struct Meter {
    test: TestId,
    folder: PathBuf,
    /// The engine, when it was first seen, and its executions then.
    since: Option<(Engine, Instant, u64)>,
}

impl Meter {
    /// Of this test, which keeps its numbers in `folder`.
    pub fn new(test: TestId, folder: PathBuf) -> Self {
        Meter { test, folder, since: None }
    }

    /// The numbers at this time, for a human.
    pub fn read(&mut self, now: Instant) -> String {
        let Some((engine, executions)) = newest(&self.folder, &self.test) else {
            return self.test.to_string();
        };
        let (_, first, before) = match self.since {
            Some(since) if since.0 == engine => since,
            _ => *self.since.insert((engine, now, executions)),
        };
        let TestId { target, name, .. } = &self.test;
        let seconds = (now - first).as_secs_f64();
        let rate = if seconds < 0.1 { 0.0 } else { (executions.saturating_sub(before)) as f64 / seconds };
        let rate = HumanCount(rate as u64);
        format!("{engine:14} {target}::{name}  {} executions, {rate}/s", HumanCount(executions))
    }
}

/// The last engine of which there are numbers.
fn newest(folder: &Path, test: &TestId) -> Option<(Engine, u64)> {
    let files: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.map(|entry| Some(entry.ok()?.path())).collect::<Option<_>>()?;
    let of = |engine: &Engine| {
        let end = format!(".{}.progress", engine.to_string().replace(' ', "-"));
        files.iter().find(|path| path.to_string_lossy().ends_with(&end))
    };
    let engines: Vec<Engine> = test.build.engines().collect();
    engines.iter().rev().find_map(|engine| {
        let executions = std::fs::read_to_string(of(engine)?).ok()?.trim().parse().ok()?;
        Some((*engine, executions))
    })
}

#[cfg(test)]
mod tests {
    use super::super::builds::Build;
    use super::super::outcome::tests::id;
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_engine_at_work_is_told_with_its_rate() {
        let folder = tempfile::tempdir().unwrap();
        let keep = |name: &str, count: &str| std::fs::write(folder.path().join(name), count).unwrap();
        let mut meter = Meter::new(id(Build::Loom, "push_push"), folder.path().into());
        let start = Instant::now();
        assert_eq!(meter.read(start), "loom stack::push_push");
        keep("push_push.loom-plain.progress", "1000");
        assert_eq!(meter.read(start), "loom plain     stack::push_push  1,000 executions, 0/s");
        keep("push_push.loom-plain.progress", "5000");
        let later = start + Duration::from_secs(2);
        assert_eq!(meter.read(later), "loom plain     stack::push_push  5,000 executions, 2,000/s");
        keep("push_push.loom-strong.progress", "64");
        assert_eq!(meter.read(later), "loom strong    stack::push_push  64 executions, 0/s");
        keep("push_push.loom-strong.progress", "");
        assert!(meter.read(later).starts_with("loom plain"), "a file that is being written is passed over");
    }
}
