//! The words that a page uses, explained: those that it uses, and no others.

use crate::check::history::Order;
use crate::check::picture::Picture;
use maud::{Markup, html};

/// A word, what it means, and whether a page uses it.
type Entry = (&'static str, &'static str, fn(&Picture) -> bool);

fn orders(picture: &Picture, order: &str) -> bool {
    picture.execution.steps.iter().any(|step| step.ordering.as_deref().is_some_and(|own| own == order))
}

fn does(picture: &Picture, action: &str) -> bool {
    picture.execution.steps.iter().any(|step| step.edge.is_none() && step.action.starts_with(action))
}

const ENTRIES: [Entry; 17] = [
    (
        "Step",
        "What one thread does to shared memory at once. Threads can be interrupted between any two steps, and not within one.",
        |p| !p.execution.steps.is_empty(),
    ),
    (
        "Fatal step",
        "The step at which it went wrong: the one that read what was not, or not any more, as the call took it to be; else the one that was complained of.",
        |p| p.fatal().is_some(),
    ),
    ("Call", "An operation of the structure, as push or pop. The arrow → precedes its answer.", |p| {
        p.execution.attempt.is_some()
    }),
    ("┌, └", "A call begins, a call ends.", |p| p.execution.steps.iter().any(|step| step.edge.is_some())),
    (
        "Linearizable",
        "The answers are those of the calls made one after the other, in an order that keeps what had ended before something else began.",
        |p| {
            p.execution
                .attempt
                .as_ref()
                .is_some_and(|attempt| p.about.is_some() || attempt.order == Order::RealTime)
        },
    ),
    (
        "Cell",
        "A place in shared memory: an atomic variable, plain memory, a lock. It has the name that the source calls it by, and a number (#) where several share a name.",
        |p| !p.execution.cells.is_empty(),
    ),
    ("load, store", "An atomic read, an atomic write.", |p| does(p, "load") || does(p, "store")),
    (
        "compare_exchange",
        "Writes a new value if the cell holds the expected one, and says otherwise what it holds: in one step.",
        |p| does(p, "compare_exchange"),
    ),
    ("swap, fetch_add, fetch_sub", "Reads a value and writes another, in one step.", |p| {
        does(p, "swap") || does(p, "fetch_")
    }),
    (
        "read, write",
        "Plain memory is used. If two threads do so at once, and one writes, that is a data race.",
        |p| does(p, "read") || does(p, "write"),
    ),
    ("Relaxed", "An ordering that promises nothing about other cells.", |p| orders(p, "Relaxed")),
    (
        "Acquire",
        "An ordering of reads: who reads what a Release wrote sees all that its thread did before.",
        |p| orders(p, "Acquire") || orders(p, "AcqRel"),
    ),
    (
        "Release",
        "An ordering of writes: who reads this with Acquire sees all that was done before it. What is done after it need not be seen.",
        |p| orders(p, "Release") || orders(p, "AcqRel"),
    ),
    ("SeqCst", "An ordering: all steps that have it are in one order, which all threads agree on.", |p| {
        orders(p, "SeqCst")
    }),
    (
        "Stale read",
        "A read that did not find the newest value. Weak memory allows it as long as nothing orders the two.",
        |p| p.execution.steps.iter().any(|step| step.stale.is_some()),
    ),
    (
        "Node: alive, retired, freed",
        "Memory on the heap. Retired: given up, but kept for those that may still look at it. Freed: gone.",
        |p| !p.execution.nodes.is_empty(),
    ),
    ("Spurious failure", "A weak compare-exchange may fail for no reason.", |p| does(p, "spurious")),
];

pub(super) fn glossary(picture: &Picture) -> Markup {
    let used: Vec<_> = ENTRIES.iter().filter(|(.., used)| used(picture)).collect();
    html! {
        @if !used.is_empty() {
            section aria-labelledby="words" {
                h2 #words { "The words on this page" }
                dl { @for (word, meaning, _) in used { dt { (word) } dd { (meaning) } } }
            }
        }
    }
}
