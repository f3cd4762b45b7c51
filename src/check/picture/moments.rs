//! What memory holds after each step: a fold over the steps.

use super::Execution;
use super::step::{Step, Value};
use std::collections::BTreeMap;

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The newest value, if it is known. Plain memory and locks show none.
    pub value: Option<String>,
    /// The step that wrote it, if that is one of those that are shown.
    pub written: Option<usize>,
    /// The step of this moment is about this cell.
    pub touched: bool,
}

/// How far a node's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Allocated, and not given up.
    Alive,
    /// Given up, but others may still use it.
    Retired,
    /// Freed: nobody may use it.
    Freed,
}

/// Memory after a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// For each cell of the execution, what it holds.
    pub cells: Vec<Held>,
    /// For each node of the execution, how far its life has come; `None` before it is allocated.
    pub nodes: Vec<Option<Life>>,
}

/// Memory after each of the steps of an execution.
#[derive(Clone, Debug)]
pub struct Moments(Vec<Moment>);

impl Moments {
    /// Folds the steps.
    #[must_use]
    pub fn of(execution: &Execution) -> Self {
        let places = execution.cells.iter().enumerate().map(|(place, cell)| (cell.number, place));
        let places: BTreeMap<u32, usize> = places.collect();
        let before =
            execution.cells.iter().map(|cell| Held { value: cell.before.clone(), ..Held::default() });
        let moments = execution.steps.iter().scan(before.collect::<Vec<_>>(), |cells, step| {
            cells.iter_mut().for_each(|held| held.touched = false);
            if let Some(place) = step.cell.and_then(|number| places.get(&number)) {
                touch(&mut cells[*place], step);
            }
            let nodes = execution.nodes.iter().map(|node| {
                let past = |when: Option<usize>| when.is_some_and(|when| when <= step.number);
                match () {
                    () if past(node.freed) => Some(Life::Freed),
                    () if past(node.retired) => Some(Life::Retired),
                    () => (node.born <= step.number).then_some(Life::Alive),
                }
            });
            Some(Moment { cells: cells.clone(), nodes: nodes.collect() })
        });
        Moments(moments.collect())
    }

    /// The moments, one for each step.
    #[must_use]
    pub fn all(&self) -> &[Moment] {
        &self.0
    }
}

fn touch(held: &mut Held, step: &Step) {
    held.touched = true;
    let new = match &step.value {
        // A write that came before a newer one has left that as it was.
        Value::Wrote { value } => Some(step.stale.as_ref().map_or(value, |stale| &stale.newest)),
        Value::Replaced { new, .. } => Some(new),
        Value::None if step.action == "write" => None,
        _ => return,
    };
    held.value = new.cloned();
    if step.stale.is_none() {
        held.written = Some(step.number);
    }
}

#[cfg(test)]
mod tests {
    use super::super::step::{Cell, Node, Stale};
    use super::*;

    fn step(number: usize, value: Value) -> Step {
        Step {
            number,
            thread: 0,
            edge: None,
            place: None,
            cell: Some(7),
            action: "store".into(),
            method: None,
            ordering: None,
            value,
            stale: None,
            text: String::new(),
        }
    }

    #[test]
    fn a_cell_holds_what_was_written_last_and_not_what_was_read_or_came_before() {
        let wrote = |value: &str| Value::Wrote { value: value.into() };
        let late = Stale { from: None, newest: "2".into() };
        let steps = vec![
            step(3, Value::Read { value: "1".into() }),
            step(4, wrote("2")),
            step(5, Value::Refused { seen: "9".into(), wanted: "8".into() }),
            Step { stale: Some(late), ..step(6, wrote("5")) },
        ];
        let cells = vec![Cell { number: 7, name: None, before: Some("1".into()) }];
        let moments = Moments::of(&Execution { steps, cells, ..Execution::default() });
        let held: Vec<_> = moments.all().iter().map(|moment| &moment.cells[0]).collect();
        assert_eq!(
            held.iter().map(|h| h.value.as_deref().unwrap()).collect::<Vec<_>>(),
            ["1", "2", "2", "2"]
        );
        assert_eq!(held.iter().map(|h| h.written).collect::<Vec<_>>(), [None, Some(4), Some(4), Some(4)]);
    }

    #[test]
    fn a_node_is_unborn_alive_retired_and_freed() {
        let steps = (0..5).map(|number| Step { cell: None, ..step(number, Value::None) }).collect();
        let nodes = vec![Node { name: "node 0".into(), born: 1, retired: Some(2), freed: Some(4) }];
        let moments = Moments::of(&Execution { steps, nodes, ..Execution::default() });
        let lives: Vec<_> = moments.all().iter().map(|moment| moment.nodes[0]).collect();
        use Life::{Alive, Freed, Retired};
        assert_eq!(lives, [None, Some(Alive), Some(Retired), Some(Retired), Some(Freed)]);
    }
}
