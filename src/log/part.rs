//! What a part of a log is called that is judged by itself.

use super::dialect::Dialect;
use super::sink::LogCall;
use super::value::Value;
use serde::Serialize;
use std::fmt;

/// A part of a log that has nothing to do with the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Part {
    /// The calls with this key: of several objects, of a store, of a map.
    Key(Value),
    /// The calls about this element of a set.
    Element(Value),
}

impl Part {
    /// The part that a call is about, if the calls of `S` are judged part by part.
    pub(super) fn of<S: Dialect>(call: &LogCall) -> Option<Self> {
        let named = || Some(S::PARTS?(call.args.first()?.clone()));
        call.key.clone().map(Part::Key).or_else(named)
    }
}

impl fmt::Display for Part {
    /// `key "a"`, `element 2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Key(key) => write!(f, "key {key}"),
            Part::Element(element) => write!(f, "element {element}"),
        }
    }
}
