//! The cost of the facade's hooks: the same stack on the facade and on bare shuttle.

use super::cell::{Cell, rate};
use super::column::Column;
use super::target::{Limits, Target};
use anyhow::{Result, bail};
use indicatif::HumanCount;
use selvedge::check::measure::{Measured, Search};
use std::fmt;
use std::time::Duration;

/// Random schedules of each run.
const SCHEDULES: u64 = 50_000;

/// Runs of each, in turn; the one in the middle counts. An odd number.
const RUNS: usize = 5;

/// One run with the facade's hooks, and one without.
#[derive(Clone, Debug)]
pub struct Hooks {
    facade: Measured,
    bare: Measured,
}

/// Measures both.
pub fn measure(target: &Target) -> Result<Hooks> {
    let (mut facade, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        facade.push(one(target, "hooks/facade")?);
        bare.push(one(target, "hooks/bare")?);
    }
    Ok(Hooks { facade: middle(facade), bare: middle(bare) })
}

fn one(target: &Target, program: &str) -> Result<Measured> {
    let limits = Limits { executions: SCHEDULES, time: Duration::from_secs(60) };
    match target.run(program, Column::of(Search::ShuttleRandom), limits)? {
        Cell::Measured(measured) if measured.complete && measured.executions == SCHEDULES => Ok(measured),
        cell => bail!("{program}: {}", cell.line()),
    }
}

fn middle(mut runs: Vec<Measured>) -> Measured {
    runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    runs.swap_remove(runs.len() / 2)
}

impl fmt::Display for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hooks { facade, bare } = self;
        write!(
            f,
            "Cost of the facade's hooks: push and pop of Treiber's algorithm, twice on each of three threads, {} \
             random schedules of shuttle: {} executions/s on the facade, {} on bare shuttle atomics, which is {:.2} \
             times as fast.",
            HumanCount(SCHEDULES),
            rate(facade),
            rate(bare),
            facade.seconds / bare.seconds
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(seconds: f64) -> Measured {
        Measured { executions: SCHEDULES, pruned: 0, complete: true, seconds, failure: None }
    }

    #[test]
    fn the_run_in_the_middle_counts() {
        assert_eq!(middle(vec![took(9.0), took(1.0), took(2.0)]), took(2.0));
    }

    #[test]
    fn the_ratio_is_that_of_the_times() {
        let said = Hooks { facade: took(1.0), bare: took(0.5) }.to_string();
        assert!(said.contains("50,000 executions/s on the facade, 100,000 on bare"), "{said}");
        assert!(said.ends_with("2.00 times as fast."), "{said}");
    }
}
