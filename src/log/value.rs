//! What is written, read and answered: the values of a log.

use super::pieces::seen;
use super::spelled;
use crate::check::Arbitrary;
use clojure_reader::edn::Edn;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, SeqAccess, Unexpected, Visitor};
use serde::ser::{Serialize, SerializeSeq, Serializer};
use std::fmt;

/// A value of a log.
///
/// Their order, for maps that have one, is nil, booleans, integers, strings by their bytes, lists by their elements.
///
/// Numbers with a point are no values: whether two of them are equal depends on how they were written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Arbitrary)]
pub enum Value {
    /// Nothing: `nil`, `null`.
    #[default]
    Nil,
    /// `true`, `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string.
    Text(Box<str>),
    /// A vector or list of values.
    List(Vec<Value>),
}

/// What a value may be, for messages.
const KINDS: &str = "nil, a boolean, an integer, a string or a list of these";

/// How deep lists may lie in each other: readers of values call themselves.
const DEPTH: usize = 32;

impl Value {
    /// The value that a text of EDN stands for.
    pub(super) fn of_text(text: &str) -> Result<Self, String> {
        if let Some((_, why)) = seen(text).odd {
            return Err(why);
        }
        let (form, bytes) =
            spelled::read(text).map_err(|_| format!("`{}` is no form of EDN", text.trim()))?;
        match text[bytes..].trim() {
            "" => Self::of_edn(&form),
            more => Err(format!("`{more}` follows the value")),
        }
    }

    /// The value that an EDN form stands for; the reason why it stands for none.
    pub(super) fn of_edn(form: &Edn<'_>) -> Result<Self, String> {
        Self::within(form, DEPTH)
    }

    fn within(form: &Edn<'_>, depth: usize) -> Result<Self, String> {
        Ok(match form {
            Edn::Nil => Value::Nil,
            Edn::Bool(bool) => Value::Bool(*bool),
            Edn::Int(int) => Value::Int(*int),
            Edn::Str(text) => Value::Text((&**text).into()),
            Edn::Vector(items) | Edn::List(items) if depth > 0 => {
                Value::List(items.iter().map(|item| Self::within(item, depth - 1)).collect::<Result<_, _>>()?)
            }
            Edn::Vector(_) | Edn::List(_) => return Err(too_deep()),
            other => return Err(format!("`{}` is no value: a value is {KINDS}", written(other))),
        })
    }
}

/// A form as it is shown: the reader would show `1.0` as `1`.
pub(super) fn written(form: &Edn<'_>) -> String {
    match form {
        Edn::Double(number) => format!("{:?}", **number),
        other => other.to_string(),
    }
}

/// What is said of a number of JSON that is no integer of a log.
pub(super) fn out_of_range(number: &str) -> String {
    format!("{number} is no value: integers lie between {} and {}", i64::MIN, i64::MAX)
}

fn too_deep() -> String {
    format!("lists lie more than {DEPTH} deep")
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Value::Int(int)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.into())
    }
}

impl fmt::Display for Value {
    /// As in EDN, but for strings, which are escaped as in Rust.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("nil"),
            Value::Bool(bool) => write!(f, "{bool}"),
            Value::Int(int) => write!(f, "{int}"),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::List(items) => {
                f.write_str("[")?;
                for (nth, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if nth == 0 { "" } else { " " })?;
                }
                f.write_str("]")
            }
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Nil => serializer.serialize_unit(),
            Value::Bool(bool) => serializer.serialize_bool(*bool),
            Value::Int(int) => serializer.serialize_i64(*int),
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Json { depth: DEPTH }.deserialize(deserializer)
    }
}

/// Reads a value with lists that lie so deep, and says what else it found. `serde`'s own untagged reader only says that
/// nothing matched.
struct Json {
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Json {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Json {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(KINDS)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Nil)
    }

    fn visit_bool<E: de::Error>(self, bool: bool) -> Result<Value, E> {
        Ok(Value::Bool(bool))
    }

    fn visit_i64<E: de::Error>(self, int: i64) -> Result<Value, E> {
        Ok(Value::Int(int))
    }

    fn visit_u64<E: de::Error>(self, int: u64) -> Result<Value, E> {
        let int = i64::try_from(int).map_err(|_| E::custom(out_of_range(&int.to_string())))?;
        Ok(Value::Int(int))
    }

    /// Integers of more than 64 bits come here as well.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
        if number.abs() < i64::MAX as f64 {
            return Err(E::invalid_type(Unexpected::Float(number), &self));
        }
        Err(E::custom(out_of_range(&format!("{number:e}"))))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| de::Error::custom(too_deep()))?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Json { depth })? {
            list.push(item);
        }
        Ok(Value::List(list))
    }
}
