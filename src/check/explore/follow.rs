//! Following: the events of the given graph happen again, with the values of this run.

use super::extend::update_of;
use super::graph::{Id, Kind, NOWHERE};
use super::machine::{Run, Want};
use crate::sync::model::{Answer, Request};

const DIFFERENT: &str = "the program is not deterministic: in the same execution it did something else before. \
    It must not depend on addresses, on the clock, on hash maps' order, or on memory beside the facade";

impl Run {
    /// The next event of the running thread is in the graph: it happens again.
    pub(super) fn follow(&mut self, request: &Request<'_>) -> Result<Option<Answer>, String> {
        let me = self.running;
        let id = self.past.next(me);
        self.check_deterministic(request, id)?;
        self.to_follow -= 1;
        let event = *self.graph.event(id);
        let answer = match *request {
            Request::Load { location, .. } => {
                let value = self.value(location, event.from);
                self.graph.event_mut(id).value = value;
                Answer { value, stored: false }
            }
            Request::Store { value, .. } => {
                self.graph.event_mut(id).value = value;
                Answer { value, stored: true }
            }
            Request::Update { location, new, .. } => {
                let value = self.value(location, event.from);
                let event = self.graph.event_mut(id);
                event.value = value;
                // Values that are addresses differ from run to run: what is expected is what is expected now.
                (event.use_, event.filter) = update_of(request);
                if event.kind == Kind::Take {
                    return self.follow_put(id, value, new);
                }
                if new(value).is_some() && !event.spurious {
                    return Err(DIFFERENT.into());
                }
                Answer { value, stored: false }
            }
            Request::Address { answers, free }
                if event.value > 0 && (event.value as usize >= answers || !free(event.value as usize)) =>
            {
                return Err(DIFFERENT.into());
            }
            Request::Choose { .. } | Request::Address { .. } | Request::Spawn => {
                Answer { value: event.value, stored: false }
            }
            _ => Answer { value: 0, stored: false },
        };
        self.ran(id, request);
        Ok(Some(answer))
    }

    /// The read of a read-modify-write happens again, and its write, if it is in the graph already.
    fn follow_put(
        &mut self,
        take: Id,
        value: u64,
        new: &dyn Fn(u64) -> Option<u64>,
    ) -> Result<Option<Answer>, String> {
        self.past.run(&self.graph, take, self.rules.memory);
        self.spins.ran(take);
        let put = Id::new(take.thread(), take.index() + 1);
        let Some(new) = new(value) else { return Err(DIFFERENT.into()) };
        if put.index() == self.graph.length(put.thread()) {
            self.wants[take.thread()] = Want::Put;
            self.pick();
            return Ok(None);
        }
        self.to_follow -= 1;
        self.graph.event_mut(put).value = new;
        self.past.run(&self.graph, put, self.rules.memory);
        self.spins.ran(put);
        Ok(Some(Answer { value, stored: true }))
    }

    /// What a thread asks must be what it asked when the graph was made.
    fn check_deterministic(&mut self, request: &Request<'_>, id: Id) -> Result<(), String> {
        let cell = request.location().map_or(NOWHERE, |location| self.graph.cell_of(location));
        let event = self.graph.event(id);
        if event.kind.answers(request) && event.location == cell { Ok(()) } else { Err(DIFFERENT.into()) }
    }
}
