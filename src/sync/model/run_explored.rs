//! Running shuttle as the machine of an explorer says.

use super::engine;
use super::explored::{Installed, Machine, Request, ask};
use super::run_shuttle::config;
use super::world;
use crate::sync::Choice;
use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};
use shuttle::{MaxSteps, Runner};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Executions in one of shuttle's: it writes down each switch, and that memory is to stay small.
const BATCH: usize = 1_000;

/// Where a batch is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Running,
    /// Its main task is about to end; the others wait for work that does not come.
    Ended,
    /// It was the last.
    Over,
}

/// Whatever the machine says.
struct Obedient {
    machine: Rc<dyn Machine>,
    stage: Rc<Cell<Stage>>,
}

impl Scheduler for Obedient {
    fn new_execution(&mut self) -> Option<Schedule> {
        (self.stage.get() != Stage::Over).then(|| {
            self.stage.set(Stage::Running);
            Schedule::new(0)
        })
    }

    fn next_task(&mut self, runnable: &[&Task], _: Option<TaskId>, _: bool) -> Option<TaskId> {
        if self.stage.get() != Stage::Running {
            return None;
        }
        let running = TaskId::from(self.machine.running());
        debug_assert!(runnable.iter().any(|task| task.id() == running), "{running:?} cannot run");
        Some(running)
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}

/// What stays on this thread of the operating system, although shuttle asks for more.
struct Here<T>(T);

// SAFETY: shuttle's runner calls the body of an execution on the thread that it was started on.
unsafe impl<T> Send for Here<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Here<T> {}

impl<T> Here<T> {
    fn get(&self) -> &T {
        &self.0
    }
}

/// Runs one execution after the other: `next` prepares one and hands out its body, which calls [`end_main`], until there
/// is none left; `done` hears of the end of each.
pub(crate) fn explored<B: FnOnce()>(
    machine: Rc<dyn Machine>,
    next: impl FnMut() -> Option<B> + 'static,
    done: impl FnMut() + 'static,
) {
    let _installed = Installed::new(Rc::clone(&machine));
    let stage = Rc::new(Cell::new(Stage::Running));
    let scheduler = Obedient { machine: Rc::clone(&machine), stage: Rc::clone(&stage) };
    let here = Here((machine, stage, RefCell::new((next, done))));
    // To shuttle many executions are one, and the explorer itself sees to it that each comes to its end.
    let mut config = config();
    config.max_steps = MaxSteps::None;
    Runner::new(scheduler, config).run(move || {
        let (machine, stage, work) = here.get();
        let (next, done) = &mut *work.borrow_mut();
        engine::forget_tasks();
        for _ in 0..BATCH {
            let Some(body) = next() else {
                stage.set(Stage::Over);
                return;
            };
            engine::explored_main(&**machine, body);
            done();
        }
        stage.set(Stage::Ended);
    });
}

/// The last thing that the main thread does: the others go on until they have ended.
pub(crate) fn end_main() {
    engine::end_main(super::explored::machine().expect("this execution is explored"));
}

/// The machine of this execution chooses.
pub(crate) fn choose(choice: Choice, answers: usize) -> usize {
    let machine = super::explored::machine().expect("this execution is explored");
    ask(machine, world::place(machine.running()), &Request::Choose { choice, answers })
        .map_or(0, |answer| answer.value as usize)
}
