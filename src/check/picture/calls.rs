//! The calls in words: who asked what, what was asked of an order of the calls, and what would have been right.

use super::attempt::{Attempt, Conclusion, Earlier, Stuck};
use super::words::capital;
use crate::check::history::Order;

/// So many calls are told one by one.
const MOST_TOLD: usize = 12;
/// So many calls of an order are named.
const MOST_NAMED: usize = 3;

impl Attempt {
    /// What has to be so, and whether it is.
    pub(super) fn expectation(&self) -> String {
        let [caller, _] = self.callers();
        let rule: &str = match self.order {
            Order::RealTime => "one in which a call that has returned before another is made comes before it",
            Order::Program => &format!("one in which each {caller}'s calls come in their order"),
            Order::PerKey => {
                &format!("one for each part, in which each {caller}'s calls of that part come in their order")
            }
            Order::Quiescent => {
                "one in which calls come in their order if there was a moment between them at which nobody was calling"
            }
            Order::Given => {
                "one in which a call that was surely over before another was made comes before it"
            }
        };
        let here = match self.conclusion {
            Conclusion::Explained => "Here there is such an order.",
            Conclusion::Unexplained => "Here there is no such order.",
            Conclusion::Unknown => "Whether there is such an order here was not found out.",
        };
        format!(
            "Each answer has to be what it would be if the calls were made one after the other, in some order: {rule}. \
             {here}"
        )
    }

    /// Who asked what, where there is little enough to be told.
    pub(super) fn calls_by_thread(&self) -> Vec<String> {
        let threads = self.threads();
        if self.calls.len() > MOST_TOLD {
            let [_, callers] = self.callers();
            return vec![format!("{} {callers} made {} calls.", threads.len(), self.calls.len())];
        }
        let of = |thread: usize| {
            let calls: Vec<_> =
                (0..self.calls.len()).filter(|&call| self.calls[call].thread == thread).collect();
            let caller = capital(&self.caller(*calls.first()?));
            let names: Vec<_> = calls.into_iter().map(|call| self.name(call)).collect();
            Some(format!("{caller} called, and got: {}.", names.join("; then ")))
        };
        threads.into_iter().filter_map(of).collect()
    }

    /// That not all calls are about what is told.
    pub(super) fn told_part(&self) -> Option<String> {
        let parts = self.parts;
        let first =
            if self.longest && self.order == Order::RealTime { ", which went wrong first" } else { "" };
        let part = match &self.part {
            Some(part) => format!("{part}{first}"),
            None => format!("one that cannot be explained{first}"),
        };
        (parts > 1 && self.conclusion == Conclusion::Unexplained).then(|| {
            format!(
                "The calls are about {parts} things that have nothing to do with each other, and each is judged by itself. \
                 What is told here is of {part}."
            )
        })
    }

    /// ` of key "a"`, where what could not be explained is of one part of several.
    pub(super) fn of_part(&self) -> String {
        match &self.part {
            _ if self.parts == 1 || self.conclusion != Conclusion::Unexplained => String::new(),
            Some(part) => format!(" of {part}"),
            None => " of that part".into(),
        }
    }

    /// What the stuck calls could have answered.
    pub(super) fn right_answers(&self) -> Vec<String> {
        let after = match self.explained.len() {
            0 => match self.of_part() {
                part if part.is_empty() => "As the first of all calls".to_string(),
                part => format!("As the first of the calls{part}"),
            },
            1..=MOST_NAMED => {
                let names: Vec<_> = self.explained.iter().map(|&call| self.name(call)).collect();
                format!("After {}", names.join(", then "))
            }
            calls => format!("After the {calls} calls that can be explained"),
        };
        let missing = match self.pending.len() {
            0 => "",
            1 => ", whether the call without an answer has happened by then or not",
            _ => ", whichever of the calls without an answer have happened by then",
        };
        let stuck = self.stuck.iter().filter(|stuck| !stuck.right.is_empty());
        stuck.map(|stuck| format!("{after}{missing}, {}", self.could(stuck))).collect()
    }

    /// What a stuck call could have answered, there and before.
    fn could(&self, stuck: &Stuck) -> String {
        let asked = &self.calls[stuck.call];
        let got = asked.ret.as_deref().unwrap_or("nothing");
        let right = stuck.right.join(" or ");
        let told = format!("{} of {} could only answer {right}", asked.op, self.caller(stuck.call));
        let fits = |place: &&Earlier| place.right.iter().any(|right| right == got);
        if let Some(place) = stuck.earlier.iter().rfind(fits) {
            let before = self.name(place.before);
            let but = match place.barred.map(|call| self.name(call)) {
                Some(barred) if self.order == Order::RealTime => {
                    format!("{barred} had returned when it was made")
                }
                Some(barred) => format!("{barred} has to come before it"),
                None => "then what comes after it could not be explained".into(),
            };
            return format!(
                "{told}. It answered {got}, which would have been right before {before}; but {but}."
            );
        }
        let mut elsewhere: Vec<&str> = Vec::new();
        let places: Vec<&Earlier> = stuck.earlier.iter().filter(|place| place.barred.is_none()).collect();
        for right in places.iter().flat_map(|place| &place.right) {
            if !elsewhere.contains(&right.as_str()) {
                elsewhere.push(right);
            }
        }
        let elsewhere = elsewhere.join(" or ");
        match &places[..] {
            [] => format!("{told}, and it answered {got}."),
            [place] => {
                format!("{told}, and before {} only {elsewhere}. It answered {got}.", self.name(place.before))
            }
            _ => {
                format!("{told}, and anywhere before where it may come only {elsewhere}. It answered {got}.")
            }
        }
    }
}
