//! Random logs as they are meant, and how each format writes them. For the tests and for the fuzzer.

use selvedge::log::{Format, Kind, Line, Log, LogError, Process, Reading, Value};

/// How many processes there are at a time.
const LANES: usize = 4;

/// A step of a random log: a process asks, or is answered if it has asked.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which process.
    pub lane: usize,
    /// What it asks: to read, to write, or to compare and swap.
    pub op: usize,
    /// The arguments or the answer.
    pub values: [Value; 2],
    /// How a call ends: 0 it fails, 1 it crashes, otherwise it is answered.
    pub end: u8,
    /// About which of several registers.
    pub key: i64,
}

/// An event of a register as it is meant.
#[derive(Clone, Debug)]
struct Meant {
    process: u64,
    kind: Kind,
    op: &'static str,
    args: Vec<Value>,
    answer: Value,
    key: Option<Value>,
}

/// What is meant by `steps`: the events, and how many calls fail.
fn meant(steps: &[Step], keyed: bool) -> (Vec<Meant>, usize) {
    let mut events: Vec<Meant> = Vec::new();
    let mut open: Vec<Option<Meant>> = vec![None; LANES];
    let mut names: Vec<u64> = (0..LANES as u64).collect();
    let mut failed = 0;
    for Step { lane, op, values: [one, two], end, key } in steps.iter().cloned() {
        let lane = lane % LANES;
        let Some(asked) = open[lane].take() else {
            let ops = [("read", vec![]), ("write", vec![one.clone()]), ("cas", vec![one, two])];
            let (op, args) = ops[op % ops.len()].clone();
            let key = keyed.then_some(Value::Int(key));
            let asked = Meant { process: names[lane], kind: Kind::Invoke, op, args, answer: Value::Nil, key };
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
            names[lane] += LANES as u64;
        }
        events.push(Meant { kind, answer, ..asked });
    }
    (events, failed)
}

/// A value in EDN. Only this writes it.
fn edn(value: &Value) -> String {
    match value {
        Value::Text(text) => {
            let escape = |c: char| match c {
                '"' => "\\\"".into(),
                '\\' => "\\\\".into(),
                '\n' => "\\n".into(),
                '\t' => "\\t".into(),
                '\r' => "\\r".into(),
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

/// The calls that are meant, as the log should have them but for the lines.
fn wanted(events: &[Meant]) -> Vec<Call> {
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

/// How a reader is asked for the calls of a text.
pub type Reader = fn(Reading, &[u8]) -> Result<Log, LogError>;

/// How often a log of `steps` is written.
pub const FORMS: usize = 4;

/// The log of `steps` in one of its forms.
pub fn written(steps: &[Step], keyed: bool, form: usize) -> String {
    let (events, _) = meant(steps, keyed);
    match form % FORMS {
        0 => as_maps(&events),
        1 => format!("[{}]", as_maps(&events)),
        2 => as_lines(&events),
        _ => as_json(&events),
    }
}

/// Writes a log in all forms and has it read.
///
/// # Errors
/// What is read is not what was meant.
pub fn read_again(steps: &[Step], keyed: bool, read: Reader) -> Result<(), String> {
    let (events, failed) = meant(steps, keyed);
    let wanted = wanted(&events);
    for form in 0..FORMS {
        let text = written(steps, keyed, form);
        match read(Reading { independent: keyed, ..Reading::default() }, text.as_bytes()) {
            Ok(log) if found(&log) == wanted && log.failed == failed => {}
            Err(_) if wanted.is_empty() => {}
            Ok(log) => return Err(format!("wanted {wanted:?}, read {:?}, from\n{text}", found(&log))),
            Err(error) => return Err(format!("{error}, in\n{text}")),
        }
    }
    Ok(())
}

/// Reads whatever it is.
///
/// # Errors
/// It is refused with a line that it does not have.
pub fn read_anything(format: Option<Format>, bytes: &[u8], read: Reader) -> Result<(), String> {
    let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
    match read(Reading { format, independent: false }, bytes) {
        Err(error) if !(1..=lines).contains(&error.place.line) => Err(format!("of {lines} lines: {error}")),
        _ => Ok(()),
    }
}
