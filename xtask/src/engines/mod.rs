//! `cargo xtask engines`: the speed of the explorer beside loom and shuttle, measured in one run.
//!
//! The way: [`target`] builds the programs for both engines and runs one of them under one engine as a child
//! process, which leaves a [`cell`]; [`controls`] shows first that a cell can tell of a cap, of a failure, of a
//! crash; [`table`] puts the [`column`]s' cells together, [`ratios`] says what of them is compared, and [`page`]
//! writes it into the documentation.

mod cell;
mod cli;
mod column;
mod controls;
mod hooks;
mod page;
mod ratios;
mod share;
mod table;
mod target;

pub use cli::Options;

use crate::verify::child;
use anyhow::{Result, bail};
use cell::Cell;
use column::Column;
use indicatif::{ProgressBar, ProgressStyle};
use share::Share;
use std::io::IsTerminal;
use std::process::ExitCode;
use table::{Row, Speeds};
use target::Target;

/// Runs it.
pub fn run(options: &Options) -> Result<ExitCode> {
    child::catch_interrupts()?;
    let target = Target::build()?;
    let columns = column::all(options.workers);
    eprintln!("controls: programs of which it is known what must come of them");
    controls::check(&target, &columns)?;
    let mut share = Share::default();
    let rows = rows(&target, options, &columns, &mut share)?;
    eprintln!("the cost of the facade's hooks");
    let hooks = share.of(|| hooks::measure(&target))?;
    let speeds = Speeds { limits: options.limits(), columns, rows, hooks, warning: share.warning() };
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
fn rows(target: &Target, options: &Options, columns: &[Column], share: &mut Share) -> Result<Vec<Row>> {
    let wanted = |name: &String| options.filter.as_ref().is_none_or(|part| name.contains(part));
    let programs = target.programs()?;
    let programs: Vec<_> =
        programs.into_iter().filter(|(group, name)| wanted(&format!("{group}/{name}"))).collect();
    if programs.is_empty() {
        bail!("no program of this name");
    }
    let bar = bar(programs.len() * columns.len());
    let mut rows = Vec::new();
    for (group, name) in programs {
        let mut cells = Vec::new();
        for &column in columns {
            bar.set_message(format!("{group} {name}, {column}"));
            let run = || target.run(&format!("{group}/{name}"), column, options.limits());
            // Several workers would hide that one has to wait for a processor.
            let cell = if column.is_alone() { share.of(run) } else { run() }?;
            bar.inc(1);
            if !std::io::stderr().is_terminal() {
                eprintln!(
                    "[{}/{}] {group} {name}, {column}: {}",
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
