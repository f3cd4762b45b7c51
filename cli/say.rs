//! What is said: answers on standard output, and what went wrong on standard error.

use crate::NO_ANSWER;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

/// Says it on standard output.
pub fn say(text: &str, code: u8) -> ExitCode {
    // Whoever has stopped to listen (`| head`) has heard enough: the exit code is the answer.
    let written = io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(format_args!("standard output: {error}"));
            ExitCode::from(NO_ANSWER)
        }
        _ => ExitCode::from(code),
    }
}

/// Says on standard error what went wrong. If nobody can hear it, the exit code says enough.
pub fn complain(what: impl Display) {
    let _ = writeln!(io::stderr(), "{what}");
}
