//! The picture: a failing execution that one can step through.
//!
//! ```text
//!   events of the execution ─┐
//!   history and judgement ───┴─ Execution ──┐                      what the harness records, with the failure
//!   record of the run, titles, sources ─────┴─ Picture ── Page     what a reader sees
//! ```
//!
//! [`Execution`] is written down where something fails, in the process that fails, and travels with the
//! [`Failure`]. [`Picture`] adds what only the reader's side knows: the title of the defect, the
//! lines of the source. All of it is plain data, and goes to JSON and back. The page is made from it by
//! `render` (feature `picture`), and is one file without any network.
//!
//! # Invariants
//! 1. Steps have the numbers of the text trace, and come in the order of the execution.
//! 2. What a cell holds after a step is a function of the steps before ([`Moments`]): it is not recorded.
//! 3. A picture says nothing that was not recorded. What is unknown is left out, or said to be unknown.
//!
//! The format of the data is told in `docs/pictures.md`.
//!
//! # Example
//! ```
//! use selvedge::check::picture::Picture;
//! use selvedge::check::{Arbitrary, Call, History, Order, Spec};
//!
//! #[derive(Clone, Debug, Arbitrary)]
//! enum Op { Add, Get }
//!
//! struct Counter;
//!
//! impl Spec for Counter {
//!     type Op = Op;
//!     type Ret = u64;
//!     type State = u64;
//!     fn initial(&self) -> u64 { 0 }
//!     fn step(&self, state: &mut u64, op: &Op) -> u64 {
//!         match op { Op::Add => { *state += 1; *state - 1 } Op::Get => *state }
//!     }
//! }
//!
//! let call = |thread, op, start, end| Call { thread, op, ret: Some(0), start, end, phase: 0 };
//! // The second call began when the first had ended, and did not see it.
//! let history: History<_, _> = [call(0, Op::Add, 0, 1), call(1, Op::Get, 2, 3)].into_iter().collect();
//! let picture = Picture::of_history("a counter that is slow to tell", &Counter, &history, Order::RealTime);
//! assert_eq!(picture.execution.attempt.as_ref().unwrap().explained, [0]);
//! # #[cfg(feature = "picture")]
//! assert!(selvedge::check::picture::render(&picture).contains("Get → 0"));
//! ```

mod attempt;
#[cfg(feature = "picture")]
mod calls;
mod moments;
#[cfg(feature = "picture")]
mod overtaken;
#[cfg(feature = "picture")]
mod page;
#[cfg(any(loom, shuttle))]
mod recording;
#[cfg(all(test, feature = "picture"))]
mod samples;
mod sources;
mod step;
#[cfg(feature = "picture")]
mod words;

#[cfg(any(loom, shuttle))]
pub(super) use recording::record;

pub use attempt::{Asked, Attempt, Conclusion, Earlier, Refuted, Stuck};
pub use moments::{Held, Life, Moment, Moments};
#[cfg(feature = "picture")]
pub use page::{document, render, render_beside};
pub use sources::Excerpt;
pub use step::{Cell, Edge, Node, Place, Stale, Step, Value, Waiting};

use super::failure::Failure;
use super::history::{History, Order};
use super::linearizability::judge;
use super::record::{Outcome, Record};
use super::spec::Spec;
use serde::{Deserialize, Serialize};

/// The number of the format, raised when a field changes its meaning.
pub const FORMAT: u32 = 1;

/// What was recorded of a failing execution.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// How many threads there were, main included.
    pub threads: usize,
    /// How many steps came before the first of `steps` and are left out.
    pub skipped: usize,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// What threads were about to do when it ended: the step that failed, and those that wait for ever.
    pub waiting: Vec<Waiting>,
    /// The thread that ran when it ended, if one did.
    pub ran_last: Option<usize>,
    /// Where the complaint was raised, unless it is the harness that complains.
    pub raised: Option<Place>,
    /// The cells of shared memory, with what they held before the first of `steps`.
    pub cells: Vec<Cell>,
    /// The nodes on the heap.
    pub nodes: Vec<Node>,
    /// What was asked and answered, and how far it could be explained.
    pub attempt: Option<Attempt>,
}

impl Execution {
    /// One of which nothing but the history is known, as on real threads.
    #[must_use]
    pub fn of_history(attempt: Attempt) -> Self {
        let threads = attempt.threads().len();
        Execution { threads, attempt: Some(attempt), ..Execution::default() }
    }
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The path of the model's test.
    pub model: String,
    /// The structure that it is about.
    pub structure: String,
    /// The property that it is about.
    pub property: String,
    /// The defect that it had to find, if it is a control.
    pub defect: Option<String>,
    /// The engine.
    pub engine: String,
    /// The how-many-eth execution failed.
    pub executions: u64,
}

/// An execution, and what is needed to understand it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// [`FORMAT`].
    pub format: u32,
    /// One line: what this is about.
    pub title: String,
    /// What was run, unless it is a history from elsewhere.
    pub about: Option<About>,
    /// What went wrong, in the words of the engine or the judge. Empty if nothing did.
    pub message: String,
    /// How it came to that.
    pub execution: Execution,
    /// The failing execution, for `Model::replay`.
    pub schedule: Option<String>,
    /// The failing execution as a test that can be pasted.
    pub test: Option<String>,
    /// The lines of the source around the places of the steps.
    pub sources: Vec<Excerpt>,
}

impl Picture {
    /// The picture of a mere history: bars, the longest explained beginning, and what is stuck. No steps.
    ///
    /// The history is judged ([`judge`](fn@super::judge)); a judgement that there is already, within limits perhaps, goes
    /// into [`Attempt::of`], and that into [`of_attempt`](Self::of_attempt).
    ///
    /// # Panics
    /// As `judge`: if the order is [`Order::Given`] and there are more than 64 calls.
    #[must_use]
    pub fn of_history<S: Spec>(
        title: &str,
        spec: &S,
        history: &History<S::Op, S::Ret>,
        order: Order,
    ) -> Self {
        Self::of_attempt(title, Attempt::of(spec, history, order, &judge(spec, history, order)))
    }

    /// The picture of a history that was judged.
    #[must_use]
    pub fn of_attempt(title: &str, attempt: Attempt) -> Self {
        Picture { execution: Execution::of_history(attempt), ..Self::bare(title) }
    }

    /// The picture of a failure. One that was recorded without its steps has the message alone.
    #[must_use]
    pub fn of_failure(title: &str, failure: &Failure) -> Self {
        let execution = failure.execution.as_deref().cloned().unwrap_or_default();
        let (schedule, test) = (failure.schedule.clone(), failure.test.clone());
        Picture { message: failure.message.clone(), execution, schedule, test, ..Self::bare(title) }
    }

    /// The picture of a run that found something; `None` of one that found nothing.
    #[must_use]
    pub fn of_record(title: &str, record: &Record) -> Option<Self> {
        let Outcome::Failed(failure) = &record.outcome else { return None };
        let about = About {
            model: record.model.clone(),
            structure: record.structure.clone(),
            property: record.property.clone(),
            defect: record.defect.clone(),
            engine: record.engine.clone(),
            executions: record.executions,
        };
        Some(Picture { about: Some(about), ..Self::of_failure(title, failure) })
    }

    fn bare(title: &str) -> Self {
        Picture {
            format: FORMAT,
            title: title.into(),
            about: None,
            message: String::new(),
            execution: Execution::default(),
            schedule: None,
            test: None,
            sources: Vec::new(),
        }
    }

    /// The same as JSON.
    ///
    /// # Panics
    /// Never: it is plain data.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a picture is plain data")
    }
}
