//! The judge beside the checkers of others: the same histories, one run, and how many times as long as ours each takes.
//!
//! Each measurement is a process of its own: a peer that comes to no end has to be stopped, and no library can be.
//! That is why this is no benchmark of a framework.

mod histories;
mod peers;

use histories::{CASES, Case};
use peers::PEERS;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a checker may take.
const LONGEST: Duration = Duration::from_secs(10);

/// Checkers call themselves once for each call of a history.
const STACK: usize = 1 << 30;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [one, peer, number] if one == "--one" => {
            let (peer, number): (String, usize) =
                (peer.clone(), number.parse().expect("the number of a case"));
            let measure = move || peers::run(&peer, &CASES[number]);
            let thread = std::thread::Builder::new().stack_size(STACK).spawn(measure).expect("a thread");
            let (verdict, time) = thread.join().expect("the checker has an answer");
            println!("{verdict} {}", time.as_nanos());
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

fn table() {
    println!("| history | verdict | {} | best peer |", PEERS.join(" | "));
    println!("|---|---|{}---|", "---|".repeat(PEERS.len()));
    for (number, Case { name, .. }) in CASES.iter().enumerate() {
        let outcomes: Vec<Outcome> = PEERS.iter().map(|peer| measure(peer, number)).collect();
        let Outcome::Answered(verdict, own) = outcomes[0] else { panic!("{name}: no answer of our own") };
        let cells = outcomes.iter().map(|outcome| match outcome {
            Outcome::Answered(other, _) if *other != verdict => "**another verdict**".to_string(),
            Outcome::Answered(_, time) => format!("{time:.1?}"),
            Outcome::Stopped => format!("> {LONGEST:?}"),
            Outcome::Failed => "failed".into(),
        });
        let cells: Vec<String> = cells.collect();
        let times = outcomes[1..].iter().filter_map(|outcome| match outcome {
            Outcome::Answered(_, time) => Some(*time),
            _ => None,
        });
        let ratio = times
            .min()
            .map_or("none".into(), |best| format!("{:.1} ×", best.as_secs_f64() / own.as_secs_f64()));
        let verdict = if verdict { "yes" } else { "no" };
        println!("| {name} | {verdict} | {} | {ratio} |", cells.join(" | "));
    }
}
