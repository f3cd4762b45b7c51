//! Random logs, written in each format and read again: the same calls. And written and spoilt: an answer, no panic.

use proptest::collection::vec;
use proptest::prelude::*;
use selvedge::log::{Format, Kind, Line, Log, Process, Reading, Value};

/// An event as it is meant: of a register, with a key or without.
#[derive(Clone, Debug)]
struct Meant {
    process: u64,
    kind: Kind,
    op: &'static str,
    args: Vec<Value>,
    answer: Value,
    key: Option<Value>,
}

fn scalar() -> impl Strategy<Value = Value> {
    let text = "[a-z \"\\\\\n\té]{0,6}".prop_map(|text| Value::Text(text.into()));
    prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        text
    ]
}

/// A log with its calls that happened or may have: processes take turns at random.
fn logs(keyed: bool) -> impl Strategy<Value = (Vec<Meant>, usize)> {
    let step = (0..4_usize, 0..3_usize, scalar(), scalar(), 0..8_u8, 0..3_i64);
    vec(step, 1..40).prop_map(move |steps| {
        let mut events: Vec<Meant> = Vec::new();
        let mut open: Vec<Option<Meant>> = vec![None; 4];
        let mut names: Vec<u64> = (0..4).collect();
        let mut failed = 0;
        for (lane, op, one, two, end, key) in steps {
            let Some(asked) = open[lane].take() else {
                let (op, args) =
                    [("read", vec![]), ("write", vec![one.clone()]), ("cas", vec![one, two])][op].clone();
                let key = keyed.then_some(Value::Int(key));
                let asked =
                    Meant { process: names[lane], kind: Kind::Invoke, op, args, answer: Value::Nil, key };
                events.push(asked.clone());
                open[lane] = Some(asked);
                continue;
            };
            let kind = [Kind::Fail, Kind::Info].get(usize::from(end)).copied().unwrap_or(Kind::Ok);
            let answer = match asked.op {
                "read" => one,
                "cas" => Value::Bool(true),
                _ => Value::Nil,
            };
            failed += usize::from(kind == Kind::Fail);
            if kind == Kind::Info {
                names[lane] += 4;
            }
            events.push(Meant { kind, answer, ..asked });
        }
        (events, failed)
    })
}

/// A value in EDN. Only this test writes it.
fn edn(value: &Value) -> String {
    match value {
        Value::Text(text) => {
            let escape = |c: char| match c {
                '"' => "\\\"".into(),
                '\\' => "\\\\".into(),
                '\n' => "\\n".into(),
                '\t' => "\\t".into(),
                c => c.to_string(),
            };
            format!("\"{}\"", text.chars().map(escape).collect::<String>())
        }
        other => other.to_string(),
    }
}

/// The `:value` of Jepsen.
fn value(event: &Meant) -> String {
    let value = match (event.op, &event.args[..]) {
        ("read", _) if event.kind == Kind::Ok => edn(&event.answer),
        ("write", [value]) => edn(value),
        ("cas", [old, new]) => format!("[{} {}]", edn(old), edn(new)),
        _ => "nil".into(),
    };
    event.key.as_ref().map_or(value.clone(), |key| format!("[{} {value}]", edn(key)))
}

fn as_maps(events: &[Meant]) -> String {
    let map = |(index, event): (usize, &Meant)| {
        let (kind, process, op) = (event.kind, event.process, event.op);
        format!("{{:process {process}, :type :{kind}, :f :{op}, :value {}, :index {index}}}\n", value(event))
    };
    events.iter().enumerate().map(map).collect()
}

fn as_lines(events: &[Meant]) -> String {
    let line = |event: &Meant| {
        let (kind, process, op) = (event.kind, event.process, event.op);
        format!("INFO  jepsen.util - {process}\t:{kind}\t:{op}\t{}\n", value(event))
    };
    events.iter().map(line).collect()
}

fn as_json(events: &[Meant]) -> String {
    let line = |event: &Meant| {
        let line = Line {
            process: Process::Number(event.process),
            kind: event.kind,
            op: event.op.into(),
            args: (event.kind == Kind::Invoke).then(|| event.args.clone()),
            value: (event.kind == Kind::Ok).then(|| event.answer.clone()),
            key: event.key.clone(),
            time: None,
        };
        serde_json::to_string(&line).expect("a line") + "\n"
    };
    events.iter().map(line).collect()
}

/// Process, operation, arguments, key, answer, beginning and end.
type Call = (u64, String, Vec<Value>, Option<Value>, Option<Value>, u64, u64);

/// The calls that were meant, as the log should have them but for the lines.
fn meant(events: &[Meant]) -> Vec<Call> {
    let mut calls = Vec::new();
    for (start, asked) in events.iter().enumerate().filter(|(_, event)| event.kind == Kind::Invoke) {
        let ends = events.iter().enumerate().skip(start + 1);
        let end = ends.clone().find(|(_, event)| event.process == asked.process);
        let (answer, end) = match end {
            Some((_, end)) if end.kind == Kind::Fail => continue,
            Some((at, end)) if end.kind == Kind::Ok => (Some(end.answer.clone()), at as u64),
            _ => (None, u64::MAX),
        };
        calls.push((
            asked.process,
            asked.op.into(),
            asked.args.clone(),
            asked.key.clone(),
            answer,
            start as u64,
            end,
        ));
    }
    calls
}

fn found(log: &Log) -> Vec<Call> {
    let calls = log.calls.iter().map(|call| {
        let Process::Number(process) = log.processes[call.process] else {
            panic!("only numbers were written")
        };
        let (args, key, answer) = (call.args.clone(), call.key.clone(), call.answer.clone());
        (process, String::from(&*call.op), args, key, answer, call.start, call.end)
    });
    calls.collect()
}

fn same(events: &[Meant], failed: usize, keyed: bool) {
    let wanted = meant(events);
    for text in [as_maps(events), format!("[{}]", as_maps(events)), as_lines(events), as_json(events)] {
        match (Reading { independent: keyed, ..Reading::default() }).read(text.as_bytes()) {
            Ok(log) => assert_eq!((found(&log), log.failed), (wanted.clone(), failed), "{text}"),
            Err(error) => assert!(wanted.is_empty(), "{error}\n{text}"),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read((events, failed) in logs(false)) {
        same(&events, failed, false);
    }

    #[test]
    fn what_is_written_is_read_with_keys((events, failed) in logs(true)) {
        same(&events, failed, true);
    }

    /// A few bytes are changed, put in or taken out: a log or an error that names a line of the text.
    #[test]
    fn what_is_spoilt_is_read_or_refused(
        (events, _) in logs(false),
        form in 0..3_usize,
        spoil in vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..4),
        told in 0..4_usize,
    ) {
        let mut bytes = [as_maps, as_lines, as_json][form](&events).into_bytes();
        for (at, byte, how) in spoil {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => _ = bytes.remove(at),
            }
        }
        let format = [None, Some(Format::Jepsen), Some(Format::JsonLines), Some(Format::KeyValue)][told];
        let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
        if let Err(error) = (Reading { format, independent: false }).read(&bytes) {
            prop_assert!((1..=lines).contains(&error.place.line), "{error}");
        }
    }
}
