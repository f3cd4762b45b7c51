//! One program under one engine, for `cargo xtask engines`, which starts this once for each cell of its table.
//!
//! ```text
//! engines --programs                                     the programs, as a line of JSON
//! engines --measure PROGRAM ENGINE EXECUTIONS SECONDS    what came of one, as a line of JSON
//! ```
//!
//! | file | what is there |
//! |---|---|
//! | `programs.rs` | the programs of the table, and those of the controls |
//! | `litmus.rs` | the smallest of them |
//! | `hooks.rs` | one stack on the facade, and the same on bare shuttle |

mod hooks;
mod litmus;
mod programs;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--programs"] => {
            println!("{}", serde_json::to_string(&programs::titles()).expect("plain data"));
            ExitCode::SUCCESS
        }
        ["--measure", program, engine, executions, seconds] => measured(program, engine, executions, seconds),
        _ => {
            println!("no tests here: the engines are measured by `cargo xtask engines`");
            ExitCode::SUCCESS
        }
    }
}

#[cfg(any(loom, shuttle))]
fn measured(program: &str, engine: &str, executions: &str, seconds: &str) -> ExitCode {
    match run(program, engine, executions, seconds) {
        Ok(measured) => {
            println!("{}", serde_json::to_string(&measured).expect("plain data"));
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(any(loom, shuttle))]
fn run(
    program: &str,
    engine: &str,
    executions: &str,
    seconds: &str,
) -> Result<selvedge::check::measure::Measured, String> {
    use selvedge::check::measure::{Limits, Search, measure};
    use std::time::Duration;

    let workers = std::env::var("SELVEDGE_WORKERS").unwrap_or_else(|_| "1".into());
    let seconds: f64 = seconds.parse().map_err(|_| format!("{seconds}: expected a number of seconds"))?;
    let limits = Limits {
        executions: executions.parse().map_err(|_| format!("{executions}: expected a number"))?,
        time: Duration::try_from_secs_f64(seconds).map_err(|why| format!("{seconds}: {why}"))?,
        workers: workers.parse().map_err(|_| format!("SELVEDGE_WORKERS={workers}: expected 1 or more"))?,
    };
    #[cfg(shuttle)]
    if program == hooks::BARE {
        return Ok(hooks::bare(limits));
    }
    let body = programs::named(program).ok_or_else(|| format!("{program}: no such program"))?;
    let search = Search::named(engine).ok_or_else(|| format!("{engine}: no such engine"))?;
    Ok(measure(search, limits, body))
}

/// Real threads cannot be told to try every order.
#[cfg(not(any(loom, shuttle)))]
fn measured(_: &str, _: &str, _: &str, _: &str) -> ExitCode {
    eprintln!("there is nothing to measure without an engine: RUSTFLAGS=\"--cfg loom\" or \"--cfg shuttle\"");
    ExitCode::FAILURE
}
