//! What is asked on the command line.

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use selvedge::check::Order;
use selvedge::log::{Format, Specification};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// The command.
#[derive(Debug, Parser)]
#[command(
    name = "selvedge",
    version,
    about = "Checks what concurrent programs have logged, and draws how models fail"
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judges a log: is there an order of the calls that explains all answers?
    #[command(after_help = EXIT_CODES)]
    Lin(Lin),
    /// Makes pages of what models have found: of each record that a failing test has left where SELVEDGE_REPORT said
    #[command(after_help = "In full: docs/pictures.md")]
    Pages(Pages),
}

const EXIT_CODES: &str = "Exit codes: 0 yes; 1 no; 2 unknown, a limit was met; 3 there is no answer, because the log \
                          cannot be read or the question makes no sense.\nFormats and operations: docs/logs.md";

#[derive(Debug, Args)]
pub struct Pages {
    /// The folder that SELVEDGE_REPORT named
    pub records: PathBuf,

    /// Where the sources are: the root of the workspace in which the models were compiled
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub sources: PathBuf,

    /// Where the pages go [default: the folder `pages` beside the records]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Pages {
    pub fn out(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| self.records.join("pages"))
    }
}

#[derive(Debug, Args)]
pub struct Lin {
    /// The log; - is standard input
    pub file: PathBuf,

    /// Its format: auto (what it looks like), jepsen, jsonl or kv
    #[arg(long, default_value = "auto", value_parser = format)]
    pub format: Known,

    #[arg(long, help = format!("What was called: {} [default for jepsen: cas-register, for kv: kv]", Specification::NAMES))]
    pub spec: Option<Specification>,

    /// What is asked of the order
    #[arg(long, value_enum, default_value_t = Criterion::Linearizability)]
    pub criterion: Criterion,

    /// What a register has at first, written as in the log [default: nil]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub initial: Option<String>,

    /// Each value of a Jepsen log is a pair [key value], of one of several registers (jepsen.independent)
    #[arg(long)]
    pub independent: bool,

    /// Gives up after so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub time: Option<Duration>,

    /// Gives up when the judge would have to remember more than this
    #[arg(long, value_name = "MIB", default_value_t = 2048, value_parser = mebibytes, allow_negative_numbers = true)]
    pub memory: usize,

    /// Threads that judge parts [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub workers: Option<NonZeroUsize>,

    /// Also draws the history as a page
    #[arg(long, value_name = "OUT.html", value_parser = PathBufValueParser::new().try_map(page))]
    pub picture: Option<PathBuf>,

    /// Answers in JSON
    #[arg(long)]
    pub json: bool,
}

/// Which order of calls must explain the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Criterion {
    /// That of real time
    Linearizability,
    /// That of each process
    Sequential,
    /// That of each process, asked of each part by itself
    PerKey,
    /// That of moments at which nobody was calling
    Quiescent,
}

impl Criterion {
    pub fn order(self) -> Order {
        match self {
            Criterion::Linearizability => Order::RealTime,
            Criterion::Sequential => Order::Program,
            Criterion::PerKey => Order::PerKey,
            Criterion::Quiescent => Order::Quiescent,
        }
    }

    /// What a history is called that can be explained.
    pub fn adjective(self) -> &'static str {
        match self {
            Criterion::Linearizability => "linearizable",
            Criterion::Sequential => "sequentially consistent",
            Criterion::PerKey => "sequentially consistent for each key",
            Criterion::Quiescent => "quiescently consistent",
        }
    }
}

/// A format that is said, or none.
#[derive(Clone, Copy, Debug)]
pub struct Known(pub Option<Format>);

fn format(name: &str) -> Result<Known, String> {
    match name {
        "auto" => Ok(Known(None)),
        name => name.parse().map(|format| Known(Some(format))).map_err(|error| format!("{error}; or auto")),
    }
}

fn page(path: PathBuf) -> Result<PathBuf, &'static str> {
    if path.as_os_str() == "-" { Err("a file is expected: standard output has the answer") } else { Ok(path) }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "a number of seconds is expected, 0 or more".into())
}

fn mebibytes(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "a whole number of MiB is expected, 0 or more".into())
}

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "a whole number of threads is expected, 1 or more".into())
}
