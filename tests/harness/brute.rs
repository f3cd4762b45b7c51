//! A judge that is too simple to be wrong: it tries all orders of all calls.

use selvedge::check::{Call, History, Order, Spec};

/// Whether `order`, a list of calls by their indices, explains the history.
pub fn explains<S: Spec>(spec: &S, history: &History<S::Op, S::Ret>, how: Order, order: &[usize]) -> bool {
    let calls = history.calls();
    // Every call that was answered has happened, and none twice.
    let happened = |call: usize| order.iter().filter(|c| **c == call).count();
    let all = (0..calls.len()).all(|c| happened(c) == 1 || (happened(c) == 0 && calls[c].ret.is_none()));
    all && respected::<S>(history, how, order) && replays(spec, calls, order)
}

/// Whether a beginning can be replayed, each call with its answer.
pub fn replays<S: Spec>(spec: &S, calls: &[Call<S::Op, S::Ret>], order: &[usize]) -> bool {
    let mut states = vec![spec.initial()];
    for &call in order {
        let Call { op, ret, .. } = &calls[call];
        let outcomes = states.iter().flat_map(|state| spec.outcomes(state, op));
        states = outcomes
            .filter(|(answer, _)| ret.as_ref().is_none_or(|ret| ret == answer))
            .map(|(_, s)| s)
            .collect();
    }
    !states.is_empty()
}

/// Whether no call comes after one that has to come after it.
fn respected<S: Spec>(history: &History<S::Op, S::Ret>, how: Order, order: &[usize]) -> bool {
    let calls = history.calls();
    let before = |a: usize, b: usize| {
        let (first, second) = (&calls[a], &calls[b]);
        let earlier = match how {
            Order::RealTime => first.end < second.start,
            Order::Program => first.phase < second.phase,
            Order::Given => history.is_before(a, b),
        };
        // A call without an answer may happen at any time after its beginning.
        (first.ret.is_some() && earlier) || (first.thread == second.thread && a < b)
    };
    order.iter().enumerate().all(|(at, &call)| order[..at].iter().all(|&earlier| !before(call, earlier)))
}

/// All orders of all calls, with and without those that have no answer.
pub fn judge<S: Spec>(spec: &S, history: &History<S::Op, S::Ret>, how: Order) -> bool {
    fn extend<S: Spec>(
        spec: &S,
        history: &History<S::Op, S::Ret>,
        how: Order,
        order: &mut Vec<usize>,
    ) -> bool {
        if explains(spec, history, how, order) {
            return true;
        }
        (0..history.calls().len()).any(|call| {
            !order.contains(&call) && {
                order.push(call);
                let found = extend(spec, history, how, order);
                order.pop();
                found
            }
        })
    }
    extend(spec, history, how, &mut Vec::new())
}
