//! Queues, stacks and pools: what is put in, and taken out again.
//!
//! Nothing (`null`) is no element: as an answer it says that there was none.

use crate::check::specs::{BagOp, BagRet, Pool, Queue, RelaxedQueue, Stack};
use crate::log::Value;
use crate::log::dialect::{Asked, Dialect, Signature, is_done, some};

const fn put(name: &'static str, answers: &'static str) -> Signature {
    Signature { name, takes: "[value], which is not null", answers }
}

/// What has no bound is never full.
const DONE: &str = "null or true";
const DONE_OR_FULL: &str = "null or true, or false if there is no room";

const fn take(name: &'static str) -> Signature {
    Signature { name, takes: "no arguments", answers: "a value, or null if there is none" }
}

fn ret(op: &BagOp<Value>, answer: &Value, may_be_full: bool) -> Option<BagRet<Value>> {
    match op {
        BagOp::Put(_) if is_done(answer) => Some(BagRet::Done),
        BagOp::Put(_) => (may_be_full && *answer == Value::Bool(false)).then_some(BagRet::Full),
        BagOp::Take => Some(some(answer).map_or(BagRet::Empty, BagRet::Taken)),
    }
}

fn answer(ret: &BagRet<Value>) -> Value {
    match ret {
        BagRet::Done | BagRet::Empty => Value::Nil,
        BagRet::Full => Value::Bool(false),
        BagRet::Taken(value) => value.clone(),
    }
}

/// A collection whose operations have these names.
macro_rules! bag {
    ($spec:ty, $name:literal, $put:literal, $answers:expr, $take:literal) => {
        impl Dialect for $spec {
            const NAME: &'static str = $name;
            const OPERATIONS: &'static [Signature] = &[put($put, $answers), take($take)];

            fn op(asked: Asked<'_>) -> Option<BagOp<Value>> {
                match (asked.op, asked.args) {
                    ($put, [value]) => some(value).map(BagOp::Put),
                    ($take, []) => Some(BagOp::Take),
                    _ => None,
                }
            }

            fn ret(op: &BagOp<Value>, answer: &Value) -> Option<BagRet<Value>> {
                ret(op, answer, $answers == DONE_OR_FULL)
            }

            fn answer(_: &BagOp<Value>, ret: &BagRet<Value>) -> Value {
                answer(ret)
            }
        }
    };
}

bag!(Queue<Value>, "a queue", "enqueue", DONE_OR_FULL, "dequeue");
bag!(RelaxedQueue<Value>, "a relaxed queue", "enqueue", DONE, "dequeue");
bag!(Stack<Value>, "a stack", "push", DONE, "pop");
bag!(Pool<Value>, "a pool", "put", DONE, "take");
