//! What went wrong in an execution.

use super::picture::{Attempt, Execution, Refuted};
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::fmt;

/// The first thing that went wrong in an execution, and how it came to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What went wrong.
    pub message: String,
    /// How it came to that: a column per thread. Empty where steps are not recorded (on real threads).
    pub trace: String,
    /// The failing execution, for `Model::replay`, if the engine was the explorer.
    #[serde(default)]
    pub schedule: Option<String>,
    /// Whether every execution of the scenario was seen, and none that fails so has fewer switches of threads.
    #[serde(default)]
    pub fewest: bool,
    /// The failing execution as a test that can be pasted.
    #[serde(default)]
    pub test: Option<String>,
    /// The same step by step, for a picture: [`Picture::of_failure`](super::picture::Picture::of_failure).
    #[serde(default)]
    pub execution: Option<Box<Execution>>,
}

impl Failure {
    /// What went wrong, and how it came to that.
    pub(super) fn new(message: String, trace: String) -> Self {
        Failure { message, trace, schedule: None, fewest: false, test: None, execution: None }
    }

    /// The same with what was recorded of it.
    pub(super) fn recorded(self, execution: Execution) -> Self {
        Failure { execution: Some(Box::new(execution)), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if !self.trace.is_empty() {
            write!(f, "\n\n{}", self.trace)?;
        }
        if let Some(schedule) = &self.schedule {
            write!(f, "\nschedule: {schedule}\n")?;
            if self.fewest {
                writeln!(f, "(no execution of this scenario fails so with fewer switches of threads)")?;
            }
        }
        if let Some(test) = &self.test {
            write!(f, "\n{test}")?;
        }
        Ok(())
    }
}

/// What a panic says that says nothing. The coroutines of loom end so when their stack is at its end.
const NO_TEXT: &str = if cfg!(loom) {
    "a panic without a text: perhaps the stack of a thread was too small (under loom the main thread has 32 KiB)"
} else {
    "a panic without a text"
};

/// The message of a panic.
pub(super) fn message_of(payload: &(dyn Any + Send)) -> String {
    let refuted = payload.downcast_ref::<Refuted>().map(|refuted| refuted.message.as_str());
    let text = refuted.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or(NO_TEXT).to_string()
}

/// The history that could not be explained, if that is what the panic is about.
pub(super) fn attempt_of(payload: &(dyn Any + Send)) -> Option<Attempt> {
    payload.downcast_ref::<Refuted>().map(|refuted| refuted.attempt.clone())
}

/// Catching the first panic of an execution with its trace, before anything is unwound.
#[cfg(any(loom, shuttle))]
pub(super) mod catching {
    use super::{Failure, attempt_of, message_of};
    use crate::check::{columns, picture};
    use crate::sync::host::Once;
    use crate::sync::model;
    use std::cell::RefCell;
    use std::panic::{AssertUnwindSafe, Location, catch_unwind};

    /// Called with the failure as soon as it is known; the process may not live much longer.
    pub(in crate::check) type Told = Box<dyn Fn(&Failure)>;

    thread_local! {
        static CATCHING: RefCell<Option<(Option<Failure>, Told)>> = const { RefCell::new(None) };
    }

    fn install_hook() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let usual = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                let ours = CATCHING.with(|catching| {
                    let Ok(mut catching) = catching.try_borrow_mut() else { return true };
                    let Some((first, told)) = catching.as_mut() else { return false };
                    model::failed();
                    if first.is_none() {
                        let attempt = attempt_of(info.payload());
                        let at = info.location().filter(|place| attempt.is_none() && tells(place));
                        let at = at.map(|place| format!(" ({}:{})", place.file(), place.line()));
                        let message = message_of(info.payload()) + &at.unwrap_or_default();
                        let execution = picture::record(info.location(), attempt);
                        let failure = Failure::new(message, columns::render()).recorded(execution);
                        told(&failure);
                        *first = Some(failure);
                    }
                    true
                });
                if !ours {
                    usual(info);
                }
            }));
        });
    }

    /// Whether it helps to know where a panic was raised: not by the explorer, which names the places that matter, and
    /// not in the standard library.
    fn tells(place: &Location<'_>) -> bool {
        #[cfg(shuttle)]
        if crate::check::explore::is_verdict(place) {
            return false;
        }
        !place.file().starts_with("/rustc/")
    }

    /// Runs `f`, and returns the first failure in it.
    pub(in crate::check) fn catch(f: impl FnOnce(), told: Told) -> Option<Failure> {
        install_hook();
        CATCHING.with(|catching| *catching.borrow_mut() = Some((None, told)));
        let result = catch_unwind(AssertUnwindSafe(f));
        let caught = CATCHING.with(|catching| catching.borrow_mut().take());
        let failure = caught.and_then(|(failure, _)| failure);
        failure.or_else(|| {
            let message = message_of(&*result.err()?);
            Some(Failure::new(message, String::new()))
        })
    }
}
