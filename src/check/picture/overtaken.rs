//! Reads that were overtaken: most mistakes of lock-free code show as one.
//!
//! That a read *was overtaken* is a fact of the trace: another thread wrote the cell later, in a call that had begun
//! before the read or began before the call of the read had ended. What *led* the reader there is one too: before that
//! read it had read elsewhere what the same call of the other thread had written already.

use super::Execution;
use super::step::{Step, Value};

/// A read, and the write of another thread that came after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Overtaken<'a> {
    read: &'a Step,
    write: &'a Step,
    led: Option<Led<'a>>,
}

/// The call of the later write had written something before, and the reader had read that.
#[derive(Clone, Copy, Debug)]
struct Led<'a> {
    wrote: &'a Step,
    seen: &'a Step,
}

impl Execution {
    /// The reads of the call that ends with `end` that another thread's write has overtaken.
    pub(super) fn overtaken(&self, end: &Step) -> Vec<Overtaken<'_>> {
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
            let led = self.led(read, write, own.begins);
            (begun || write.number < own.ends).then_some(Overtaken { read, write, led })
        });
        pairs.collect()
    }

    /// What led to the read, in a call that begins with the step `begins`: the last of what it had read.
    fn led(&self, read: &Step, write: &Step, begins: usize) -> Option<Led<'_>> {
        let call = self.call_of(write).filter(|call| call.begins < read.number)?;
        let mine =
            |step: &&Step| step.thread == read.thread && begins < step.number && step.number < read.number;
        self.steps.iter().rev().filter(mine).filter(|step| reads(step) && step.cell != read.cell).find_map(
            |seen| {
                let earlier =
                    |step: &&Step| step.number < seen.number && step.cell == seen.cell && writes(step);
                let wrote = match &seen.stale {
                    Some(stale) => self.step(stale.from?)?,
                    None => self.steps.iter().rfind(earlier)?,
                };
                (wrote.thread == write.thread && wrote.number > call.begins).then_some(Led { wrote, seen })
            },
        )
    }
}

impl Overtaken<'_> {
    /// The number of the read.
    pub(super) fn read(&self) -> usize {
        self.read.number
    }

    /// The numbers of the other steps.
    pub(super) fn others(&self) -> Vec<usize> {
        let led = self.led.iter().flat_map(|led| [led.wrote.number, led.seen.number]);
        led.chain([self.write.number]).collect()
    }

    /// That it was overtaken, and by what.
    pub(super) fn told(&self, execution: &Execution) -> String {
        let Overtaken { read, write, .. } = self;
        let call =
            |step| execution.call_of(step).map_or(String::new(), |span| format!(", in {},", span.call));
        let cell = name(execution, read);
        let found = found(read).map_or(String::new(), |value| format!(" and found {value}"));
        let put = put(write).map_or("there".into(), |value| format!("{value} there"));
        let begun = execution.call_of(write).filter(|call| call.begins < read.number);
        let begun = begun
            .map_or(String::new(), |call| format!(" That call had begun in step {} already.", call.begins));
        let (thread, number) = (read.thread, read.number);
        format!(
            "In step {number} thread {thread}{} read {cell}{found}. Thread {}{} wrote {put} only afterwards, in step {}.{begun}",
            call(read),
            write.thread,
            call(write),
            write.number
        )
    }

    /// What led to it.
    pub(super) fn led(&self, execution: &Execution) -> Option<String> {
        let Overtaken { read, write, led } = self;
        let Led { wrote, seen } = (*led)?;
        let call = execution.call_of(write)?.call;
        let (first, second) = (name(execution, wrote), name(execution, write));
        let value = put(wrote).map_or("what".into(), |value| format!("the {value} that"));
        let (reader, writer) = (read.thread, write.thread);
        Some(format!(
            "What led thread {reader} there: in step {} it had read, in {first}, {value} thread {writer} wrote in step \
             {}. So {call} wrote {first} first (step {}) and {second} after it (step {}), and thread {reader}, which \
             went by {first}, came to {second} between the two.",
            seen.number, wrote.number, wrote.number, write.number
        ))
    }
}

fn name(execution: &Execution, step: &Step) -> String {
    step.cell.map(|cell| execution.cell_name(cell)).unwrap_or_default()
}

/// What a read found.
fn found(step: &Step) -> Option<&str> {
    match &step.value {
        Value::Read { value } | Value::Replaced { old: value, .. } | Value::Refused { seen: value, .. } => {
            Some(value)
        }
        Value::Wrote { .. } | Value::None => None,
    }
}

/// What a write put there.
fn put(step: &Step) -> Option<&str> {
    match &step.value {
        Value::Wrote { value } | Value::Replaced { new: value, .. } => Some(value),
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::super::samples::{read, replaced, ring, step};
    use super::*;

    fn numbers(execution: &Execution) -> Vec<(usize, Vec<usize>)> {
        let end = execution.step(5).expect("the return of the pop");
        execution.overtaken(end).iter().map(|pair| (pair.read(), pair.others())).collect()
    }

    #[test]
    fn a_read_is_overtaken_by_a_later_write_of_a_call_under_way() {
        let mut execution = ring().execution;
        assert_eq!(numbers(&execution), [(4, vec![1, 3, 6])]);
        execution.steps[6].thread = 1;
        assert_eq!(numbers(&execution), [], "a thread does not overtake itself");
        execution.steps[6] = step(6, 0, 9, "load", read("0"));
        assert_eq!(numbers(&execution), [], "nor does a read");
        execution.steps[6] = step(6, 0, 9, "fetch_add", replaced("0", "7"));
        execution.steps[4] = step(4, 1, 9, "fetch_add", replaced("0", "0"));
        assert_eq!(numbers(&execution), [], "nor do two that count");
    }

    #[test]
    fn what_led_to_it_was_written_by_the_same_call_and_read_by_the_reader() {
        let led = |change: fn(&mut Execution)| {
            let mut execution = ring().execution;
            change(&mut execution);
            let pairs = execution.overtaken(execution.step(5).expect("the return"));
            pairs.last().and_then(|pair| pair.led(&execution))
        };
        assert!(led(|_| {}).is_some());
        assert!(led(|e| e.steps[1].thread = 1).is_none(), "another thread wrote it");
        assert!(led(|e| e.steps[3].cell = Some(10)).is_none(), "something else was read");
        assert!(
            led(|e| e.steps[0].action = "Pop".into())
                .is_some_and(|told| told.contains("So Pop wrote tail first"))
        );
    }
}
