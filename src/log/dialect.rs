//! How a log names the operations of a specification, and what their arguments and answers are.

use super::error::Reason;
use super::part::Part;
use super::value::Value;
use crate::check::Spec;

/// An operation as a log has it.
pub(super) struct Signature {
    pub name: &'static str,
    /// Its arguments, for messages.
    pub takes: &'static str,
    /// Its answers, for messages.
    pub answers: &'static str,
}

/// What an operation is made of.
#[derive(Clone, Copy)]
pub(super) struct Asked<'c> {
    pub op: &'c str,
    pub args: &'c [Value],
    pub key: Option<&'c Value>,
    /// The number of the process.
    pub process: usize,
}

/// A specification whose operations a log can name.
pub(super) trait Dialect: Spec {
    /// The structure, with its article.
    const NAME: &'static str;
    /// Its operations.
    const OPERATIONS: &'static [Signature];
    /// Whether its own operations have keys. If not, keys tell objects apart.
    const KEYS: bool = false;
    /// What part of the structure a call without a key is about, if it has parts: its first argument is a name of this.
    const PARTS: Option<fn(Value) -> Part> = None;

    /// The operation of this name with these arguments, if it takes them.
    fn op(asked: Asked<'_>) -> Option<Self::Op>;

    /// The answer that this value stands for, if `op` can answer it.
    fn ret(op: &Self::Op, answer: &Value) -> Option<Self::Ret>;

    /// The value that stands for this answer of `op`.
    fn answer(op: &Self::Op, ret: &Self::Ret) -> Value;
}

/// The operation, or why it is none.
pub(super) fn op<S: Dialect>(asked: Asked<'_>) -> Result<S::Op, Reason> {
    let signature = signature::<S>(asked.op)?;
    if S::KEYS && asked.key.is_none() {
        return Err(Reason::Missing("key"));
    }
    S::op(asked).ok_or_else(|| Reason::Arguments {
        op: asked.op.into(),
        takes: signature.takes.into(),
        given: Value::List(asked.args.to_vec()).to_string(),
    })
}

/// The answer of `op`, which the log calls `name`, or why it is none.
pub(super) fn ret<S: Dialect>(op: &S::Op, name: &str, answer: &Value) -> Result<S::Ret, Reason> {
    let signature = signature::<S>(name)?;
    S::ret(op, answer).ok_or_else(|| Reason::Answer {
        op: name.into(),
        answers: signature.answers.into(),
        given: answer.clone(),
    })
}

fn signature<S: Dialect>(name: &str) -> Result<&'static Signature, Reason> {
    let known = || S::OPERATIONS.iter().map(|signature| signature.name).collect::<Vec<_>>().join(", ");
    let unknown = || Reason::UnknownOperation { structure: S::NAME, op: name.into(), known: known() };
    S::OPERATIONS.iter().find(|signature| signature.name == name).ok_or_else(unknown)
}

/// A value other than nothing, which stands for "there is none".
pub(super) fn some(value: &Value) -> Option<Value> {
    (*value != Value::Nil).then(|| value.clone())
}

/// The answer of what always succeeds: nothing, or `true`.
pub(super) fn is_done(answer: &Value) -> bool {
    matches!(answer, Value::Nil | Value::Bool(true))
}
