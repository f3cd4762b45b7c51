//! `cargo xtask engines`: the speed of the explorer beside loom and shuttle, measured in one run.
//!
//! The way: [`target`] builds the programs for both engines and runs one of them under one engine as a child
//! process, which leaves a [`cell`]; [`controls`] shows first that a cell can tell of a cap, of a failure, of a
//! crash; [`table`] puts the cells together; [`page`] writes it into the documentation.

mod cell;
mod cli;
mod controls;
mod hooks;
mod page;
mod share;
mod table;
mod target;

pub use cli::Options;

use crate::verify::child;
use anyhow::{Result, bail};
use cell::Cell;
use indicatif::{ProgressBar, ProgressStyle};
use selvedge::check::measure::Search;
use share::Share;
use std::io::IsTerminal;
use std::process::ExitCode;
use table::{Row, Speeds};
use target::Target;

/// The engines of the table, in the order of its columns.
const COLUMNS: [Search; 4] =
    [Search::LoomPlain, Search::ShuttleDfs, Search::ExplorerSc, Search::ExplorerWeak];

/// Runs it.
pub fn run(options: &Options) -> Result<ExitCode> {
    child::catch_interrupts()?;
    let target = Target::build(options.workers)?;
    eprintln!("controls: programs of which it is known what must come of them");
    controls::check(&target)?;
    let share = Share::begin();
    let rows = rows(&target, options)?;
    eprintln!("the cost of the facade's hooks");
    let hooks = hooks::measure(&target)?;
    let speeds = Speeds { limits: options.limits(), rows, hooks, warning: share.warning() };
    if options.write {
        page::write(&target.root, &speeds.markdown())?;
    } else if options.markdown {
        println!("{}", speeds.markdown());
    } else {
        print!("{speeds}");
    }
    Ok(if speeds.rows.iter().flat_map(|row| &row.cells).all(Cell::counts) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The rows, cell by cell: never two at once.
fn rows(target: &Target, options: &Options) -> Result<Vec<Row>> {
    let wanted = |name: &String| options.filter.as_ref().is_none_or(|part| name.contains(part));
    let programs = target.programs()?;
    let programs: Vec<_> =
        programs.into_iter().filter(|(group, name)| wanted(&format!("{group}/{name}"))).collect();
    if programs.is_empty() {
        bail!("no program of this name");
    }
    let bar = bar(programs.len() * COLUMNS.len());
    let mut rows = Vec::new();
    for (group, name) in programs {
        let mut cells = Vec::new();
        for search in COLUMNS {
            bar.set_message(format!("{group} {name}, {search}"));
            let cell = target.run(&format!("{group}/{name}"), search, options.limits())?;
            bar.inc(1);
            if !std::io::stderr().is_terminal() {
                eprintln!(
                    "[{}/{}] {group} {name}, {search}: {}",
                    bar.position(),
                    bar.length().unwrap_or(0),
                    cell.line()
                );
            }
            cells.push(cell);
        }
        rows.push(Row { group, name, cells });
    }
    bar.finish_and_clear();
    Ok(rows)
}

/// Seen on terminals only.
fn bar(cells: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30.cyan} {pos}/{len} cells, {elapsed} so far: {msg}");
    ProgressBar::new(cells as u64).with_style(style.expect("a constant").progress_chars("━╸ "))
}
