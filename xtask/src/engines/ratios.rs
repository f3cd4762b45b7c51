//! What is compared of a table: the explorer with its prototype, several workers with one.

use super::cell::{Cell, rate_of};
use super::column::Column;
use super::table::Row;
use selvedge::check::measure::{Measured, Search};

/// Group and name of the program that is compared: pushes and pops in turn, odd threads begin with a pop, as in the
/// prototype's.
const PROGRAM: (&str, &str) = ("TreiberStack, Leak", "3x2");

/// The runs of the prototype and its seconds on a stack of that shape: as told when the explorer was asked for.
const PROTOTYPE: [(Search, u64, f64); 2] =
    [(Search::ExplorerSc, 65_836, 1.4), (Search::ExplorerWeak, 872_748, 11.0)];

/// In a sentence for each engine. `None` if the program was not measured.
pub fn said(columns: &[Column], rows: &[Row]) -> Option<String> {
    let row = rows.iter().find(|row| (row.group.as_str(), row.name.as_str()) == PROGRAM)?;
    let measured: Vec<(Column, &Measured)> = (columns.iter().zip(&row.cells))
        .filter_map(|(column, cell)| match cell {
            Cell::Measured(measured) if cell.counts() => Some((*column, measured)),
            _ => None,
        })
        .collect();
    let said: Vec<String> = PROTOTYPE
        .into_iter()
        .filter_map(|(search, runs, seconds)| {
            let alone = measured.iter().find(|(column, _)| *column == Column::of(search))?.1;
            let (ours, theirs) = (speed(alone), runs as f64 / seconds);
            let mut text = format!(
                "{search} makes {} runs/s there, {:.1} times as many as the prototype, which made {}/s ({} in {seconds} s)",
                rate_of(ours),
                ours / theirs,
                rate_of(theirs),
                indicatif::HumanCount(runs),
            );
            let together = measured.iter().filter(|(column, _)| column.search == search && !column.is_alone());
            text.extend(together.map(|(column, measured)| {
                format!("; {} workers are {:.2} times as fast as one", column.workers, speed(measured) / ours)
            }));
            Some(text + ".")
        })
        .collect();
    let (group, name) = PROGRAM;
    let begin = format!(
        "The explorer beside its prototype, on the pushes and pops of `{group}` `{name}` (the prototype's nodes were \
         numbers, ours are allocated):"
    );
    (!said.is_empty()).then(|| format!("{begin} {}", said.join(" ")))
}

/// Runs in a second, pruned ones as well.
fn speed(measured: &Measured) -> f64 {
    (measured.executions + measured.pruned) as f64 / measured.seconds.max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::super::column::all;
    use super::*;
    use std::num::NonZeroUsize;

    fn cell(executions: u64, pruned: u64, seconds: f64) -> Cell {
        Cell::Measured(Measured { executions, pruned, complete: true, seconds, failure: None })
    }

    fn row(group: &str, cells: Vec<Cell>) -> Row {
        Row { group: group.into(), name: "3x2".into(), cells }
    }

    #[test]
    fn the_ratios_are_those_of_the_row() {
        let columns = all(NonZeroUsize::new(2).unwrap());
        let none = || cell(1, 0, 1.0);
        let cells = vec![
            none(),
            none(),
            cell(90_000, 10_000, 1.0),
            Cell::Died("no reason".into()),
            cell(90_000, 10_000, 0.5),
            none(),
        ];
        let said_of = said(&columns, &[row("TreiberStack, Leak", cells)]).unwrap();
        let ours = "explorer SC makes 100,000 runs/s there, 2.1 times as many as the prototype, which made 47,000/s \
                    (65,836 in 1.4 s); 2 workers are 2.00 times as fast as one.";
        assert!(said_of.ends_with(ours), "{said_of}");
        assert!(said_of.contains("`TreiberStack, Leak` `3x2`"), "{said_of}");
    }

    #[test]
    fn of_another_program_nothing_is_said() {
        let columns = all(NonZeroUsize::MIN);
        let cells = || (0..columns.len()).map(|_| cell(1, 0, 1.0)).collect();
        assert_eq!(said(&columns, &[row("TreiberStack", cells())]), None);
        assert!(said(&columns, &[row("TreiberStack, Leak", cells())]).is_some());
    }
}
