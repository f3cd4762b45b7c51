//! What is to be seen while tests run: bars on a terminal, plain lines elsewhere. All on the standard error.

use super::memory::Memory;
use super::meter::Meter;
use super::outcome::{End, Ran};
use super::targets::{Job, TestId};
use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use selvedge::check::{Coverage, Outcome, Record};
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What is to be seen while tests run.
pub struct Progress {
    bars: Option<(MultiProgress, ProgressBar)>,
    silent: bool,
    jobs: usize,
    state: Mutex<State>,
}

struct State {
    started: Instant,
    /// What has not ended yet.
    left: Vec<Left>,
    all: usize,
    told: Instant,
}

struct Left {
    test: TestId,
    /// The seconds that it is expected to take, if anything is known.
    expected: f64,
    begun: Option<Instant>,
}

/// Without bars, a sign of life so often.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a constant").progress_chars("━╸ ")
}

impl Progress {
    /// For these jobs, `at_once` at a time.
    pub fn new(jobs: &[Job], at_once: usize, memory: &Memory, budget: &str) -> Self {
        let known: Vec<f64> = jobs.iter().filter_map(|job| memory.seconds(&job.id, budget)).collect();
        let usual = known.iter().sum::<f64>() / known.len().max(1) as f64;
        let expected = |job: &Job| memory.seconds(&job.id, budget).unwrap_or(usual);
        let left = |job: &Job| Left { test: job.id.clone(), expected: expected(job), begun: None };
        let left: Vec<Left> = jobs.iter().map(left).collect();
        let bars = std::io::stderr().is_terminal().then(|| {
            let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
            let all = bars.add(ProgressBar::new(jobs.len() as u64));
            all.set_style(style("{bar:30.cyan} {pos}/{len} tests, {elapsed} so far{msg}"));
            all.enable_steady_tick(Duration::from_millis(500));
            (bars, all)
        });
        let now = Instant::now();
        let state = Mutex::new(State { started: now, left, all: jobs.len(), told: now });
        Progress { bars, silent: false, jobs: at_once, state }
    }

    /// Shows nothing.
    pub fn silent() -> Self {
        let now = Instant::now();
        let state = State { started: now, left: Vec::new(), all: 0, told: now };
        Progress { bars: None, silent: true, jobs: 1, state: Mutex::new(state) }
    }

    /// A test begins; it keeps its numbers in `folder`.
    pub fn begun<'a>(&'a self, test: &TestId, folder: &Path) -> Watch<'a> {
        let now = Instant::now();
        let mut state = self.state.lock().expect("no panic under this lock");
        state.left.iter_mut().filter(|left| left.test == *test).for_each(|left| left.begun = Some(now));
        drop(state);
        let bar = self.bars.as_ref().map(|(bars, _)| {
            let bar = bars.add(ProgressBar::new_spinner());
            bar.set_style(style("  {spinner} {msg}"));
            bar
        });
        let meter = Meter::new(test.clone(), folder.into());
        let mut watch = Watch { progress: self, meter, bar, next: now };
        watch.look();
        watch
    }

    /// A test has ended.
    pub fn ended(&self, ran: &Ran) {
        let mut state = self.state.lock().expect("no panic under this lock");
        state.left.retain(|left| left.test != ran.test);
        let done = state.all - state.left.len();
        match &self.bars {
            Some((bars, all)) => {
                all.set_position(done as u64);
                all.set_message(state.remaining(self.jobs));
                if ran.end != End::Passed {
                    // A terminal that is gone is no reason to stop.
                    let _ = bars.println(line(ran));
                }
            }
            None if self.silent => {}
            None => eprintln!("[{done}/{}] {}", state.all, line(ran)),
        }
    }

    /// All is done.
    pub fn close(&self) {
        if let Some((bars, _)) = &self.bars {
            let _ = bars.clear();
        }
    }
}

impl State {
    /// The time that is left, if it can be told.
    fn remaining(&self, jobs: usize) -> String {
        let of_one =
            |left: &Left| (left.expected - left.begun.map_or(0.0, |at| at.elapsed().as_secs_f64())).max(0.0);
        let known = self.left.iter().map(of_one).sum::<f64>() / jobs as f64;
        let done = self.all - self.left.len();
        // The first run knows nothing yet: it goes by what it has seen so far.
        let guess = self.started.elapsed().as_secs_f64() / done.max(1) as f64 * self.left.len() as f64;
        let seconds = if self.left.iter().any(|left| left.expected > 0.0) { known } else { guess };
        // What takes longer than it did has an unknown end.
        if done == 0 || seconds < 1.0 {
            return String::new();
        }
        format!(", about {} left", HumanDuration(Duration::from_secs_f64(seconds)))
    }
}

/// A test that is being run.
pub struct Watch<'a> {
    progress: &'a Progress,
    meter: Meter,
    bar: Option<ProgressBar>,
    next: Instant,
}

impl Watch<'_> {
    /// To be called now and then.
    pub fn look(&mut self) {
        let now = Instant::now();
        if now < self.next || self.progress.silent {
            return;
        }
        self.next = now + Duration::from_millis(200);
        let text = self.meter.read(now);
        if let Some(bar) = &self.bar {
            bar.set_message(text);
            bar.tick();
            return;
        }
        let mut state = self.progress.state.lock().expect("no panic under this lock");
        if state.told.elapsed() > SIGN_OF_LIFE {
            state.told = now;
            let done = state.all - state.left.len();
            eprintln!("[{done}/{}] running: {text}{}", state.all, state.remaining(self.progress.jobs));
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A test that has ended, in a line.
fn line(ran: &Ran) -> String {
    let end = match &ran.end {
        End::Passed if ran.records.is_empty() => "passed, no record".into(),
        End::Passed => ran.records.iter().map(short).collect::<Vec<_>>().join("; "),
        End::Failed { status } => format!("FAILED ({status})"),
        End::TimedOut => "TIMED OUT".into(),
        End::NotRun { why } => format!("NOT RUN: {why}"),
        End::Interrupted => "stopped".into(),
    };
    format!("{}: {end} ({:.1} s)", ran.test, ran.seconds)
}

fn short(record: &Record) -> String {
    let what = match (&record.outcome, record.coverage) {
        (Outcome::Failed(_), _) if record.defect.is_some() => "found".into(),
        (Outcome::Failed(_), _) => "failed".into(),
        (Outcome::Held, _) if record.defect.is_some() => "missed".into(),
        (Outcome::Held, Coverage::Complete) => "complete".into(),
        (Outcome::Held, Coverage::Bounded(most)) => format!("complete up to {most} preemptions"),
        (Outcome::Held, Coverage::Sampled) => "sampled".into(),
        (Outcome::Held, Coverage::Capped) => "incomplete".into(),
        (Outcome::Held, Coverage::Shard(index, of)) => format!("shard {index}/{of}"),
    };
    format!("{} {}, {what}", record.engine, record.executions)
}

#[cfg(test)]
mod tests {
    use super::super::builds::Build;
    use super::super::outcome::tests::{id, passed};
    use super::*;

    #[test]
    fn the_time_that_is_left_is_told_when_something_is_known() {
        let job = |name| Job { id: id(Build::Loom, name), binary: "binary".into(), long: false };
        let mut memory = Memory::default();
        let jobs = [job("push_push"), job("pop_pop"), job("new")];
        let seconds = |name, seconds| Ran { seconds, ..passed(Build::Loom, name) };
        let left = |memory: &Memory| {
            let progress = Progress { silent: true, ..Progress::new(&jobs, 2, memory, "quick") };
            progress.ended(&passed(Build::Loom, "push_push"));
            progress.state.lock().unwrap().remaining(2)
        };
        assert_eq!(left(&memory), "");
        memory.learn(&seconds("push_push", 40.0), "quick");
        memory.learn(&seconds("pop_pop", 80.0), "quick");
        // 80 s for the one, as long as is usual for the new one, and two at a time.
        assert_eq!(left(&memory), ", about 70 seconds left");
    }

    #[test]
    fn a_line_says_what_came_of_a_test() {
        let ran = passed(Build::Loom, "push_push");
        let expected = "loom stack::push_push: loom plain 1234, complete; loom strong 1234, complete (1.0 s)";
        assert_eq!(line(&ran), expected);
        let end = End::Failed { status: "signal: 6".into() };
        assert_eq!(line(&Ran { end, ..ran }), "loom stack::push_push: FAILED (signal: 6) (1.0 s)");
    }
}
