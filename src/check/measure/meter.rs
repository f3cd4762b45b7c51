//! The clock and the counter of a measuring.

use super::{Limits, Measured};
use crate::check::failure::Failure;
use crate::sync::PoisonError;
use crate::sync::host::{Arc, Instant, Mutex};

/// The clock and the counter.
#[derive(Clone)]
pub(super) struct Meter(Arc<Mutex<Inner>>);

struct Inner {
    limits: Limits,
    started: Instant,
    begun: u64,
    ended: u64,
    stopped: bool,
}

impl Meter {
    /// Starts now.
    pub(super) fn new(limits: Limits) -> Self {
        let started = Instant::now();
        Meter(Arc::new(Mutex::new(Inner { limits, started, begun: 0, ended: 0, stopped: false })))
    }

    fn with<R>(&self, f: impl FnOnce(&mut Inner) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Panics if there is to be no other execution.
    pub(super) fn begin(&self) {
        let stop = self.with(|inner| {
            let Limits { executions, time, .. } = inner.limits;
            inner.stopped |= inner.begun >= executions || inner.started.elapsed() > time;
            inner.begun += u64::from(!inner.stopped);
            inner.stopped
        });
        assert!(!stop, "the measuring is over");
    }

    /// The execution has ended.
    pub(super) fn end(&self) {
        self.with(|inner| inner.ended += 1);
    }

    /// Whether it was stopped before the engine came to its end.
    #[cfg(shuttle)]
    pub(super) fn stopped(&self) -> bool {
        self.with(|inner| inner.stopped)
    }

    /// What failed is said at once: the process may not live much longer.
    pub(super) fn told(&self) -> Box<dyn Fn(&Failure)> {
        let meter = self.clone();
        Box::new(move |failure| {
            if !meter.with(|inner| inner.stopped) {
                eprintln!("{}", failure.message);
            }
        })
    }

    /// What was counted, when the engine has returned.
    pub(super) fn close(&self, failure: Option<Failure>) -> Measured {
        self.with(|inner| {
            let failure = failure.filter(|_| !inner.stopped).map(|failure| failure.message);
            Measured {
                executions: inner.ended,
                pruned: inner.begun - inner.ended,
                complete: !inner.stopped && failure.is_none() && inner.begun == inner.ended,
                seconds: inner.started.elapsed().as_secs_f64(),
                failure,
            }
        })
    }
}
