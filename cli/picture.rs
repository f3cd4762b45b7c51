//! What is told, as a page.

use crate::report::{Report, Verdict, answer, question};
use selvedge::check::picture::{Asked, Attempt, Conclusion, Execution, FORMAT, Picture, Stuck, render};
use selvedge::log::Log;

/// The page.
pub fn page(report: &Report, log: &Log) -> String {
    let calls = log.calls.iter().map(|call| Asked {
        thread: call.process,
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
        explained: report.order.iter().map(|told| told.call).collect(),
        stuck: report.stuck.iter().map(stuck).collect(),
        before: Vec::new(),
        fatal: None,
    };
    render(&Picture {
        format: FORMAT,
        title: report.file.clone(),
        about: None,
        message: String::new(),
        execution: Execution::of_history(attempt),
        schedule: None,
        test: None,
        sources: Vec::new(),
    })
}

fn stuck(stuck: &crate::report::Stuck) -> Stuck {
    let right = stuck.right.iter().map(ToString::to_string).collect();
    Stuck { call: stuck.told.call, right }
}
