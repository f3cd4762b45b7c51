//! The project's own tasks. `cargo verify` is `cargo xtask verify`.

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
}

fn main() -> ExitCode {
    let Task::Verify(options) = Cli::parse().task;
    match verify::run(&options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("cargo verify: {error:#}");
            ExitCode::FAILURE
        }
    }
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
