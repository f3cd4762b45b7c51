//! From the events of the execution that has just failed to plain data.

use super::step::{Cell, Edge, Node, Place, Stale, Step, Value, Waiting};
use super::{Attempt, Execution};
use crate::check::execute::{self, BEGINS, ENDS};
use crate::sync::model::{self, Event, Object, Value as Bits, node_name};
use std::collections::BTreeMap;
use std::panic::Location;

/// How many of the last steps are kept.
const KEPT: usize = 300;

impl From<&Location<'_>> for Place {
    fn from(place: &Location<'_>) -> Self {
        Place { file: place.file().replace('\\', "/"), line: place.line(), column: place.column() }
    }
}

/// Where in the source, unless it is the harness's own: of how it starts threads and waits for them nothing is to be seen.
fn place(at: &Location<'_>) -> Option<Place> {
    (at.file() != execute::FILE).then(|| at.into())
}

/// What can be told of the execution so far. `attempt` is its history, if that is what failed; `raised` is where.
pub(in crate::check) fn record(raised: Option<&Location<'_>>, attempt: Option<Attempt>) -> Execution {
    let events = model::events();
    let skipped = events.len().saturating_sub(KEPT);
    let mut steps = steps(&events);
    let cells = cells(&steps, skipped);
    let nodes = nodes(&events);
    steps.drain(..skipped);
    let waiting = model::all_pending().into_iter().map(|(thread, pending)| Waiting {
        thread,
        place: place(pending.place),
        cell: cell_of(pending.object),
        action: pending.action.into(),
        text: pending.object.does(pending.action),
    });
    let waiting: Vec<Waiting> = waiting.collect();
    let numbers = events.iter().map(|event| event.thread).chain(waiting.iter().map(|w| w.thread));
    let threads = numbers.max().map_or(0, |most| most + 1);
    let attempt = attempt.map(|attempt| attempt.timed_by(&steps));
    // Of a history that is not explained, the harness complains: its place would say nothing.
    let raised = raised.filter(|_| attempt.is_none()).and_then(place);
    let ran_last = model::ran_last();
    Execution { threads, skipped, steps, waiting, ran_last, raised, cells, nodes, attempt }
}

fn cell_of(object: Object) -> Option<u32> {
    (object != Object::NONE).then_some(object.0)
}

/// Which steps wrote which bits where: what is needed to tell what a read has read.
#[derive(Default)]
struct Writes(BTreeMap<Object, Vec<(usize, usize, u64)>>);

impl Writes {
    fn add(&mut self, number: usize, event: &Event) {
        if let Bits::Wrote(bits) | Bits::Replaced(_, bits) = event.value {
            self.0.entry(event.object).or_default().push((number, event.thread, bits));
        }
    }

    /// What the read of `event` shows of its age, which loom does not tell and the explorer does.
    fn stale(&self, event: &Event, show: &dyn Fn(u64) -> String) -> Option<Stale> {
        let writes = self.0.get(&event.object).map_or(&[][..], Vec::as_slice);
        let last_of =
            |wanted: &dyn Fn(usize, u64) -> bool| writes.iter().rev().find(|(_, t, v)| wanted(*t, *v));
        match (event.stale, event.value) {
            (Some(told), value) => {
                let read = if let Bits::Read(bits) = value { Some(bits) } else { None };
                let from = told.from.and_then(|(thread, _)| last_of(&|t, v| t == thread && Some(v) == read));
                Some(Stale { from: from.map(|(number, ..)| *number), newest: show(told.newest) })
            }
            (None, Bits::Read(bits)) => {
                let (.., newest) = *writes.last().filter(|(.., newest)| *newest != bits)?;
                let from = last_of(&|_, v| v == bits).map(|(number, ..)| *number);
                Some(Stale { from, newest: show(newest) })
            }
            _ => None,
        }
    }
}

fn steps(events: &[Event]) -> Vec<Step> {
    let mut writes = Writes::default();
    events.iter().enumerate().map(|(number, event)| step(number, event, &mut writes)).collect()
}

fn step(number: usize, event: &Event, writes: &mut Writes) -> Step {
    let name = |bits: u64| node_name(bits, number);
    let show = |bits: u64| event.shown(bits, &name);
    let value = match event.value {
        Bits::None => Value::None,
        Bits::Read(value) => Value::Read { value: show(value) },
        Bits::Wrote(value) => Value::Wrote { value: show(value) },
        Bits::Replaced(old, new) => Value::Replaced { old: show(old), new: show(new) },
        Bits::Refused(seen, wanted) => Value::Refused { seen: show(seen), wanted: show(wanted) },
    };
    let stale = if event.object == Object::NONE { None } else { writes.stale(event, &show) };
    if event.text.is_none() {
        writes.add(number, event);
    }
    let (edge, action) = edge(event).map_or((None, event.action), |(edge, call)| (Some(edge), call));
    Step {
        number,
        thread: event.thread,
        edge,
        // So is a note the harness's own.
        place: if event.action == "note" { None } else { place(event.place) },
        cell: cell_of(event.object),
        action: action.into(),
        method: None,
        ordering: event.order.map(|order| format!("{order:?}")),
        value,
        stale,
        text: event.describe(&name),
    }
}

/// Whether the event is the note of a call, and of which.
fn edge(event: &Event) -> Option<(Edge, &str)> {
    let text = event.text.as_deref()?;
    let begins = text.strip_prefix(BEGINS).map(|call| (Edge::Begins, call));
    begins.or_else(|| Some((Edge::Ends, text.strip_prefix(ENDS)?)))
}

/// The cells, with what they held when `skipped` steps had been made.
fn cells(steps: &[Step], skipped: usize) -> Vec<Cell> {
    let mut cells: BTreeMap<u32, Cell> = BTreeMap::new();
    for step in steps {
        let Some(number) = step.cell else { continue };
        let first = match &step.value {
            Value::Read { value } if step.stale.is_none() => Some(value),
            Value::Replaced { old, .. } => Some(old),
            Value::Refused { seen, .. } => Some(seen),
            _ => None,
        };
        let cell = cells.entry(number);
        let cell = cell.or_insert_with(|| Cell { number, name: None, before: first.cloned() });
        if step.number < skipped
            && step.stale.is_none()
            && let Value::Wrote { value } | Value::Replaced { new: value, .. } = &step.value
        {
            cell.before = Some(value.clone());
        }
    }
    cells.into_values().collect()
}

/// The nodes, from the steps that allocate, retire and free them.
fn nodes(events: &[Event]) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut latest: BTreeMap<u64, usize> = BTreeMap::new();
    for (number, event) in events.iter().enumerate() {
        let (Bits::Wrote(address), true) = (event.value, event.object == Object::NONE) else { continue };
        if event.action == "alloc" {
            let name = node_name(address, number).unwrap_or_else(|| format!("node at {address:#x}"));
            latest.insert(address, nodes.len());
            nodes.push(Node { name, born: number, retired: None, freed: None });
        } else if let Some(node) = latest.get(&address).map(|&nth| &mut nodes[nth]) {
            match event.action {
                "retire" => node.retired = Some(number),
                "free" => node.freed = Some(number),
                _ => {}
            }
        }
    }
    nodes
}

impl Attempt {
    /// The same with the times of the trace: the first and the last own step of each call.
    fn timed_by(mut self, steps: &[Step]) -> Self {
        for (number, call) in self.calls_in_order() {
            let mine: Vec<&Step> = steps.iter().filter(|step| step.thread == call.0).collect();
            let begins = mine.iter().enumerate().filter(|(_, step)| step.edge == Some(Edge::Begins));
            let Some((from, begin)) = begins.map(|(place, step)| (place, step.number)).nth(call.1) else {
                continue;
            };
            let own = mine[from..].iter().skip(1).take_while(|step| step.edge.is_none());
            let numbers: Vec<u64> = own.map(|step| step.number as u64).collect();
            let asked = &mut self.calls[number];
            asked.start = numbers.first().copied().unwrap_or(begin as u64);
            asked.end = asked.end.map(|_| numbers.last().copied().unwrap_or(begin as u64));
        }
        self
    }

    /// The number of each call, with its thread and as its how-many-eth.
    fn calls_in_order(&self) -> Vec<(usize, (usize, usize))> {
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        let calls = self.calls.iter().enumerate().map(|(number, call)| {
            let nth = seen.entry(call.thread).or_default();
            *nth += 1;
            (number, (call.thread, *nth - 1))
        });
        calls.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::history::{Call, History, Order};
    use crate::check::linearizability::Judgement;
    use crate::check::specs::{Register, RegisterOp, RegisterRet};
    use crate::sync::model;

    const TAIL: Object = Object(4);

    #[track_caller]
    fn event(thread: usize, object: Object, action: &'static str, value: Bits) -> Event {
        let place = Location::caller();
        Event { thread, place, object, action, order: None, value, pointers: false, text: None, stale: None }
    }

    fn note(thread: usize, text: &str) -> Event {
        Event { text: Some(text.into()), ..event(thread, Object::NONE, "note", Bits::None) }
    }

    #[test]
    fn notes_of_calls_are_edges_without_a_place() {
        let events = [
            note(1, "┌ Pop"),
            event(1, TAIL, "load", Bits::Read(3)),
            note(1, "└ Pop -> Empty"),
            note(1, "else"),
        ];
        let steps = steps(&events);
        let edges: Vec<_> = steps.iter().map(|step| (step.edge, step.action.as_str())).collect();
        let wanted =
            [(Some(Edge::Begins), "Pop"), (None, "load"), (Some(Edge::Ends), "Pop -> Empty"), (None, "note")];
        assert_eq!(edges, wanted);
        assert!(steps[0].place.is_none() && steps[0].cell.is_none());
        let place = steps[1].place.as_ref().expect("a place");
        assert!(place.file.ends_with("picture/recording.rs") && place.line == events[1].place.line());
        assert_eq!((steps[1].cell, &steps[1].value), (Some(4), &Value::Read { value: "3".into() }));
    }

    #[test]
    fn what_the_harness_does_has_no_place() {
        let own = Event { place: execute::here(), ..event(0, Object::NONE, "spawn", Bits::None) };
        let steps = steps(&[own, event(0, Object::NONE, "spawn", Bits::None)]);
        let places: Vec<bool> = steps.iter().map(|step| step.place.is_some()).collect();
        assert_eq!(places, [false, true], "that of the model has one");
    }

    /// The engine's own word of a stale read names a thread; the step is the last that wrote that value there.
    #[test]
    fn a_stale_read_knows_who_wrote_what_it_read() {
        let wrote = |thread, value| event(thread, TAIL, "store", Bits::Wrote(value));
        let place = Location::caller();
        let told = Some(model::Stale { from: Some((0, place)), newest: 2 });
        let told = Event { stale: told, ..event(1, TAIL, "load", Bits::Read(1)) };
        let steps = steps(&[
            wrote(0, 1),
            wrote(2, 1),
            wrote(0, 2),
            told,
            event(1, TAIL, "load", Bits::Read(1)),
            event(1, TAIL, "load", Bits::Read(2)),
            event(1, TAIL, "load", Bits::Read(9)),
        ]);
        let stale = |from| Some(Stale { from, newest: "2".into() });
        assert_eq!(steps[3].stale, stale(Some(0)), "that of thread 0");
        assert_eq!(steps[4].stale, stale(Some(1)), "nobody tells: the last that wrote this value");
        assert_eq!(steps[5].stale, None);
        assert_eq!(steps[6].stale, stale(None), "what was there at first");
    }

    #[test]
    fn a_cell_held_before_what_its_first_step_found_or_what_left_out_steps_wrote() {
        let steps = steps(&[
            event(0, TAIL, "load", Bits::Read(5)),
            event(0, TAIL, "swap", Bits::Replaced(5, 6)),
            event(0, Object(7), "compare_exchange", Bits::Refused(1, 2)),
            event(0, Object(8), "store", Bits::Wrote(3)),
        ]);
        let before = |skipped| {
            let cells = cells(&steps, skipped);
            cells.into_iter().map(|cell| (cell.number, cell.before)).collect::<Vec<_>>()
        };
        assert_eq!(before(0), [(4, Some("5".into())), (7, Some("1".into())), (8, None)]);
        assert_eq!(before(2), [(4, Some("6".into())), (7, Some("1".into())), (8, None)]);
    }

    #[test]
    fn a_node_has_one_life_for_each_time_its_address_is_allocated() {
        let heap = |action, address| event(0, Object::NONE, action, Bits::Wrote(address));
        let events =
            [heap("alloc", 64), heap("retire", 64), heap("free", 64), heap("free", 128), heap("alloc", 64)];
        let lives: Vec<_> =
            nodes(&events).into_iter().map(|node| (node.born, node.retired, node.freed)).collect();
        assert_eq!(lives, [(0, Some(1), Some(2)), (4, None, None)]);
    }

    #[test]
    fn a_call_lasts_from_its_first_own_step_to_its_last() {
        let call = |thread, start, end| Call {
            thread,
            op: RegisterOp::Write(1),
            ret: Some(RegisterRet::<u8>::Written),
            start,
            end,
            phase: 0,
        };
        let history: History<_, _> =
            [call(1, 70, 71), call(0, 80, 81), call(1, 90, 91)].into_iter().collect();
        let judgement = Judgement::Explained(vec![0, 1, 2]);
        let attempt = Attempt::of(&Register { initial: 0_u8 }, &history, Order::RealTime, &judgement);
        let load = |thread| event(thread, TAIL, "load", Bits::Read(0));
        let events = [
            note(1, "┌ Write(1)"),
            note(0, "┌ Write(1)"),
            load(1),
            load(0),
            load(1),
            note(1, "└ Write(1) -> Written"),
            note(1, "┌ Write(1)"),
            note(1, "└ Write(1) -> Written"),
            load(0),
        ];
        let timed = attempt.timed_by(&steps(&events));
        let times: Vec<_> = timed.calls.iter().map(|call| (call.start, call.end)).collect();
        // The last call took no step of its own.
        assert_eq!(times, [(2, Some(4)), (3, Some(8)), (6, Some(6))]);
    }
}
