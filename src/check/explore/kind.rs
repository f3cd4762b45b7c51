//! The kinds of events.

use crate::sync::Choice;
use crate::sync::model::Request;
use serde::{Deserialize, Serialize};

/// What an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Kind {
    /// A read.
    Read,
    /// The read of a read-modify-write that succeeds: the next event of its thread is the write.
    Take,
    /// A write.
    Write,
    /// The write of a read-modify-write: right after the write that it read from, in modification order.
    Put,
    /// A fence.
    Fence,
    /// A choice of the engine that disturbs: an execution has so many that are not 0.
    Choice,
    /// Whether a time-out comes, where those are no disturbances.
    TimeOut,
    /// Whose address an allocation gets: 0, if that of no freed node.
    Address,
    /// A thread is started.
    Spawn,
    /// The first event of a thread. It "reads from" the spawn.
    Begin,
    /// The last event of a thread.
    End,
    /// A thread was waited for. It "reads from" its end.
    Join,
}

impl Kind {
    /// What is made of a choice.
    pub(super) fn of(choice: Choice, time_outs: bool) -> Kind {
        match choice {
            Choice::TimeOut if time_outs => Kind::TimeOut,
            _ => Kind::Choice,
        }
    }

    /// Whether the event with which a thread gets an answer to this may be of this kind.
    pub(super) fn answers(self, request: &Request<'_>) -> bool {
        match *request {
            Request::Load { .. } => self == Kind::Read,
            Request::Store { .. } => self == Kind::Write,
            Request::Update { .. } => self.reads(),
            Request::Fence(_) => self == Kind::Fence,
            Request::Choose { choice, .. } => {
                self == Kind::of(choice, false) || self == Kind::of(choice, true)
            }
            Request::Address { .. } => self == Kind::Address,
            Request::Spawn => self == Kind::Spawn,
            Request::Begin => self == Kind::Begin,
            Request::End => self == Kind::End,
            Request::Join(_) => self == Kind::Join,
        }
    }

    pub(super) fn reads(self) -> bool {
        matches!(self, Kind::Read | Kind::Take)
    }

    pub(super) fn writes(self) -> bool {
        matches!(self, Kind::Write | Kind::Put)
    }
}
