//! The lines of the source around the places of the steps, and what the source calls the cells.

use super::{Execution, Picture, Place};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How many lines are shown before a place, and after it.
const AROUND: u32 = 4;

/// The lines around a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The place.
    pub place: Place,
    /// The number of the first of `lines`.
    pub first: u32,
    /// The lines. Empty if they could not be read.
    pub lines: Vec<String>,
    /// Why they could not be read.
    pub missing: Option<String>,
}

impl Picture {
    /// The same with the lines of the source, read below `root`, and with the names that the source has for cells.
    ///
    /// The sources are those of now. If they have changed since the execution ran, so have the lines.
    #[must_use]
    pub fn with_sources(mut self, root: &Path) -> Self {
        let mut files: BTreeMap<String, Result<String, String>> = BTreeMap::new();
        let mut text = |file: &str| {
            let read = || std::fs::read_to_string(root.join(file)).map_err(|why| why.to_string());
            files.entry(file.into()).or_insert_with(read).clone()
        };
        let places = places(&self.execution);
        self.sources = places.into_iter().map(|place| excerpt(text(&place.file), place)).collect();
        let mut named = |place: &Place| text(&place.file).ok().and_then(|text| named(&text, place));
        name_cells(&mut self.execution, |place| Some(named(place)?.receiver));
        name_steps(&mut self.execution, |place| Some(named(place)?.method));
        self
    }

    /// The lines around a place, if they were asked for.
    #[must_use]
    pub fn excerpt(&self, place: &Place) -> Option<&Excerpt> {
        self.sources.iter().find(|excerpt| excerpt.place == *place)
    }
}

fn places(execution: &Execution) -> BTreeSet<Place> {
    let steps = execution.steps.iter().filter_map(|step| step.place.clone());
    steps
        .chain(execution.waiting.iter().filter_map(|w| w.place.clone()))
        .chain(execution.raised.clone())
        .collect()
}

fn excerpt(text: Result<String, String>, place: Place) -> Excerpt {
    let text = match text {
        Ok(text) if text.lines().count() >= place.line as usize => text,
        Ok(_) => return missing(place, "the file has fewer lines by now"),
        Err(why) => return missing(place, &why),
    };
    let first = place.line.saturating_sub(AROUND).max(1);
    let lines = text.lines().skip(first as usize - 1).take((place.line + AROUND + 1 - first) as usize);
    Excerpt { first, lines: lines.map(String::from).collect(), missing: None, place }
}

fn missing(place: Place, why: &str) -> Excerpt {
    Excerpt { first: place.line, lines: Vec::new(), missing: Some(why.into()), place }
}

/// Gives each cell the name that most of its steps have for it.
fn name_cells(execution: &mut Execution, mut receiver: impl FnMut(&Place) -> Option<String>) {
    let mut names: BTreeMap<u32, BTreeMap<String, usize>> = BTreeMap::new();
    for step in &execution.steps {
        let (Some(cell), Some(place)) = (step.cell, &step.place) else { continue };
        if let Some(name) = receiver(place) {
            *names.entry(cell).or_default().entry(name).or_default() += 1;
        }
    }
    for cell in &mut execution.cells {
        let names = names.get(&cell.number).into_iter().flatten();
        cell.name = names.max_by_key(|(_, count)| **count).map(|(name, _)| name.clone());
    }
}

/// Gives each step on a cell the name that the source has for it, if that is another one.
fn name_steps(execution: &mut Execution, mut method: impl FnMut(&Place) -> Option<String>) {
    for step in execution.steps.iter_mut().filter(|step| step.cell.is_some()) {
        // A weak exchange is one as well, and one that fails for no reason has that in its name.
        let other = |method: &String| {
            !(method.starts_with(&step.action) || step.action.contains(' ') && method.ends_with("_weak"))
        };
        step.method = step.place.as_ref().and_then(&mut method).filter(other);
    }
}

/// What the source says of a step.
struct Named {
    /// What the method is called on.
    receiver: String,
    method: String,
}

/// The method at `place` and what it is called on: `load` and `tail` in `self.tail.load(…)`, whose `load` is the place.
fn named(text: &str, place: &Place) -> Option<Named> {
    let start = text.split_inclusive('\n').take(place.line as usize - 1).map(str::len).sum::<usize>();
    let line = text[start..].lines().next()?;
    let column = line.char_indices().map(|(at, _)| at).chain([line.len()]).nth(place.column as usize - 1)?;
    let before = text[..start + column].trim_end().strip_suffix('.')?.trim_end();
    let path = before.rsplit(|c: char| !(c.is_alphanumeric() || "_.[]\n ".contains(c))).next()?;
    // A line break is part of the path only next to a dot; what is before any other blank is another word.
    let path: String = path.split('.').map(str::trim).collect::<Vec<_>>().join(".");
    let name = path.rsplit(char::is_whitespace).next()?.trim_start_matches("self.");
    let method: String =
        text[start + column..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty() && name != "self").then(|| Named { receiver: name.to_string(), method })
}

#[cfg(test)]
mod tests {
    use super::super::step::{Step, Value};
    use super::*;

    #[track_caller]
    fn receives(text: &str, method: &str, name: Option<&str>) {
        let at = text.find(method).unwrap();
        let line = text[..at].matches('\n').count() as u32 + 1;
        let column = (at - text[..at].rfind('\n').map_or(0, |end| end + 1)) as u32 + 1;
        let place = Place { file: "a.rs".into(), line, column };
        assert_eq!(named(text, &place).map(|named| named.receiver).as_deref(), name);
        assert!(named(text, &place).is_none_or(|named| named.method == method));
    }

    #[test]
    fn a_cell_is_called_what_its_method_is_called_on() {
        receives("let t = self.tail.load(Relaxed);", "load", Some("tail"));
        receives("if self\n    .tail\n    .compare_exchange_weak(\n", "compare_exchange_weak", Some("tail"));
        receives("unsafe { self.buffer.write(index, value) };", "write", Some("buffer"));
        receives("let slot = &self.slots[index];\nslot.sequence.store(1)", "store", Some("slot.sequence"));
        receives("head.swap(1)", "swap", Some("head"));
        receives("return self.slots[at].value.with(f)", "with", Some("slots[at].value"));
    }

    #[test]
    fn a_step_has_the_name_of_the_source_where_that_is_another() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("a.rs"),
            "self.buffer.read(1);\nself.tail.compare_exchange_weak(0);\n",
        )
        .unwrap();
        let step = |line, column, action: &str| Step {
            number: 0,
            thread: 0,
            edge: None,
            place: Some(Place { file: "a.rs".into(), line, column }),
            cell: Some(1),
            action: action.into(),
            method: None,
            ordering: None,
            value: Value::None,
            stale: None,
            text: String::new(),
        };
        let steps = vec![
            step(1, 13, "swap"),
            step(2, 11, "compare_exchange"),
            step(2, 11, "spurious failure"),
            step(1, 13, "read"),
        ];
        let execution = Execution { steps, ..Execution::default() };
        let picture = Picture { execution, ..Picture::bare("t") }.with_sources(folder.path());
        let methods: Vec<_> = picture.execution.steps.into_iter().map(|step| step.method).collect();
        assert_eq!(methods, [Some("read".into()), None, None, None]);
    }

    #[test]
    fn what_has_no_name_gets_none() {
        receives("fence(SeqCst)", "fence", None);
        receives("heap::free(node)", "free", None);
        receives("cells().load(Relaxed)", "load", None);
    }

    #[test]
    fn a_source_that_is_not_there_is_said_to_be_missing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.rs"), "one\ntwo\nthree\n").unwrap();
        let place = |file: &str, line| Place { file: file.into(), line, column: 1 };
        let of = |file: &str, line| {
            let execution = Execution { raised: Some(place(file, line)), ..Execution::default() };
            let picture = Picture { execution, ..Picture::bare("t") }.with_sources(folder.path());
            picture.excerpt(&place(file, line)).unwrap().clone()
        };
        assert_eq!(
            (of("a.rs", 2).first, of("a.rs", 2).lines),
            (1, vec!["one".into(), "two".into(), "three".into()])
        );
        assert!(of("a.rs", 9).missing.unwrap().contains("fewer lines"));
        assert!(of("b.rs", 1).missing.is_some());
    }
}
