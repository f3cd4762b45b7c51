//! A trace for the eye: one column per thread, one line per step, time downwards.

use crate::sync::model::{self, Event, Place, node_name};

/// How many of the last steps are shown.
const SHOWN: usize = 120;

/// A line of the trace: something in one thread's column.
struct Row {
    label: String,
    thread: usize,
    text: String,
    place: Option<Place>,
}

impl Row {
    fn of(number: usize, event: &Event) -> Self {
        // A note is the harness's own: its place would say nothing.
        let place = event.text.is_none().then_some(event.place);
        let text = event.describe(&|address| node_name(address, number));
        Row { label: format!("{number:>5}"), thread: event.thread, text, place }
    }
}

/// The steps of the current execution.
pub(super) fn render() -> String {
    let events = model::events();
    if events.is_empty() {
        return String::new();
    }
    let waiting = model::all_pending().into_iter().map(|(thread, _)| thread);
    let threads = events.iter().map(|event| event.thread).chain(waiting).max().unwrap_or(0) + 1;
    let skipped = events.len().saturating_sub(SHOWN);
    let shown = &events[skipped..];
    let mut rows: Vec<Row> =
        shown.iter().enumerate().map(|(nth, event)| Row::of(skipped + nth, event)).collect();
    // What was not recorded any more: the step that failed, and those that wait for ever in a deadlock.
    rows.extend(model::all_pending().into_iter().map(|(thread, pending)| Row {
        label: "    …".into(),
        thread,
        text: pending.object.does(pending.action) + " …",
        place: Some(pending.place),
    }));
    let width = |thread| {
        let cells = rows.iter().filter(|row| row.thread == thread).map(|row| row.text.chars().count());
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
    for row in rows {
        out += &row.label;
        for (thread, width) in widths.iter().enumerate() {
            let text = if row.thread == thread { &row.text } else { "" };
            out += &format!(" │ {text:width$}");
        }
        match row.place {
            Some(place) => out += &format!(" │ {place}\n"),
            None => out += " │\n",
        }
    }
    out
}
