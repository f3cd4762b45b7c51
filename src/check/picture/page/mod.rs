//! The page: one file of HTML, with its style and its script in it, and nothing fetched from anywhere.
//!
//! Everything that can be seen is in the page when it is loaded: a section for each step, of which the script
//! shows one. So what is shown is computed here and tested here, and the script only moves. Without the script
//! the page is long, and complete.
//!
//! What a colour says is said by a word or a sign as well.

mod bars;
mod glossary;
mod moment;
mod replay;
mod trace;
mod visible;

use super::moments::Moments;
use super::words::Fatal;
use super::{About, Picture};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What the numbers beside the calls are in the engine's words.
const BRACKETS: &str = "In brackets: when a call began and when it ended, as the engine counts. These need not be the numbers of the steps below.";

/// The page of a picture.
#[must_use]
pub fn render(picture: &Picture) -> String {
    page(picture, None).into_string()
}

/// The page of a picture, with links to the page of all pictures and to the same data as JSON: relative paths.
#[must_use]
pub fn render_beside(picture: &Picture, index: &str, json: &str) -> String {
    page(picture, Some((index, json))).into_string()
}

/// A whole page: this title, the style of all pages, and `body`, an element of that name. For pages beside these.
/// Characters that cannot be seen are written out as `\u{202e}`.
#[must_use]
pub fn document(title: &str, body: &Markup) -> Markup {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // Without an icon of its own, a browser would ask the server for one.
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            (body)
        }
    };
    PreEscaped(visible::visible(&page.into_string()))
}

fn page(picture: &Picture, links: Option<(&str, &str)>) -> Markup {
    let execution = &picture.execution;
    let moments = Moments::of(execution);
    let stops = Stops::of(picture);
    let body = html! {
        body data-fatal=[stops.fatal_number()] {
            header {
                @if let Some((index, json)) = links {
                    nav aria-label="This report" { a href=(index) { "All pictures" } " · " a href=(json) { "The same as JSON" } }
                }
                h1 { (picture.title) }
                @if let Some(about) = &picture.about { (about_line(about)) }
            }
            main {
                (what_happened(picture, &stops))
                @if !stops.all.is_empty() {
                    section aria-labelledby="steps" {
                        h2 #steps { "Step by step" }
                        (controls(&stops))
                        div.split {
                            (trace::trace(picture, &stops))
                            (moment::moments(picture, &moments, &stops))
                        }
                    }
                }
                @if let Some(attempt) = &execution.attempt { (bars::history(attempt, execution)) }
                (replay::replay(picture))
                (glossary::glossary(picture))
            }
            script { (PreEscaped(SCRIPT)) }
        }
    };
    document(&picture.title, &body)
}

fn about_line(about: &About) -> Markup {
    html! {
        p.about {
            (about.structure) " · " (about.property) " · found by " strong { (about.engine) }
            " in execution " (about.executions) " · " code { (about.model) }
        }
    }
}

fn what_happened(picture: &Picture, stops: &Stops) -> Markup {
    html! {
        section aria-labelledby="what" {
            h2 #what { (picture.topic()) }
            p.headline { (picture.headline()) }
            p { strong { "Expected: " } (picture.expectation()) }
            @let story = picture.story();
            @if !story.is_empty() {
                ol.story { @for sentence in story { li { (sentence) } } }
            }
            @if let Some(number) = stops.fatal_number() {
                p { a href={ "#step=" (number) } { "Go to the fatal step, " (number) } }
            } @else if let Some(attempt) = &picture.execution.attempt {
                (bars::way_to_the_fatal(attempt))
            }
            @if !picture.message.is_empty() {
                details {
                    summary { "In the words of the engine" }
                    pre { (picture.message) }
                    @if picture.execution.attempt.is_some() { p { (BRACKETS) } }
                }
            }
        }
    }
}

fn controls(stops: &Stops) -> Markup {
    html! {
        div.controls role="group" aria-label="Go through the steps" {
            button type="button" data-go="first" { "First" }
            button type="button" data-go="back" { "← Back" }
            button type="button" data-go="on" { "On →" }
            button type="button" data-go="last" { "Last" }
            span.hint { "Keys: " kbd { "←" } " " kbd { "→" } " " kbd { "Home" } " " kbd { "End" } }
        }
        p #now role="status" aria-live="polite" data-of=(stops.all.len()) { "The script of this page does not run: all steps are shown below." }
    }
}

/// A place where the reader can stand: a step, or a step that was about to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stop {
    /// The number in the address of the page.
    number: usize,
    /// The place among the steps, or among those that were about to be taken.
    at: At,
    fatal: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Step(usize),
    Waiting(usize),
}

/// All places where the reader can stand, in their order.
struct Stops {
    all: Vec<Stop>,
}

impl Stops {
    fn of(picture: &Picture) -> Self {
        let (execution, fatal) = (&picture.execution, picture.fatal());
        let steps = execution.steps.iter().enumerate().map(|(place, step)| Stop {
            number: step.number,
            at: At::Step(place),
            fatal: fatal == Some(Fatal::Step(step.number)),
        });
        let next = execution.steps.last().map_or(0, |step| step.number + 1);
        let waiting = execution.waiting.iter().enumerate().map(|(place, waiting)| Stop {
            number: next + place,
            at: At::Waiting(place),
            fatal: fatal == Some(Fatal::Waiting(waiting.thread)),
        });
        Stops { all: steps.chain(waiting).collect() }
    }

    fn fatal_number(&self) -> Option<usize> {
        self.all.iter().find(|stop| stop.fatal).map(|stop| stop.number)
    }
}

#[cfg(test)]
mod tests;
