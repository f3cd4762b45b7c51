//! Counters and locks.

use crate::check::specs::{Counter, CounterOp, CounterRet, Lock, LockOp};
use crate::log::Value;
use crate::log::dialect::{Asked, Dialect, Signature, is_done};

impl Dialect for Counter {
    const NAME: &'static str = "a counter";
    const OPERATIONS: &'static [Signature] = &[
        Signature { name: "get", takes: "no arguments", answers: "an integer" },
        Signature { name: "add", takes: "[integer]", answers: "null or true" },
        Signature { name: "fetch_add", takes: "[integer]", answers: "the integer before" },
    ];

    fn op(asked: Asked<'_>) -> Option<CounterOp> {
        match (asked.op, asked.args) {
            ("get", []) => Some(CounterOp::Get),
            ("add", [Value::Int(number)]) => Some(CounterOp::Add(*number)),
            ("fetch_add", [Value::Int(number)]) => Some(CounterOp::FetchAdd(*number)),
            _ => None,
        }
    }

    fn ret(op: &CounterOp, answer: &Value) -> Option<CounterRet> {
        match (op, answer) {
            (CounterOp::Get | CounterOp::FetchAdd(_), Value::Int(number)) => Some(CounterRet::Value(*number)),
            (CounterOp::Get | CounterOp::FetchAdd(_), _) => None,
            (CounterOp::Add(_), answer) => is_done(answer).then_some(CounterRet::Added),
        }
    }

    fn answer(_: &CounterOp, ret: &CounterRet) -> Value {
        match ret {
            CounterRet::Value(number) => Value::Int(*number),
            CounterRet::Added => Value::Nil,
        }
    }
}

const fn of_lock(name: &'static str, answers: &'static str) -> Signature {
    Signature { name, takes: "no arguments: the owner is the process", answers }
}

impl Dialect for Lock {
    const NAME: &'static str = "a lock";
    const OPERATIONS: &'static [Signature] = &[
        of_lock("lock", "null or true"),
        of_lock("try_lock", "true or false"),
        of_lock("unlock", "null or true, or false if the process does not have the lock"),
    ];

    fn op(asked: Asked<'_>) -> Option<LockOp> {
        let owner = asked.process as u64;
        match (asked.op, asked.args) {
            ("lock", []) => Some(LockOp::Lock(owner)),
            ("try_lock", []) => Some(LockOp::TryLock(owner)),
            ("unlock", []) => Some(LockOp::Unlock(owner)),
            _ => None,
        }
    }

    fn ret(op: &LockOp, answer: &Value) -> Option<bool> {
        match (op, answer) {
            (LockOp::Lock(_) | LockOp::Unlock(_), answer) if is_done(answer) => Some(true),
            (LockOp::Unlock(_), Value::Bool(false)) => Some(false),
            (LockOp::TryLock(_), Value::Bool(done)) => Some(*done),
            _ => None,
        }
    }

    fn answer(op: &LockOp, ret: &bool) -> Value {
        match op {
            LockOp::Lock(_) | LockOp::Unlock(_) if *ret => Value::Nil,
            _ => Value::Bool(*ret),
        }
    }
}
