//! From calls to a history of their specification, and what the judge says of it.

use super::dialect::{self, Asked, Dialect};
use super::error::Reason;
use super::part::Part;
use super::sink::LogCall;
use super::specification::Specification;
use super::value::Value;
use super::{Log, LogError};
use crate::check::specs::{
    CasRegister, Counter, KeyValue, Lock, Map, OrderedMap, PerKey, Pool, Queue, Register, RelaxedQueue, Set,
    Stack,
};
use crate::check::{Ahead, Call, History, Judgement, Limits, Order, Spec, ahead, judge_within, parts};
use std::collections::BTreeSet;

/// What came of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the judge says. Calls are named by their numbers in [`Log::calls`].
    pub judgement: Judgement,
    /// How many parts were judged by themselves.
    pub parts: usize,
    /// If there is no order, and more parts than one: of which of them it is told. It went wrong first, if the judgement's
    /// beginning is known to be the longest.
    pub part: Option<Part>,
    /// If there is no order, and the judgement's beginning is known to be the longest: for each call that is stuck all that
    /// it could have answered there. Nothing where that is too much to find out.
    pub right: Vec<Vec<Value>>,
    /// If there is no order, and the judgement's beginning is known to be the longest: the calls without an answer that may
    /// have happened where it ends, or not.
    pub pending: Vec<usize>,
}

/// A call that is none of the specification's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    call: usize,
    reason: Reason,
}

impl Log {
    /// Judges the calls: is there an order of them, within `order`, that explains all answers?
    ///
    /// `bytes` is what the log was read from: it is shown in errors.
    ///
    /// # Errors
    /// A call or its answer is none of the specification's.
    pub fn judge(
        &self,
        bytes: &[u8],
        specification: &Specification,
        order: Order,
        limits: &Limits,
    ) -> Result<Outcome, LogError> {
        let ask = Ask { log: self, order, limits };
        let outcome = match specification.clone() {
            Specification::Register(initial) => ask.of(Register { initial }),
            Specification::CasRegister(initial) => ask.of(CasRegister { initial }),
            Specification::Queue => ask.of(Queue::<Value>::unbounded()),
            Specification::BoundedQueue(capacity) => ask.of(Queue::<Value>::bounded(capacity)),
            Specification::RelaxedQueue(k) => ask.of(RelaxedQueue::<Value>::new(k.get())),
            Specification::Stack => ask.of(Stack::<Value>::new()),
            Specification::Pool => ask.of(Pool::<Value>::new()),
            Specification::Set => ask.of(Set::<Value>::new()),
            Specification::Map => ask.of(Map::<Value, Value>::new()),
            Specification::OrderedMap => ask.of(OrderedMap::<Value, Value>::new()),
            Specification::Counter => ask.of(Counter),
            Specification::Lock => ask.of(Lock),
            Specification::KeyValue => ask.of(KeyValue),
        };
        outcome.map_err(|Refused { call, reason }| self.refuse(bytes, &self.calls[call], reason))
    }
}

struct Ask<'l> {
    log: &'l Log,
    order: Order,
    limits: &'l Limits,
}

impl Ask<'_> {
    /// Asks about one object, or about one for each key.
    fn of<S: Dialect>(&self, spec: S) -> Result<Outcome, Refused> {
        let calls = &self.log.calls;
        let keyed = !S::KEYS && calls[0].key.is_some();
        let odd = |call: &LogCall| !S::KEYS && call.key.is_some() != keyed;
        if let Some(call) = calls.iter().position(odd) {
            let why = "some calls of this log say which object they are about by a key, and some do not";
            return Err(Refused { call, reason: Reason::Keys(why.into()) });
        }
        if keyed {
            let key = |call: &LogCall| call.key.clone().unwrap_or_default();
            let history = self.history::<S, _>(|call, op| (key(call), op))?;
            Ok(self.judged::<S, _>(&PerKey::new(spec), &history, |(_, op)| op))
        } else {
            Ok(self.judged::<S, _>(&spec, &self.history::<S, _>(|_, op| op)?, |op| op))
        }
    }

    fn history<S: Dialect, Op>(
        &self,
        whole: impl Fn(&LogCall, S::Op) -> Op,
    ) -> Result<History<Op, S::Ret>, Refused> {
        let mut history = History::new();
        for (number, call) in self.log.calls.iter().enumerate() {
            let LogCall { process, ref op, ref args, ref key, ref answer, start, end, .. } = *call;
            let refused = |reason| Refused { call: number, reason };
            let asked = Asked { op, args, key: key.as_ref(), process };
            let asked = dialect::op::<S>(asked).map_err(refused)?;
            let ret = answer
                .as_ref()
                .map(|answer| dialect::ret::<S>(&asked, op, answer))
                .transpose()
                .map_err(refused)?;
            let op = whole(call, asked);
            history.push(Call { thread: process, op, ret, start, end, phase: 0 });
        }
        Ok(history)
    }

    fn judged<S: Dialect, W: Spec<Ret = S::Ret>>(
        &self,
        spec: &W,
        history: &History<W::Op, W::Ret>,
        own: impl Fn(&W::Op) -> &S::Op,
    ) -> Outcome {
        let left = self.limits.begun_now();
        let judgement = judge_within(spec, history, self.order, self.limits);
        let parts = parts(spec, history, self.order);
        let Judgement::Unexplained { prefix, stuck, longest } = &judgement else {
            return Outcome { judgement, parts, part: None, right: Vec::new(), pending: Vec::new() };
        };
        let told = stuck.first().filter(|_| parts > 1);
        let part = told.and_then(|&call| Part::of::<S>(&self.log.calls[call]));
        // Where the search was ended nothing is known to be stuck.
        if !longest {
            return Outcome { judgement, parts, part, right: Vec::new(), pending: Vec::new() };
        }
        let Ahead { right, pending, .. } = ahead(spec, history, self.order, prefix, stuck, &left());
        let right = stuck.iter().zip(&right).map(|(&call, rets)| {
            let op = own(&history.calls()[call].op);
            distinct(rets.iter().map(|ret| S::answer(op, ret)))
        });
        let right = right.collect();
        Outcome { judgement, parts, part, right, pending }
    }
}

/// Each once, in their order.
fn distinct(values: impl Iterator<Item = Value>) -> Vec<Value> {
    values.collect::<BTreeSet<_>>().into_iter().collect()
}
