//! The project's own tasks. `cargo verify` is `cargo xtask verify`.

mod audit;
mod engines;
mod verify;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", about = "Selvedge's own tasks")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every model under every engine and print the verification matrix
    Verify(verify::Options),
    /// Weaken each memory ordering, and see whether a model notices
    Audit(audit::Options),
    /// Measure the explorer beside loom and shuttle
    Engines(engines::Options),
}

fn main() -> ExitCode {
    let (name, result) = match Cli::parse().task {
        Task::Verify(options) => ("cargo verify", verify::run(&options)),
        Task::Audit(options) => ("cargo xtask audit", audit::run(&options)),
        Task::Engines(options) => ("cargo xtask engines", engines::run(&options)),
    };
    result.unwrap_or_else(|error| {
        eprintln!("{name}: {error:#}");
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
