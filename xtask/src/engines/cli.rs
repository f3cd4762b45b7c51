//! What can be asked for.

use super::target::Limits;
use clap::Args;
use std::num::NonZeroUsize;
use std::time::Duration;

/// The options of `cargo xtask engines`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Stop an engine after so many executions
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    executions: u64,

    /// Stop an engine after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0, value_parser = seconds)]
    seconds: f64,

    /// Threads that the explorer may use in its second pair of columns; with 1 there is none
    #[arg(long, value_name = "N", default_value = "2")]
    pub workers: NonZeroUsize,

    /// Only programs with this in their name, as in "Leak/2x2"
    #[arg(long, value_name = "SUBSTRING", conflicts_with = "write")]
    pub filter: Option<String>,

    /// The table as Markdown
    #[arg(long)]
    pub markdown: bool,

    /// Write the table into docs/engines.md
    #[arg(long, conflicts_with = "markdown")]
    pub write: bool,
}

impl Options {
    /// Where an engine is stopped.
    pub fn limits(&self) -> Limits {
        Limits { executions: self.executions, time: Duration::from_secs_f64(self.seconds) }
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number".to_string())?;
    Duration::try_from_secs_f64(seconds).map_err(|why| why.to_string())?;
    Ok(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_that_is_not_negative() {
        assert_eq!(seconds("0.5"), Ok(0.5));
        for bad in ["", "-1", "NaN", "inf", "soon"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
