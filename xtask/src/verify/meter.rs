//! How far a running model is: its engine, its executions, and how fast they come.

use super::targets::TestId;
use indicatif::{HumanCount, HumanDuration};
use selvedge::check::Engine;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What a running model says of itself.
#[derive(Clone, Copy)]
struct Numbers {
    executions: u64,
    /// The part of all executions that is expected to be behind it. Only the explorer knows.
    share: Option<f64>,
}

/// Reads the numbers that a running model keeps in its folder.
pub struct Meter {
    test: TestId,
    folder: PathBuf,
    /// The engine, when it was first seen, and its numbers then.
    since: Option<(Engine, Instant, Numbers)>,
}

impl Meter {
    /// Of this test, which keeps its numbers in `folder`.
    pub fn new(test: TestId, folder: PathBuf) -> Self {
        Meter { test, folder, since: None }
    }

    /// The numbers at this time, for a human.
    pub fn read(&mut self, now: Instant) -> String {
        let Some((engine, numbers)) = newest(&self.folder, &self.test) else {
            return self.test.to_string();
        };
        let (_, first, before) = match self.since {
            Some(since) if since.0 == engine => since,
            _ => *self.since.insert((engine, now, numbers)),
        };
        let TestId { target, name, .. } = &self.test;
        let Numbers { executions, share } = numbers;
        let time = now - first;
        let seconds = time.as_secs_f64();
        let fresh = executions.saturating_sub(before.executions);
        let rate = HumanCount(if seconds < 0.1 { 0 } else { (fresh as f64 / seconds) as u64 });
        let rest = share.map_or_else(String::new, |share| {
            let left = left(before.share.unwrap_or(0.0), share, time);
            let left = left.map(|left| format!(", about {} left", HumanDuration(left)));
            format!(", {:.0}%{}", 100.0 * share, left.unwrap_or_default())
        });
        format!("{engine:14} {target}::{name}  {} executions, {rate}/s{rest}", HumanCount(executions))
    }
}

/// How long the rest takes, if the share went from `before` to `now` in this time, and goes on like that.
fn left(before: f64, now: f64, time: Duration) -> Option<Duration> {
    let (done, rest) = (now - before, 1.0 - now);
    let enough = time >= Duration::from_secs(1) && done > 0.0 && rest >= 0.0;
    let seconds = enough.then(|| time.as_secs_f64() * rest / done)?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// The last engine of which there are numbers.
fn newest(folder: &Path, test: &TestId) -> Option<(Engine, Numbers)> {
    let files: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.map(|entry| Some(entry.ok()?.path())).collect::<Option<_>>()?;
    let of = |engine: &Engine| {
        let end = format!(".{}.progress", engine.to_string().replace(' ', "-"));
        files.iter().find(|path| path.to_string_lossy().ends_with(&end))
    };
    let engines: Vec<Engine> = test.build.engines().collect();
    engines.iter().rev().find_map(|engine| {
        let text = std::fs::read_to_string(of(engine)?).ok()?;
        let mut words = text.split_whitespace();
        let executions = words.next()?.parse().ok()?;
        let share = words.next().and_then(|share| share.parse().ok());
        Some((*engine, Numbers { executions, share }))
    })
}

#[cfg(test)]
mod tests {
    use super::super::builds::Build;
    use super::super::outcome::tests::id;
    use super::*;

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
    #[test]
    fn where_the_share_is_known_the_rest_is_estimated() {
        let folder = tempfile::tempdir().unwrap();
        let keep = |text: &str| std::fs::write(folder.path().join("a.explorer-SC.progress"), text).unwrap();
        let mut meter = Meter::new(id(Build::Shuttle, "push_push"), folder.path().into());
        let start = Instant::now();
        let head = "explorer SC    stack::push_push ";
        keep("1000 0.1");
        assert_eq!(meter.read(start), format!("{head} 1,000 executions, 0/s, 10%"));
        keep("3000 0.3");
        let later = start + Duration::from_secs(20);
        let left = "about 70 seconds left";
        assert_eq!(meter.read(later), format!("{head} 3,000 executions, 100/s, 30%, {left}"));
        keep("3000");
        assert_eq!(meter.read(later), format!("{head} 3,000 executions, 100/s"));
        keep("3000 0.1");
        assert_eq!(meter.read(later), format!("{head} 3,000 executions, 100/s, 10%"), "nothing is gained");
    }
}
