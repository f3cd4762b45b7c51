//! Registers, and stores of texts, which are registers with append.

use crate::check::specs::{
    CasOp, CasRegister, CasRet, KeyValue, KeyValueOp, Register, RegisterOp, RegisterRet,
};
use crate::log::Value;
use crate::log::dialect::{Asked, Dialect, Signature, is_done};

const READ: Signature = Signature { name: "read", takes: "no arguments", answers: "a value" };
const WRITE: Signature = Signature { name: "write", takes: "[value]", answers: "null or true" };
const CAS: Signature = Signature { name: "cas", takes: "[expected new]", answers: "true or false" };

impl Dialect for Register<Value> {
    const NAME: &'static str = "a register";
    const OPERATIONS: &'static [Signature] = &[READ, WRITE];

    fn op(asked: Asked<'_>) -> Option<RegisterOp<Value>> {
        match (asked.op, asked.args) {
            ("read", []) => Some(RegisterOp::Read),
            ("write", [value]) => Some(RegisterOp::Write(value.clone())),
            _ => None,
        }
    }

    fn ret(op: &RegisterOp<Value>, answer: &Value) -> Option<RegisterRet<Value>> {
        match op {
            RegisterOp::Read => Some(RegisterRet::Value(answer.clone())),
            RegisterOp::Write(_) => is_done(answer).then_some(RegisterRet::Written),
        }
    }

    fn answer(_: &RegisterOp<Value>, ret: &RegisterRet<Value>) -> Value {
        match ret {
            RegisterRet::Value(value) => value.clone(),
            RegisterRet::Written => Value::Nil,
        }
    }
}

impl Dialect for CasRegister<Value> {
    const NAME: &'static str = "a register with compare and set";
    const OPERATIONS: &'static [Signature] = &[READ, WRITE, CAS];

    fn op(asked: Asked<'_>) -> Option<CasOp<Value>> {
        match (asked.op, asked.args) {
            ("read", []) => Some(CasOp::Read),
            ("write", [value]) => Some(CasOp::Write(value.clone())),
            ("cas", [expected, new]) => Some(CasOp::Cas { expected: expected.clone(), new: new.clone() }),
            _ => None,
        }
    }

    fn ret(op: &CasOp<Value>, answer: &Value) -> Option<CasRet<Value>> {
        match (op, answer) {
            (CasOp::Read, answer) => Some(CasRet::Value(answer.clone())),
            (CasOp::Write(_), answer) => is_done(answer).then_some(CasRet::Written),
            (CasOp::Cas { .. }, Value::Bool(set)) => Some(CasRet::Set(*set)),
            (CasOp::Cas { .. }, _) => None,
        }
    }

    fn answer(_: &CasOp<Value>, ret: &CasRet<Value>) -> Value {
        match ret {
            CasRet::Value(value) => value.clone(),
            CasRet::Written => Value::Nil,
            CasRet::Set(set) => Value::Bool(*set),
        }
    }
}

impl Dialect for KeyValue {
    const NAME: &'static str = "a key-value store";
    const OPERATIONS: &'static [Signature] = &[
        Signature { name: "get", takes: "a key and no arguments", answers: "a string" },
        Signature { name: "put", takes: "a key and [string]", answers: "null or true" },
        Signature { name: "append", takes: "a key and [string]", answers: "null or true" },
    ];
    const KEYS: bool = true;

    fn op(asked: Asked<'_>) -> Option<KeyValueOp> {
        // As it is written: so the number 3 and the string "3" are two keys.
        let key = asked.key?.to_string();
        match (asked.op, asked.args) {
            ("get", []) => Some(KeyValueOp::Get(key)),
            ("put", [Value::Text(text)]) => Some(KeyValueOp::Put(key, text.clone().into())),
            ("append", [Value::Text(text)]) => Some(KeyValueOp::Append(key, text.clone().into())),
            _ => None,
        }
    }

    fn ret(op: &KeyValueOp, answer: &Value) -> Option<Option<String>> {
        match (op, answer) {
            (KeyValueOp::Get(_), Value::Text(text)) => Some(Some(text.clone().into())),
            (KeyValueOp::Get(_), _) => None,
            (KeyValueOp::Put(..) | KeyValueOp::Append(..), answer) => is_done(answer).then_some(None),
        }
    }

    fn answer(_: &KeyValueOp, ret: &Option<String>) -> Value {
        ret.as_deref().map_or(Value::Nil, Value::from)
    }
}
