//! Queues, stacks and pools: what is put in, and taken out again.
//!
//! Nothing (`null`) is no element: as an answer it says that there was none.

use crate::check::specs::{BagOp, BagRet, Pool, Queue, RelaxedQueue, Stack};
use crate::log::Value;
use crate::log::dialect::{Asked, Dialect, Signature, is_done, some};

const fn put(name: &'static str) -> Signature {
    let answers = "null or true, or false if there is no room";
    Signature { name, takes: "[value], which is not null", answers }
}

const fn take(name: &'static str) -> Signature {
    Signature { name, takes: "no arguments", answers: "a value, or null if there is none" }
}

fn ret(op: &BagOp<Value>, answer: &Value) -> Option<BagRet<Value>> {
    match op {
        BagOp::Put(_) if is_done(answer) => Some(BagRet::Done),
        BagOp::Put(_) => (*answer == Value::Bool(false)).then_some(BagRet::Full),
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
    ($spec:ty, $name:literal, $put:literal, $take:literal) => {
        impl Dialect for $spec {
            const NAME: &'static str = $name;
            const OPERATIONS: &'static [Signature] = &[put($put), take($take)];

            fn op(asked: Asked<'_>) -> Option<BagOp<Value>> {
                match (asked.op, asked.args) {
                    ($put, [value]) => some(value).map(BagOp::Put),
                    ($take, []) => Some(BagOp::Take),
                    _ => None,
                }
            }

            fn ret(op: &BagOp<Value>, answer: &Value) -> Option<BagRet<Value>> {
                ret(op, answer)
            }

            fn answer(ret: &BagRet<Value>) -> Value {
                answer(ret)
            }
        }
    };
}

bag!(Queue<Value>, "a queue", "enqueue", "dequeue");
bag!(RelaxedQueue<Value>, "a relaxed queue", "enqueue", "dequeue");
bag!(Stack<Value>, "a stack", "push", "pop");
bag!(Pool<Value>, "a pool", "put", "take");
