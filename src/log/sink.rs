//! From events to calls: each return finds its invocation, or the log is refused.
//!
//! | a process | then |
//! |---|---|
//! | invokes | it has a call that is open |
//! | `ok` | the call happened, and is answered |
//! | `fail` | the call did not happen, and is left out |
//! | `info` | the call may have happened, or may happen later; the process has crashed and does nothing any more |
//! | (end of the log) | calls that are open are like those of `info` |
//!
//! The order of the events is time. Moments are their numbers, so no two are the same.

use super::error::{Place, Reason};
use super::event::{Event, Kind, Process, Said};
use super::value::Value;
use std::collections::HashMap;
use std::fmt::Display;

/// One call of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogCall {
    /// Who called: an index of [`Log::processes`](super::Log::processes).
    pub process: usize,
    /// The operation's name.
    pub op: Box<str>,
    /// Its arguments.
    pub args: Vec<Value>,
    /// Which object it is about, in a log of several.
    pub key: Option<Value>,
    /// The answer; nothing if nobody knows whether it has happened.
    pub answer: Option<Value>,
    /// The number of the event that invoked it.
    pub start: u64,
    /// The number of the event that answered it; without an answer [`u64::MAX`].
    pub end: u64,
    /// The line of the invocation.
    pub invoked: usize,
    /// The line of the answer, or of the news that there will be none.
    pub returned: Option<usize>,
    /// Where it was invoked.
    pub(super) place: Place,
    /// Where it was answered, or crashed.
    pub(super) answered: Option<Place>,
}

/// What a process is about.
enum Now {
    Idle,
    /// In this call, of which the log has said this answer already.
    Calling(usize, Option<Value>),
    /// It crashed in this line.
    Gone(usize),
}

/// Takes the events of a log, in their order.
#[derive(Default)]
pub(super) struct Sink {
    numbers: HashMap<Process, usize>,
    pub(super) processes: Vec<Process>,
    now: Vec<Now>,
    /// Calls that failed stay as holes until the end.
    calls: Vec<Option<LogCall>>,
    events: u64,
    pub(super) failed: usize,
    pub(super) nemesis: usize,
}

impl Sink {
    /// A line of the nemesis: it does nothing that the specification knows of.
    pub(super) fn skip_nemesis(&mut self) {
        self.nemesis += 1;
    }

    /// The calls that may have happened, in the order of their invocations.
    pub(super) fn into_calls(self) -> (Vec<LogCall>, Self) {
        let Self { calls, .. } = self;
        let left = Self { calls: Vec::new(), ..self };
        (calls.into_iter().flatten().collect(), left)
    }

    /// Takes the next event.
    pub(super) fn event(&mut self, event: Event) -> Result<(), Reason> {
        let process = self.number(&event.process);
        let moment = self.events;
        self.events += 1;
        match event.kind {
            Kind::Invoke => self.invoke(process, moment, event),
            kind => self.finish(process, moment, kind, event),
        }
    }

    fn number(&mut self, process: &Process) -> usize {
        if let Some(number) = self.numbers.get(process) {
            return *number;
        }
        let number = self.processes.len();
        self.numbers.insert(process.clone(), number);
        self.processes.push(process.clone());
        self.now.push(Now::Idle);
        number
    }

    fn call(&self, call: usize) -> &LogCall {
        self.calls[call].as_ref().expect("a call that is open has not failed")
    }

    fn invoke(&mut self, process: usize, start: u64, event: Event) -> Result<(), Reason> {
        let Event { place, process: name, op, said: Said { key, args, answer }, .. } = event;
        match self.now[process] {
            Now::Idle => {}
            Now::Calling(call, _) => {
                return Err(Reason::InvokedTwice { process: name, line: self.call(call).invoked });
            }
            Now::Gone(line) => return Err(Reason::InvokedAfterCrash { process: name, line }),
        }
        self.now[process] = Now::Calling(self.calls.len(), answer);
        let (args, invoked) = (args.unwrap_or_default(), place.line);
        self.calls.push(Some(LogCall {
            process,
            op,
            args,
            key,
            answer: None,
            start,
            end: u64::MAX,
            invoked,
            returned: None,
            place,
            answered: None,
        }));
        Ok(())
    }

    fn finish(&mut self, process: usize, end: u64, kind: Kind, event: Event) -> Result<(), Reason> {
        let Now::Calling(number, foretold) = std::mem::replace(&mut self.now[process], Now::Idle) else {
            return Err(Reason::NotInvoked { process: event.process, kind });
        };
        let call = self.calls[number].as_mut().expect("a call that is open has not failed");
        let line = call.invoked;
        same("operation", &event.op, &call.op, line)?;
        let Said { key, args, answer } = event.said;
        if let Some(key) = &key {
            same("key", key, call.key.as_ref().unwrap_or(&Value::Nil), line)?;
        }
        if let Some(args) = args {
            same("list of arguments", &Value::List(args), &Value::List(call.args.clone()), line)?;
        }
        if let (Some(answer), Some(foretold)) = (&answer, &foretold) {
            same("answer", answer, foretold, line)?;
        }
        (call.returned, call.answered) = (Some(event.place.line), Some(event.place));
        match kind {
            Kind::Ok => (call.answer, call.end) = (answer, end),
            Kind::Fail => {
                self.calls[number] = None;
                self.failed += 1;
            }
            _ => self.now[process] = Now::Gone(event.place.line),
        }
        Ok(())
    }
}

/// What a return says is what the invocation said.
fn same<T: PartialEq + Display + ?Sized>(
    what: &'static str,
    returned: &T,
    invoked: &T,
    line: usize,
) -> Result<(), Reason> {
    if returned == invoked {
        return Ok(());
    }
    Err(Reason::Mismatch { what, returned: returned.to_string(), invoked: invoked.to_string(), line })
}
