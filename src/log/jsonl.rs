//! Logs as lines of JSON, for every specification. `docs/logs.md` is their page.

use super::error::{LogError, Place, Reason};
use super::event::{Event, Kind, Process, Said};
use super::sink::Sink;
use super::value::{self, Value};
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

/// One line: an object, and nothing else on the line. To write a log, serialise these.
///
/// ```
/// use selvedge::log::{Kind, Line, Process, Value};
///
/// let asked = Line {
///     process: Process::Number(0),
///     kind: Kind::Invoke,
///     op: "push".into(),
///     args: Some(vec![Value::Int(7)]),
///     value: None,
///     key: None,
///     time: None,
/// };
/// let text = serde_json::to_string(&asked).expect("a line has no maps with odd keys");
/// assert_eq!(text, r#"{"process":0,"type":"invoke","op":"push","args":[7]}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object {…} on each line")]
pub struct Line {
    /// Who asks or is answered.
    pub process: Process,
    /// What happens to the call.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The operation's name.
    pub op: Box<str>,
    /// The operation's arguments, at the invocation. A return may repeat them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<Vec<Value>>,
    /// The answer, of an `ok`. Left out it is `null`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Which object the call is about, if the log is of several that are independent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Value>,
    /// When, in any unit. It may not go back from line to line, and is not needed: the order of the lines is what
    /// counts.
    #[serde(default, deserialize_with = "time", skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
}

/// A time, which is what an integer is elsewhere in a log.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Nil => Ok(None),
        Value::Int(time) => Ok(Some(time)),
        other => Err(de::Error::custom(format!("{other} is no time: a time is an integer"))),
    }
}

/// What a line is, and is not.
const OBJECT: &str = "an object {…} on each line, and not a list";

/// Reads a log.
pub(super) fn read(text: &str, sink: &mut Sink) -> Result<(), LogError> {
    let mut last: Option<i64> = None;
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line_at = Place::line(index + 1);
        // Serde would take a list for an object without the names of its fields: that would be a guess.
        if line.trim_start().starts_with('[') {
            return Err(LogError::at(text, line_at, Reason::Expected(OBJECT)));
        }
        let parsed: Line = serde_json::from_str(line).map_err(|error| {
            let column = line_column(line, error.column());
            LogError::at(text, Place { column, ..line_at }, Reason::Syntax(without_place(&error)))
        })?;
        let wrong = |reason| LogError::at(text, line_at, reason);
        if let Some(now) = parsed.time {
            if let Some(before) = last.filter(|before| *before > now) {
                return Err(wrong(Reason::Backwards { field: "time", before, now }));
            }
            last = Some(now);
        }
        let event = event(line_at, parsed).map_err(wrong)?;
        sink.event(event).map_err(wrong)?;
    }
    Ok(())
}

/// The column in characters of a byte, counted from 1, of a line.
fn line_column(line: &str, byte: usize) -> Option<usize> {
    let before = line.as_bytes().get(..byte.checked_sub(1)?)?;
    Some(1 + String::from_utf8_lossy(before).chars().count())
}

/// What serde_json says, without its place: it only knows the line. Of a number that is too large even for a fraction it does
/// not say what it could have been.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place).unwrap_or(&text) {
        "number out of range" => value::out_of_range("a number"),
        other => other.into(),
    }
}

fn event(place: Place, line: Line) -> Result<Event, Reason> {
    let Line { process, kind, op, args, value, key, time: _ } = line;
    let (args, answer) = match kind {
        Kind::Invoke if value.is_some() => {
            let why = "an invocation has no answer yet: arguments are in `args`".into();
            return Err(Reason::BadField { field: "value", why });
        }
        Kind::Invoke => (Some(args.unwrap_or_default()), None),
        Kind::Ok => (args, Some(value.unwrap_or_default())),
        Kind::Fail | Kind::Info => {
            if value.is_some() {
                let why = format!("`{kind}` has no answer");
                return Err(Reason::BadField { field: "value", why });
            }
            (args, None)
        }
    };
    Ok(Event { place, process, kind, op, said: Said { key, args, answer } })
}
