//! Readers of logs with a bug.

use super::Bug;
use crate::meant::Reader;
use selvedge::log::{Log, LogError, Reading};

/// The reader with this bug.
pub fn planted(bug: Bug) -> Reader {
    match bug {
        Bug::Crashed => crashed,
        Bug::Trusting => trusting,
        _ => |reading, bytes| reading.read(bytes),
    }
}

fn crashed(reading: Reading, bytes: &[u8]) -> Result<Log, LogError> {
    let mut log = reading.read(bytes)?;
    log.calls.retain(|call| call.answer.is_some());
    Ok(log)
}

fn trusting(reading: Reading, bytes: &[u8]) -> Result<Log, LogError> {
    std::str::from_utf8(bytes).expect("a log is text");
    reading.read(bytes)
}
