//! Logs and the command that judges them, `selvedge lin`; and `selvedge pages`.
#![cfg(not(any(loom, shuttle)))]

mod command;
mod documented;
mod judged;
mod let_pass;
mod meaning;
mod meant;
mod pages;
mod parts;
mod refused;
mod written;

use selvedge::log::{Format, Log, LogError, Reading};

/// Reads a log in the format that it looks like.
fn read(text: &str) -> Result<Log, LogError> {
    Reading::default().read(text.as_bytes())
}

/// Reads a log in this format.
fn read_as(format: Format, text: &str) -> Result<Log, LogError> {
    Reading { format: Some(format), ..Reading::default() }.read(text.as_bytes())
}

/// The calls of a log: `process operation [arguments] = answer @start-end`.
fn calls(log: &Log) -> Vec<String> {
    let show = |call: &selvedge::log::LogCall| {
        let args: Vec<String> = call.args.iter().map(ToString::to_string).collect();
        let key = call.key.as_ref().map_or(String::new(), |key| format!("{key}:"));
        let end = call
            .answer
            .as_ref()
            .map_or("?".into(), |answer| format!("{answer} @{}-{}", call.start, call.end));
        format!("{} {key}{} {args:?} = {end}", log.processes[call.process], call.op).replace("\"", "")
    };
    log.calls.iter().map(show).collect()
}
