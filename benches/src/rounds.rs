//! Rounds of all contenders alternate, and of each one round counts.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// How rounds are made: so many, each of so many turns.
pub struct Rounds {
    pub rounds: usize,
    pub turns: u32,
    /// Which of them counts, from the fastest on. The first: what is left out is what disturbed it. One in the middle: of
    /// threads that are to disturb each other, the fastest round is the one in which they happened not to meet.
    pub counts: usize,
}

impl Rounds {
    /// How many nanoseconds one turn of a thread takes, for each contender. `turn` is told the number of its thread, and
    /// does so many turns.
    pub fn measure<C: ?Sized + Sync>(
        &self,
        contenders: &[(&str, Box<C>)],
        threads: usize,
        turn: impl Fn(&C, usize, u32) + Sync,
    ) -> Vec<f64> {
        let mut times = vec![Vec::new(); contenders.len()];
        for _ in 0..self.rounds {
            for ((_, contender), times) in contenders.iter().zip(&mut times) {
                let ready = Barrier::new(threads);
                let work = |thread: usize| {
                    ready.wait();
                    let start = Instant::now();
                    turn(&**contender, thread, self.turns);
                    start.elapsed()
                };
                let slowest = thread::scope(|scope| {
                    let work = &work;
                    let others: Vec<_> =
                        (1..threads).map(|thread| scope.spawn(move || work(thread))).collect();
                    let own = work(0);
                    others.into_iter().map(|other| other.join().expect("no panic")).fold(own, Duration::max)
                });
                times.push(slowest);
            }
        }
        let nanoseconds = |mut times: Vec<Duration>| {
            times.sort_unstable();
            times[self.counts].as_nanos() as f64 / f64::from(self.turns)
        };
        times.into_iter().map(nanoseconds).collect()
    }
}

/// The head of a table; ratios are to the first contender.
pub fn print_head<C: ?Sized>(contenders: &[(&str, Box<C>)]) {
    let names: Vec<_> = contenders.iter().map(|(name, _)| *name).collect();
    println!("| ns a turn (ratio to {}) | threads | {} |", names[0], names.join(" | "));
    println!("|---|---|{}", "---|".repeat(names.len()));
}

/// A row of it.
pub fn print_row(name: &str, threads: usize, times: &[f64]) {
    let cells: Vec<_> = times.iter().map(|time| format!("{time:.1} ({:.2})", time / times[0])).collect();
    println!("| {name} | {threads} | {} |", cells.join(" | "));
}
