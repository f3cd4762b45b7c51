//! The execution in words: each step as a sentence, and how it came to the failure.
//!
//! What is said is read off the steps, without any knowledge of the structure. That a read *was overtaken* is a
//! fact of the trace: another thread wrote the cell later, in a call that had begun before the read or began
//! before the call of the read had ended. Most mistakes of lock-free code show as such a pair.

use super::attempt::{Attempt, Conclusion};
use super::step::{Edge, Step, Value};
use super::{Execution, Picture};

/// Where it went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fatal {
    /// At the step with this number.
    Step(usize),
    /// At the step that this thread was about to take.
    Waiting(usize),
}

/// A read, and the write of another thread that came after it.
#[derive(Clone, Copy, Debug)]
struct Overtaken<'a> {
    read: &'a Step,
    write: &'a Step,
}

/// A call of a thread: the numbers of its first line and of its last, and its place in the trace.
struct Span<'a> {
    call: &'a str,
    begins: usize,
    ends: usize,
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
        let Some(cell) = step.cell.map(|cell| self.cell_name(cell)) else {
            return format!("Thread {thread} {}.", without_cell(step, action, &order));
        };
        let what = match &step.value {
            Value::None if action == "read" => format!("reads {cell}, which is plain memory"),
            Value::None if action == "write" => format!("writes {cell}, which is plain memory"),
            Value::None => format!("does {action} on {cell}"),
            Value::Read { value } => format!("reads {cell} and finds {value} ({action}{order})"),
            Value::Wrote { value } => format!("writes {value} to {cell} ({action}{order})"),
            Value::Replaced { old, new } => {
                format!("finds {old} in {cell} and replaces it by {new}, in one step ({action}{order})")
            }
            Value::Refused { seen, wanted } if action == "spurious failure" => format!(
                "tries to change {cell} from {wanted}, and fails for no reason: {seen} is there ({action}{order})"
            ),
            Value::Refused { seen, wanted } => {
                format!("would change {cell} if it held {wanted}, but finds {seen} ({action}{order})")
            }
        };
        format!("Thread {thread} {what}.{}", staleness(step))
    }

    fn step(&self, number: usize) -> Option<&Step> {
        self.steps.iter().find(|step| step.number == number)
    }

    /// The call that a step belongs to.
    fn call_of(&self, step: &Step) -> Option<Span<'_>> {
        let edges = || self.steps.iter().filter(|other| other.thread == step.thread && other.edge.is_some());
        let begin = edges().rfind(|edge| edge.number <= step.number && edge.edge == Some(Edge::Begins))?;
        let end = edges().find(|edge| edge.number > begin.number && edge.edge == Some(Edge::Ends));
        let ends = end.map_or(usize::MAX, |end| end.number);
        (step.number <= ends).then_some(Span { call: &begin.action, begins: begin.number, ends })
    }

    /// The reads of the call that ends with `end` that another thread's write has overtaken.
    fn overtaken(&self, end: &Step) -> Vec<Overtaken<'_>> {
        let Some(own) = self.call_of(end) else { return Vec::new() };
        let mine =
            |step: &&Step| step.thread == end.thread && own.begins < step.number && step.number < own.ends;
        let pairs = self.steps.iter().filter(mine).filter(|step| reads(step)).filter_map(|read| {
            let later = |step: &&Step| {
                step.number > read.number
                    && step.cell == read.cell
                    && step.thread != read.thread
                    && writes(step)
            };
            let write = self.steps.iter().find(later)?;
            // Two of these do the same in either order, but for what they return.
            if counts(read) && counts(write) {
                return None;
            }
            let begun = self.call_of(write).is_some_and(|call| call.begins < read.number);
            (begun || write.number < own.ends).then_some(Overtaken { read, write })
        });
        pairs.collect()
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

fn reads(step: &Step) -> bool {
    match step.value {
        Value::Read { .. } | Value::Replaced { .. } | Value::Refused { .. } => step.cell.is_some(),
        Value::None => step.action == "read",
        Value::Wrote { .. } => false,
    }
}

fn writes(step: &Step) -> bool {
    match step.value {
        Value::Wrote { .. } | Value::Replaced { .. } => true,
        _ => step.action == "write",
    }
}

/// A read-modify-write that adds or subtracts.
fn counts(step: &Step) -> bool {
    matches!(step.action.as_str(), "fetch_add" | "fetch_sub")
}

impl Picture {
    /// Where it went wrong, if steps are known.
    pub(super) fn fatal(&self) -> Option<Fatal> {
        let execution = &self.execution;
        if let Some(attempt) = &execution.attempt {
            let end = execution.return_of(attempt, attempt.fatal?)?;
            let overtaken = execution.overtaken(end).last().map(|pair| pair.read.number);
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
                (Conclusion::Explained, _) => return "Explained: there is an order of the calls.".into(),
                (Conclusion::Unexplained, Some(call)) => {
                    let thread = attempt.calls[call].thread;
                    return format!("Thread {thread} got a wrong answer: {}.", attempt.name(call));
                }
                (Conclusion::Unknown, _) => return "Unknown: the search was stopped before it knew.".into(),
                (Conclusion::Unexplained, None) => {
                    return "Not linearizable: no order of the calls explains their answers.".into();
                }
            }
        }
        self.message.lines().next().unwrap_or_default().into()
    }

    /// What should have been so.
    pub(super) fn expectation(&self) -> &'static str {
        let begins = |words: &[&str]| words.iter().any(|words| self.message.starts_with(words));
        if self.execution.attempt.is_some() {
            "Each answer has to be what the structure would say if the calls were made one after the other, in some \
             order: one in which a call that has returned before another is made comes before it. Here there is no \
             such order."
        } else if begins(&["use after free", "double free", "wild pointer"]) {
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
    }

    /// How it came to that: sentences, each read off the trace.
    pub(super) fn story(&self) -> Vec<String> {
        let execution = &self.execution;
        let mut story = Vec::new();
        if let Some(attempt) = &execution.attempt {
            story.extend(attempt.calls_by_thread());
            story.extend(attempt.right_answers());
            let end = attempt.fatal.and_then(|call| execution.return_of(attempt, call));
            story.extend(
                end.map(|end| execution.overtaken(end))
                    .into_iter()
                    .flatten()
                    .map(|pair| told(execution, pair)),
            );
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
            let waiting = execution.waiting.iter();
            story.extend(waiting.map(|w| format!("Thread {} waits in {} at {}.", w.thread, w.text, w.place)));
        }
        story
    }
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

fn told(execution: &Execution, Overtaken { read, write }: Overtaken<'_>) -> String {
    let call = |step| execution.call_of(step).map_or(String::new(), |span| format!(", in {},", span.call));
    let cell = read.cell.map(|cell| execution.cell_name(cell)).unwrap_or_default();
    let found = match &read.value {
        Value::Read { value } | Value::Replaced { old: value, .. } | Value::Refused { seen: value, .. } => {
            format!(" and found {value}")
        }
        _ => String::new(),
    };
    let put = match &write.value {
        Value::Wrote { value } | Value::Replaced { new: value, .. } => format!("{value} there"),
        _ => "there".into(),
    };
    let begun = execution.call_of(write).filter(|call| call.begins < read.number);
    let begun =
        begun.map_or(String::new(), |call| format!(" That call had begun in step {} already.", call.begins));
    let (thread, number) = (read.thread, read.number);
    format!(
        "In step {number} thread {thread}{} read {cell}{found}. Thread {}{} wrote {put} only afterwards, in step {}.{begun}",
        call(read),
        write.thread,
        call(write),
        write.number
    )
}

impl Attempt {
    /// Who asked what, where there is little enough to be told.
    fn calls_by_thread(&self) -> Vec<String> {
        let threads = self.threads();
        if self.calls.len() > 12 {
            return vec![format!("{} threads made {} calls.", threads.len(), self.calls.len())];
        }
        let of = |thread: usize| {
            let calls: Vec<_> =
                (0..self.calls.len()).filter(|&call| self.calls[call].thread == thread).collect();
            let names: Vec<_> = calls.into_iter().map(|call| self.name(call)).collect();
            (!names.is_empty())
                .then(|| format!("Thread {thread} called, and got: {}.", names.join("; then ")))
        };
        threads.into_iter().filter_map(of).collect()
    }

    /// What the stuck calls could have answered.
    fn right_answers(&self) -> Vec<String> {
        let after = match self.explained.last() {
            None => "If it is taken as the first of all calls".to_string(),
            Some(_) if self.explained.len() > 3 => {
                format!("After the {} calls that can be explained", self.explained.len())
            }
            Some(_) => {
                let names: Vec<_> = self.explained.iter().map(|&call| self.name(call)).collect();
                format!("After {}", names.join(", then "))
            }
        };
        let stuck = self.stuck.iter().filter(|stuck| !stuck.right.is_empty());
        let sentences = stuck.map(|stuck| {
            let asked = &self.calls[stuck.call];
            let got = asked.ret.as_deref().unwrap_or("nothing");
            format!(
                "{after}, {} of thread {} could only answer {}, and it answered {got}.",
                asked.op,
                asked.thread,
                stuck.right.join(" or ")
            )
        });
        sentences.collect()
    }
}
