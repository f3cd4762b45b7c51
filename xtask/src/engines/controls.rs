//! Before anything is measured: that measuring counts right, and can fail.

use super::cell::Cell;
use super::column::Column;
use super::target::{Limits, Target};
use anyhow::{Result, bail};
use selvedge::check::measure::{Measured, Search};
use std::time::Duration;

/// Enough for a program of a few accesses.
const ENOUGH: Limits = Limits { executions: 1_000, time: Duration::from_secs(5) };

/// Executions of two threads that add to one number.
fn two_adds(search: Search) -> u64 {
    match search {
        // loom runs each of the two orders twice.
        Search::LoomPlain => 4,
        // The main thread has one step beside the other's two: its start and its addition.
        Search::ShuttleDfs => 3,
        Search::ExplorerSc | Search::ExplorerWeak => 2,
        Search::ShuttleRandom => ENOUGH.executions,
    }
}

/// Runs the controls in every column of the table.
pub fn check(target: &Target, columns: &[Column]) -> Result<()> {
    for &column in columns {
        let expect = |program: &str, limits: Limits, what: &str, right: &dyn Fn(&Cell) -> bool| {
            let impatient = target.grace(Duration::from_secs(1));
            let cell = impatient.run(program, column, limits)?;
            if !right(&cell) {
                bail!("control {program} under {column}: expected {what}, got {}", cell.line());
            }
            Ok(())
        };
        let adds = two_adds(column.search);
        expect("control/adds", ENOUGH, &format!("all {adds} executions"), &|cell| {
            matches!(cell, Cell::Measured(Measured { executions, complete: true, failure: None, pruned: 0, .. })
                if *executions == adds)
        })?;
        let capped = Limits { executions: adds - 1, ..ENOUGH };
        // Several workers may be stopped a little earlier.
        expect("control/adds", capped, "less, incomplete", &|cell| {
            matches!(cell, Cell::Measured(Measured { executions, complete: false, failure: None, .. })
                if *executions < adds)
        })?;
        let late = Limits { time: Duration::ZERO, ..ENOUGH };
        expect("control/adds", late, "nothing, incomplete", &|cell| {
            matches!(cell, Cell::Measured(Measured { executions: 0, complete: false, failure: None, .. }))
        })?;
        expect("control/deadlock", ENOUGH, "a deadlock", &|cell| {
            !cell.counts() && cell.line().contains("deadlock")
        })?;
        expect("control/abort", ENOUGH, "a crash", &|cell| matches!(cell, Cell::Died(_)))?;
        let short = Limits { time: Duration::from_millis(100), ..ENOUGH };
        expect("control/endless", short, "no end", &|cell| matches!(cell, Cell::Hung(_)))?;
    }
    Ok(())
}
