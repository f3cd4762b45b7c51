//! What went wrong in an execution.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The first thing that went wrong in an execution, and how it came to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What went wrong.
    pub message: String,
    /// How it came to that: a column per thread. Empty where steps are not recorded (on real threads).
    pub trace: String,
    /// The failing execution, for [`Model::replay`](super::Model::replay), if the engine was the explorer.
    #[serde(default)]
    pub schedule: Option<String>,
    /// The failing execution as a test that can be pasted.
    #[serde(default)]
    pub test: Option<String>,
}

impl Failure {
    /// What went wrong, and how it came to that.
    pub(super) fn new(message: String, trace: String) -> Self {
        Failure { message, trace, schedule: None, test: None }
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
        }
        if let Some(test) = &self.test {
            write!(f, "\n{test}")?;
        }
        Ok(())
    }
}

/// The message of a panic.
pub(super) fn message_of(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a panic without a text").to_string()
}

/// Catching the first panic of an execution with its trace, before anything is unwound.
#[cfg(any(loom, shuttle))]
pub(super) mod catching {
    use super::{Failure, message_of};
    use crate::sync::host::Once;
    use std::cell::RefCell;
    use std::panic::{AssertUnwindSafe, catch_unwind};

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
                    if first.is_none() {
                        let at = info.location().map(|l| format!(" ({}:{})", l.file(), l.line()));
                        let message = message_of(info.payload()) + &at.unwrap_or_default();
                        let failure = Failure::new(message, crate::check::columns::render());
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
