//! Logs of key-value stores: a map of EDN for each line, with `:key`, and strings as values.
//!
//! ```text
//! {:process 0, :type :invoke, :f :put, :key "3", :value "x"}
//! {:process 1, :type :invoke, :f :get, :key "3", :value nil}
//! {:process 0, :type :ok, :f :put, :key "3", :value "x"}
//! {:process 1, :type :ok, :f :get, :key "3", :value "x"}
//! ```
//! `put` and `append` repeat their value at the return or leave it out; `get` is invoked with `nil` or nothing.

use super::edn::each_map;
use super::error::{LogError, Reason};
use super::event::{Kind, Said};
use super::sink::Sink;
use super::value::Value;

const KNOWN: &str = ":process :type :f :key :value :time :index :error";

/// Reads a log.
pub(super) fn read(text: &str, sink: &mut Sink) -> Result<(), LogError> {
    each_map(text, KNOWN, sink, |fields, kind, op| {
        let key = fields.value(":key")?.ok_or_else(|| fields.error(Reason::Missing(":key")))?;
        let value = match kind {
            Kind::Fail | Kind::Info => None,
            Kind::Invoke | Kind::Ok => fields.value(":value")?,
        };
        let (args, answer) = said(kind, op, value).map_err(|reason| fields.error(reason))?;
        Ok(Said { key: Some(key), args, answer })
    })
}

/// Arguments and answer.
fn said(kind: Kind, op: &str, value: Option<Value>) -> Result<(Option<Vec<Value>>, Option<Value>), Reason> {
    let returned = kind == Kind::Ok;
    match (op, value) {
        ("get", None | Some(Value::Nil)) if kind == Kind::Invoke => Ok((Some(Vec::new()), None)),
        ("get", Some(given)) if kind == Kind::Invoke => {
            let (op, takes) = (":get".into(), "no value when it is invoked".into());
            Err(Reason::Arguments { op, takes, given: given.to_string() })
        }
        ("get", None) if returned => Err(Reason::Missing(":value")),
        ("put" | "append", None) if kind == Kind::Invoke => Err(Reason::Missing(":value")),
        ("get", answer) => Ok((None, answer)),
        ("put" | "append", value) => Ok((value.map(|value| vec![value]), returned.then_some(Value::Nil))),
        (op, _) => {
            let (op, known) = (format!(":{op}"), ":get, :put, :append".into());
            Err(Reason::UnknownOperation { structure: "a key-value store", op, known })
        }
    }
}
