//! What is compared of a table: the explorer with its prototype, and several workers with one.

use super::cell::{Cell, rate_of};
use super::column::Column;
use super::table::Row;
use selvedge::check::measure::{Measured, Search};

/// Group and name of the program that the prototype ran, too: pushes and pops in turn, odd threads begin with a pop.
const SHARED: (&str, &str) = ("TreiberStack, Leak", "3x2");

/// That of the program on which workers are compared. The other takes a fifth of a second, of which too much goes by before
/// there is work for two.
const LONG: (&str, &str) = ("TreiberStack, Leak, the same on each", "3x2, alike");

/// The runs of the prototype and its seconds on a stack of that shape: as told when the explorer was asked for.
const PROTOTYPE: [(Search, u64, f64); 2] =
    [(Search::ExplorerSc, 65_836, 1.4), (Search::ExplorerWeak, 872_748, 11.0)];

/// In a sentence for each engine. `None` if nothing was measured that is compared.
pub fn said(columns: &[Column], rows: &[Row]) -> Option<String> {
    let beside: Vec<String> = measured(columns, rows, SHARED)
        .filter(|(column, _)| column.is_alone())
        .filter_map(|(column, ours)| {
            let (_, runs, seconds) = PROTOTYPE.into_iter().find(|(search, ..)| *search == column.search)?;
            let theirs = runs as f64 / seconds;
            Some(format!(
                "{} makes {} runs/s there, {:.1} times as many as the prototype, which made {}/s ({} in {seconds} s).",
                column.search,
                rate_of(ours),
                ours / theirs,
                rate_of(theirs),
                indicatif::HumanCount(runs),
            ))
        })
        .collect();
    let alone = |search| {
        let mut alone = measured(columns, rows, LONG).filter(|(column, _)| column.is_alone());
        alone.find(|(column, _)| column.search == search)
    };
    let together: Vec<String> = measured(columns, rows, LONG)
        .filter(|(column, _)| !column.is_alone())
        .filter_map(|(column, ours)| {
            let times = ours / alone(column.search)?.1;
            Some(format!(
                "{}: {} workers are {times:.2} times as fast as one.",
                column.search, column.workers
            ))
        })
        .collect();
    let told = |(group, name): (&str, &str), about: &str, said: Vec<String>| {
        (!said.is_empty()).then(|| format!("{about} of `{group}` `{name}`: {}", said.join(" ")))
    };
    let beside = told(
        SHARED,
        "The explorer beside its prototype (whose nodes were numbers, and ours are allocated), on the pushes and pops",
        beside,
    );
    let together = told(LONG, "Several workers beside one, on those", together);
    let said: Vec<String> = beside.into_iter().chain(together).collect();
    (!said.is_empty()).then(|| said.join("\n\n"))
}

/// The runs in a second of each engine on that program, where they were measured.
fn measured<'m>(
    columns: &'m [Column],
    rows: &'m [Row],
    program: (&str, &str),
) -> impl Iterator<Item = (Column, f64)> + 'm {
    let row = rows.iter().find(|row| (row.group.as_str(), row.name.as_str()) == program);
    let cells = row.into_iter().flat_map(|row| columns.iter().zip(&row.cells));
    cells.filter_map(|(column, cell)| match cell {
        Cell::Measured(measured) if cell.counts() => Some((*column, speed(measured))),
        _ => None,
    })
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

    fn row((group, name): (&str, &str), cells: Vec<Cell>) -> Row {
        Row { group: group.into(), name: name.into(), cells }
    }

    #[test]
    fn the_ratios_are_those_of_their_rows() {
        let columns = all(NonZeroUsize::new(2).unwrap());
        let none = || cell(1, 0, 1.0);
        let with = |alone, together| {
            vec![
                none(),
                none(),
                cell(90_000, 10_000, alone),
                Cell::Died("no reason".into()),
                together,
                none(),
            ]
        };
        let rows = [row(SHARED, with(1.0, none())), row(LONG, with(2.0, cell(90_000, 10_000, 1.0)))];
        let said = said(&columns, &rows).unwrap();
        let (beside, together) = said.split_once("\n\n").unwrap();
        let ours = "`TreiberStack, Leak` `3x2`: explorer SC makes 100,000 runs/s there, 2.1 times as many as the prototype, \
                    which made 47,000/s (65,836 in 1.4 s).";
        assert!(beside.ends_with(ours), "{said}");
        assert!(
            together.ends_with("`3x2, alike`: explorer SC: 2 workers are 2.00 times as fast as one."),
            "{said}"
        );
    }

    #[test]
    fn of_other_programs_nothing_is_said() {
        let columns = all(NonZeroUsize::MIN);
        let cells = || (0..columns.len()).map(|_| cell(1, 0, 1.0)).collect();
        assert_eq!(said(&columns, &[row(("TreiberStack", "3x2"), cells())]), None);
        // With one worker there is nothing to compare.
        assert_eq!(said(&columns, &[row(LONG, cells())]), None);
        assert!(said(&columns, &[row(SHARED, cells())]).is_some());
    }
}
