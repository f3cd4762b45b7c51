//! The lanes: a column for each thread, a row for each step.

use super::{At, Stop, Stops};
use crate::check::picture::{Edge, Picture, Step, Value};
use maud::{Markup, html};

pub(super) fn trace(picture: &Picture, stops: &Stops) -> Markup {
    let execution = &picture.execution;
    html! {
        div.lanes tabindex="0" role="region" aria-label="The lanes of the threads" {
            table {
                caption { "Time runs downwards; a column is a thread. ▶ marks the step that is shown." }
                thead {
                    tr {
                        th scope="col" { "Step" }
                        @for thread in 0..execution.threads { th scope="col" { "Thread " (thread) } }
                    }
                }
                tbody {
                    @if execution.skipped > 0 {
                        tr { td colspan=(execution.threads + 1) { (execution.skipped) " earlier steps are left out" } }
                    }
                    @for stop in &stops.all { (row(picture, stop)) }
                }
            }
        }
    }
}

fn row(picture: &Picture, stop: &Stop) -> Markup {
    let execution = &picture.execution;
    let (thread, text, edge) = match stop.at {
        At::Step(place) => {
            let step = &execution.steps[place];
            (step.thread, short(picture, step), step.edge)
        }
        At::Waiting(place) => {
            let waiting = &execution.waiting[place];
            let cell = waiting.cell.map(|cell| format!("{}.", execution.cell_name(cell)));
            (waiting.thread, format!("{}{} …", cell.unwrap_or_default(), waiting.action), None)
        }
    };
    let kind = match edge {
        Some(Edge::Begins) => "begins",
        Some(Edge::Ends) => "ends",
        None => "does",
    };
    html! {
        tr.fatal[stop.fatal] data-step=(stop.number) {
            th scope="row" { a href={ "#step=" (stop.number) } { (stop.number) } }
            @for lane in 0..execution.threads {
                @if lane == thread {
                    td class=(kind) { (text) @if stop.fatal { " " strong.mark { "✗ fatal" } } }
                } @else {
                    td {}
                }
            }
        }
    }
}

/// The step in a few words, with cells by their names.
fn short(picture: &Picture, step: &Step) -> String {
    match step.edge {
        Some(Edge::Begins) => return format!("┌ {}", step.action),
        Some(Edge::Ends) => return format!("└ {}", step.action.replacen(" -> ", " → ", 1)),
        None => {}
    }
    let on = step.cell.map(|cell| format!("{}.", picture.execution.cell_name(cell))).unwrap_or_default();
    let action = match &step.method {
        Some(method) => format!("{method} ({})", step.action),
        None => step.action.clone(),
    };
    let order = step.ordering.as_ref().map_or(String::new(), |order| format!(" {order}"));
    let value = match &step.value {
        Value::None => String::new(),
        Value::Read { value } => format!(": {value}"),
        Value::Wrote { value } => format!(" := {value}"),
        Value::Replaced { old, new } => format!(": {old} → {new}"),
        Value::Refused { seen, wanted } => format!(": refused, {seen} is not {wanted}"),
    };
    let stale = step.stale.as_ref().map_or(String::new(), |stale| match step.value {
        Value::Wrote { .. } => format!(" (before the newest, {})", stale.newest),
        _ => format!(" (stale; newest {})", stale.newest),
    });
    format!("{on}{action}{order}{value}{stale}")
}
