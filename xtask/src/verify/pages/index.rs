//! The page of all: the matrix, what must be found, the gaps, and a link to each picture.

use super::super::builds::ENGINES;
use super::super::defects::titled;
use super::super::outcome::Ran;
use super::super::report::{LEGEND, Report};
use super::super::{controls, matrix};
use super::{found, has_page, name};
use maud::{Markup, html};
use selvedge::check::picture::document;
use selvedge::check::{Outcome, Record};
use std::collections::{BTreeMap, BTreeSet};

pub fn page(report: &Report) -> String {
    let pages = Pages::of(&report.tests);
    let body = html! {
        body {
            header {
                h1 { "The verification matrix" }
                p.about { (report.heading()) }
                p { strong { (report.conclusion()) } }
                nav { a href="index.json" { "The same as JSON" } }
            }
            main {
                @if !report.gaps.is_empty() {
                    section aria-labelledby="gaps" {
                        h2 #gaps { "Gaps" }
                        ol { @for gap in &report.gaps { li.gap { (gap) } } }
                    }
                }
                (held(&report.tests, &pages))
                (controlled(report))
                section aria-labelledby="legend" {
                    h2 #legend { "What the words mean" }
                    pre tabindex="0" { (LEGEND) }
                }
            }
        }
    };
    document("Selvedge: the verification matrix", &body).into_string()
}

/// The same as data, without the steps: those have files of their own.
pub fn data(report: &Report) -> serde_json::Result<String> {
    let mut report = report.clone();
    for record in report.tests.iter_mut().flat_map(|ran| &mut ran.records) {
        if let Outcome::Failed(failure) = &mut record.outcome {
            failure.execution = None;
        }
    }
    serde_json::to_string_pretty(&report)
}

/// The pages of models that must hold, by structure, property and engine.
struct Pages<'a>(BTreeMap<Cell<'a>, Vec<(&'a Ran, &'a Record)>>);

/// Structure, property, engine.
type Cell<'a> = (&'a str, &'a str, &'a str);

impl<'a> Pages<'a> {
    fn of(tests: &'a [Ran]) -> Self {
        let mut pages: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (ran, record) in found(tests).filter(|(_, record)| record.defect.is_none()) {
            let Record { structure, property, engine, .. } = record;
            pages.entry((&**structure, &**property, &**engine)).or_default().push((ran, record));
        }
        Pages(pages)
    }
}

fn headings(first: [&str; 2], engines: &BTreeSet<usize>) -> Markup {
    html! {
        thead {
            tr {
                @for heading in first { th scope="col" { (heading) } }
                @for &engine in engines { th scope="col" { (ENGINES[engine]) } }
            }
        }
    }
}

fn link(ran: &Ran, record: &Record, text: &str) -> Markup {
    html! { a href={ (name(ran, record)) ".html" } { (text) } }
}

fn held(tests: &[Ran], pages: &Pages<'_>) -> Markup {
    let rows = matrix::rows(tests);
    let engines: BTreeSet<usize> = rows.values().flat_map(|row| row.keys().copied()).collect();
    let none = Vec::new();
    html! {
        @if !rows.is_empty() {
            section aria-labelledby="held" {
                h2 #held { "What must hold" }
                div.history tabindex="0" role="region" aria-labelledby="held" {
                    table.cells {
                        (headings(["Structure", "Property"], &engines))
                        tbody {
                            @for ((structure, property), row) in &rows {
                                tr {
                                    th scope="row" { (structure) }
                                    th scope="row" { (property) }
                                    @for &engine in &engines {
                                        @let column = ENGINES[engine].to_string();
                                        @let failed = pages.0.get(&(*structure, *property, &*column)).unwrap_or(&none);
                                        td.gap[!failed.is_empty()] {
                                            (row.get(&engine).map_or("–".into(), matrix::Cell::text))
                                            @for (ran, record) in failed { "\n" (link(ran, record, &ran.test.name)) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn controlled(report: &Report) -> Markup {
    let rows = controls::rows(&report.tests);
    let engines: BTreeSet<usize> = rows.values().flat_map(|row| row.keys().copied()).collect();
    html! {
        @if !rows.is_empty() {
            section aria-labelledby="found" {
                h2 #found { "What must be found" }
                p { "Each of these is code known to be wrong. A link leads to the execution that shows it, step by step." }
                div.history tabindex="0" role="region" aria-labelledby="found" {
                    table.cells {
                        (headings(["Defect", "Control"], &engines))
                        tbody {
                            @for ((_, id, control), row) in &rows {
                                tr {
                                    th scope="row" { (titled(id, &report.required)) }
                                    th scope="row" { (control) }
                                    @for engine in &engines {
                                        @match row.get(engine) {
                                            None => td { "–" },
                                            Some((ran, record)) => {
                                                @let (text, gap) = controls::said(record);
                                                td.gap[gap] {
                                                    @if has_page(record) { (link(ran, record, &text)) } @else { (text) }
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
