//! Logs of other programs, read as histories that the judge can judge.
//!
//! ```text
//! bytes ──▶ forms or lines ──▶ events ──▶ calls ──▶ history of a specification ──▶ outcome
//!           pieces, spelled,   jepsen     sink      dialect, dialects              judge
//!           forms, edn         jsonl, kv
//! ```
//!
//! # What is guessed
//! Nothing. A line that is not understood ends the reading with its number, the reason and its text; so does a field,
//! an operation or a value that its format does not have, an answer without a question, a question before the last
//! one was answered. What is left out is counted: calls that failed, and lines of Jepsen's nemesis.
//!
//! # What is let pass
//! A byte-order mark at the beginning, ends of lines as Windows writes them, blank lines, and a last line that does
//! not end.
//!
//! # Complexity
//! Linear in the length of the log, in time and space.
//!
//! # Literature
//! The order of the lines is the order of time, and calls are intervals of it: M. Herlihy and J. Wing, *Linearizability*,
//! ACM TOPLAS 12(3), 1990, section 2. The kinds of events are Jepsen's: K. Kingsbury, *Jepsen*, 2013, its module
//! `jepsen.history`.

mod dialect;
mod dialects;
mod edn;
mod error;
mod event;
mod format;
mod forms;
mod jepsen;
mod jsonl;
mod judge;
mod kv;
mod part;
mod pieces;
mod register;
mod shown;
mod sink;
mod specification;
mod spelled;
mod value;

pub use error::{LogError, Place, Reason};
pub use event::{Kind, Process};
pub use format::{Format, UnknownFormat};
pub use jsonl::Line;
pub use judge::Outcome;
pub use part::Part;
pub use sink::LogCall;
pub use specification::{NoInitial, Specification, UnknownSpecification};
pub use value::Value;

use sink::Sink;

/// A log that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// In which format it was.
    pub format: Format,
    /// The calls that happened or may have, in the order of their invocations.
    pub calls: Vec<LogCall>,
    /// Who called, in the order of their first events.
    pub processes: Vec<Process>,
    /// Calls that did not happen.
    pub failed: usize,
    /// Lines of Jepsen's nemesis.
    pub nemesis: usize,
}

/// How a log is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The format; if it is not said, what the first line looks like.
    pub format: Option<Format>,
    /// Whether the values of a log of Jepsen are pairs of a key and a value (`jepsen.independent`).
    pub independent: bool,
}

impl Reading {
    /// Reads a log.
    ///
    /// # Errors
    /// The first line that cannot be understood, with the reason.
    pub fn read(self, bytes: &[u8]) -> Result<Log, LogError> {
        let text = text(bytes)?;
        let format = match self.format {
            Some(format) => format,
            None => Format::of(text)?,
        };
        let mut sink = Sink::default();
        match format {
            Format::Jepsen => jepsen::read(text, self.independent, &mut sink)?,
            Format::JsonLines => jsonl::read(text, &mut sink)?,
            Format::KeyValue => kv::read(text, &mut sink)?,
        }
        let (calls, Sink { processes, failed, nemesis, .. }) = sink.into_calls();
        if calls.is_empty() {
            return Err(LogError::at(text, Place::line(1), Reason::Empty));
        }
        Ok(Log { format, calls, processes, failed, nemesis })
    }
}

impl Format {
    /// The value that a text stands for, as logs of this format write it.
    ///
    /// # Errors
    /// It stands for none, for this reason.
    pub fn value(self, text: &str) -> Result<Value, String> {
        let value = match self {
            Format::Jepsen | Format::KeyValue => Value::of_text(text),
            Format::JsonLines => serde_json::from_str(text).map_err(|error| jsonl::without_place(&error)),
        };
        value.map_err(|why| shown::reason(&why))
    }
}

impl Log {
    /// The error about a call: at its answer if that is what is wrong with it, else at its invocation.
    fn refuse(&self, bytes: &[u8], call: &LogCall, reason: Reason) -> LogError {
        let answer = matches!(reason, Reason::Answer { .. });
        let place = call.answered.filter(|_| answer).unwrap_or(call.place);
        text(bytes).map_or_else(|error| error, |text| LogError::at(text, place, reason))
    }
}

/// The text of a log, without a byte-order mark.
fn text(bytes: &[u8]) -> Result<&str, LogError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let byte = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
        let end = bytes[before.len()..].iter().position(|byte| *byte == b'\n').map(|end| before.len() + end);
        let text = String::from_utf8_lossy(&bytes[before.len() + 1 - byte..end.unwrap_or(bytes.len())]);
        LogError {
            place: Place::line(line),
            reason: Box::new(Reason::NotUtf8 { byte }),
            text: shown::around(&text, Some(byte)),
        }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
