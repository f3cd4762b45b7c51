//! `selvedge pages`: the records of models become pages.
//!
//! Models leave records where `SELVEDGE_REPORT` says. Each that found something becomes a page beside the same as data;
//! the first page lists them.

use crate::NO_ANSWER;
use crate::args::Pages;
use crate::say::{complain, say};
use maud::{Markup, html};
use selvedge::check::Record;
use selvedge::check::picture::{Picture, document, render_beside};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use thiserror::Error;

/// The page that lists the others.
const INDEX: &str = "index.html";

/// Why there are no pages.
#[derive(Debug, Error)]
pub enum Fault {
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("{}: this is no record of a model: {error}", path.display())]
    NoRecord { path: PathBuf, error: serde_json::Error },
    #[error("{}: there are no records: run the models with SELVEDGE_REPORT set to this folder", .0.display())]
    Empty(PathBuf),
}

/// A page that was written.
struct Written {
    file: String,
    title: String,
}

/// Says on standard output which pages there are; what went wrong is told on standard error.
pub fn run(asked: &Pages) -> ExitCode {
    match written(asked) {
        Ok((records, pages)) => {
            let (records, out) = (plural(records, "record"), asked.out());
            let mut text = match &pages[..] {
                [] => format!("{records}: nothing has failed, and there is no page\n"),
                pages => {
                    let index = out.join(INDEX);
                    format!("{records}, {}: {}\n", plural(pages.len(), "page"), index.display())
                }
            };
            for Written { file, title } in &pages {
                text += &format!("  {}: {title}\n", out.join(file).display());
            }
            say(&text, 0)
        }
        Err(fault) => {
            complain(fault);
            ExitCode::from(NO_ANSWER)
        }
    }
}

fn plural(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// How many records there are, and the pages of those that found something.
fn written(asked: &Pages) -> Result<(usize, Vec<Written>), Fault> {
    let files = files(&asked.records)?;
    let pictures =
        files.iter().map(|file| picture(file, &asked.sources)).collect::<Result<Vec<_>, Fault>>()?;
    let out = asked.out();
    let mut pages = Vec::new();
    for (file, picture) in files.iter().zip(&pictures) {
        let Some(picture) = picture else { continue };
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let (page, json) = (format!("{name}.html"), format!("{name}.json"));
        std::fs::create_dir_all(&out).map_err(|error| Fault::File { path: out.clone(), error })?;
        write(&out.join(&page), &render_beside(picture, INDEX, &json))?;
        write(&out.join(json), &picture.to_json())?;
        pages.push(Written { file: page, title: picture.title.clone() });
    }
    if !pages.is_empty() {
        write(&out.join(INDEX), &index(&pages).into_string())?;
    }
    Ok((files.len(), pages))
}

/// The records of a folder, by their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let wrong = |error| Fault::File { path: folder.into(), error };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.extension().is_some_and(|end| end == "json") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() { Err(Fault::Empty(folder.into())) } else { Ok(files) }
}

/// The picture of a record, if it found something.
fn picture(file: &Path, sources: &Path) -> Result<Option<Picture>, Fault> {
    let text = std::fs::read(file).map_err(|error| Fault::File { path: file.into(), error })?;
    let record: Record =
        serde_json::from_slice(&text).map_err(|error| Fault::NoRecord { path: file.into(), error })?;
    Ok(Picture::of_record(&record.title(), &record).map(|picture| picture.with_sources(sources)))
}

fn write(path: &Path, text: &str) -> Result<(), Fault> {
    std::fs::write(path, text).map_err(|error| Fault::File { path: path.into(), error })
}

fn index(pages: &[Written]) -> Markup {
    let body = html! {
        body {
            header { h1 { "What the models have found" } }
            main { ul { @for Written { file, title } in pages { li { a href=(file) { (title) } " · " code { (file) } } } } }
        }
    };
    document("What the models have found", &body)
}
