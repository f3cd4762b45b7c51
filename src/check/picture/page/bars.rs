//! The history: a bar for each call, and the attempt to put the calls into an order.

use crate::check::picture::words::capital;
use crate::check::picture::{Asked, Attempt, Conclusion, Execution};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// The name of the fatal call's bar within the page.
const FATAL: &str = "fatal-call";

/// Of a long history so many calls at its unexplained end are shown.
const MOST_BARS: usize = 240;

pub(super) fn history(attempt: &Attempt, execution: &Execution) -> Markup {
    let shown = shown(attempt);
    let left_out = attempt.calls.len() - shown.len();
    let scale = Scale::of(attempt, execution, &shown);
    let [caller, _] = attempt.callers();
    let threads: BTreeSet<usize> = shown.iter().map(|&call| attempt.calls[call].thread).collect();
    html! {
        section aria-labelledby="history" {
            h2 #history { "The calls in time" }
            p { (legend(attempt, execution)) }
            @if left_out > 0 { p { (left_out) " calls are left out: those that are far from where the order ends." } }
            div.history tabindex="0" role="region" aria-label={ "A lane of calls for each " (caller) } data-from=(scale.from) data-to=(scale.to) data-steps[!execution.steps.is_empty()] {
                ul.threads style={ "min-width:" (scale.width()) "rem" } {
                    @for thread in threads {
                        li {
                            span.who { (who(attempt, &shown, thread)) }
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

/// A link to the fatal call, where there are no steps of which one would be fatal.
pub(super) fn way_to_the_fatal(attempt: &Attempt) -> Markup {
    html! {
        @if let Some(call) = attempt.fatal {
            p { a href={ "#" (FATAL) } { "Go to the fatal call, " (named(attempt, call)) } }
        }
    }
}

/// What the bars show, as far as there is something of it.
fn legend(attempt: &Attempt, execution: &Execution) -> String {
    let mut legend = String::from(if execution.steps.is_empty() {
        "A bar is a call, from its beginning to its end; beginnings and ends are in their order, and not to scale."
    } else {
        "A bar is a call, from its first step to its last."
    });
    if !attempt.explained.is_empty() {
        legend += " A number in a bar is the call's place in the order below.";
    }
    if !attempt.stuck.is_empty() {
        legend += " ✗ marks a call that could come next by its time, and whose answer is wrong there.";
    }
    if attempt.fatal.is_some() {
        legend += " The fatal call is the one up to whose answer all that was known could be explained.";
    }
    if !attempt.pending.is_empty() {
        legend += " ? marks a call without an answer, which may have happened there or not.";
    }
    legend
}

/// Whose lane it is.
fn who(attempt: &Attempt, shown: &[usize], thread: usize) -> String {
    let own = shown.iter().find(|&&call| attempt.calls[call].thread == thread);
    own.map_or(String::new(), |&call| capital(&attempt.caller(call)))
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
    let all: BTreeSet<usize> =
        stuck.chain(attempt.fatal).chain(last).chain(rest.into_iter().take(MOST_BARS / 2)).collect();
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
    let fatal = attempt.fatal == Some(call);
    // Who jumps to the fatal call stands there: a screen reader reads on from it.
    html! {
        li.bar.stuck[stuck].fatal[fatal].open[end.is_none()] id=[fatal.then_some(FATAL)] tabindex=[fatal.then_some(-1)]
            style={ "left:" (scale.percent(from)) ";width:" (scale.percent(to - from)) } title=(attempt.name(call)) {
            @if let Some(place) = place { span.place { (place + 1) "." } " " }
            @if stuck { span.sign { "✗ " } }
            @if attempt.pending.contains(&call) { span.sign { "? " } }
            (attempt.name(call))
            @if fatal { " " strong { "(fatal)" } }
        }
    }
}

/// A call, whose it is, and where a log tells of it.
fn named(attempt: &Attempt, call: usize) -> String {
    format!("{} ({}{})", attempt.name(call), attempt.caller(call), lines(attempt, call))
}

/// The order that was tried, in words.
fn order(attempt: &Attempt) -> Markup {
    const LAST: usize = 20;
    let skipped = attempt.explained.len().saturating_sub(LAST);
    let named = |call: usize| named(attempt, call);
    html! {
        h3 { (title(attempt)) }
        @if attempt.explained.is_empty() { p { (nothing(attempt)) } }
        @if skipped > 0 { p { "After " (skipped) " calls:" } }
        ol.order start=(skipped + 1) { @for &call in &attempt.explained[skipped..] { li { (named(call)) } } }
        @if !attempt.stuck.is_empty() {
            p { (then(attempt)) }
            ul.order {
                @for stuck in &attempt.stuck {
                    li {
                        "✗ " (named(stuck.call))
                        @if !stuck.right.is_empty() { " – right would be " (stuck.right.join(" or ")) }
                    }
                }
            }
        }
        @if !attempt.pending.is_empty() {
            p { "These have no answer, and may have happened there or not:" }
            ul.order { @for &call in &attempt.pending { li { "? " (named(call)) } } }
        }
        @if !attempt.before.is_empty() {
            p { "What had ended before what, as the execution has it:" }
            ul.order { @for &(first, then) in &attempt.before { li { (named(first)) " before " (named(then)) } } }
        }
    }
}

/// Where a log tells of the call.
fn lines(attempt: &Attempt, call: usize) -> String {
    match attempt.calls[call].lines {
        None => String::new(),
        Some([first, last]) if first == last => format!(", line {first}"),
        Some([first, last]) => format!(", lines {first}-{last}"),
    }
}

fn title(attempt: &Attempt) -> String {
    let part = attempt.of_part();
    match attempt.conclusion {
        Conclusion::Explained => "An order that explains all answers".into(),
        Conclusion::Unexplained if attempt.longest => {
            format!("The longest beginning of an order that explains the answers{part}")
        }
        Conclusion::Unexplained => format!(
            "A beginning of an order that explains the answers{part}: the longest that was found when a limit was met"
        ),
        Conclusion::Unknown => "No order was found until the limit was met".into(),
    }
}

/// Why no order is shown.
fn nothing(attempt: &Attempt) -> String {
    match attempt.conclusion {
        Conclusion::Explained => "Nothing: no call was answered, so none has to have happened.".into(),
        Conclusion::Unexplained if attempt.longest => {
            format!("Nothing: no answer{} can be explained as the first.", attempt.of_part())
        }
        Conclusion::Unexplained => "Nothing yet.".into(),
        Conclusion::Unknown => "There may be one, or not.".into(),
    }
}

/// What leads to the calls that are stuck.
fn then(attempt: &Attempt) -> &'static str {
    match (attempt.explained.is_empty(), &attempt.stuck[..]) {
        (true, [_]) => "This one would have to come first, and cannot:",
        (true, _) => "One of these would have to come first, and none can:",
        (false, [_]) => "Then this one would have to come, and cannot:",
        (false, _) => "Then one of these would have to come, and none can:",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::picture::samples::{attempt, ring};

    /// So many calls of one thread, one after the other, of which so many can be explained.
    fn long(calls: u64, explained: usize) -> Attempt {
        let one = attempt().calls[0].clone();
        let calls = (0..calls).map(|at| Asked { start: 10 * at, end: Some(10 * at + 3), ..one.clone() });
        let mut attempt =
            Attempt { calls: calls.collect(), explained: (0..explained).collect(), ..attempt() };
        (attempt.stuck[0].call, attempt.fatal) = (explained, Some(explained));
        attempt
    }

    #[test]
    fn of_a_long_history_what_is_around_the_end_of_the_order_is_shown() {
        assert_eq!(shown(&long(240, 100)).len(), 240);
        let some = shown(&long(1000, 600));
        assert_eq!(some.len(), 240);
        assert_eq!((some[0], some[239]), (480, 719));
        assert!(some.contains(&600), "what is stuck is shown");
        let elsewhere = Attempt { fatal: Some(3), ..long(1000, 600) };
        assert!(shown(&elsewhere).contains(&3), "what is fatal is shown");
    }

    #[test]
    fn bars_lie_at_their_steps_or_in_the_order_of_their_times() {
        let picture = ring();
        let attempt = picture.execution.attempt.as_ref().unwrap();
        let steps = Scale::of(attempt, &picture.execution, &[0, 1]);
        assert_eq!((steps.from, steps.to), (1, 7));
        assert_eq!([1, 3, 4, 6].map(|time| steps.place(time)), [0, 2, 3, 5]);
        let times = Scale::of(&long(3, 2), &Execution::default(), &[0, 1, 2]);
        assert_eq!([0, 3, 10, 13, 20, 23].map(|time| times.place(time)), [0, 1, 2, 3, 4, 5]);
        assert_eq!((times.percent(3), times.to), ("50.000%".into(), 6));
    }

    #[test]
    fn a_bar_has_its_place_or_its_sign() {
        let mut attempt = attempt();
        let scale = Scale::of(&attempt, &Execution::default(), &[0, 1]);
        let text = |attempt: &Attempt, call| bar(attempt, call, &scale).into_string();
        assert!(text(&attempt, 0).contains("<span class=\"place\">1.</span> Push(7) → Pushed"));
        assert!(
            text(&attempt, 1).contains("<li class=\"bar stuck fatal\" id=\"fatal-call\" tabindex=\"-1\"")
        );
        assert!(text(&attempt, 1).contains("Pop → Popped(0) <strong>(fatal)</strong>"));
        assert!(!text(&attempt, 0).contains("fatal"));
        assert!(text(&attempt, 1).contains("<span class=\"sign\">✗ </span>Pop → Popped(0)"));
        (attempt.calls[0].end, attempt.calls[0].ret) = (None, None);
        assert!(text(&attempt, 0).contains("open") && text(&attempt, 0).contains("(no answer)"));
    }

    #[test]
    fn of_a_long_order_the_end_is_told() {
        let told = order(&long(30, 25)).into_string();
        assert!(
            told.contains("After 5 calls:") && told.contains("<ol class=\"order\" start=\"6\">"),
            "{told}"
        );
        assert_eq!(told.matches("<li>").count(), 21);
    }
}
