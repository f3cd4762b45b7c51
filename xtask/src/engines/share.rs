//! Whether the processes that were measured had a processor to themselves.

use std::time::{Duration, Instant};

/// Below this, times are those of a busy machine.
const ENOUGH: f64 = 0.95;

/// In a shorter time, starting the processes and waiting for them counts too much.
const SHORT: Duration = Duration::from_secs(20);

/// Spans of time, and what children that ended in them have used.
#[derive(Default)]
pub struct Share {
    lasted: Duration,
    used: Duration,
}

impl Share {
    /// Runs `work`, which waits for children that have one thread each, one after the other.
    pub fn of<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let (started, before) = (Instant::now(), used());
        let done = work();
        self.used += used() - before;
        self.lasted += started.elapsed();
        done
    }

    /// A warning, if the children had to wait for a processor.
    pub fn warning(&self) -> Option<String> {
        if self.lasted < SHORT { None } else { warning(self.share()) }
    }

    fn share(&self) -> f64 {
        self.used.as_secs_f64() / self.lasted.as_secs_f64()
    }
}

fn warning(share: f64) -> Option<String> {
    let percent = (share * 100.0).round();
    (share < ENOUGH).then(|| {
        format!("The machine was busy with other things: the processes had {percent} % of a processor only.")
    })
}

/// The processor time of all children that have ended.
#[cfg(unix)]
fn used() -> Duration {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("a request that every unix knows");
    let microseconds = (usage.user_time() + usage.system_time()).num_microseconds();
    Duration::from_micros(microseconds.unsigned_abs())
}

/// Not known here, so nothing is warned of.
#[cfg(not(unix))]
fn used() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_machine_is_told() {
        assert_eq!(warning(0.97), None);
        assert!(warning(0.6).is_some_and(|text| text.contains("60 %")));
    }

    #[cfg(unix)]
    #[test]
    fn a_child_that_sleeps_has_no_processor() {
        let mut share = Share::default();
        share.of(|| std::process::Command::new("sleep").arg("0.3").status()).unwrap();
        assert!(warning(share.share()).is_some());
    }
}
