//! Registers: what was written last is read.

use super::{Value, read_if};
use crate::check::spec::{Spec, Urgency};
use arbitrary::Arbitrary;

/// A register of one value.
#[derive(Clone, Debug, Default)]
pub struct Register<V> {
    /// What is read before anything was written.
    pub initial: V,
}

/// What a [`Register`] is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Arbitrary)]
pub enum RegisterOp<V> {
    /// Reads it.
    Read,
    /// Writes it.
    Write(V),
}

/// What a [`Register`] answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RegisterRet<V> {
    /// This was read.
    Value(V),
    /// It was written.
    Written,
}

impl<V: Value> Spec for Register<V> {
    type Op = RegisterOp<V>;
    type Ret = RegisterRet<V>;
    type State = V;

    fn initial(&self) -> V {
        self.initial.clone()
    }

    fn step(&self, state: &mut V, op: &RegisterOp<V>) -> RegisterRet<V> {
        match op {
            RegisterOp::Read => RegisterRet::Value(state.clone()),
            RegisterOp::Write(value) => {
                state.clone_from(value);
                RegisterRet::Written
            }
        }
    }

    fn urgency(&self, op: &RegisterOp<V>, _ret: Option<&RegisterRet<V>>) -> Urgency {
        read_if(matches!(op, RegisterOp::Read))
    }
}

/// A register with compare and set.
#[derive(Clone, Debug, Default)]
pub struct CasRegister<V> {
    /// What is read before anything was written.
    pub initial: V,
}

/// What a [`CasRegister`] is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Arbitrary)]
pub enum CasOp<V> {
    /// Reads it.
    Read,
    /// Writes it.
    Write(V),
    /// Writes `new` if it is `expected`.
    Cas {
        /// What it must be.
        expected: V,
        /// What it is then.
        new: V,
    },
}

/// What a [`CasRegister`] answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CasRet<V> {
    /// This was read.
    Value(V),
    /// It was written.
    Written,
    /// Whether it was as expected, and so was set.
    Set(bool),
}

impl<V: Value> Spec for CasRegister<V> {
    type Op = CasOp<V>;
    type Ret = CasRet<V>;
    type State = V;

    fn initial(&self) -> V {
        self.initial.clone()
    }

    fn step(&self, state: &mut V, op: &CasOp<V>) -> CasRet<V> {
        match op {
            CasOp::Read => CasRet::Value(state.clone()),
            CasOp::Write(value) => {
                state.clone_from(value);
                CasRet::Written
            }
            CasOp::Cas { expected, new } if state == expected => {
                state.clone_from(new);
                CasRet::Set(true)
            }
            CasOp::Cas { .. } => CasRet::Set(false),
        }
    }

    fn urgency(&self, op: &CasOp<V>, ret: Option<&CasRet<V>>) -> Urgency {
        read_if(matches!(op, CasOp::Read) || ret == Some(&CasRet::Set(false)))
    }
}
