//! What Jepsen's operations on registers say: from `:f` and `:value` to arguments and answers.
//!
//! | `:f` | `:value` of `:invoke` | `:value` of `:ok` |
//! |---|---|---|
//! | `:read` | `nil`, or the answer if the history was completed later | the answer |
//! | `:write` | the value | the same |
//! | `:cas` | `[old new]` | the same |
//!
//! In a log of several registers (`jepsen.independent`) each of these values lies in a pair `[key value]`. A log does
//! not say which of the two it is, so the reader has to be told. What a register holds is no list: then one kind of
//! log is never read as the other.

use super::error::Reason;
use super::event::{Kind, Said};
use super::value::Value;

fn arguments(op: &str, takes: &str, given: &Value) -> Reason {
    Reason::Arguments { op: format!(":{op}"), takes: takes.into(), given: given.to_string() }
}

/// The key, if there are keys, and the value below it.
fn unkeyed(keyed: bool, op: &str, value: Value) -> Result<(Option<Value>, Value), Reason> {
    match value {
        value if !keyed => Ok((None, value)),
        Value::List(pair) => {
            let [key, value] = <[Value; 2]>::try_from(pair)
                .map_err(|list| arguments(op, "a pair [key value]", &Value::List(list)))?;
            Ok((Some(key), value))
        }
        value => Err(arguments(op, "a pair [key value]", &value)),
    }
}

/// What an operation `op` with this `:value` says.
pub(super) fn said(keyed: bool, kind: Kind, op: &str, value: Value) -> Result<Said, Reason> {
    if !["read", "write", "cas"].contains(&op) {
        let (op, known) = (format!(":{op}"), ":read, :write, :cas".into());
        return Err(Reason::UnknownOperation { structure: "a register of Jepsen", op, known });
    }
    if matches!(kind, Kind::Fail | Kind::Info) {
        // Often the reason, as `:timed-out`: the invocation says what was asked.
        return Ok(Said::default());
    }
    let (key, value) = unkeyed(keyed, op, value)?;
    let (args, answer) = match (op, value) {
        ("read", Value::Nil) if kind == Kind::Invoke => (Some(Vec::new()), None),
        ("read", value) => ((kind == Kind::Invoke).then(Vec::new), Some(value)),
        ("cas", Value::List(pair)) if pair.len() == 2 => (Some(pair), ok(kind, Value::Bool(true))),
        ("cas", value) => return Err(arguments(op, "a pair [old new]", &value)),
        (_, value) => (Some(vec![value]), ok(kind, Value::Nil)),
    };
    match args.iter().flatten().chain(&answer).find(|value| matches!(value, Value::List(_))) {
        Some(list) if keyed => {
            Err(Reason::Keys(format!("{list} is a list below a key, and a register holds no lists")))
        }
        Some(list) => Err(Reason::Keys(format!(
            "{list} is a list, and a register holds none: is this a log of several registers, with keys?"
        ))),
        None => Ok(Said { key, args, answer }),
    }
}

/// The answer of a return; an invocation has none.
fn ok(kind: Kind, answer: Value) -> Option<Value> {
    (kind == Kind::Ok).then_some(answer)
}
