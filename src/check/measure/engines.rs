//! The engines of this build, each told in its own way to run all executions of a program.

use super::meter::Meter;
use super::{Limits, Measured, Search};
#[cfg(shuttle)]
use crate::check::explore::{Explorer, Memory};
use crate::check::failure::catching::catch;
use crate::sync::Reuse;
#[cfg(shuttle)]
use crate::sync::model::Schedules;
use crate::sync::model::{self, Oracle, Settings, Strength};

/// Steps of one execution beyond which a search of all schedules gives it up: it waits for ever.
#[cfg(shuttle)]
const STEPS: usize = 2_000;

/// Runs the executions of `program` that `search` finds, and counts and times them.
///
/// # Panics
/// If `search` is not of this build.
pub fn measure(search: Search, limits: Limits, program: impl Fn() + Send + Sync + 'static) -> Measured {
    let meter = Meter::new(limits);
    run(search, &meter, limits, program)
}

#[cfg(loom)]
fn run(search: Search, meter: &Meter, _: Limits, program: impl Fn() + Send + Sync + 'static) -> Measured {
    assert_eq!(search, Search::LoomPlain, "no engine of this build");
    let all = model::Limits { preemptions: None, executions: u64::MAX };
    let body = metered(search, meter, program);
    meter.close(catch(|| model::explore(all, body), meter.told()))
}

#[cfg(shuttle)]
fn run(
    search: Search,
    meter: &Meter,
    limits: Limits,
    program: impl Fn() + Send + Sync + 'static,
) -> Measured {
    let schedules = match search {
        Search::ShuttleDfs => Schedules::Dfs { steps: STEPS },
        Search::ShuttleRandom => Schedules::Random { seed: 0, executions: limits.executions },
        Search::ExplorerSc => return explore(Memory::Sc, meter, limits, program),
        Search::ExplorerWeak => return explore(Memory::Weak, meter, limits, program),
        Search::LoomPlain => panic!("{search}: no engine of this build"),
    };
    let body = metered(search, meter, program);
    meter.close(catch(|| model::sample(schedules, body), meter.told()))
}

#[cfg(shuttle)]
fn explore(
    memory: Memory,
    meter: &Meter,
    limits: Limits,
    program: impl Fn() + Send + Sync + 'static,
) -> Measured {
    let own = meter.clone();
    let explorer = Explorer::new(memory).disturbances(0).workers(limits.workers.get());
    let explored = explorer.explore(move || {
        own.begin();
        program();
        own.end();
    });
    let measured = meter.close(explored.failure);
    let complete = measured.failure.is_none() && !meter.stopped();
    let pruned = explored.blocked + explored.redundant;
    Measured { executions: explored.executions, pruned, complete, ..measured }
}

/// One execution, in the world of a model.
///
/// Drawn schedules have their steps written down, as models do. A search has not: the explorer has no need to, and is
/// to have no head start.
fn metered(
    search: Search,
    meter: &Meter,
    program: impl Fn() + Send + Sync + 'static,
) -> impl Fn() + Send + Sync + 'static {
    let silent = search != Search::ShuttleRandom;
    let meter = meter.clone();
    move || {
        meter.begin();
        let (strength, oracle, reuse) = (Strength::Plain, Oracle::Undisturbed, Reuse::Never);
        model::begin(Settings { strength, oracle, reuse, step_limit: 0, silent });
        program();
        if let Err(leak) = model::end() {
            panic!("{leak}");
        }
        meter.end();
    }
}
