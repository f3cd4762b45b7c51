//! Logs: whatever the bytes are, an answer and no panic; and what was written is what is read. See `fuzz/README.md`.

#![no_main]

#[cfg(shuttle)]
compile_error!("log runs on std: build it without `--cfg shuttle`");

#[cfg(not(shuttle))]
mod target {
    use arbitrary::{Arbitrary, Unstructured};
    use libfuzzer_sys::fuzz_target;
    use selvedge::log::{Format, Value};
    use selvedge_fuzz::meant::{Reader, Step, read_again, read_anything};

    #[cfg(not(feature = "planted"))]
    fn reader() -> Reader {
        |reading, bytes| reading.read(bytes)
    }

    #[cfg(feature = "planted")]
    fn reader() -> Reader {
        use selvedge_fuzz::planted::{Bug, bug, log::planted};
        planted(bug(Bug::Crashed))
    }

    fn value(bytes: &mut Unstructured) -> arbitrary::Result<Value> {
        Ok(match u8::arbitrary(bytes)? % 4 {
            0 => Value::Nil,
            1 => Value::Bool(bool::arbitrary(bytes)?),
            2 => Value::Int(i64::arbitrary(bytes)?),
            _ => Value::Text(String::arbitrary(bytes)?.into()),
        })
    }

    fn step(bytes: &mut Unstructured) -> arbitrary::Result<Step> {
        let [lane, op, end, key] = <[u8; 4]>::arbitrary(bytes)?;
        let values = [value(bytes)?, value(bytes)?];
        Ok(Step { lane: lane.into(), op: op.into(), values, end: end % 8, key: key.into() })
    }

    fuzz_target!(|bytes: &[u8]| {
        let Some((form, rest)) = bytes.split_first() else { return };
        let formats = [None, Some(Format::Jepsen), Some(Format::JsonLines), Some(Format::KeyValue)];
        let read = if let Some(format) = formats.get(usize::from(form % 8)) {
            read_anything(*format, rest, reader())
        } else {
            let mut rest = Unstructured::new(rest);
            let steps: Vec<Step> =
                std::iter::from_fn(|| if rest.is_empty() { None } else { step(&mut rest).ok() })
                    .take(64)
                    .collect();
            read_again(&steps, form & 8 != 0, reader())
        };
        if let Err(fault) = read {
            panic!("not what was meant: {fault}");
        }
    });
}
