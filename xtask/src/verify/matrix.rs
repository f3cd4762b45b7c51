//! The matrix: structures and properties against engines.

use super::builds::{ENGINES, engine_named};
use super::outcome::Ran;
use comfy_table::{Attribute, Cell as TableCell, CellAlignment, Color, ContentArrangement, Table, presets};
use indicatif::HumanCount;
use selvedge::check::{Coverage, Engine, Outcome, Record};
use std::collections::{BTreeMap, BTreeSet};

/// What one engine saw of one property of one structure, over all its models.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    executions: u64,
    pruned: u64,
    complete: usize,
    bounded: BTreeMap<usize, usize>,
    sampled: usize,
    incomplete: usize,
    vacuous: usize,
    failed: usize,
    missing: usize,
}

impl Cell {
    fn add(&mut self, record: &Record) {
        self.executions += record.executions;
        self.pruned += record.pruned;
        let held = matches!(record.outcome, Outcome::Held);
        match (&record.fault, record.coverage) {
            (Some(why), _) if held && why.starts_with("vacuous") => self.vacuous += 1,
            (Some(_), Coverage::Capped) if held => self.incomplete += 1,
            (Some(_), _) => self.failed += 1,
            (None, _) if !held => self.failed += 1,
            (None, Coverage::Complete) => self.complete += 1,
            (None, Coverage::Bounded(most)) => *self.bounded.entry(most).or_default() += 1,
            (None, Coverage::Sampled) => self.sampled += 1,
            (None, Coverage::Capped | Coverage::Shard(..)) => self.incomplete += 1,
        }
    }

    /// What the cell says, a line each.
    pub fn text(&self) -> String {
        let mut lines = vec![HumanCount(self.executions).to_string()];
        if self.pruned > 0 {
            lines.push(format!("{} pruned", HumanCount(self.pruned)));
        }
        let mut say = |count: usize, what: &str| {
            if count > 0 {
                lines.push(format!("{count} {what}"));
            }
        };
        say(self.failed, "FAILED");
        say(self.missing, "NO RECORD");
        say(self.vacuous, "VACUOUS");
        say(self.incomplete, "INCOMPLETE");
        say(self.complete, "complete");
        for (most, count) in &self.bounded {
            say(*count, &format!("≤{most} preempt."));
        }
        say(self.sampled, "sampled");
        lines.join("\n")
    }

    fn color(&self) -> Option<Color> {
        match self {
            Cell { failed: 0, missing: 0, vacuous: 0, incomplete: 0, .. } => None,
            Cell { failed: 0, missing: 0, vacuous: 0, .. } => Some(Color::Yellow),
            _ => Some(Color::Red),
        }
    }
}

/// By the number of the engine.
pub type Row = BTreeMap<usize, Cell>;

fn column(engine: Engine) -> usize {
    ENGINES.iter().position(|other| *other == engine).expect("all engines are there")
}

/// What must hold, by structure and property.
pub fn rows(ran: &[Ran]) -> BTreeMap<(&str, &str), Row> {
    let mut rows: BTreeMap<(&str, &str), Row> = BTreeMap::new();
    for ran in ran {
        let models = || ran.records.iter().filter(|record| record.defect.is_none());
        for record in models() {
            let Some(engine) = engine_named(&record.engine) else { continue };
            let row = rows.entry((&record.structure, &record.property)).or_default();
            row.entry(column(engine)).or_default().add(record);
        }
        if let Some(record) = models().next() {
            let row = rows.entry((&record.structure, &record.property)).or_default();
            for engine in ran.missing_engines() {
                row.entry(column(engine)).or_default().missing += 1;
            }
        }
    }
    rows
}

/// An empty table with these headings and one column for each engine in `engines`.
pub fn table(headings: &[&str], engines: &BTreeSet<usize>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL).set_content_arrangement(ContentArrangement::Disabled);
    let engines = engines.iter().map(|engine| ENGINES[*engine].to_string().replacen(' ', "\n", 1));
    let headings = headings.iter().map(|heading| (*heading).to_string()).chain(engines);
    table.set_header(headings.map(|heading| TableCell::new(heading).add_attribute(Attribute::Bold)));
    table
}

/// The models that must hold. `None` if there are none.
pub fn matrix(ran: &[Ran]) -> Option<Table> {
    let rows = rows(ran);
    let engines: BTreeSet<usize> = rows.values().flat_map(|row| row.keys().copied()).collect();
    let mut table = table(&["structure", "property"], &engines);
    let mut last = None;
    for ((structure, property), row) in &rows {
        let first = last.replace(structure) != Some(structure);
        let mut cells = vec![TableCell::new(if first { structure } else { "" }), TableCell::new(property)];
        for engine in &engines {
            let (text, color) =
                row.get(engine).map_or(("–".into(), None), |cell| (cell.text(), cell.color()));
            let cell = TableCell::new(text).set_alignment(CellAlignment::Right);
            cells.push(color.map_or(cell.clone(), |color| cell.fg(color)));
        }
        table.add_row(cells);
    }
    (!rows.is_empty()).then_some(table)
}

#[cfg(test)]
mod tests {
    use super::super::builds::Build;
    use super::super::outcome::tests::{failure, passed};
    use super::*;

    fn cell(change: impl FnOnce(&mut Record)) -> String {
        let mut ran = passed(Build::Loom, "push_push");
        change(&mut ran.records[0]);
        rows(&[ran])[&("TreiberStack", "linearizable")][&column(Engine::LoomPlain)].text()
    }

    #[test]
    fn each_cell_says_how_much_was_seen() {
        assert_eq!(cell(|_| ()), "1,234\n1 complete");
        assert_eq!(cell(|r| r.coverage = Coverage::Bounded(3)), "1,234\n1 ≤3 preempt.");
        assert_eq!(cell(|r| r.coverage = Coverage::Capped), "1,234\n1 INCOMPLETE");
        assert_eq!(cell(|r| r.fault = Some("vacuous: nothing overlapped".into())), "1,234\n1 VACUOUS");
        assert_eq!(cell(|r| r.outcome = failure()), "1,234\n1 FAILED");
        let overclaimed = |r: &mut Record| {
            (r.coverage, r.fault) = (Coverage::Capped, Some("incomplete: stopped before the end".into()));
        };
        assert_eq!(cell(overclaimed), "1,234\n1 INCOMPLETE");
    }

    #[test]
    fn what_the_explorer_pruned_is_told() {
        let ran = passed(Build::Shuttle, "push_push");
        let of = |engine| {
            rows(std::slice::from_ref(&ran))[&("TreiberStack", "linearizable")][&column(engine)].text()
        };
        assert_eq!(of(Engine::ExplorerWeak), "1,234\n12 pruned\n1 complete");
        assert_eq!(of(Engine::ShuttlePct3), "1,234\n1 sampled");
    }

    #[test]
    fn the_models_of_one_property_are_added_up() {
        let mut ran = vec![passed(Build::Loom, "push_push"), passed(Build::Loom, "pop_pop")];
        ran.extend([passed(Build::Std, "push_push"), passed(Build::Shuttle, "push_push")]);
        ran[0].records[0].coverage = Coverage::Bounded(3);
        ran[1].records.pop();
        ran[3].records[2].property = "progress".into();
        ran[3].records[2].executions = 2_000_000;
        insta::assert_snapshot!(matrix(&ran).unwrap().to_string());
    }

    #[test]
    fn controls_are_not_in_the_matrix() {
        let mut ran = passed(Build::Loom, "rb1");
        ran.records.iter_mut().for_each(|record| record.defect = Some("RB1".into()));
        assert!(matrix(&[ran]).is_none());
    }
}
