//! Running shuttle.

use super::STACK;
use super::depth_first::DepthFirst;
use shuttle::scheduler::{PctScheduler, RandomScheduler, Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, FailurePersistence, Runner};

/// Where schedules come from.
#[derive(Clone, Debug)]
pub(crate) enum Schedules {
    /// At each step any thread, with the same probability.
    Random { seed: u64, executions: u64 },
    /// Random priorities, changed `depth - 1` times (Burckhardt et al., ASPLOS 2010).
    Pct { depth: usize, seed: u64, executions: u64 },
    /// Every schedule, one after the other; one of more than so many steps is given up.
    Dfs { steps: usize },
    /// One execution: each byte chooses among the threads that can run; when they run out, they take turns.
    Bytes(Vec<u8>),
}

pub(super) fn config() -> Config {
    let mut config = Config::new();
    config.silence_warnings = true;
    config.stack_size = STACK;
    config.failure_persistence = FailurePersistence::None;
    config
}

/// Runs `execution` under each schedule.
pub(crate) fn sample(schedules: Schedules, execution: impl Fn() + Send + Sync + 'static) {
    let config = config();
    match schedules {
        Schedules::Random { seed, executions } => {
            let scheduler = RandomScheduler::new_from_seed(seed, executions as usize);
            Runner::new(scheduler, config).run(execution);
        }
        Schedules::Pct { depth, seed, executions } => {
            let scheduler = PctScheduler::new_from_seed(seed, depth, executions as usize);
            Runner::new(scheduler, config).run(execution);
        }
        Schedules::Dfs { steps } => {
            Runner::new(DepthFirst::new(steps), config).run(execution);
        }
        Schedules::Bytes(bytes) => {
            let scheduler = Bytes { bytes: bytes.into_iter(), begun: false };
            Runner::new(scheduler, config).run(execution);
        }
    }
}

/// A number of the schedule's own: replayed with it.
pub(crate) fn random() -> u64 {
    use shuttle::rand::RngCore;
    shuttle::rand::thread_rng().next_u64()
}

struct Bytes {
    bytes: std::vec::IntoIter<u8>,
    begun: bool,
}

impl Scheduler for Bytes {
    fn new_execution(&mut self) -> Option<Schedule> {
        let first = !std::mem::replace(&mut self.begun, true);
        first.then(|| Schedule::new(0))
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, yielding: bool) -> Option<TaskId> {
        // Bytes are spent on real choices only, and a thread that yields is not chosen if another can run: a
        // schedule without bytes must come to an end, too.
        let others = |task: &&&Task| !yielding || Some(task.id()) != current;
        let mut open: Vec<&&Task> = runnable.iter().filter(others).collect();
        if open.is_empty() {
            open = runnable.iter().collect();
        }
        if open.len() == 1 {
            return Some(open[0].id());
        }
        // Without bytes the thread that runs goes on until it yields, and then it is the next one's turn, in a
        // circle: two threads that wait for a third must not pass the turn to each other for ever.
        let here = current.map_or(0, usize::from);
        let chosen = match self.bytes.next() {
            Some(byte) => usize::from(byte) % open.len(),
            None => open.iter().position(|task| usize::from(task.id()) >= here).unwrap_or(0),
        };
        Some(open[chosen].id())
    }

    fn next_u64(&mut self) -> u64 {
        // 1 disturbs nothing: see the harness's oracle.
        u64::from(self.bytes.next().unwrap_or(1))
    }
}
