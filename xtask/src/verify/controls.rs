//! The controls: models of code that is known to be wrong, against the engines that must find it.

use super::builds::{ENGINES, engine_named};
use super::defects::{Defect, titled};
use super::matrix::table;
use super::outcome::Ran;
use comfy_table::{Cell, CellAlignment, Color, Table};
use indicatif::HumanCount;
use selvedge::check::{Outcome, Record};
use std::collections::{BTreeMap, BTreeSet};

/// What an engine made of a control, and whether that is a gap. What was not demanded is in parentheses.
pub fn said(record: &Record) -> (String, bool) {
    let (what, gap) = match (&record.outcome, record.demanded, &record.fault) {
        (Outcome::Failed(_), true, None) => ("found", false),
        (Outcome::Failed(_), false, _) => ("(found)", false),
        // One part of what the explorer has to do need not find it.
        (Outcome::Held, false, _) | (Outcome::Held, true, None) => ("(missed)", false),
        (Outcome::Held, true, Some(_)) => ("SURVIVED", true),
        (Outcome::Failed(_), true, Some(_)) => ("OTHER", true),
    };
    (format!("{what}\n{}", HumanCount(record.executions)), gap)
}

/// The numbers in names count as numbers: RB2 comes before RB10.
fn natural(id: &str) -> (String, u64) {
    let digits = id.len() - id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (word, number) = id.split_at(id.len() - digits);
    (word.into(), number.parse().unwrap_or(0))
}

/// By defect and control; then by the number of the engine.
pub type Rows<'a> = BTreeMap<((String, u64), String, String), BTreeMap<usize, (&'a Ran, &'a Record)>>;

/// What must be found.
pub fn rows(ran: &[Ran]) -> Rows<'_> {
    let mut rows: Rows = BTreeMap::new();
    for ran in ran {
        for record in &ran.records {
            if let (Some(id), Some(engine)) = (&record.defect, engine_named(&record.engine)) {
                let model = format!("{}::{}", ran.test.target, ran.test.name);
                let row = rows.entry((natural(id), id.clone(), model)).or_default();
                row.extend(
                    ENGINES.iter().position(|other| *other == engine).map(|column| (column, (ran, record))),
                );
            }
        }
    }
    rows
}

/// Breaks a title into lines, as a table does not know how wide it may be.
fn wrapped(text: &str, width: usize) -> String {
    lines(text.split_whitespace(), " ", width)
}

/// Breaks the path of a test into lines.
fn folded(path: &str, width: usize) -> String {
    lines(path.split_inclusive("::"), "", width)
}

fn lines<'a>(parts: impl Iterator<Item = &'a str>, glue: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(last) if (last.chars().count() + glue.len() + part.chars().count()) <= width => {
                *last += glue;
                *last += part;
            }
            _ => lines.push(part.into()),
        }
    }
    lines.join("\n")
}

/// The controls, by defect; those of `required` that have none too, if `whole`. `None` if there are none.
pub fn controls(ran: &[Ran], required: &[Defect], whole: bool) -> Option<Table> {
    let mut rows = rows(ran);
    for defect in required.iter().filter(|_| whole) {
        if !rows.keys().any(|(_, id, _)| *id == defect.id) {
            rows.insert((natural(&defect.id), defect.id.clone(), "NO CONTROL".into()), BTreeMap::new());
        }
    }
    let engines: BTreeSet<usize> = rows.values().flat_map(|row| row.keys().copied()).collect();
    let mut table = table(&["defect", "control"], &engines);
    let mut last = None;
    for ((_, id, model), row) in &rows {
        let first = last.replace(id) != Some(id);
        let defect = if first { wrapped(&titled(id, required), 30) } else { String::new() };
        let control = Cell::new(folded(model, 44));
        let mut cells =
            vec![Cell::new(defect), if row.is_empty() { control.fg(Color::Red) } else { control }];
        for engine in &engines {
            let (text, gap) = row.get(engine).map_or(("–".into(), false), |(_, record)| said(record));
            let cell = Cell::new(text).set_alignment(CellAlignment::Right);
            cells.push(if gap { cell.fg(Color::Red) } else { cell });
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

    #[test]
    fn the_table_tells_what_each_engine_made_of_each_defect() {
        let ids = ["RB1", "RB10", "RB2"];
        let mut ran: Vec<Ran> = ids.iter().map(|id| passed(Build::Loom, &id.to_lowercase())).collect();
        for (ran, id) in ran.iter_mut().zip(ids) {
            ran.test.target = "lesson_controls".into();
            for record in &mut ran.records {
                (record.defect, record.outcome) = (Some(id.into()), failure());
            }
        }
        ran[0].records[1].executions = 1_200_000;
        (ran[1].records[0].outcome, ran[1].records[0].demanded) = (Outcome::Held, false);
        ran[1].records[1].demanded = false;
        (ran[2].records[0].outcome, ran[2].records[0].fault) = (Outcome::Held, Some("RB2 survived".into()));
        ran[2].records[1].fault = Some("RB2 should say".into());
        let defect = |id: &str, title: &str| Defect { id: id.into(), title: title.into() };
        let required = [
            defect("RB1", "the tail is published before the slot is written"),
            defect("RB3", "no happens-before for the slot"),
        ];
        insta::assert_snapshot!(controls(&ran, &required, true).unwrap().to_string());
        assert!(!controls(&ran, &required, false).unwrap().to_string().contains("NO CONTROL"));
    }

    #[test]
    fn numbers_in_names_are_numbers() {
        assert!(natural("RB2") < natural("RB10"));
        assert!(natural("RB10") < natural("ST1"));
    }
}
