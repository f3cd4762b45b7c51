//! Locks.

use super::read_if;
use crate::check::spec::{Spec, Urgency};
use arbitrary::Arbitrary;

/// A lock that one owner has at a time. Whoever has it and asks again has to wait, for ever.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lock;

/// What a [`Lock`] is asked, by an owner with a number. It answers whether that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Arbitrary)]
pub enum LockOp {
    /// Waits for the lock, and takes it.
    Lock(u64),
    /// Takes the lock if nobody has it.
    TryLock(u64),
    /// Gives the lock back, if the owner has it.
    Unlock(u64),
}

impl Spec for Lock {
    type Op = LockOp;
    type Ret = bool;
    /// Who has it.
    type State = Option<u64>;

    fn initial(&self) -> Option<u64> {
        None
    }

    /// # Panics
    /// If the operation would have to wait.
    fn step(&self, state: &mut Option<u64>, op: &LockOp) -> bool {
        let (ret, after) = self.outcomes(state, op).pop().expect("the lock is free");
        *state = after;
        ret
    }

    /// A lock that somebody has cannot be taken: then there is no outcome.
    fn outcomes(&self, state: &Option<u64>, op: &LockOp) -> Vec<(bool, Option<u64>)> {
        match (*op, *state) {
            (LockOp::Lock(owner) | LockOp::TryLock(owner), None) => vec![(true, Some(owner))],
            (LockOp::Lock(_), Some(_)) => Vec::new(),
            (LockOp::TryLock(_), Some(_)) => vec![(false, *state)],
            (LockOp::Unlock(owner), Some(has)) if has == owner => vec![(true, None)],
            (LockOp::Unlock(_), _) => vec![(false, *state)],
        }
    }

    const UNDOES: bool = true;

    fn redo(&self, state: &mut Option<u64>, op: &LockOp, ret: &bool) -> bool {
        let right = self.answers(state, op).contains(ret);
        if right {
            self.step(state, op);
        }
        right
    }

    fn answers(&self, state: &mut Option<u64>, op: &LockOp) -> Vec<bool> {
        self.outcomes(state, op).into_iter().map(|(ret, _)| ret).collect()
    }

    fn undo(&self, state: &mut Option<u64>, op: &LockOp, ret: &bool) {
        match op {
            LockOp::Lock(_) | LockOp::TryLock(_) if *ret => *state = None,
            LockOp::Unlock(owner) if *ret => *state = Some(*owner),
            _ => {}
        }
    }

    fn urgency(&self, _op: &LockOp, ret: Option<&bool>) -> Urgency {
        read_if(ret == Some(&false))
    }
}
