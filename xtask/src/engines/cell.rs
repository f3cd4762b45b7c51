//! A cell of the table.

use indicatif::HumanCount;
use selvedge::check::measure::Measured;
use std::time::Duration;

/// What came of a program under an engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// What the process measured.
    Measured(Measured),
    /// The process ended and left nothing, for this reason.
    Died(String),
    /// It had to be ended after this time.
    Hung(Duration),
}

/// What takes less time says nothing about speed.
const TOO_SHORT: f64 = 0.01;

/// A message longer than this does not fit.
const LONGEST: usize = 40;

impl Cell {
    /// Whether it is a measurement, complete or not.
    pub fn counts(&self) -> bool {
        matches!(self, Cell::Measured(Measured { failure: None, .. }))
    }

    /// In some lines.
    pub fn text(&self) -> String {
        match self {
            Cell::Measured(Measured { failure: Some(why), executions, .. }) => {
                format!("FAILED after {}:\n{}", HumanCount(*executions), shortened(why))
            }
            Cell::Measured(measured) => lines(measured).join("\n"),
            Cell::Died(why) => format!("DIED:\n{}", shortened(why)),
            Cell::Hung(time) => format!("HUNG:\nended after {:.1} s", time.as_secs_f64()),
        }
    }

    /// In one line.
    pub fn line(&self) -> String {
        self.text().replace(":\n", ": ").replace('\n', ", ")
    }
}

fn shortened(why: &str) -> String {
    let line = why.lines().next().unwrap_or_default();
    if line.chars().count() <= LONGEST {
        return line.to_string();
    }
    line.chars().take(LONGEST).chain(['…']).collect()
}

fn lines(measured: &Measured) -> Vec<String> {
    let Measured { executions, pruned, complete, seconds, .. } = *measured;
    let count = HumanCount(executions);
    let mut lines = vec![if complete { count.to_string() } else { format!("> {count}, incomplete") }];
    if pruned > 0 {
        lines.push(format!("{} pruned", HumanCount(pruned)));
    }
    lines.push(time(seconds));
    if seconds >= TOO_SHORT {
        lines.push(format!("{}/s", rate(measured)));
    }
    lines
}

fn time(seconds: f64) -> String {
    match seconds {
        ..TOO_SHORT => format!("{:.1} ms", seconds * 1e3),
        ..10.0 => format!("{seconds:.2} s"),
        _ => format!("{seconds:.1} s"),
    }
}

/// Executions in a second.
pub fn rate(measured: &Measured) -> HumanCount {
    rate_of(measured.executions as f64 / measured.seconds.max(f64::MIN_POSITIVE))
}

/// So many in a second, to three digits: more would be noise.
pub fn rate_of(rate: f64) -> HumanCount {
    let unit = 10_f64.powf((rate.max(1.0).log10().floor() - 2.0).max(0.0));
    HumanCount(((rate / unit).round() * unit) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured() -> Measured {
        Measured { executions: 1_234_567, pruned: 0, complete: true, seconds: 2.0, failure: None }
    }

    #[test]
    fn a_cell_says_whether_it_is_all() {
        assert_eq!(Cell::Measured(measured()).text(), "1,234,567\n2.00 s\n617,000/s");
        let capped = Cell::Measured(Measured { complete: false, pruned: 1_000, ..measured() });
        assert_eq!(capped.line(), "> 1,234,567, incomplete, 1,000 pruned, 2.00 s, 617,000/s");
        assert!(capped.counts());
        let short = Cell::Measured(Measured { executions: 2, seconds: 0.0003, ..measured() });
        assert_eq!(short.line(), "2, 0.3 ms");
    }

    #[test]
    fn what_is_no_measurement_says_so() {
        let failed = Cell::Measured(Measured { failure: Some("a leak\nof a node".into()), ..measured() });
        assert_eq!(failed.line(), "FAILED after 1,234,567: a leak");
        let died = Cell::Died("signal: 6 (SIGABRT)".into());
        assert_eq!(died.line(), "DIED: signal: 6 (SIGABRT)");
        let hung = Cell::Hung(Duration::from_secs(15));
        assert_eq!(hung.line(), "HUNG: ended after 15.0 s");
        assert!(![failed, died, hung].iter().any(Cell::counts));
    }

    #[test]
    fn a_rate_has_three_digits() {
        let rate = |executions, seconds| rate(&Measured { executions, seconds, ..measured() }).to_string();
        assert_eq!(rate(127_168, 1.0), "127,000");
        assert_eq!(rate(999_600, 1.0), "1,000,000");
        assert_eq!(rate(37, 1.0), "37");
        assert_eq!(rate(0, 1.0), "0");
    }
}
