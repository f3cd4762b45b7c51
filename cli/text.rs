//! What is told, for people: a summary, and the calls at the place where it went wrong.

use crate::bars::{Bar, draw};
use crate::report::{Report, Told, Verdict};
use selvedge::log::{Log, Process};
use std::fmt::Write;

/// So many calls of the order are shown, those at its end.
const SHOWN: usize = 10;
/// So many calls that are stuck are shown, and of those that have perhaps happened.
const STUCK: usize = 6;

/// A call of the order by its place there, from 1; a stuck one by a letter; one that has perhaps happened by `?`.
struct Marked<'r> {
    mark: String,
    told: &'r Told,
    remark: String,
}

/// The report as text.
pub fn of(report: &Report, log: &Log) -> String {
    let mut out = summary(report);
    let marked = marked(report);
    if marked.is_empty() {
        if report.verdict == Verdict::No {
            out += &format!("\n{}\n", heading(report));
        }
        return out;
    }
    let left = report.order.len().saturating_sub(SHOWN);
    // Writing into a string cannot fail.
    let _ = writeln!(out, "\n{}:\n", heading(report));
    let bars: Vec<Bar> = marked.iter().map(|marked| bar(marked, log)).collect();
    let mut lanes: Vec<usize> = bars.iter().map(|bar| bar.process).collect();
    lanes.sort_unstable();
    lanes.dedup();
    let names: Vec<_> = lanes.into_iter().map(|lane| (lane, name(&log.processes[lane]))).collect();
    out += &draw(&bars, &names);
    out.push('\n');
    if left > 0 {
        let _ = writeln!(out, "     … {left} before");
    }
    let wide = |text: fn(&Marked) -> usize| marked.iter().map(text).max().unwrap_or(0);
    let process = wide(|marked| name(&marked.told.process).chars().count());
    let lines = wide(|marked| lines(marked.told).chars().count());
    for Marked { mark, told, remark } in &marked {
        let (name, at) = (name(&told.process), self::lines(told));
        let _ = writeln!(out, "{mark:>6}  {name:process$}  {at:lines$}  {}{remark}", told.text);
    }
    let more = report.stuck.len().saturating_sub(STUCK) + report.perhaps.len().saturating_sub(STUCK);
    if more > 0 {
        let _ = writeln!(out, "     … {more} more");
    }
    out
}

/// What the bars show.
fn heading(report: &Report) -> String {
    if report.verdict != Verdict::No {
        return "The calls can have happened in the order of their numbers".into();
    }
    let then = match &report.stuck[..] {
        [_] => "the one with a letter cannot",
        _ => "none of those with letters can",
    };
    let anyway = if report.perhaps.is_empty() { "" } else { ", whether those with ? have happened or not" };
    let part = match &report.part {
        Some(part) if report.knows_where() => format!(" of {part}, which went wrong first,"),
        Some(part) => format!(" of {part}"),
        None => String::new(),
    };
    let count = report.order.len();
    let (calls, ordered) =
        (plural(count, "call", "s"), if count > 0 { ", in the order of their numbers" } else { "" });
    match count {
        _ if !report.longest => {
            format!("At least {calls}{part} can be explained{ordered}; there the search for more was ended")
        }
        0 => format!("No call{part} can be explained: {then} come first{anyway}"),
        _ => format!("{calls}{part} can be explained{ordered}, and then {then} come next{anyway}"),
    }
}

fn plural(count: usize, one: &str, end: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { end })
}

fn summary(report: &Report) -> String {
    let Report { file, spec, calls, processes, parts, .. } = report;
    let adjective = report.criterion.adjective();
    let verdict = match (report.verdict, &report.limit) {
        (Verdict::Yes, _) => adjective.to_string(),
        (Verdict::No, _) => format!("NOT {adjective}: no order of the calls explains all answers"),
        (Verdict::Unknown, limit) => format!("unknown: {}", limit.as_deref().unwrap_or("a limit was met")),
    };
    let mut out = format!(
        "{file}: {verdict}\n{} of {} on {} {spec}",
        plural(*calls, "call", "s"),
        plural(*processes, "process", "es"),
        spec.article()
    );
    let mut add = |text: String| out += &format!(", {text}");
    add(plural(*parts, "part", "s"));
    if report.pending > 0 {
        add(format!("{} without an answer", report.pending));
    }
    if report.failed > 0 {
        add(format!("{} more that failed and are left out", report.failed));
    }
    if report.nemesis > 0 {
        add(format!("{} of the nemesis left out", plural(report.nemesis, "line", "s")));
    }
    let [read, judged] = [report.seconds_reading, report.seconds_judging].map(|seconds| seconds * 1e3);
    out + &format!("\nread in {read:.1} ms as {}, judged in {judged:.1} ms\n", report.format)
}

fn marked(report: &Report) -> Vec<Marked<'_>> {
    // An order that fits on the screen is worth to be seen; a longer one is not.
    if report.verdict == Verdict::Yes && report.order.len() > SHOWN {
        return Vec::new();
    }
    let first = report.order.len().saturating_sub(SHOWN);
    let ordered = report.order.iter().enumerate().skip(first).map(|(nth, told)| Marked {
        mark: (nth + 1).to_string(),
        told,
        remark: String::new(),
    });
    let stuck = report.stuck.iter().zip('A'..='Z').take(STUCK).map(|(stuck, letter)| {
        let right: Vec<String> = stuck.right.iter().map(ToString::to_string).collect();
        let remark = match &right[..] {
            [] => String::new(),
            right => format!("   (right would be {})", right.join(" or ")),
        };
        Marked { mark: letter.into(), told: &stuck.told, remark }
    });
    let perhaps = report.perhaps.iter().take(STUCK);
    let perhaps = perhaps.map(|told| Marked { mark: "?".into(), told, remark: String::new() });
    ordered.chain(stuck).chain(perhaps).collect()
}

fn bar(marked: &Marked<'_>, log: &Log) -> Bar {
    let call = &log.calls[marked.told.call];
    let end = call.answer.is_some().then_some(call.end);
    Bar { process: call.process, mark: marked.mark.clone(), start: call.start, end }
}

fn name(process: &Process) -> String {
    format!("process {process}")
}

fn lines(told: &Told) -> String {
    match told.returned {
        Some(returned) if returned != told.invoked => format!("lines {}-{returned}", told.invoked),
        _ => format!("line {}", told.invoked),
    }
}
