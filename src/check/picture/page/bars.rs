//! The history: a bar for each call, and the attempt to put the calls into an order.

use crate::check::picture::{Asked, Attempt, Conclusion, Execution};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Of a long history so many calls at its unexplained end are shown.
const MOST_BARS: usize = 240;

pub(super) fn history(attempt: &Attempt, execution: &Execution) -> Markup {
    let shown = shown(attempt);
    let left_out = attempt.calls.len() - shown.len();
    let scale = Scale::of(attempt, execution, &shown);
    let threads: BTreeSet<usize> = shown.iter().map(|&call| attempt.calls[call].thread).collect();
    html! {
        section aria-labelledby="history" {
            h2 #history { "The calls in time" }
            p { "A bar is a call, from its first step to its last. A number in a bar is the call's place in the order that was tried; ✗ marks a call that could come next in no order." }
            @if left_out > 0 { p { (left_out) " calls that can be explained are left out." } }
            div.history tabindex="0" role="region" aria-label="A lane of calls for each thread" data-from=(scale.from) data-to=(scale.to) data-steps[!execution.steps.is_empty()] {
                ul.threads style={ "min-width:" (scale.width()) "rem" } {
                    @for thread in threads {
                        li {
                            span.who { "Thread " (thread) }
                            ul.bars {
                                @for &call in shown.iter().filter(|call| attempt.calls[**call].thread == thread) {
                                    (bar(attempt, call, &scale))
                                }
                            }
                        }
                    }
                }
            }
            (order(attempt))
        }
    }
}

/// The calls that are shown: all, or of a long history those around what could not be explained.
fn shown(attempt: &Attempt) -> Vec<usize> {
    if attempt.calls.len() <= MOST_BARS {
        return (0..attempt.calls.len()).collect();
    }
    let explained: BTreeSet<usize> = attempt.explained.iter().copied().collect();
    let mut rest: Vec<usize> = (0..attempt.calls.len()).filter(|call| !explained.contains(call)).collect();
    rest.sort_by_key(|&call| attempt.calls[call].start);
    let stuck = attempt.stuck.iter().map(|stuck| stuck.call);
    let last = attempt.explained.iter().rev().take(MOST_BARS / 2).copied();
    let all: BTreeSet<usize> = stuck.chain(last).chain(rest.into_iter().take(MOST_BARS / 2)).collect();
    all.into_iter().collect()
}

/// Where moments are, between 0 and 1: the numbers of steps, or, where there are none, the ranks of the times.
struct Scale {
    times: Option<Vec<u64>>,
    from: u64,
    to: u64,
}

impl Scale {
    fn of(attempt: &Attempt, execution: &Execution, shown: &[usize]) -> Self {
        let calls = || shown.iter().map(|&call| &attempt.calls[call]);
        let times: BTreeSet<u64> = calls().flat_map(|call| [Some(call.start), call.end]).flatten().collect();
        if execution.steps.is_empty() {
            let to = times.len() as u64;
            return Scale { times: Some(times.into_iter().collect()), from: 0, to };
        }
        let last = execution.steps.last().map_or(0, |step| step.number as u64 + 1);
        let (from, to) = (times.first().copied().unwrap_or(0), times.last().map_or(last, |most| most + 1));
        Scale { times: None, from, to: to.max(from + 1) }
    }

    fn place(&self, time: u64) -> u64 {
        match &self.times {
            Some(times) => times.partition_point(|other| *other < time) as u64,
            None => time - self.from,
        }
    }

    fn percent(&self, place: u64) -> String {
        format!("{:.3}%", 100.0 * place as f64 / (self.to - self.from).max(1) as f64)
    }

    fn width(&self) -> u64 {
        (self.to - self.from) + 8
    }
}

fn bar(attempt: &Attempt, call: usize, scale: &Scale) -> Markup {
    let Asked { start, end, .. } = attempt.calls[call];
    let from = scale.place(start);
    let to = end.map_or(scale.to - scale.from, |end| scale.place(end) + 1);
    let place = attempt.explained.iter().position(|&other| other == call);
    let stuck = attempt.stuck.iter().any(|stuck| stuck.call == call);
    html! {
        li.bar.stuck[stuck].fatal[attempt.fatal == Some(call)].open[end.is_none()]
            style={ "left:" (scale.percent(from)) ";width:" (scale.percent(to - from)) } {
            @if let Some(place) = place { span.place { (place + 1) "." } " " }
            @if stuck { span.sign { "✗ " } }
            (attempt.name(call))
        }
    }
}

/// The order that was tried, in words.
fn order(attempt: &Attempt) -> Markup {
    const LAST: usize = 20;
    let skipped = attempt.explained.len().saturating_sub(LAST);
    let named = |call: usize| format!("{} (thread {})", attempt.name(call), attempt.calls[call].thread);
    html! {
        h3 {
            @match attempt.conclusion {
                Conclusion::Explained => "An order that explains all answers",
                Conclusion::Unexplained => "The longest beginning of an order that explains the answers",
                Conclusion::Unknown => "The longest beginning of an order that was found when the search was stopped",
            }
        }
        @if attempt.explained.is_empty() { p { "Nothing: no call can come first." } }
        @if skipped > 0 { p { "After " (skipped) " calls:" } }
        ol.order start=(skipped + 1) { @for &call in &attempt.explained[skipped..] { li { (named(call)) } } }
        @if !attempt.stuck.is_empty() {
            p { "Then one of these would have to come, and none can:" }
            ul.order {
                @for stuck in &attempt.stuck {
                    li {
                        "✗ " (named(stuck.call))
                        @if !stuck.right.is_empty() { " – right would be " (stuck.right.join(" or ")) }
                    }
                }
            }
        }
        @if !attempt.before.is_empty() {
            p { "What had ended before what, as the execution has it:" }
            ul.order { @for &(first, then) in &attempt.before { li { (named(first)) " before " (named(then)) } } }
        }
    }
}
