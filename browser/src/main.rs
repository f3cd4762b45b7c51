//! Looks at the pictures of a report as a reader does: with a browser, by keys, in light and dark.
//!
//! The way: [`open`] starts the browser and opens pages in its tabs; [`ear`] hears the console and the network; [`page`]
//! is what one can ask and do of an open page; [`rules`] are what each page has to keep; [`rb1`] is what the page of the
//! lesson's first defect has to say, and [`logs`] what those of logs have to; [`broken`] are pages that break a rule each, and that must be detected: a check that
//! cannot fail proves nothing.

mod broken;
mod ear;
mod logs;
mod open;
mod page;
mod rb1;
mod rules;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use open::{Chromium, Tab};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

/// Looks at the pictures of the last `cargo verify` with Chromium.
#[derive(Parser)]
#[command(name = "browser", bin_name = "cargo pictures")]
struct Cli {
    /// The folder of the report [default: verify/report in the target folder]
    folder: Option<PathBuf>,

    /// The browser [default: chromium, chromium-browser or google-chrome of the path]
    #[arg(long, value_name = "FILE")]
    chromium: Option<PathBuf>,

    /// Make this picture (PNG) of the page of RB1 at its fatal step, for the README, and check nothing
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(complaints) if complaints.is_empty() => ExitCode::SUCCESS,
        Ok(complaints) => {
            complaints.iter().for_each(|complaint| eprintln!("WRONG: {complaint}"));
            eprintln!("{} complaints about the pictures", complaints.len());
            ExitCode::FAILURE
        }
        Err(why) => {
            eprintln!("cargo pictures: {why:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<Vec<String>> {
    let folder = cli.folder.clone().unwrap_or_else(default_folder);
    let folder = folder
        .canonicalize()
        .with_context(|| format!("{}: no report. `cargo verify --quick` makes one", folder.display()))?;
    let chromium = Chromium::start(cli.chromium.as_deref())?;
    let first = the_page_of_rb1(&folder)?;
    if let Some(file) = &cli.picture {
        rb1::picture(&mut chromium.tab()?, &first, file)?;
        println!("{}", file.display());
        return Ok(Vec::new());
    }
    let shots = folder.with_file_name("pictures");
    std::fs::create_dir_all(&shots)?;
    let pages = pages(&folder)?;
    let looks = pages.iter().map(|page| |tab: &mut Tab| looked_at(tab, page));
    let mut complaints = side_by_side(&chromium, looks.collect())?;
    complaints.extend(rules::index(&mut chromium.tab()?, &folder.join("index.html"), pages.len())?);
    complaints.extend(rb1::says(&mut chromium.tab()?, &first)?);
    rb1::shoot(&mut chromium.tab()?, &first, &shots)?;
    let logs = logs::Logs::drawn()?;
    complaints.extend(logs.looked_at(&mut chromium.tab()?)?);
    logs.shoot(&mut chromium.tab()?, &shots)?;
    complaints.extend(broken::undetected(&chromium, &first, &logs.wrong())?);
    println!("{} pages looked at, {} broken ones told from them", pages.len() + logs::COUNT, broken::COUNT);
    println!("screenshots: {}", shots.display());
    Ok(complaints)
}

/// How many pages are looked at side by side. More than there are processors: a look waits for the browser most of the time.
const AT_ONCE: usize = 8;

/// Makes all looks, and gathers the complaints.
fn side_by_side<F>(chromium: &Chromium, looks: Vec<F>) -> Result<Vec<String>>
where
    F: FnOnce(&mut Tab) -> Result<Vec<String>> + Send,
{
    let waiting = Mutex::new(VecDeque::from(looks));
    let next = || waiting.lock().expect("no panic under this lock").pop_front();
    let work = || -> Result<Vec<String>> {
        let (mut tab, mut complaints) = (chromium.tab()?, Vec::new());
        while let Some(look) = next() {
            complaints.extend(look(&mut tab)?);
        }
        Ok(complaints)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let mut complaints = Vec::new();
        for worker in workers {
            complaints.extend(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(complaints)
    })
}

fn looked_at(tab: &mut Tab, page: &Path) -> Result<Vec<String>> {
    let name = page.file_stem().unwrap_or_default().to_string_lossy();
    // The engines have pages of one kind. One of them has all kinds of steps; of the others that of RB1 stands for all.
    let wrong = if name.ends_with("explorer-weak") || name.starts_with(rb1::EACH) {
        rules::thoroughly(tab, page)
    } else {
        rules::at_a_glance(tab, page)
    };
    let wrong = wrong.with_context(|| name.to_string())?;
    Ok(wrong.into_iter().map(|complaint| format!("{name}: {complaint}")).collect())
}

/// Where `cargo verify` leaves the report.
fn default_folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"));
    target.join("verify/report")
}

/// All pages of executions.
fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let html = path.extension().is_some_and(|extension| extension == "html");
        if html && path.file_name().is_some_and(|name| name != "index.html") {
            pages.push(path);
        }
    }
    pages.sort();
    ensure!(!pages.is_empty(), "{}: no page in it", folder.display());
    Ok(pages)
}

fn the_page_of_rb1(folder: &Path) -> Result<PathBuf> {
    let page = folder.join(rb1::PAGE);
    ensure!(
        page.exists(),
        "{} is not there: run `cargo verify --quick`, or with `--filter rb1`",
        page.display()
    );
    Ok(page)
}
