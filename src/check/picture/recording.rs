//! From the events of the execution that has just failed to plain data.

use super::step::{Cell, Edge, Node, Place, Stale, Step, Value, Waiting};
use super::{Attempt, Execution};
use crate::check::execute::{BEGINS, ENDS};
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

/// What can be told of the execution so far. `attempt` is its history, if that is what failed; `raised` is where.
pub(in crate::check) fn record(raised: Option<&Location<'_>>, attempt: Option<Attempt>) -> Execution {
    let events = model::events();
    let skipped = events.len().saturating_sub(KEPT);
    let mut writes = Writes::default();
    let mut steps: Vec<Step> = Vec::with_capacity(events.len());
    for (number, event) in events.iter().enumerate() {
        steps.push(step(number, event, &mut writes));
    }
    let cells = cells(&steps, skipped);
    let nodes = nodes(&events);
    steps.drain(..skipped);
    let waiting = model::all_pending().into_iter().map(|(thread, pending)| Waiting {
        thread,
        place: pending.place.into(),
        cell: cell_of(pending.object),
        action: pending.action.into(),
        text: pending.object.does(pending.action),
    });
    let waiting: Vec<Waiting> = waiting.collect();
    let numbers = events.iter().map(|event| event.thread).chain(waiting.iter().map(|w| w.thread));
    let threads = numbers.max().map_or(0, |most| most + 1);
    let attempt = attempt.map(|attempt| attempt.timed_by(&steps));
    // Of a history that is not explained, the harness complains: its place would say nothing.
    let raised = raised.filter(|_| attempt.is_none()).map(Place::from);
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
        // A note is the harness's own: its place would say nothing.
        place: (event.action != "note").then(|| event.place.into()),
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
