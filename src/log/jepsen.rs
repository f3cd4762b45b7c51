//! Histories of Jepsen, of registers: as maps of EDN, and as lines of text.
//!
//! ```text
//! {:process 0, :type :invoke, :f :write, :value 3, :time 21, :index 0}
//! INFO  jepsen.util - 0   :invoke   :write   3
//! 0   :invoke   :write   3
//! ```
//! The second is what Jepsen's logger writes, the third its `history.txt`. Lines of the nemesis are counted.

use super::edn::each_map;
use super::error::{LogError, Place, Reason};
use super::event::{Event, Kind, Process};
use super::format::is_edn;
use super::register::said;
use super::sink::Sink;
use super::value::Value;

const KNOWN: &str = ":process :type :f :value :time :index :error :exception :node";

/// Reads a history. With `keyed`, each value is a pair of a key and a value.
pub(super) fn read(text: &str, keyed: bool, sink: &mut Sink) -> Result<(), LogError> {
    if is_edn(text) { read_maps(text, keyed, sink) } else { read_lines(text, keyed, sink) }
}

fn read_maps(text: &str, keyed: bool, sink: &mut Sink) -> Result<(), LogError> {
    each_map(text, KNOWN, sink, |fields, kind, op| {
        // The value of what did not happen may be anything: it is not looked at.
        let value = match kind {
            Kind::Fail | Kind::Info => Value::Nil,
            Kind::Invoke | Kind::Ok => {
                fields.value(":value")?.ok_or_else(|| fields.error(Reason::Missing(":value")))?
            }
        };
        said(keyed, kind, op, value).map_err(|reason| fields.error(reason))
    })
}

fn read_lines(text: &str, keyed: bool, sink: &mut Sink) -> Result<(), LogError> {
    for (index, line) in text.lines().enumerate() {
        let place = Place::line(index + 1);
        if !line.trim().is_empty() {
            read_line(place, line, keyed, sink).map_err(|reason| LogError::at(text, place, reason))?;
        }
    }
    Ok(())
}

const LINE: &str = "`process :type :operation value`, as in `INFO  jepsen.util - 0 :invoke :write 3`";

/// What stands before the operation when the logger wrote the line: `INFO  jepsen.util - `.
fn after_logger(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("INFO")?;
    rest.trim_start().strip_prefix("jepsen.util")?.trim_start().strip_prefix("- ")
}

/// Whether a line is one of `jepsen.log`: behind a date, a level and a thread it names who has written it. What follows can
/// be of a history, but many other lines are not.
pub(super) fn is_of_the_logger(line: &str) -> bool {
    let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    let mut words = line.split_whitespace();
    let level = words.by_ref().take(4).any(|word| levels.contains(&word));
    level && words.any(|word| word.trim_start_matches('[').starts_with("jepsen."))
}

fn read_line(place: Place, line: &str, keyed: bool, sink: &mut Sink) -> Result<(), Reason> {
    let line = match after_logger(line) {
        Some(line) => line,
        None if is_of_the_logger(line) => return Err(Reason::JepsenLog),
        None => line,
    };
    let (process, rest) = word(line).ok_or(Reason::Expected(LINE))?;
    if process == ":nemesis" {
        sink.skip_nemesis();
        return Ok(());
    }
    let number = number(process).ok_or(Reason::Expected(LINE))?;
    let (kind, rest) = word(rest).ok_or(Reason::Expected(LINE))?;
    let kind = kind.strip_prefix(':').and_then(Kind::named).ok_or_else(|| {
        let why = format!("`{kind}` is none of :invoke, :ok, :fail, :info");
        Reason::BadField { field: "type", why }
    })?;
    let (op, rest) = word(rest).ok_or(Reason::Missing("operation"))?;
    let op = op.strip_prefix(':').ok_or(Reason::Expected(LINE))?;
    let value = match kind {
        Kind::Fail | Kind::Info => Value::Nil,
        Kind::Invoke | Kind::Ok => value(rest)?,
    };
    let said = said(keyed, kind, op, value)?;
    sink.event(Event { place, process: Process::Number(number), kind, op: op.into(), said })
}

/// The number of a process, as Jepsen writes it: without a sign, nor a 0 before it.
fn number(word: &str) -> Option<u64> {
    let number = word.parse::<u64>().ok()?;
    (number.to_string() == word).then_some(number)
}

/// The next word of a line, and what follows it.
fn word(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    (end > 0).then(|| line.split_at(end))
}

/// The value that a line ends with.
fn value(text: &str) -> Result<Value, Reason> {
    let bad = |why| Reason::BadField { field: "value", why };
    if text.trim().is_empty() {
        return Err(Reason::Missing("value"));
    }
    Value::of_text(text).map_err(bad)
}
