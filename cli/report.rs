//! What is told: the same facts as text, as JSON, and in the picture.

use crate::args::Criterion;
use crate::lin::Fault;
use selvedge::check::Judgement;
use selvedge::log::{Log, LogCall, Outcome, Part, Process, Specification, Value};
use serde::Serialize;
use std::time::Duration;

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Yes,
    No,
    Unknown,
}

impl Verdict {
    pub fn exit_code(self) -> u8 {
        match self {
            Verdict::Yes => 0,
            Verdict::No => 1,
            Verdict::Unknown => 2,
        }
    }
}

/// All that is known of a log that was judged.
#[derive(Debug, Serialize)]
pub struct Report {
    pub file: String,
    pub verdict: Verdict,
    /// Why it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    #[serde(serialize_with = "as_text")]
    pub spec: Specification,
    #[serde(serialize_with = "asked")]
    pub criterion: Criterion,
    pub format: String,
    /// The calls that happened or may have.
    pub calls: usize,
    pub processes: usize,
    /// Calls without an answer, among them.
    pub pending: usize,
    /// Calls that did not happen and are left out.
    pub failed: usize,
    /// Lines of Jepsen's nemesis, which are left out.
    pub nemesis: usize,
    pub parts: usize,
    /// If no, and there are several parts: of which of them the rest is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    pub seconds_reading: f64,
    pub seconds_judging: f64,
    /// If yes, an order that explains all answers; if no, the longest beginning of one.
    pub order: Vec<Told>,
    /// If no: there is no longer beginning for sure, and no other part went wrong before.
    pub longest: bool,
    /// If no: the calls of which none can come next, if it is known for sure where that is.
    pub stuck: Vec<Stuck>,
    /// The calls without an answer that may have happened before those.
    pub perhaps: Vec<Told>,
}

/// A call.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// Its number in the log.
    #[serde(skip)]
    pub call: usize,
    pub process: Process,
    /// What was asked, and answered.
    pub text: String,
    /// Where it was invoked.
    pub invoked: usize,
    /// Where it was answered, or where it is said that it was not.
    pub returned: Option<usize>,
}

/// A call that cannot come next.
#[derive(Clone, Debug, Serialize)]
pub struct Stuck {
    #[serde(flatten)]
    pub told: Told,
    /// What it could have answered.
    pub right: Vec<Value>,
}

/// What a call asks: `write 3`, with its key, if it has one.
pub fn question(call: &LogCall) -> String {
    let key = call.key.as_ref().map_or(String::new(), |key| format!("{key}: "));
    call.args.iter().fold(format!("{key}{}", call.op), |text, arg| format!("{text} {arg}"))
}

/// What a call was answered: nothing where nothing is all that it can say.
pub fn answer(call: &LogCall) -> String {
    call.answer.as_ref().map_or("(no answer)".into(), ToString::to_string)
}

impl Told {
    fn of(log: &Log, number: usize) -> Self {
        let call = &log.calls[number];
        Told {
            call: number,
            process: log.processes[call.process].clone(),
            text: format!("{} → {}", question(call), answer(call)),
            invoked: call.invoked,
            returned: call.returned,
        }
    }
}

impl Report {
    /// `[reading, judging]` took so long.
    pub fn of(
        file: &str,
        log: &Log,
        spec: &Specification,
        criterion: Criterion,
        outcome: Outcome,
        took: [Duration; 2],
    ) -> Self {
        let Outcome { judgement, parts, part, right, pending } = outcome;
        let mut longest = true;
        let (verdict, limit, order, stuck) = match judgement {
            Judgement::Explained(order) => (Verdict::Yes, None, order, Vec::new()),
            Judgement::Unexplained { prefix, stuck, longest: sure } => {
                longest = sure;
                (Verdict::No, None, prefix, if sure { stuck } else { Vec::new() })
            }
            Judgement::Unknown(limit) => (Verdict::Unknown, Some(limit.to_string()), Vec::new(), Vec::new()),
        };
        let stuck = stuck.into_iter().zip(right);
        Report {
            file: file.into(),
            verdict,
            limit,
            spec: spec.clone(),
            criterion,
            format: log.format.to_string(),
            calls: log.calls.len(),
            processes: log.processes.len(),
            pending: log.calls.iter().filter(|call| call.answer.is_none()).count(),
            failed: log.failed,
            nemesis: log.nemesis,
            parts,
            part,
            seconds_reading: took[0].as_secs_f64(),
            seconds_judging: took[1].as_secs_f64(),
            order: order.into_iter().map(|call| Told::of(log, call)).collect(),
            longest,
            stuck: stuck.map(|(call, right)| Stuck { told: Told::of(log, call), right }).collect(),
            perhaps: pending.into_iter().map(|call| Told::of(log, call)).collect(),
        }
    }

    /// Whether it is known for sure where, in the time of the log, it went wrong: up to which return all could be
    /// explained, of all parts. Under other orders than that of real time, moments are not those of the log.
    pub fn knows_where(&self) -> bool {
        self.longest && self.criterion == Criterion::Linearizability
    }

    pub fn to_json(&self) -> String {
        json(self)
    }
}

/// Why there is no answer, as JSON.
#[derive(Debug, Serialize)]
pub struct Unanswered {
    file: Option<String>,
    error: String,
    line: Option<usize>,
    column: Option<usize>,
}

impl Unanswered {
    pub fn of(file: &str, fault: &Fault) -> Self {
        let place = match fault {
            Fault::Log(error) => Some(error.place),
            _ => None,
        };
        let error = match fault {
            Fault::Log(error) => error.why(),
            other => other.to_string(),
        };
        let (line, column) = (place.map(|place| place.line), place.and_then(|place| place.column));
        Unanswered { file: Some(file.into()), error, line, column }
    }

    /// Of a command line that was not understood: so it is not known which file was meant.
    pub fn of_usage(error: &clap::Error) -> Self {
        let text = error.to_string();
        // What follows the first empty line is advice.
        let told = text.split("\n\n").next().unwrap_or(&text);
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        let error = told.strip_prefix("error: ").unwrap_or(&told).into();
        Unanswered { file: None, error, line: None, column: None }
    }

    pub fn to_json(&self) -> String {
        json(self)
    }
}

fn json(told: &impl Serialize) -> String {
    serde_json::to_string_pretty(told).expect("strings, numbers and lists") + "\n"
}

fn as_text<S: serde::Serializer>(spec: &Specification, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(spec)
}

fn asked<S: serde::Serializer>(criterion: &Criterion, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(criterion.adjective())
}
