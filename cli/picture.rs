//! What is told, as a page.

use crate::report::{Report, Verdict, answer, question};
use selvedge::check::picture::{Asked, Attempt, Conclusion, Picture, Stuck};
use selvedge::log::Log;

/// The picture.
pub fn picture(report: &Report, log: &Log) -> Picture {
    let calls = log.calls.iter().map(|call| Asked {
        thread: call.process,
        caller: Some(format!("process {}", log.processes[call.process])),
        lines: Some([call.invoked, call.returned.unwrap_or(call.invoked)]),
        op: question(call),
        ret: call.answer.is_some().then(|| answer(call)),
        start: call.start,
        end: call.answer.is_some().then_some(call.end),
    });
    let attempt = Attempt {
        calls: calls.collect(),
        conclusion: match report.verdict {
            Verdict::Yes => Conclusion::Explained,
            Verdict::No => Conclusion::Unexplained,
            Verdict::Unknown => Conclusion::Unknown,
        },
        order: report.criterion.order(),
        parts: report.parts,
        part: report.part.as_ref().map(ToString::to_string),
        explained: report.order.iter().map(|told| told.call).collect(),
        stuck: report.stuck.iter().map(stuck).collect(),
        longest: report.longest,
        pending: report.perhaps.iter().map(|told| told.call).collect(),
        before: Vec::new(),
        fatal: fatal(report, log),
    };
    Picture::of_attempt(&report.file, attempt)
}

/// The call that has spoiled it: up to before its answer all could be explained.
///
/// In real time it is the first to return of those that are stuck. The longest beginning holds all calls that returned
/// before some moment, and there is none that holds those up to a later one too: so the next call that returned is not
/// explainable with them. It is stuck, since what has to come before it has returned before it. Other parts could be
/// explained for longer: this one went wrong first.
fn fatal(report: &Report, log: &Log) -> Option<usize> {
    let stuck = report.stuck.iter().map(|stuck| stuck.told.call);
    stuck.min_by_key(|&call| log.calls[call].end).filter(|_| report.knows_where())
}

fn stuck(stuck: &crate::report::Stuck) -> Stuck {
    let right = stuck.right.iter().map(ToString::to_string).collect();
    Stuck { call: stuck.told.call, right, earlier: Vec::new() }
}
