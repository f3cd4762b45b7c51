//! Whether operations may wait for ever by their specification: then that they do is no failure.
//!
//! An operation waits in the states in which the specification has no outcome for it ([`Spec::outcomes`]). Operations are
//! carried out here one after the other, in each order and with each outcome.

use super::scenario::Scenario;
use super::spec::Spec;
use std::collections::HashSet;

/// Whether some order of the scenario's operations comes to where none of those that are left can happen.
pub(super) fn may_wait_for_ever<S: Spec>(spec: &S, scenario: &Scenario<S::Op>) -> bool {
    let Scenario { before, threads, after, .. } = scenario;
    let alone = |operations| std::slice::from_ref::<Vec<S::Op>>(operations);
    let mut states = HashSet::from([spec.initial()]);
    for threads in [alone(before), threads, alone(after)] {
        match ends(spec, states, threads) {
            Some(after) => states = after,
            None => return true,
        }
    }
    false
}

/// The states after all operations of these threads. `None` if it may not come to that.
fn ends<S: Spec>(spec: &S, states: HashSet<S::State>, threads: &[Vec<S::Op>]) -> Option<HashSet<S::State>> {
    let begin = vec![0; threads.len()];
    let mut left: Vec<_> = states.into_iter().map(|state| (begin.clone(), state)).collect();
    let (mut met, mut ends) = (HashSet::new(), HashSet::new());
    while let Some((done, state)) = left.pop() {
        let next = |thread: usize| threads[thread].get(done[thread]).map(|op| (thread, op));
        let mut operations = (0..threads.len()).filter_map(next).peekable();
        if operations.peek().is_none() {
            ends.insert(state);
            continue;
        }
        let after: Vec<_> = operations
            .flat_map(|(thread, op)| {
                let mut done = done.clone();
                done[thread] += 1;
                spec.outcomes(&state, op).into_iter().map(move |(_, state)| (done.clone(), state))
            })
            .collect();
        if after.is_empty() {
            return None;
        }
        left.extend(after.into_iter().filter(|node| met.insert(node.clone())));
    }
    Some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::specs::{Lock, LockOp};

    use LockOp::{Lock as Take, TryLock, Unlock};

    fn waits(scenario: Scenario<LockOp>) -> bool {
        may_wait_for_ever(&Lock, &scenario)
    }

    #[test]
    fn who_waits_for_what_comes_in_every_order_does_not_wait_for_ever() {
        let both = || Scenario::new().thread([Take(1), Unlock(1)]).thread([Take(2), Unlock(2)]);
        assert!(!waits(both()));
        assert!(!waits(both().before([TryLock(3), Unlock(3)]).after([Take(3)])));
        assert!(!waits(Scenario::new()));
    }

    #[test]
    fn one_order_is_enough_to_wait_for_ever() {
        // It is given back by nobody.
        assert!(waits(Scenario::new().thread([Take(1)]).thread([Take(2)])));
        // It is, unless the other has it first.
        assert!(waits(Scenario::new().thread([Take(1), Unlock(1)]).thread([TryLock(2)])));
        assert!(waits(Scenario::new().before([Take(3)]).thread([Take(1)])));
        assert!(waits(Scenario::new().thread([Take(1)]).after([Take(2)])));
        // Before the others start there is nobody to give it back.
        assert!(waits(Scenario::new().before([Take(1), Take(2)]).thread([Unlock(1)])));
    }
}
