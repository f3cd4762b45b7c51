//! Pictures for tests.

use super::attempt::{Asked, Attempt, Conclusion, Earlier, Stuck};
use super::step::{Cell, Edge, Place, Step, Value};
use super::{Excerpt, Execution, Picture};
use crate::check::history::Order;

pub(super) fn step(number: usize, thread: usize, cell: u32, action: &str, value: Value) -> Step {
    Step {
        number,
        thread,
        edge: None,
        place: Some(place(number as u32 + 1)),
        cell: Some(cell),
        action: action.into(),
        method: None,
        ordering: Some("Relaxed".into()),
        value,
        stale: None,
        text: String::new(),
    }
}

pub(super) fn edge(number: usize, thread: usize, edge: Edge, call: &str) -> Step {
    let note = step(number, thread, 0, call, Value::None);
    Step { edge: Some(edge), place: None, cell: None, ordering: None, ..note }
}

fn place(line: u32) -> Place {
    Place { file: "ring.rs".into(), line, column: 5 }
}

pub(super) fn read(value: &str) -> Value {
    Value::Read { value: value.into() }
}

pub(super) fn replaced(old: &str, new: &str) -> Value {
    Value::Replaced { old: old.into(), new: new.into() }
}

fn asked(thread: usize, op: &str, ret: &str, start: u64, end: u64) -> Asked {
    let (op, ret) = (op.into(), Some(ret.into()));
    Asked { thread, caller: None, lines: None, op, ret, start, end: Some(end) }
}

/// What can be told of two calls at the same time.
pub(super) fn attempt() -> Attempt {
    let earlier = vec![Earlier { before: 0, right: vec!["Empty".into()], barred: None }];
    Attempt {
        calls: vec![asked(0, "Push(7)", "Pushed", 1, 6), asked(1, "Pop", "Popped(0)", 3, 4)],
        conclusion: Conclusion::Unexplained,
        order: Order::RealTime,
        parts: 1,
        part: None,
        explained: vec![0],
        longest: true,
        stuck: vec![Stuck { call: 1, right: vec!["Popped(7)".into()], earlier }],
        pending: Vec::new(),
        before: Vec::new(),
        fatal: Some(1),
    }
}

/// A ring whose tail is published before the slot is written.
pub(super) fn ring() -> Picture {
    let steps = vec![
        edge(0, 0, Edge::Begins, "Push(7)"),
        step(1, 0, 8, "compare_exchange", replaced("0", "1")),
        edge(2, 1, Edge::Begins, "Pop"),
        step(3, 1, 8, "load", read("1")),
        Step { method: Some("take".into()), ..step(4, 1, 9, "swap", replaced("0", "0")) },
        edge(5, 1, Edge::Ends, "Pop -> Popped(0)"),
        step(6, 0, 9, "store", Value::Wrote { value: "7".into() }),
        edge(7, 0, Edge::Ends, "Push(7) -> Pushed"),
    ];
    let cell = |number, name: &str| Cell { number, name: Some(name.into()), before: Some("0".into()) };
    let cells = vec![cell(8, "tail"), cell(9, "buffer")];
    let attempt = Some(attempt());
    let execution = Execution { threads: 2, steps, cells, attempt, ..Execution::default() };
    let lines = vec!["let value = self.buffer.take();".into()];
    let sources = vec![Excerpt { place: place(5), first: 5, lines, missing: None }];
    Picture { execution, sources, message: "not linearizable".into(), ..Picture::bare("a ring") }
}
