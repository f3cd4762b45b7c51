//! `selvedge`: the judge as a command, for logs of programs in any language; and pages of what models have found.
//!
//! ```text
//! args ─┬▶ lin: read, judge ──▶ report ──▶ text (bars), JSON, picture
//!       └▶ pages: records ──▶ pictures
//! all of them ──▶ say
//! ```
//! Exit codes: 0 yes (or done), 1 no, 2 unknown, 3 there is no answer.

mod args;
mod bars;
mod lin;
mod pages;
mod picture;
mod report;
mod say;
mod text;

use args::{Cli, Command};
use clap::Parser;
use report::Unanswered;
use std::process::ExitCode;

/// There is no answer: the question makes no sense, or the log cannot be read.
const NO_ANSWER: u8 = 3;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors. If they cannot be printed, nobody reads them.
            let _ = error.print();
            return match error.use_stderr() {
                true if wants_json() => say::say(&Unanswered::of_usage(&error).to_json(), NO_ANSWER),
                true => ExitCode::from(NO_ANSWER),
                false => ExitCode::SUCCESS,
            };
        }
    };
    match cli.command {
        Command::Lin(asked) => lin::run(&asked),
        Command::Pages(asked) => pages::run(&asked),
    }
}

/// Whether who asks a log's question, which was not understood, is a program that reads JSON.
fn wants_json() -> bool {
    let arguments = std::env::args_os().skip(1).take_while(|argument| argument != "--");
    // Whoever has put `--json` before the command means it, too.
    let mut words = arguments.skip_while(|argument| argument == "--json").peekable();
    let asks_lin = words.peek().is_some_and(|command| command == "lin");
    let is_first = std::env::args_os().nth(1).is_some_and(|argument| argument == "--json");
    asks_lin && (is_first || words.any(|argument| argument == "--json"))
}
