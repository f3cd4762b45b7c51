//! The execution in words: each step as a sentence, and how it came to the failure.
//!
//! What is said is read off the steps, without any knowledge of the structure.

use super::attempt::{Attempt, Conclusion};
use super::overtaken::Overtaken;
use super::step::{Edge, Place, Step, Value};
use super::{Execution, Picture};
use std::borrow::Cow;

/// Where it went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fatal {
    /// At the step with this number.
    Step(usize),
    /// At the step that this thread was about to take.
    Waiting(usize),
}

/// A call of a thread: the numbers of its first line and of its last.
pub(super) struct Span<'a> {
    pub call: &'a str,
    pub begins: usize,
    pub ends: usize,
}

impl Execution {
    /// What a cell is called: `tail`, or with its number where the name says too little: `buffer #4`.
    #[must_use]
    pub fn cell_name(&self, number: u32) -> String {
        let name = |number| self.cells.iter().find(|c| c.number == number).and_then(|c| c.name.as_deref());
        let Some(own) = name(number) else { return format!("cell #{number}") };
        let alone = self.cells.iter().filter(|cell| cell.name.as_deref() == Some(own)).count() == 1;
        if alone { own.into() } else { format!("{own} #{number}") }
    }

    /// The step as a sentence.
    #[must_use]
    pub fn sentence(&self, step: &Step) -> String {
        let Step { thread, action, edge, .. } = step;
        match edge {
            Some(Edge::Begins) => return format!("Thread {thread} calls {action}."),
            Some(Edge::Ends) => {
                let (call, answer) = action.split_once(" -> ").unwrap_or((action, "nothing"));
                return format!("Thread {thread} returns from {call} with the answer {answer}.");
            }
            None => {}
        }
        let order = step.ordering.as_ref().map_or(String::new(), |order| format!(", {order}"));
        // In parentheses: what the source calls it, what it is, with which ordering.
        let method = step.method.as_ref().map_or(String::new(), |method| format!("{method}: "));
        let Some(cell) = step.cell.map(|cell| self.cell_name(cell)) else {
            return format!("Thread {thread} {}.", without_cell(step, action, &order));
        };
        let what = match &step.value {
            Value::None if action == "read" => format!("reads {cell}, which is plain memory"),
            Value::None if action == "write" => format!("writes {cell}, which is plain memory"),
            Value::None => format!("does {action} on {cell}"),
            Value::Read { value } => format!("reads {cell} and finds {value} ({method}{action}{order})"),
            Value::Wrote { value } => format!("writes {value} to {cell} ({method}{action}{order})"),
            Value::Replaced { old, new } => {
                format!(
                    "finds {old} in {cell} and replaces it by {new}, in one step ({method}{action}{order})"
                )
            }
            Value::Refused { seen, wanted } if action == "spurious failure" => format!(
                "tries to change {cell} from {wanted}, and fails for no reason: {seen} is there ({method}{action}{order})"
            ),
            Value::Refused { seen, wanted } => {
                format!("would change {cell} if it held {wanted}, but finds {seen} ({method}{action}{order})")
            }
        };
        format!("Thread {thread} {what}.{}", staleness(step))
    }

    pub(super) fn step(&self, number: usize) -> Option<&Step> {
        self.steps.iter().find(|step| step.number == number)
    }

    /// The call that a step belongs to.
    pub(super) fn call_of(&self, step: &Step) -> Option<Span<'_>> {
        let edges = || self.steps.iter().filter(|other| other.thread == step.thread && other.edge.is_some());
        let begin = edges().rfind(|edge| edge.number <= step.number && edge.edge == Some(Edge::Begins))?;
        let end = edges().find(|edge| edge.number > begin.number && edge.edge == Some(Edge::Ends));
        let ends = end.map_or(usize::MAX, |end| end.number);
        (step.number <= ends).then_some(Span { call: &begin.action, begins: begin.number, ends })
    }

    /// The line at which the call has returned.
    fn return_of(&self, attempt: &Attempt, call: usize) -> Option<&Step> {
        let thread = attempt.calls[call].thread;
        let nth = attempt.calls[..call].iter().filter(|other| other.thread == thread).count();
        let left =
            attempt.calls.iter().filter(|other| other.thread == thread && other.ret.is_some()).count() - nth;
        // From the end: the first steps of a long execution are left out.
        let mut ends = self.steps.iter().filter(|s| s.thread == thread && s.edge == Some(Edge::Ends)).rev();
        ends.nth(left - 1)
    }
}

fn without_cell(step: &Step, action: &str, order: &str) -> String {
    match (&step.value, action) {
        (Value::Wrote { value }, "alloc") => format!("allocates {value}"),
        (Value::Wrote { value }, "free") => format!("frees {value}"),
        (Value::Wrote { value }, "retire") => format!("retires {value}: it is free once nobody can use it"),
        (Value::Read { value }, "access") => format!("uses {value}"),
        (_, "spawn") => "starts another thread".into(),
        (_, "join") => "waits for another thread, and that has ended".into(),
        (_, "spin" | "yield") => format!("waits for others ({action})"),
        _ => format!("does a {action}{order}"),
    }
}

fn staleness(step: &Step) -> String {
    let Some(stale) = &step.stale else { return String::new() };
    let newest = &stale.newest;
    match (&step.value, stale.from) {
        (Value::Wrote { .. }, _) => format!(" A newer value stays on top of it: {newest}."),
        (_, Some(from)) => {
            format!(" That is a stale read, of what step {from} wrote: the newest is {newest}.")
        }
        (_, None) => format!(" That is a stale read, of an older value: the newest is {newest}."),
    }
}

impl Picture {
    /// Where it went wrong, if steps are known.
    pub(super) fn fatal(&self) -> Option<Fatal> {
        let execution = &self.execution;
        if let Some(attempt) = &execution.attempt {
            let end = execution.return_of(attempt, attempt.fatal?)?;
            let overtaken = execution.overtaken(end).last().map(Overtaken::read);
            return Some(Fatal::Step(overtaken.unwrap_or(end.number)));
        }
        if self.nobody_goes_on() {
            return None;
        }
        let thread = execution.ran_last?;
        let waits = execution.waiting.iter().any(|waiting| waiting.thread == thread);
        let last = || execution.steps.iter().rfind(|step| step.thread == thread);
        if waits { Some(Fatal::Waiting(thread)) } else { Some(Fatal::Step(last()?.number)) }
    }

    /// Whether the failure is that all wait.
    pub(super) fn nobody_goes_on(&self) -> bool {
        ["deadlock", "blocks", "no progress: these"].iter().any(|words| self.message.starts_with(words))
    }

    /// What went wrong, in one line.
    pub(super) fn headline(&self) -> String {
        let attempt = self.execution.attempt.as_ref();
        if let Some(attempt) = attempt {
            match (attempt.conclusion, attempt.fatal) {
                (Conclusion::Explained, _) => {
                    return "There is an order of the calls that explains all answers.".into();
                }
                (Conclusion::Unexplained, Some(call)) => {
                    let caller = capital(&attempt.caller(call));
                    return format!("{caller} got a wrong answer: {}.", attempt.name(call));
                }
                (Conclusion::Unknown, _) => {
                    return "It is not known whether there is an order of the calls that explains all answers: a \
                            limit was met first."
                        .into();
                }
                (Conclusion::Unexplained, None) => {
                    return "No order of the calls explains all answers.".into();
                }
            }
        }
        self.message.lines().next().unwrap_or_default().into()
    }

    /// What the picture is of: heads the first chapter of its page.
    pub(super) fn topic(&self) -> &'static str {
        match self.execution.attempt.as_ref().map(|attempt| attempt.conclusion) {
            Some(Conclusion::Explained | Conclusion::Unknown) => "What was found",
            Some(Conclusion::Unexplained) | None => "What went wrong",
        }
    }

    /// What should have been so.
    pub(super) fn expectation(&self) -> Cow<'static, str> {
        let begins = |words: &[&str]| words.iter().any(|words| self.message.starts_with(words));
        if let Some(attempt) = &self.execution.attempt {
            return attempt.expectation().into();
        }
        if begins(&["use after free", "double free", "wild pointer"]) {
            "A node that was freed must not be used any more, nor be freed again."
        } else if begins(&["leak"]) {
            "Each node that was allocated has to be freed by the end."
        } else if begins(&["data race", "Causality violation"]) {
            "Two threads must not use the same plain memory, one of them to write, unless something orders the two."
        } else if self.nobody_goes_on() || begins(&["no progress"]) {
            "As long as there is something to do, some thread has to be able to do it."
        } else {
            "The program asserts what has to be so. Here the assertion does not hold, or something has panicked."
        }
        .into()
    }

    /// How it came to that: sentences, each read off the trace.
    pub(super) fn story(&self) -> Vec<String> {
        let execution = &self.execution;
        let mut story = Vec::new();
        if let Some(attempt) = &execution.attempt {
            story.extend(attempt.calls_by_thread());
            story.extend(attempt.told_part());
            story.extend(attempt.right_answers());
            let end = attempt.fatal.and_then(|call| execution.return_of(attempt, call));
            let overtaken = end.map(|end| execution.overtaken(end)).unwrap_or_default();
            story.extend(overtaken.iter().map(|pair| pair.told(execution)));
            story.extend(overtaken.last().and_then(|pair| pair.led(execution)));
            story.extend(end.into_iter().flat_map(|end| execution.stale_reads(end)));
        }
        match self.fatal() {
            _ if execution.attempt.is_some() => {}
            Some(Fatal::Step(number)) => {
                let step = execution.step(number);
                story.extend(
                    step.map(|step| format!("It failed with step {number}: {}", execution.sentence(step))),
                );
            }
            Some(Fatal::Waiting(thread)) => {
                let waiting = execution.waiting.iter().find(|waiting| waiting.thread == thread);
                story.extend(
                    waiting.map(|w| format!("It failed when thread {thread} was about to do {}.", w.text)),
                );
            }
            None => {}
        }
        if self.nobody_goes_on() {
            let at = |place: &Place| format!(" at {place}");
            story.extend(execution.waiting.iter().map(|w| {
                format!(
                    "Thread {} waits in {}{}.",
                    w.thread,
                    w.text,
                    w.place.as_ref().map_or(String::new(), at)
                )
            }));
        }
        story
    }

    /// Why the fatal step is that: sentences, and the steps that they are about.
    pub(super) fn reason(&self) -> (Vec<String>, Vec<usize>) {
        let execution = &self.execution;
        let attempt = execution.attempt.as_ref();
        let end = attempt.and_then(|attempt| execution.return_of(attempt, attempt.fatal?));
        let Some(pair) = end.and_then(|end| execution.overtaken(end).pop()) else {
            return Default::default();
        };
        let sentences = [Some(pair.told(execution)), pair.led(execution)];
        (sentences.into_iter().flatten().collect(), pair.others())
    }
}

/// A sentence begins with it.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

impl Execution {
    /// The stale reads of the call that ends with `end`.
    fn stale_reads(&self, end: &Step) -> Vec<String> {
        let Some(own) = self.call_of(end) else { return Vec::new() };
        let stale = self.steps.iter().filter(|step| {
            step.thread == end.thread
                && own.begins < step.number
                && step.number < own.ends
                && step.stale.is_some()
        });
        stale.map(|step| format!("In step {}: {}", step.number, self.sentence(step))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{edge, read, replaced, ring, step};
    use super::super::step::Stale;
    use super::*;

    #[test]
    fn a_step_is_a_sentence() {
        let Picture { execution, .. } = ring();
        let said: Vec<String> = execution.steps.iter().map(|step| execution.sentence(step)).collect();
        assert_eq!(
            said,
            [
                "Thread 0 calls Push(7).",
                "Thread 0 finds 0 in tail and replaces it by 1, in one step (compare_exchange, Relaxed).",
                "Thread 1 calls Pop.",
                "Thread 1 reads tail and finds 1 (load, Relaxed).",
                "Thread 1 finds 0 in buffer and replaces it by 0, in one step (take: swap, Relaxed).",
                "Thread 1 returns from Pop with the answer Popped(0).",
                "Thread 0 writes 7 to buffer (store, Relaxed).",
                "Thread 0 returns from Push(7) with the answer Pushed.",
            ]
        );
    }

    #[test]
    fn what_failed_is_no_change_and_what_is_stale_is_said_to_be() {
        let execution = ring().execution;
        let refused = |action| {
            let value = Value::Refused { seen: "1".into(), wanted: "0".into() };
            execution.sentence(&step(9, 0, 8, action, value))
        };
        assert!(refused("compare_exchange").contains("would change tail if it held 0, but finds 1"));
        assert!(refused("spurious failure").contains("fails for no reason: 1 is there"));
        let stale = |from| Stale { from, newest: "5".into() };
        let old = Step { stale: Some(stale(Some(1))), ..step(9, 1, 8, "load", read("1")) };
        assert!(execution.sentence(&old).ends_with("a stale read, of what step 1 wrote: the newest is 5."));
        let late = Value::Wrote { value: "4".into() };
        let late = Step { stale: Some(stale(None)), ..step(9, 1, 8, "store", late) };
        assert!(execution.sentence(&late).ends_with("A newer value stays on top of it: 5."));
        let nowhere = Step { cell: None, ..step(9, 1, 0, "free", Value::Wrote { value: "node 1".into() }) };
        assert_eq!(execution.sentence(&nowhere), "Thread 1 frees node 1.");
    }

    #[test]
    fn cells_of_one_name_are_told_apart_by_numbers() {
        let mut execution = ring().execution;
        assert_eq!((execution.cell_name(8), execution.cell_name(77)), ("tail".into(), "cell #77".into()));
        execution.cells[1].name = Some("tail".into());
        assert_eq!((execution.cell_name(8), execution.cell_name(9)), ("tail #8".into(), "tail #9".into()));
    }

    #[test]
    fn the_fatal_step_is_the_overtaken_read_else_the_return_else_what_was_complained_of() {
        let mut picture = ring();
        assert_eq!(picture.fatal(), Some(Fatal::Step(4)));
        picture.execution.steps[6] = step(6, 0, 8, "store", Value::Wrote { value: "7".into() });
        assert_eq!(picture.fatal(), Some(Fatal::Step(3)), "now it is the tail that was overtaken");
        picture.execution.steps.truncate(6);
        picture.execution.attempt.as_mut().unwrap().calls.truncate(2);
        assert_eq!(picture.fatal(), Some(Fatal::Step(5)), "nothing was overtaken");
        (picture.execution.attempt, picture.execution.ran_last) = (None, Some(1));
        assert_eq!(picture.fatal(), Some(Fatal::Step(5)));
        picture.message = "deadlock: all wait".into();
        assert_eq!(picture.fatal(), None, "that nobody goes on is nobody's step");
    }

    #[test]
    fn what_is_expected_depends_on_the_complaint() {
        let expects = |message: &str| {
            let bare = Picture { message: message.into(), ..Picture::bare("t") };
            bare.expectation().into_owned()
        };
        assert!(expects("use after free of node 1").contains("A node that was freed"));
        assert!(expects("leak: node 1").contains("has to be freed by the end"));
        assert!(expects("data race").contains("plain memory"));
        assert!(expects("deadlock").contains("some thread has to be able to do it"));
        assert!(expects("assertion failed").contains("The program asserts"));
        assert!(ring().expectation().contains("a call that has returned before another is made"));
    }

    #[test]
    fn a_step_of_no_call_has_none() {
        let mut execution = ring().execution;
        execution.steps.push(edge(8, 0, Edge::Begins, "Pop"));
        execution.steps.push(step(9, 0, 8, "swap", replaced("1", "2")));
        let call = |number| execution.call_of(execution.step(number).unwrap()).map(|span| span.call);
        assert_eq!((call(6), call(9)), (Some("Push(7)"), Some("Pop")));
        execution.steps.remove(0);
        assert!(execution.call_of(&execution.steps[0]).is_none());
    }
}
