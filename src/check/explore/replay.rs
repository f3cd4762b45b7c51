//! One execution once more, with its steps written down.

use super::Memory;
use super::driver::Driver;
use super::graph::{Graph, Id};
use super::linear;
use super::machine::Rules;
use super::progress::Demand;
use super::script::Script;
use super::search::{self, Search};
use crate::check::failure::{Failure, catching::catch};
use crate::sync::host::Arc;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// A program to explore: called on the main thread of each execution, told whether its steps are wanted.
pub(in crate::check) type Program = Arc<dyn Fn(bool) + Send + Sync>;

/// The steps of the execution that has just failed, in an order with few switches.
pub(super) fn script_of(driver: &Driver, memory: Memory) -> Script {
    let run = driver.run.borrow();
    let after: Vec<(Id, Id)> = driver.real_time.borrow().clone();
    let graph: &Graph = &run.graph;
    linear::script(graph, memory, &after, &|id: Id| run.past.has(id))
}

/// Runs one execution: how it fails, if it does. One that does not may be of a program that has changed: then it says
/// how much of the script was left.
pub(super) fn replay(rules: Rules, program: &Program, script: &Script) -> Option<Failure> {
    // Which threads stop, the script says.
    let demand = Demand { stops: Demand::NONE.stops, ..rules.demand };
    let driver = search::driver(Rules { demand, ..rules }, script.stuck());
    driver.run.borrow_mut().script = Some(script.0.iter().copied().collect());
    let search = Rc::new(RefCell::new(Search::new()));
    let body = Rc::new(Arc::clone(program));
    let once = |search: &mut Search| search.seen.runs() == 0;
    let failure = catch(|| search::explore(&driver, &search, once, move || body(true)), Box::new(|_| ()));
    let left = driver.run.borrow().script.as_ref().map_or(0, VecDeque::len);
    if failure.is_none() && left > 0 {
        eprintln!(
            "the schedule `{script}` does not fit this program: {left} of its steps could not be taken"
        );
    }
    failure
}

/// The failure of the execution `script`, told step by step.
pub(super) fn tell(rules: Rules, program: &Program, script: &Script, failure: Failure) -> Failure {
    match replay(rules, program, script) {
        Some(told) => Failure { schedule: Some(script.to_string()), ..told },
        // What cannot be repeated has no schedule.
        None => Failure { trace: "(the execution could not be repeated)".into(), ..failure },
    }
}
