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
        explained: report.order.iter().map(|told| told.call).collect(),
        stuck: report.stuck.iter().map(stuck).collect(),
        longest: report.longest,
        pending: report.perhaps.iter().map(|told| told.call).collect(),
        before: Vec::new(),
        fatal: None,
    };
    Picture::of_attempt(&report.file, attempt)
}

fn stuck(stuck: &crate::report::Stuck) -> Stuck {
    let right = stuck.right.iter().map(ToString::to_string).collect();
    Stuck { call: stuck.told.call, right, earlier: Vec::new() }
}
