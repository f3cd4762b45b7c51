//! What all formats say: who asked or was answered, what, and about which object.

use super::error::Place;
use super::value::Value;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who asks: a client, a thread, a connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged, expecting = "a process is a number from 0 or a string")]
pub enum Process {
    /// A number.
    Number(u64),
    /// A name.
    Name(Box<str>),
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Process::Number(number) => write!(f, "{number}"),
            Process::Name(name) => write!(f, "{name:?}"),
        }
    }
}

/// What happened to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It was asked for.
    Invoke,
    /// It happened and was answered.
    Ok,
    /// It did not happen, for certain.
    Fail,
    /// Nobody knows whether it has happened, or happens later. Its process is gone.
    Info,
}

impl Kind {
    /// The kind of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "invoke" => Kind::Invoke,
            "ok" => Kind::Ok,
            "fail" => Kind::Fail,
            "info" => Kind::Info,
            _ => return None,
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Invoke => "invoke",
            Kind::Ok => "ok",
            Kind::Fail => "fail",
            Kind::Info => "info",
        })
    }
}

/// What an event asks or answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Which of several objects. A return may leave it out.
    pub key: Option<Value>,
    /// The arguments. A return may leave them out, and must not say others.
    pub args: Option<Vec<Value>>,
    /// The answer. An invocation may have it if the log was completed later.
    pub answer: Option<Value>,
}

/// One line of a log, whatever its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub place: Place,
    pub process: Process,
    pub kind: Kind,
    pub op: Box<str>,
    pub said: Said,
}
