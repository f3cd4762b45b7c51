//! The table of the engines.

use super::cell::Cell;
use super::column::Column;
use super::hooks::Hooks;
use super::ratios;
use super::target::Limits;
use crate::verify::markdown::markdown;
use comfy_table::{Cell as TableCell, CellAlignment, ContentArrangement, Table, presets};
use indicatif::HumanCount;
use std::fmt;

/// A program under each engine.
pub struct Row {
    /// What the program is about.
    pub group: String,
    /// Its name in the group.
    pub name: String,
    /// One for each column.
    pub cells: Vec<Cell>,
}

/// All that was measured.
pub struct Speeds {
    /// Where engines were stopped.
    pub limits: Limits,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
    /// The cost of the facade's hooks.
    pub hooks: Hooks,
    /// Why the times are not to be trusted.
    pub warning: Option<String>,
}

impl Speeds {
    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL).set_content_arrangement(ContentArrangement::Disabled);
        let engines = self.columns.iter().map(|column| column.to_string().replace(", ", "\n"));
        table.set_header(["program", ""].into_iter().map(String::from).chain(engines));
        let mut last = None;
        for Row { group, name, cells } in &self.rows {
            let first = last.replace(group) != Some(group);
            let mut row = vec![TableCell::new(if first { group } else { "" }), TableCell::new(name)];
            row.extend(
                cells.iter().map(|cell| TableCell::new(cell.text()).set_alignment(CellAlignment::Right)),
            );
            table.add_row(row);
        }
        table
    }

    fn legend(&self) -> String {
        let legend = format!(
            "A cell is a process of its own: executions, seconds, executions/s (left out below 10 ms). `> n, \
             incomplete`: stopped after {} executions or {} s. `n pruned`: runs that were no \
             execution of their own, which the explorer found blocked or gave up for another one that does the same. \
             `2x3`: two threads with three operations each.",
            HumanCount(self.limits.executions),
            self.limits.time.as_secs_f64(),
        );
        [Some(legend), self.warning.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// What is said below the table.
    fn notes(&self) -> String {
        let ratios = ratios::said(&self.columns, &self.rows);
        let notes = [Some(self.legend()), ratios, Some(self.hooks.to_string())];
        notes.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    /// The table and what is below it, for the documentation.
    pub fn markdown(&self) -> String {
        format!("{}\n\n{}", markdown(&self.table()), self.notes())
    }
}

impl fmt::Display for Speeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\n{}", self.table(), self.notes())
    }
}
