//! What the page of the lesson's first defect has to say: that it can be understood from this page alone.

use super::open::Tab;
use super::page::{END, Page};
use anyhow::{Context, Result};
use serde_json::json;
use std::path::Path;

/// The page: the smallest execution, with the memory of C11.
pub const PAGE: &str = "lesson_controls-ring_controls-rb1_published_before_written-lesson-explorer-weak.html";

/// What its page of each engine is called at its beginning.
pub const EACH: &str = "lesson_controls-ring_controls-rb1_published_before_written-lesson-";

/// Goes to the fatal step.
fn at_the_fatal_step<'t>(tab: &'t mut Tab, path: &Path) -> Result<Page<'t>> {
    let number = tab.open(path, "")?.text("document.body.dataset.fatal")?;
    tab.open(path, &format!("#step={number}"))
}

/// Writes the README's picture to `file`, which is there whole or not at all.
pub fn picture(tab: &mut Tab, path: &Path, file: &Path) -> Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let new = tempfile::NamedTempFile::new_in(folder)?;
    // Down to where it tells how to run it again; no wider than it has to be, since the README shows it smaller.
    let end =
        "document.querySelector('section[aria-labelledby=replay]').getBoundingClientRect().top + scrollY";
    at_the_fatal_step(tab, path)?.shoot(new.path(), 1000, end)?;
    new.persist(file).with_context(|| file.display().to_string())?;
    Ok(())
}

/// What is missing of it.
pub fn says(tab: &mut Tab, path: &Path) -> Result<Vec<String>> {
    let page = at_the_fatal_step(tab, path)?;
    let mut wrong = Vec::new();
    let mut expect = |what: &str, found: String, wanted: &[&str]| {
        let missing: Vec<_> = wanted.iter().filter(|wanted| !found.contains(**wanted)).collect();
        if !missing.is_empty() {
            wrong.push(format!("rb1: {what} lacks {missing:?}: {found:?}"));
        }
    };
    let text = |selector: &str| page.text(&format!("document.querySelector({selector:?})?.textContent"));
    expect("the title", text("h1")?, &["RB1: the tail is published before the slot is written"]);
    expect("the headline", text(".headline")?, &["Thread 1", "Pop → Popped(0)"]);
    let story = [
        "Pop of thread 1 could only answer Popped(7)",
        "Push(7)",
        "read buffer and found 0",
        "wrote 7 there only afterwards",
        // The cause: the tail says that there is a value before there is one.
        "What led thread 1 there",
        "it had read, in tail, the 1 that thread 0 wrote",
        "Push(7) wrote tail first",
        "and buffer after it",
        "which went by tail, came to buffer between the two",
    ];
    expect("the story", text(".story")?, &story);
    expect("the announcement", text("#now")?, &["Thread 1 finds 0 in buffer", "This is the fatal step"]);
    let shown = page.text("[...document.querySelectorAll('.moment')].find(m => m.offsetHeight > 0)?.querySelector('mark')?.textContent")?;
    expect("the marked line", shown, &["self.buffer.read(index)"]);
    let cell = |name: &str| {
        page.text(&format!(
            "[...document.querySelectorAll('.moment.shown .memory tbody tr')].find(r => r.textContent.startsWith({name:?}))?.querySelector('td').textContent"
        ))
    };
    expect("the slot", cell("buffer")?, &["0"]);
    expect("the tail", cell("tail")?, &["1"]);
    expect("the lanes", text(".lanes")?, &["Thread 0", "Thread 1", "✗ fatal"]);
    expect("the bars", text(".threads")?, &["Push(7) → Pushed", "✗ Pop → Popped(0)"]);
    let again = ["0:5 is 5 steps of thread 0", "cargo test as_found_under_weak"];
    expect("the way to run it again", text("section[aria-labelledby=replay]")?, &again);
    expect(
        "the text of the engine",
        text("details")?,
        &["Pop -> Popped(0)", "In brackets: when a call began"],
    );
    expect("the words", text("dl")?, &["Release", "Acquire", "Linearizable"]);
    let fatal = page.ask("[...document.querySelectorAll('.lanes tr.fatal')].map(r => r.dataset.step)")?;
    let body = page.text("document.body.dataset.fatal")?;
    if fatal != json!([body]) {
        wrong.push(format!("rb1: the fatal step is {body}, and these rows are marked: {fatal}"));
    }
    wrong.extend(page.heard()?);
    Ok(wrong)
}

/// Writes screenshots of it into a folder, in light and dark.
pub fn shoot(tab: &mut Tab, path: &Path, shots: &Path) -> Result<()> {
    let page = at_the_fatal_step(tab, path)?;
    for scheme in ["light", "dark"] {
        page.prefer("prefers-color-scheme", scheme)?;
        page.shoot(&shots.join(format!("rb1-{scheme}.png")), 1280, END)?;
    }
    Ok(())
}
