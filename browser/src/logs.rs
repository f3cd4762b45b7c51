//! Pages of logs, as `selvedge lin --picture` makes them: what was judged is explained, wrong, or not known.

use super::open::Tab;
use super::page::END;
use super::rules;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A log of `docs/examples`, what else is said on the command line, and the exit code.
type Drawn = (&'static str, &'static [&'static str], i32);

const WRONG: &str = "stale.edn";
const DRAWN: [Drawn; 3] =
    [(WRONG, &[], 1), ("register.edn", &[], 0), ("queue.jsonl", &["--spec", "queue", "--time", "0"], 2)];

/// How many there are.
pub const COUNT: usize = DRAWN.len();

/// The pages, which are gone when this is.
pub struct Logs(TempDir);

impl Logs {
    /// Has them made by the command, which cargo builds if need be.
    pub fn drawn() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let logs = Logs(tempfile::tempdir()?);
        for (log, more, code) in DRAWN {
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let run =
                ["run", "--quiet", "--package", "selvedge", "--features", "cli", "--bin", "selvedge", "--"];
            let lin = Command::new(cargo)
                .current_dir(&root)
                .args(run)
                .args(["lin", &format!("docs/examples/{log}"), "--picture"])
                .arg(logs.page(log))
                .args(more)
                .output()
                .context("cargo does not run")?;
            let said = String::from_utf8_lossy(&lin.stderr);
            ensure!(lin.status.code() == Some(code), "selvedge lin {log}: {}: {said}", lin.status);
        }
        Ok(logs)
    }

    fn page(&self, log: &str) -> PathBuf {
        self.0.path().join(log).with_extension("html")
    }

    /// The page of the log that is wrong.
    pub fn wrong(&self) -> PathBuf {
        self.page(WRONG)
    }

    /// What is wrong with them.
    pub fn looked_at(&self, tab: &mut Tab) -> Result<Vec<String>> {
        let mut wrong = says(tab, &self.wrong())?;
        for (log, ..) in DRAWN {
            let complaints = rules::thoroughly(tab, &self.page(log)).with_context(|| log)?;
            wrong.extend(complaints.into_iter().map(|complaint| format!("{log}: {complaint}")));
        }
        Ok(wrong)
    }

    /// Writes screenshots of the one that is wrong into a folder, in light and dark.
    pub fn shoot(&self, tab: &mut Tab, shots: &Path) -> Result<()> {
        let page = tab.open(&self.wrong(), "")?;
        for scheme in ["light", "dark"] {
            page.prefer("prefers-color-scheme", scheme)?;
            page.shoot(&shots.join(format!("log-{scheme}.png")), 1280, END)?;
        }
        Ok(())
    }
}

/// What is missing of the page of a log that is wrong.
pub fn says(tab: &mut Tab, path: &Path) -> Result<Vec<String>> {
    let page = tab.open(path, "")?;
    let mut wrong = Vec::new();
    let mut expect = |what: &str, selector: &str, wanted: &[&str]| -> Result<()> {
        let all = format!("[...document.querySelectorAll({selector:?})].map(e => e.textContent).join('; ')");
        let found = page.text(&all)?;
        let missing: Vec<_> = wanted.iter().filter(|wanted| !found.contains(**wanted)).collect();
        if !missing.is_empty() {
            wrong.push(format!("{what} lacks {missing:?}: {found:?}"));
        }
        Ok(())
    };
    expect("the headline", ".headline", &["Process 0 got a wrong answer: read → 1."])?;
    expect("the story", ".story", &["read of process 0 could only answer 2 or 7, and it answered 1"])?;
    let order = [
        "write 1 → nil (process 0, lines 2-3)",
        "✗ read → 1 (process 0, lines 8-10) – right would be 2 or 7",
    ];
    expect("the order", ".order", &order)?;
    expect("the bars", ".threads", &["1. write 1 → nil", "✗ read → 1 (fatal)", "? write 7 → (no answer)"])?;
    // Who follows the link stands at the call, and a screen reader reads on from there.
    let there = "(link => { link?.click(); return new Promise(done => setTimeout(() => done(
        [location.hash, document.activeElement?.textContent ?? '']), 0)); })
        ([...document.querySelectorAll('a')].find(a => a.textContent.startsWith('Go to the fatal call')))";
    let there = page.await_(there)?;
    if there != json!(["#fatal-call", "✗ read → 1 (fatal)"]) {
        wrong.push(format!("the link to the fatal call leads to {there}"));
    }
    wrong.extend(page.heard()?);
    Ok(wrong)
}
