//! Why a log cannot be read.

use super::event::{Kind, Process};
use super::shown::{self, Quoted};
use super::value::Value;
use std::fmt;
use thiserror::Error;

/// A place in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters, if it is known.
    pub column: Option<usize>,
}

impl Place {
    /// The beginning of a line, from 1.
    #[must_use]
    pub fn line(line: usize) -> Self {
        Self { line, column: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        self.column.map_or(Ok(()), |column| write!(f, ", column {column}"))
    }
}

/// A log could not be read: where, why, and the text that stands there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {}{}", self.why(), Quoted(text))]
pub struct LogError {
    /// Where.
    pub place: Place,
    /// Why.
    pub reason: Box<Reason>,
    /// The line; of a long one, what stands around the place.
    pub text: String,
}

impl LogError {
    /// The error at `place` of `log`.
    pub(super) fn at(log: &str, place: Place, reason: Reason) -> Self {
        let line = log.split('\n').nth(place.line - 1).unwrap_or("");
        Self { place, reason: Box::new(reason), text: shown::around(line, place.column) }
    }

    /// Why, in one line that has an end and that no terminal obeys, whatever the log says.
    #[must_use]
    pub fn why(&self) -> String {
        shown::reason(&self.reason.to_string())
    }
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Reason {
    /// Not text.
    #[error("byte {byte} of the line is not UTF-8")]
    NotUtf8 {
        /// Which byte, from 1.
        byte: usize,
    },
    /// The first line that says anything looks like no format that is known.
    #[error("this is no format that is known: say which one it is")]
    UnknownFormat,
    /// Not a form of EDN, or not a line of JSON.
    #[error("{0}")]
    Syntax(String),
    /// A line of another form than that of its format.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A line as Jepsen's logger writes them.
    #[error(
        "this looks like jepsen.log, in which lines of the history are among others: give history.edn or history.txt, which \
         Jepsen writes beside it"
    )]
    JepsenLog,
    /// A field that must be there is not.
    #[error("there is no {0}")]
    Missing(&'static str),
    /// A field that the format does not have.
    #[error("there is no field `{field}` here: the fields are {known}")]
    UnknownField {
        /// The field.
        field: String,
        /// The fields that there are.
        known: &'static str,
    },
    /// A field has something in it that it cannot have.
    #[error("{field}: {why}")]
    BadField {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// An operation that the structure does not have.
    #[error("{structure} has no operation `{op}`: its operations are {known}")]
    UnknownOperation {
        /// The structure.
        structure: &'static str,
        /// The operation.
        op: String,
        /// The operations that there are.
        known: String,
    },
    /// The arguments are not those of the operation.
    #[error("`{op}` takes {takes}, not {given}")]
    Arguments {
        /// The operation.
        op: String,
        /// What it takes.
        takes: String,
        /// What was given.
        given: String,
    },
    /// The answer cannot be one of this operation.
    #[error("`{op}` answers {answers}, not {given}")]
    Answer {
        /// The operation.
        op: String,
        /// What it can answer.
        answers: String,
        /// What it is said to have answered.
        given: Value,
    },
    /// A number of lines that does not grow, or a time that goes back.
    #[error("{field} is {now} after {before}: the lines are not in the order of time")]
    Backwards {
        /// Which number.
        field: &'static str,
        /// What it was before.
        before: i64,
        /// What it is.
        now: i64,
    },
    /// A process invokes an operation before the one before it has returned.
    #[error("process {process} invokes an operation while its invocation of line {line} has not returned")]
    InvokedTwice {
        /// The process.
        process: Process,
        /// Where it invoked the other one.
        line: usize,
    },
    /// A process goes on after an operation of which nobody knows whether it happened.
    #[error("process {process} goes on, though it crashed in line {line}: who goes on needs a new name")]
    InvokedAfterCrash {
        /// The process.
        process: Process,
        /// Where it crashed.
        line: usize,
    },
    /// A return without an invocation.
    #[error("process {process} has no invocation that could be {kind}")]
    NotInvoked {
        /// The process.
        process: Process,
        /// How it returned.
        kind: Kind,
    },
    /// The return is that of another operation.
    #[error("the {what} is {returned} here and was {invoked} at the invocation in line {line}")]
    Mismatch {
        /// What differs.
        what: &'static str,
        /// At the return.
        returned: String,
        /// At the invocation.
        invoked: String,
        /// Where it was invoked.
        line: usize,
    },
    /// Some calls name the object that they are about, and others do not.
    #[error("{0}")]
    Keys(String),
    /// Nothing was asked in this log, so no answer can be wrong.
    #[error("there is no call in this log")]
    Empty,
}
