//! What was called, as it is named on a command line.

use super::value::Value;
use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;
use thiserror::Error;

/// A structure whose logs can be judged. Its specification is in [`check::specs`](crate::check::specs).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Specification {
    /// Read, write. At first it has this value.
    Register(Value),
    /// Read, write, compare and set. At first it has this value.
    CasRegister(Value),
    /// Enqueue, dequeue.
    Queue,
    /// Enqueue, dequeue, with room for so many.
    BoundedQueue(usize),
    /// Enqueue, dequeue of one of the first so many.
    RelaxedQueue(NonZeroUsize),
    /// Push, pop.
    Stack,
    /// Put, take any.
    Pool,
    /// Insert, remove, contains.
    Set,
    /// Get, insert, remove.
    Map,
    /// Get, insert, remove, first, last, range.
    OrderedMap,
    /// Get, add, fetch and add.
    Counter,
    /// Lock, try to lock, unlock.
    Lock,
    /// Get, put, append, of texts with keys.
    KeyValue,
}

/// There is no such specification.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no specification `{0}`: there are {names}, with numbers from 1", names = Specification::NAMES)]
pub struct UnknownSpecification(String);

/// What a structure has at first cannot be said.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("only registers can be told what they have at first, and not {article} {0}", article = .0.article())]
pub struct NoInitial(Specification);

impl Specification {
    /// The names of all: those that [`FromStr`] understands.
    pub const NAMES: &str = "register, cas-register, queue, bounded-queue=N, relaxed-queue=K, stack, pool, set, map, \
                             ordered-map, counter, lock and kv";

    /// The article before its name.
    #[must_use]
    pub fn article(&self) -> &'static str {
        if matches!(self, Specification::OrderedMap) { "an" } else { "a" }
    }

    /// The same with another value at first.
    ///
    /// # Errors
    /// It is not a register.
    pub fn with_initial(self, value: Value) -> Result<Self, NoInitial> {
        match self {
            Specification::Register(_) => Ok(Specification::Register(value)),
            Specification::CasRegister(_) => Ok(Specification::CasRegister(value)),
            other => Err(NoInitial(other)),
        }
    }
}

impl FromStr for Specification {
    type Err = UnknownSpecification;

    fn from_str(name: &str) -> Result<Self, UnknownSpecification> {
        let unknown = || UnknownSpecification(name.into());
        let number = |text: &str| text.parse::<NonZeroUsize>().map_err(|_| unknown());
        Ok(match name.split_once('=') {
            Some(("bounded-queue", n)) => Specification::BoundedQueue(number(n)?.get()),
            Some(("relaxed-queue", k)) => Specification::RelaxedQueue(number(k)?),
            Some(_) => return Err(unknown()),
            None => match name {
                "register" => Specification::Register(Value::Nil),
                "cas-register" => Specification::CasRegister(Value::Nil),
                "queue" => Specification::Queue,
                "stack" => Specification::Stack,
                "pool" => Specification::Pool,
                "set" => Specification::Set,
                "map" => Specification::Map,
                "ordered-map" => Specification::OrderedMap,
                "counter" => Specification::Counter,
                "lock" => Specification::Lock,
                "kv" => Specification::KeyValue,
                _ => return Err(unknown()),
            },
        })
    }
}

impl fmt::Display for Specification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Specification::Register(_) => "register",
            Specification::CasRegister(_) => "cas-register",
            Specification::Queue => "queue",
            Specification::BoundedQueue(capacity) => return write!(f, "bounded-queue={capacity}"),
            Specification::RelaxedQueue(k) => return write!(f, "relaxed-queue={k}"),
            Specification::Stack => "stack",
            Specification::Pool => "pool",
            Specification::Set => "set",
            Specification::Map => "map",
            Specification::OrderedMap => "ordered-map",
            Specification::Counter => "counter",
            Specification::Lock => "lock",
            Specification::KeyValue => "kv",
        })
    }
}
