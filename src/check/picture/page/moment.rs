//! What can be seen at each stop: the step as a sentence, the source, memory, nodes.

use super::{At, Stop, Stops};
use crate::check::picture::{Held, Life, Moment, Moments, Picture, Place};
use maud::{Markup, html};

/// What is said of a step without a line.
const OWN: &str = "This is a step of the checker, which starts the threads and waits for them. It has no line in what is checked.";

pub(super) fn moments(picture: &Picture, moments: &Moments, stops: &Stops) -> Markup {
    html! {
        div.moments {
            @for stop in &stops.all { (moment(picture, moments, stop)) }
        }
    }
}

fn moment(picture: &Picture, moments: &Moments, stop: &Stop) -> Markup {
    let execution = &picture.execution;
    let last = moments.all().last();
    let (thread, sentence, place, memory, is_edge) = match stop.at {
        At::Step(at) => {
            let step = &execution.steps[at];
            (
                step.thread,
                execution.sentence(step),
                step.place.as_ref(),
                moments.all().get(at),
                step.edge.is_some(),
            )
        }
        At::Waiting(at) => {
            let waiting = &execution.waiting[at];
            let sentence = format!("Thread {} is about to do {}.", waiting.thread, waiting.text);
            (waiting.thread, sentence, waiting.place.as_ref(), last, false)
        }
    };
    let fatal = if stop.fatal { " This is the fatal step." } else { "" };
    html! {
        section.moment data-step=(stop.number) aria-label={ "Step " (stop.number) } {
            p.say { "Step " (stop.number) ": " (sentence) (fatal) }
            @if stop.fatal { (reason(picture)) }
            @if let Some(place) = place { (source(picture, place, thread)) }
            @if place.is_none() && !is_edge { p { (OWN) } }
            @if stop.fatal && place.is_none() {
                @if let Some(raised) = &picture.execution.raised { (source(picture, raised, thread)) }
            }
            @if let Some(memory) = memory { (cells(picture, memory)) (nodes(picture, memory)) }
        }
    }
}

/// Why it went wrong here, with links to the steps that it is about.
fn reason(picture: &Picture) -> Markup {
    let (sentences, steps) = picture.reason();
    html! {
        @for sentence in sentences { p.why { (sentence) } }
        @if !steps.is_empty() {
            p { "Go to " @for (nth, step) in steps.iter().enumerate() { @if nth > 0 { ", " } a href={ "#step=" (step) } { "step " (step) } } }
        }
    }
}

fn source(picture: &Picture, place: &Place, thread: usize) -> Markup {
    let excerpt = picture.excerpt(place);
    html! {
        figure.source {
            figcaption { "Thread " (thread) " is at " code { (place) } }
            @match excerpt {
                Some(excerpt) if excerpt.missing.is_none() => {
                    @let indent = indent(&excerpt.lines);
                    pre tabindex="0" {
                        @for (number, line) in (excerpt.first..).zip(&excerpt.lines) {
                            @if number == place.line {
                                mark { span.number { "▶" (number) } " " (line.get(indent..).unwrap_or_default()) } "\n"
                            } @else {
                                span.number { " " (number) } " " (line.get(indent..).unwrap_or_default()) "\n"
                            }
                        }
                    }
                }
                Some(excerpt) => { p { "The source cannot be shown: " (excerpt.missing.as_deref().unwrap_or_default()) "." } }
                None => { p { "The source was not read." } }
            }
        }
    }
}

/// How many blanks all lines begin with.
fn indent(lines: &[String]) -> usize {
    let lines = lines.iter().filter(|line| !line.trim().is_empty());
    lines.map(|line| line.len() - line.trim_start_matches(' ').len()).min().unwrap_or(0)
}

fn cells(picture: &Picture, memory: &Moment) -> Markup {
    let cells = &picture.execution.cells;
    html! {
        @if !cells.is_empty() {
            table.memory {
                caption { "Memory after this step" }
                thead { tr { th scope="col" { "Cell" } th scope="col" { "Holds" } th scope="col" { "Written in step" } } }
                tbody {
                    @for (cell, held) in cells.iter().zip(&memory.cells) {
                        tr.touched[held.touched] {
                            th scope="row" { (picture.execution.cell_name(cell.number)) @if held.touched { " ◀ this step" } }
                            td { (value(held)) }
                            td { @match held.written { Some(step) => { a href={ "#step=" (step) } { (step) } }, None => "–" } }
                        }
                    }
                }
            }
        }
    }
}

fn value(held: &Held) -> &str {
    held.value.as_deref().unwrap_or("(not shown)")
}

fn nodes(picture: &Picture, memory: &Moment) -> Markup {
    let nodes = picture.execution.nodes.iter().zip(&memory.nodes);
    let nodes: Vec<_> = nodes.filter_map(|(node, life)| Some((node, (*life)?))).collect();
    html! {
        @if !nodes.is_empty() {
            h3 { "Nodes on the heap" }
            ul.nodes {
                @for (node, life) in nodes { li class=(word(life)) { (node.name) ": " (word(life)) } }
            }
        }
    }
}

fn word(life: Life) -> &'static str {
    match life {
        Life::Alive => "alive",
        Life::Retired => "retired",
        Life::Freed => "freed",
    }
}
