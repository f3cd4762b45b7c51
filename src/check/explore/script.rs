//! One execution as a short string: which thread runs how far, and what it does otherwise than by default.
//!
//! `0:5 1:3 r1 2 0:4` says: five steps of thread 0; of thread 1 three, then a read of the write that is one
//! older than the newest there is, then two more; four of thread 0. By default a read reads the newest write,
//! a write comes last in modification order, a choice is answered with 0, and a weak compare-exchange does
//! not fail for no reason. When the string is at its end, the lowest thread that can go on does, by default.
//!
//! | step | meaning |
//! |---|---|
//! | `3` | three steps by default |
//! | `r2` | a read that skips the two newest writes |
//! | `w1` | a write that comes before the newest one in modification order |
//! | `c1` | a choice that is answered with 1 |
//! | `f0` | a weak compare-exchange that fails for no reason, and reads the newest write (`f1`: the one before) |
//! | `!` | the thread stops for ever |

use super::driver::Stuck;
use crate::sync::model::Request;
use std::fmt;
use std::str::FromStr;

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Default,
    Read(u16),
    Write(u16),
    Choose(u16),
    Fail(u16),
    /// The thread stops for ever.
    Stop,
}

impl Step {
    /// Whether what a thread asks for can be answered like this.
    pub(super) fn fits(self, request: &Request<'_>) -> bool {
        match self {
            Step::Default => true,
            Step::Read(_) => matches!(request, Request::Load { .. } | Request::Update { .. }),
            Step::Write(_) => matches!(request, Request::Store { .. }),
            Step::Choose(_) => matches!(request, Request::Choose { .. } | Request::Address { .. }),
            Step::Fail(_) => matches!(request, Request::Update { weak: true, .. }),
            Step::Stop => false,
        }
    }
}

/// The steps of an execution, with their threads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script(pub(super) Vec<(usize, Step)>);

/// A string that is no script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{word}` in a schedule: expected `thread:steps`, then steps as `3`, `r1`, `w1`, `c1`, `f0` or `!`, no number above {}",
    u16::MAX
)]
pub struct NoScript {
    word: String,
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = &self.0[..];
        let mut last = None;
        while let Some(&(thread, step)) = rest.first() {
            if last != Some(thread) {
                write!(f, "{}{thread}:", if last.is_some() { " " } else { "" })?;
            } else {
                f.write_str(" ")?;
            }
            last = Some(thread);
            let same = rest.iter().take_while(|next| **next == (thread, Step::Default)).count();
            match step {
                Step::Default => write!(f, "{same}")?,
                Step::Read(skipped) => write!(f, "r{skipped}")?,
                Step::Write(skipped) => write!(f, "w{skipped}")?,
                Step::Choose(answer) => write!(f, "c{answer}")?,
                Step::Fail(skipped) => write!(f, "f{skipped}")?,
                Step::Stop => f.write_str("!")?,
            }
            rest = &rest[same.max(1)..];
        }
        Ok(())
    }
}

impl FromStr for Script {
    type Err = NoScript;

    fn from_str(text: &str) -> Result<Self, NoScript> {
        let mut script = Script::default();
        let mut thread = None;
        for word in text.split_whitespace() {
            let wrong = || NoScript { word: word.into() };
            let steps = match word.split_once(':') {
                Some((number, steps)) => {
                    thread = Some(number.parse().map_err(|_| wrong())?);
                    steps
                }
                None => word,
            };
            let thread = thread.ok_or_else(wrong)?;
            let number = |text: &str| text.parse::<u16>().map_err(|_| wrong());
            let step = match steps.split_at_checked(1) {
                Some(("r", skipped)) => Step::Read(number(skipped)?),
                Some(("w", skipped)) => Step::Write(number(skipped)?),
                Some(("c", answer)) => Step::Choose(number(answer)?),
                Some(("f", skipped)) => Step::Fail(number(skipped)?),
                Some(("!", "")) => Step::Stop,
                _ => {
                    let times = usize::from(number(steps)?);
                    script.0.extend(std::iter::repeat_n((thread, Step::Default), times));
                    continue;
                }
            };
            script.0.push((thread, step));
        }
        Ok(script)
    }
}

impl Script {
    /// What it is that some thread cannot go on at its end.
    pub(super) fn stuck(&self) -> Stuck {
        let stops = self.0.iter().any(|(_, step)| *step == Step::Stop);
        if stops { Stuck::FailsUnlessStopped } else { Stuck::Fails }
    }

    /// How often another thread goes on.
    pub(super) fn switches(&self) -> usize {
        self.0.windows(2).filter(|pair| pair[0].0 != pair[1].0).count()
    }

    /// How many steps there are.
    pub(super) fn steps(&self) -> usize {
        self.0.len()
    }

    /// How many reads do not read the newest write, those of failures for no reason as well.
    pub(super) fn stale_reads(&self) -> usize {
        self.0.iter().filter(|(_, step)| matches!(step, Step::Read(1..) | Step::Fail(1..))).count()
    }

    /// How many steps do otherwise than by default in another way.
    pub(super) fn oddities(&self) -> usize {
        let odd = |step: &Step| matches!(step, Step::Write(_) | Step::Choose(_) | Step::Fail(_));
        self.0.iter().filter(|(_, step)| odd(step)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for text in ["0:5 1:3 r1 2 0:4", "2:w1", "0:1 c1 f0 1:r12 1", "0:2 1:!", ""] {
            let script: Script = text.parse().unwrap();
            assert_eq!(script.to_string(), text);
        }
        let script: Script = "0:2 1:r1 0:1".parse().unwrap();
        assert_eq!((script.0.len(), script.switches()), (4, 2));
    }

    #[test]
    fn stale_reads_and_other_oddities_are_counted_apart() {
        for (text, stale_reads, oddities) in [
            ("0:5 1:3", 0, 0),
            ("0:r2 r1 1:3", 2, 0),
            ("0:w1 c1 f0 1:!", 0, 3),
            // It fails for no reason, and what it reads is old.
            ("0:f1 1:r1", 2, 1),
        ] {
            let script: Script = text.parse().unwrap();
            assert_eq!((script.stale_reads(), script.oddities()), (stale_reads, oddities), "{text}");
        }
    }

    #[test]
    fn what_is_no_script_is_refused_with_the_word() {
        for (text, word) in
            [("5", "5"), ("0:x", "0:x"), ("0:1 r", "r"), ("a:1", "a:1"), ("0:1 70000", "70000")]
        {
            assert_eq!(text.parse::<Script>().unwrap_err().word, word);
        }
    }
}
