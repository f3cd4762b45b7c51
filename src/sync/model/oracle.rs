//! Who answers the choices of an execution.

use crate::sync::Choice;
use std::fmt;
use std::rc::Rc;

/// Who answers the choices of an execution.
#[derive(Default)]
pub enum Oracle {
    /// Nothing unusual ever happens.
    #[default]
    Undisturbed,
    /// The k-th choice (from 0) of one kind gets answer 1, all others 0.
    /// For engines that cannot choose: k is enumerated from outside.
    Nth(Choice, usize),
    /// The engine: called with the choice and the number of answers. While it thinks, other threads may run, and ask it.
    Engine(Rc<dyn Fn(Choice, usize) -> usize>),
}

impl fmt::Debug for Oracle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Oracle::Undisturbed => f.write_str("Undisturbed"),
            Oracle::Nth(choice, k) => f.debug_tuple("Nth").field(choice).field(k).finish(),
            Oracle::Engine(_) => f.write_str("Engine(..)"),
        }
    }
}
