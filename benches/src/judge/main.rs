//! The judge beside the checkers of others: the same histories, one run, and how many times as long as ours each takes.
//!
//! Each measurement is a process of its own: a peer that comes to no end has to be stopped, and no library can be.
//! That is why this is no benchmark of a framework.

mod histories;
mod peers;

use histories::{Case, cases};
use peers::PEERS;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How long a checker may take.
const LONGEST: Duration = Duration::from_secs(5);

/// On histories of more calls than this ours has to be so many times as fast as the best of the others.
const LONG: usize = 100;
const TIMES: f64 = 3.0;

/// Checkers call themselves once for each call of a history.
const STACK: usize = 1 << 30;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [one, peer, number] if one == "--one" => {
            let (peer, number): (String, usize) =
                (peer.clone(), number.parse().expect("the number of a case"));
            let measure = move || peers::run(&peer, &cases()[number]);
            let thread = std::thread::Builder::new().stack_size(STACK).spawn(measure).expect("a thread");
            let (verdict, time) = thread.join().expect("the checker has an answer");
            println!("{verdict} {}", time.as_nanos());
            ExitCode::SUCCESS
        }
        _ => table(),
    }
}

/// What became of a measurement.
enum Outcome {
    Answered(bool, Duration),
    Stopped,
    Failed,
}

fn measure(peer: &str, number: usize) -> Outcome {
    let own = std::env::current_exe().expect("this program");
    let mut child = Command::new(own)
        .args(["--one", peer, &number.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program starts");
    let begun = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if begun.elapsed() > LONGEST {
            child.kill().expect("it can be stopped");
            child.wait().expect("it has ended");
            return Outcome::Stopped;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("it has ended");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    match said.split_whitespace().collect::<Vec<_>>()[..] {
        [verdict, nanos] => {
            let nanos = nanos.parse().expect("a number of nanoseconds");
            Outcome::Answered(verdict == "true", Duration::from_nanos(nanos))
        }
        _ => Outcome::Failed,
    }
}

/// Prints the table, and fails where it does not show what is claimed.
fn table() -> ExitCode {
    println!("| history | verdict | {} | best peer |", PEERS.join(" | "));
    println!("|---|---|{}---|", "---|".repeat(PEERS.len()));
    let mut failures = Vec::new();
    for (number, Case { name, threads, calls, .. }) in cases().iter().enumerate() {
        let outcomes: Vec<Outcome> = PEERS.iter().map(|peer| measure(peer, number)).collect();
        let answers = |outcome: &Outcome| match outcome {
            Outcome::Answered(verdict, time) => Some((*verdict, *time)),
            _ => None,
        };
        let own = answers(&outcomes[0]);
        let verdict = outcomes.iter().find_map(answers).map(|(verdict, _)| verdict);
        let best = outcomes[1..].iter().filter_map(answers).map(|(_, time)| time).min();
        let ratio = own.zip(best).map(|((_, own), best)| best.as_secs_f64() / own.as_secs_f64());
        if outcomes.iter().filter_map(answers).any(|(other, _)| Some(other) != verdict) {
            failures.push(format!("{name}: the verdicts differ"));
        }
        if own.is_none() && (best.is_some() || matches!(outcomes[0], Outcome::Failed)) {
            failures.push(format!("{name}: no answer of our own"));
        }
        if threads * calls > LONG && ratio.is_some_and(|ratio| ratio < TIMES) {
            failures.push(format!("{name}: less than {TIMES} times as fast as the best peer"));
        }
        let cells = outcomes.iter().map(|outcome| match outcome {
            Outcome::Answered(other, _) if Some(*other) != verdict => "**another verdict**".to_string(),
            Outcome::Answered(_, time) => format!("{time:.1?}"),
            Outcome::Stopped => format!("> {LONGEST:?}"),
            Outcome::Failed => "failed".into(),
        });
        let cells: Vec<String> = cells.collect();
        let ratio = ratio.map_or("none".into(), |ratio| format!("{ratio:.1} ×"));
        let verdict = verdict.map_or("?", |verdict| if verdict { "yes" } else { "no" });
        println!("| {name} | {verdict} | {} | {ratio} |", cells.join(" | "));
    }
    failures.iter().for_each(|failure| eprintln!("{failure}"));
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
