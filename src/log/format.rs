//! Which format a log has.
//!
//! | the text begins with | it is |
//! |---|---|
//! | `{"`, `[{"` | lines of JSON |
//! | `{`, `[`, `(`, `;` or `#` | EDN: a key-value log if the first map of a client has a `:key`, else Jepsen's |
//! | `INFO`, a digit, `:nemesis`, or what looks like `jepsen.log` | lines of Jepsen |

use super::error::{LogError, Place, Reason};
use super::forms::Forms;
use super::jepsen::is_of_the_logger;
use clojure_reader::edn::Edn;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The format of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Jepsen's history of a register, as maps of EDN or as lines of text.
    Jepsen,
    /// A JSON object for each line: [`Line`](super::Line).
    JsonLines,
    /// The log of a key-value store, as maps of EDN.
    KeyValue,
}

impl Format {
    /// The format that a text looks like.
    pub(super) fn of(text: &str) -> Result<Self, LogError> {
        let begin = text.trim_start();
        if begin.is_empty() {
            return Err(LogError::at(text, Place::line(1), Reason::Empty));
        }
        // A list of objects of JSON is no log, and the reader of lines of JSON says so best.
        let first = begin.strip_prefix('[').unwrap_or(begin).trim_start();
        if first.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('"')) {
            return Ok(Format::JsonLines);
        }
        if is_edn(begin) {
            let first = Forms::of(text).next()?;
            let keyed = first.is_some_and(|(_, form)| has_a_key(&form));
            return Ok(if keyed { Format::KeyValue } else { Format::Jepsen });
        }
        let line = begin.lines().next().unwrap_or(begin);
        let is_line = begin.starts_with("INFO") || begin.starts_with(":nemesis") || is_of_the_logger(line);
        if is_line || begin.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(Format::Jepsen);
        }
        let line = 1 + text[..text.len() - begin.len()].matches('\n').count();
        Err(LogError::at(text, Place::line(line), Reason::UnknownFormat))
    }
}

/// Whether a text is one of EDN and not of lines.
pub(super) fn is_edn(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '(', ';', '#'])
}

fn has_a_key(form: &Edn<'_>) -> bool {
    match form {
        Edn::Tagged(_, form) => has_a_key(form),
        Edn::Map(map) => map.contains_key(&Edn::key("key")),
        _ => false,
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Jepsen => "jepsen",
            Format::JsonLines => "jsonl",
            Format::KeyValue => "kv",
        })
    }
}

/// There is no format of this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no format `{0}`: there are jepsen, jsonl and kv")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        match name {
            "jepsen" => Ok(Format::Jepsen),
            "jsonl" => Ok(Format::JsonLines),
            "kv" => Ok(Format::KeyValue),
            other => Err(UnknownFormat(other.into())),
        }
    }
}
