//! Threads that stop for ever: the basis of the progress checks.
//!
//! A thread that is stopped takes no step any more, and is not unwound either: to the others it looks like one
//! that is infinitely slow. An operation is *lock-free* only if the others' operations come to their end
//! wherever some threads are stopped (Herlihy and Shavit, *On the nature of progress*, OPODIS 2011).

use super::clock::THREADS;
use super::driver::Stuck;
use super::script::{Script, Step};

/// Not stopped.
pub(in crate::check) const NEVER: u16 = u16::MAX;

/// What is demanded of an exploration besides right answers.
#[derive(Clone, Copy, Debug)]
pub(in crate::check) struct Demand {
    /// After how many events each thread stops for ever.
    pub stops: [u16; THREADS],
    /// The most events of one operation.
    pub steps: Option<u16>,
}

impl Demand {
    /// Nothing: every thread goes on.
    pub(in crate::check) const NONE: Demand = Demand { stops: [NEVER; THREADS], steps: None };

    /// The same, and this thread stops after so many events.
    pub(in crate::check) fn stopping(mut self, thread: usize, after: u16) -> Demand {
        self.stops[thread] = after;
        self
    }

    /// What an execution is to which some thread cannot go on.
    pub(super) fn stuck(&self) -> Stuck {
        if self.stops_a_thread() { Stuck::FailsUnlessStopped } else { Stuck::Fails }
    }

    /// Whether some thread is to stop.
    pub(in crate::check) fn stops_a_thread(&self) -> bool {
        self.stops != [NEVER; THREADS]
    }

    /// The script, at whose end the threads stop.
    pub(super) fn with_stops(&self, mut script: Script) -> Script {
        let stopped = (0..THREADS).filter(|&thread| self.stops[thread] != NEVER);
        script.0.extend(stopped.map(|thread| (thread, Step::Stop)));
        script
    }
}
