//! shuttle's own enumeration of all schedules, kept from waiting for ever.

use shuttle::scheduler::{DfsScheduler, Schedule, Scheduler, Task, TaskId};

/// All schedules, depth first.
///
/// shuttle's scheduler lets a thread that waits for another go on waiting, which is a schedule without an end.
/// So a thread that yields is not chosen again at once if another can run, and a schedule that is still
/// without an end (two threads that yield to each other) is given up after so many steps.
#[derive(Debug)]
pub(super) struct DepthFirst {
    all: DfsScheduler,
    most: usize,
    taken: usize,
}

impl DepthFirst {
    /// With at most `steps` in an execution.
    pub(super) fn new(steps: usize) -> Self {
        DepthFirst { all: DfsScheduler::new(None, false), most: steps, taken: 0 }
    }
}

impl Scheduler for DepthFirst {
    fn new_execution(&mut self) -> Option<Schedule> {
        self.taken = 0;
        self.all.new_execution()
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, yielding: bool) -> Option<TaskId> {
        self.taken += 1;
        if self.taken > self.most {
            return None;
        }
        if yielding && runnable.len() > 1 {
            let others: Vec<&Task> =
                runnable.iter().filter(|task| Some(task.id()) != current).copied().collect();
            return self.all.next_task(&others, current, yielding);
        }
        self.all.next_task(runnable, current, yielding)
    }

    fn next_u64(&mut self) -> u64 {
        self.all.next_u64()
    }
}
