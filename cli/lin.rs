//! `selvedge lin`: a log is read, judged, and told about.

use crate::NO_ANSWER;
use crate::args::Lin;
use crate::picture;
use crate::report::{Report, Unanswered};
use crate::say::{complain, say};
use crate::text;
use selvedge::check::Limits;
use selvedge::check::picture::render;
use selvedge::log::{Format, Log, LogError, Reading, Specification, Value};
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use thiserror::Error;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum Fault {
    #[error("{0}")]
    Unreadable(io::Error),
    #[error("{0}")]
    Log(LogError),
    #[error(
        "say with --spec what was called, since lines of JSON can be of anything: {}",
        Specification::NAMES
    )]
    NoSpecification,
    #[error("--independent is about the values of Jepsen, and this is a log in the format {0}")]
    NotIndependent(Format),
    #[error("--initial: {0}")]
    Initial(String),
    #[error("--picture {path}: {error}")]
    Picture { path: String, error: io::Error },
}

/// Answers on standard output; what went wrong is told on standard error.
pub fn run(asked: &Lin) -> ExitCode {
    let name = if is_stdin(&asked.file) { "standard input".into() } else { asked.file.display().to_string() };
    let (text, code) = match answer(asked, &name) {
        Ok((report, log)) => {
            let text = if asked.json { report.to_json() } else { text::of(&report, &log) };
            match drawn(asked, &report, &log) {
                Ok(()) => (text, report.verdict.exit_code()),
                // The verdict is told all the same; that something is missing, the exit code says.
                Err(fault) => {
                    complain(format_args!("{name}: {fault}"));
                    (text, NO_ANSWER)
                }
            }
        }
        Err(fault) => {
            complain(format_args!("{name}: {fault}"));
            let json = if asked.json { Unanswered::of(&name, &fault).to_json() } else { String::new() };
            (json, NO_ANSWER)
        }
    };
    say(&text, code)
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    if !is_stdin(file) {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn answer(asked: &Lin, name: &str) -> Result<(Report, Log), Fault> {
    let bytes = bytes(&asked.file).map_err(Fault::Unreadable)?;
    let begun = Instant::now();
    let reading = Reading { format: asked.format.0, independent: asked.independent };
    let log = reading.read(&bytes).map_err(Fault::Log)?;
    let read = begun.elapsed();
    let specification = specification(asked, log.format)?;
    let workers = asked.workers.map_or_else(processors, usize::from);
    let memory = Some(asked.memory.saturating_mul(1 << 20));
    let limits = Limits { time: asked.time, memory, workers };
    let begun = Instant::now();
    let order = asked.criterion.order();
    let outcome = log.judge(&bytes, &specification, order, &limits).map_err(Fault::Log)?;
    let report = Report::of(name, &log, &specification, asked.criterion, outcome, [read, begun.elapsed()]);
    Ok((report, log))
}

/// Draws the picture, if one is wanted.
fn drawn(asked: &Lin, report: &Report, log: &Log) -> Result<(), Fault> {
    let Some(path) = &asked.picture else { return Ok(()) };
    let page = render(&picture::picture(report, log));
    std::fs::write(path, page).map_err(|error| Fault::Picture { path: path.display().to_string(), error })
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What was called, by what was said and by what the format can be about.
fn specification(asked: &Lin, format: Format) -> Result<Specification, Fault> {
    if asked.independent && format != Format::Jepsen {
        return Err(Fault::NotIndependent(format));
    }
    let specification = match (&asked.spec, format) {
        (None, Format::Jepsen) => Specification::CasRegister(Value::Nil),
        (None, Format::KeyValue) => Specification::KeyValue,
        (None, _) => return Err(Fault::NoSpecification),
        (Some(said), _) => said.clone(),
    };
    let Some(initial) = &asked.initial else { return Ok(specification) };
    let value = format.value(initial).map_err(Fault::Initial)?;
    specification.with_initial(value).map_err(|error| Fault::Initial(error.to_string()))
}
