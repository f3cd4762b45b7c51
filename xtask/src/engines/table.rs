//! The table of the engines.

use super::COLUMNS;
use super::cell::Cell;
use super::hooks::Hooks;
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
    /// One for each of [`COLUMNS`].
    pub cells: Vec<Cell>,
}

/// All that was measured.
pub struct Speeds {
    /// Where engines were stopped.
    pub limits: Limits,
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
        let engines = COLUMNS.map(|search| search.to_string());
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
             incomplete`: stopped after {} executions or {} s. `n blocked`: runs that were given \
             up, since some thread could only wait. `2x3`: two threads with three operations each.",
            HumanCount(self.limits.executions),
            self.limits.time.as_secs_f64(),
        );
        [Some(legend), self.warning.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The table and what is below it, for the documentation.
    pub fn markdown(&self) -> String {
        format!("{}\n\n{}\n\n{}", markdown(&self.table()), self.legend(), self.hooks)
    }
}

impl fmt::Display for Speeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\n{}\n\n{}", self.table(), self.legend(), self.hooks)
    }
}
