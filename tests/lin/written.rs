//! Random logs, written in each format and read again: the same calls. And written and spoilt: an answer, no panic.

use crate::meant::{FORMS, Step, read_again, read_anything, written};
use proptest::collection::vec;
use proptest::prelude::*;
use selvedge::log::{Format, Reading, Value};

fn value() -> impl Strategy<Value = Value> {
    let text = "[a-z \"\\\\\n\t\ré]{0,6}".prop_map(|text| Value::Text(text.into()));
    prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        text
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..4_usize, 0..3_usize, [value(), value()], 0..8_u8, 0..3_i64);
    vec(step.prop_map(|(lane, op, values, end, key)| Step { lane, op, values, end, key }), 1..40)
}

proptest! {
    #[test]
    fn what_is_written_is_read(steps in steps(), keyed: bool) {
        let read = read_again(&steps, keyed, |reading, bytes| reading.read(bytes));
        prop_assert!(read.is_ok(), "{}", read.unwrap_err());
    }

    /// A few bytes are changed, put in or taken out: a log, or an error that names a line of the text.
    #[test]
    fn what_is_spoilt_is_read_or_refused(
        steps in steps(),
        form in 0..FORMS,
        spoil in vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..4),
        told in 0..4_usize,
    ) {
        let mut bytes = written(&steps, false, form).into_bytes();
        for (at, byte, how) in spoil {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => _ = bytes.remove(at),
            }
        }
        let format = [None, Some(Format::Jepsen), Some(Format::JsonLines), Some(Format::KeyValue)][told];
        let read = read_anything(format, &bytes, |reading, bytes| reading.read(bytes));
        prop_assert!(read.is_ok(), "{}", read.unwrap_err());
    }
}

/// A reader that takes what crashed for what failed. It must be found out, or the tests above show nothing.
fn careless(reading: Reading, bytes: &[u8]) -> Result<selvedge::log::Log, selvedge::log::LogError> {
    let mut log = reading.read(bytes)?;
    log.calls.retain(|call| call.answer.is_some());
    Ok(log)
}

#[test]
fn a_careless_reader_is_found_out() {
    let step = |lane, end| Step { lane, op: 1, values: [Value::Int(1), Value::Nil], end, key: 0 };
    assert!(read_again(&[step(0, 0), step(0, 2), step(1, 0), step(1, 0)], false, careless).is_ok());
    let crash = [step(0, 0), step(0, 1)];
    let told = read_again(&crash, false, careless).unwrap_err();
    assert!(told.starts_with("wanted [(0, \"write\", [Int(1)]"), "{told}");
    assert!(read_again(&crash, false, |reading, bytes| reading.read(bytes)).is_ok());
}
