//! A trace for the eye: one column per thread, one line per step, time downwards.

use crate::sync::model::{self, Event, node_name};

/// How many of the last steps are shown.
const SHOWN: usize = 120;

/// The steps of the current execution.
pub(super) fn render() -> String {
    let events = model::events();
    if events.is_empty() {
        return String::new();
    }
    let threads = events.iter().map(|event| event.thread + 1).max().unwrap_or(1);
    let skipped = events.len().saturating_sub(SHOWN);
    let shown = &events[skipped..];
    let cell = |event: &Event| event.describe(&node_name);
    let width = |thread| {
        let cells = shown.iter().filter(|event| event.thread == thread).map(|e| cell(e).chars().count());
        cells.max().unwrap_or(0).max("thread 0".len())
    };
    let widths: Vec<usize> = (0..threads).map(width).collect();

    let mut out = String::from(" step");
    for (thread, width) in widths.iter().enumerate() {
        out += &format!(" │ {:width$}", format!("thread {thread}"));
    }
    out += " │ place\n";
    if skipped > 0 {
        out += &format!("      … {skipped} earlier steps\n");
    }
    for (number, event) in shown.iter().enumerate() {
        out += &format!("{:>5}", skipped + number);
        for (thread, width) in widths.iter().enumerate() {
            let text = if event.thread == thread { cell(event) } else { String::new() };
            out += &format!(" │ {text:width$}");
        }
        let place = event.place;
        // A note is the harness's own: its place would say nothing.
        match event.text {
            Some(_) => out += " │\n",
            None => out += &format!(" │ {}:{}:{}\n", place.file(), place.line(), place.column()),
        }
    }
    out
}
