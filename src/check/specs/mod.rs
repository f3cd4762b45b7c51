//! Specifications of what is often built, ready to judge histories and logs by.
//!
//! | specification | operations | parts |
//! |---|---|---|
//! | [`Register`] | read, write | – |
//! | [`CasRegister`] | read, write, compare and set | – |
//! | [`Queue`] | put, take: first in, first out; with or without bound | – |
//! | [`RelaxedQueue`] | put, take: one of the first k | – |
//! | [`Stack`] | put, take: last in, first out | – |
//! | [`Pool`] | put, take: any | – |
//! | [`Set`] | insert, remove, contains | values |
//! | [`Map`] | get, insert, remove | keys |
//! | [`KeyValue`] | get, put, append, of texts | keys |
//! | [`OrderedMap`] | get, insert, remove, first, last, ranges | – |
//! | [`Counter`] | get, add, fetch and add | – |
//! | [`Lock`] | lock, try to lock, unlock | – |
//! | [`PerKey`] | those of another specification, on many objects | keys |
//!
//! Each says what can be hurried, takes steps back where an answer tells how, and where there are parts names them. A part
//! is found by a hash of its key, and told by the key.

mod counter;
mod fifo;
mod key_value;
mod lock;
mod map;
mod ordered_map;
mod per_key;
mod pool;
mod queue;
mod ranks;
mod register;
mod relaxed_queue;
mod set;
mod stack;

pub use counter::{Counter, CounterOp, CounterRet};
pub use key_value::{KeyValue, KeyValueOp};
pub use lock::{Lock, LockOp};
pub use map::{Map, MapOp};
pub use ordered_map::{OrderedMap, OrderedMapOp, OrderedMapRet};
pub use per_key::PerKey;
pub use pool::Pool;
pub use queue::Queue;
pub use register::{CasOp, CasRegister, CasRet, Register, RegisterOp, RegisterRet};
pub use relaxed_queue::RelaxedQueue;
pub use set::{Set, SetOp};
pub use stack::Stack;

use super::spec::Urgency;
use arbitrary::Arbitrary;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What is kept in the structures, and what their keys are: numbers, texts and the like.
pub trait Value: Clone + Debug + Ord + Hash + Send + Sync + for<'a> Arbitrary<'a> + 'static {}

impl<T: Clone + Debug + Ord + Hash + Send + Sync + for<'a> Arbitrary<'a> + 'static> Value for T {}

/// What a collection is asked: [`Queue`], [`RelaxedQueue`], [`Stack`] and [`Pool`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Arbitrary)]
pub enum BagOp<V> {
    /// Adds a value.
    Put(V),
    /// Removes a value.
    Take,
}

/// What a collection answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BagRet<V> {
    /// The value was added.
    Done,
    /// It was not: there is no room.
    Full,
    /// This value was removed.
    Taken(V),
    /// There was none.
    Empty,
}

/// The name of a part, and of a class: the same whenever it is asked.
fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Of an answer that leaves the state as it is.
fn read_if(reads: bool) -> Urgency {
    if reads { Urgency::Read } else { Urgency::Ordinary }
}
