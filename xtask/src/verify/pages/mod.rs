//! The report as a folder: the page of all, a page for each run that found something, and each page's data as JSON.
//!
//! The folder is made beside its place and put there when it is whole, so an interrupted run leaves the one that was
//! there before.

mod index;

use super::defects::{Defect, titled};
use super::outcome::Ran;
use super::report::Report;
use anyhow::{Context, Result};
use selvedge::check::picture::{Picture, render_beside};
use selvedge::check::{Outcome, Record};
use std::path::{Path, PathBuf};

/// The page of all.
pub const INDEX: &str = "index.html";

/// Writes the report of `report` to `folder`, whose parent is there. The sources are read below `root`. Returns the
/// path of the page of all.
///
/// # Errors
/// If it cannot be written. Then what was there before is there.
pub fn write(report: &Report, root: &Path, folder: &Path) -> Result<PathBuf> {
    let beside = folder.parent().context("the folder of the report has no parent")?;
    let new = tempfile::Builder::new().prefix("report-").tempdir_in(beside)?;
    for (ran, record) in found(&report.tests) {
        let title = title(record, &report.required);
        let Some(picture) = Picture::of_record(&title, record) else { continue };
        let (picture, name) = (picture.with_sources(root), name(ran, record));
        let json = format!("{name}.json");
        std::fs::write(new.path().join(format!("{name}.html")), render_beside(&picture, INDEX, &json))?;
        std::fs::write(new.path().join(json), picture.to_json())?;
    }
    std::fs::write(new.path().join(INDEX), index::page(report))?;
    std::fs::write(new.path().join("index.json"), index::data(report)?)?;
    replace(new, folder, beside)?;
    Ok(folder.join(INDEX))
}

/// Puts the folder `new` in the place of `folder`.
fn replace(new: tempfile::TempDir, folder: &Path, beside: &Path) -> Result<()> {
    // A folder can only be renamed to where none is. Between the two renames there is none: never a half one.
    let old = tempfile::Builder::new().prefix("report-").tempdir_in(beside)?;
    if folder.exists() {
        std::fs::rename(folder, old.path().join("old")).with_context(|| folder.display().to_string())?;
    }
    if let Err(why) = std::fs::rename(new.path(), folder) {
        let _ = std::fs::rename(old.path().join("old"), folder);
        return Err(why).with_context(|| folder.display().to_string());
    }
    // It has another name now: nothing is left to be removed.
    let _ = new.keep();
    Ok(())
}

/// The records that have a page, with their tests.
fn found(tests: &[Ran]) -> impl Iterator<Item = (&Ran, &Record)> {
    let records = tests.iter().flat_map(|ran| ran.records.iter().map(move |record| (ran, record)));
    records.filter(|(_, record)| has_page(record))
}

fn has_page(record: &Record) -> bool {
    matches!(record.outcome, Outcome::Failed(_))
}

/// The name of a record's page, without what comes after the dot.
fn name(ran: &Ran, record: &Record) -> String {
    let name = format!("{}-{}-{}", ran.test.target, ran.test.name, record.engine);
    name.replace("::", "-").replace(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_', "-")
}

/// What a record's page is about, in a line.
fn title(record: &Record, required: &[Defect]) -> String {
    record.defect.as_ref().map_or_else(|| record.title(), |id| titled(id, required))
}

#[cfg(test)]
mod tests {
    use super::super::builds::Build;
    use super::super::outcome::tests::{failure, passed};
    use super::super::report::tests::{good, report};
    use super::*;

    #[test]
    fn each_run_that_found_something_has_a_page_and_its_data_and_is_linked() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("report");
        let written = write(&report(good(), &["RB1"]), place.path(), &folder).unwrap();
        let index = std::fs::read_to_string(written).unwrap();
        let page = "stack-rb1-loom-plain";
        assert!(index.contains(&format!("href=\"{page}.html\"")), "{index}");
        let html = std::fs::read_to_string(folder.join(format!("{page}.html"))).unwrap();
        assert!(html.contains("<h1>RB1: a title</h1>") && html.contains("use after free"), "{html}");
        let json = std::fs::read_to_string(folder.join(format!("{page}.json"))).unwrap();
        let picture: Picture = serde_json::from_str(&json).unwrap();
        assert_eq!((picture.title.as_str(), picture.message.as_str()), ("RB1: a title", "use after free"));
        let left: Vec<_> = std::fs::read_dir(place.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn a_report_takes_the_place_of_the_one_before_and_a_broken_one_does_not() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("report");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("of_last_year.html"), "").unwrap();
        let mut tests = good();
        // A name of a file that no file system takes.
        tests[3].test.name = "x".repeat(5000);
        write(&report(tests, &["RB1"]), place.path(), &folder).unwrap_err();
        assert!(folder.join("of_last_year.html").exists() && !folder.join(INDEX).exists());
        write(&report(good(), &["RB1"]), place.path(), &folder).unwrap();
        assert!(!folder.join("of_last_year.html").exists() && folder.join(INDEX).exists());
    }

    #[test]
    fn a_model_that_must_hold_and_does_not_has_a_page_too() {
        let mut ran = passed(Build::Shuttle, "push_push");
        (ran.records[1].outcome, ran.records[1].fault) = (failure(), Some("use after free".into()));
        let text = index::page(&report(vec![ran], &[]));
        assert!(text.contains("href=\"stack-push_push-shuttle-PCT-2.html\""), "{text}");
        assert!(text.contains("FAILED"), "{text}");
    }
}
