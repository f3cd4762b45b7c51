//! The explorer against its judges: equal outcomes, and equal numbers of executions.
//!
//! That the numbers are equal says that nothing is missed and that nothing is explored twice: the judges count
//! different graphs, the explorer counts runs.
//!
//! Failed attempts of a wait are events of the explorer, and of no judge. So of a program with waits it has at least as many
//! executions with each outcome (`loops.rs` counts those of loops one by one), and gives runs up only where two threads
//! wait.

use super::adapter::{explorer, verdict};
use super::litmus::{self, Model, SPURIOUS};
use super::program::{Instr, Program, Verdict};
use super::{interleave, naive, random};
use selvedge::check::Budget;
use selvedge::check::explore::{Broken, Explorer};

/// Random programs of a normal run.
const PROGRAMS: u64 = 3_000;

/// How many threads of a program wait.
fn waiting(program: &Program) -> usize {
    let waits = |thread: &&Vec<Instr>| thread.iter().any(|instr| matches!(instr, Instr::Await { .. }));
    program.threads.iter().filter(waits).count()
}

fn judge(program: &Program, model: Model) -> Verdict {
    match model {
        Model::Sc => interleave::verdict(program, SPURIOUS),
        Model::Weak => naive::verdict(program, SPURIOUS),
    }
}

fn compare(name: &str, program: &Program, model: Model, explorer: &Explorer) -> Result<(), String> {
    let right = judge(program, model);
    let complain = |what: String| Err(format!("{name}, {model:?}: {program}\n  {what}"));
    let (ours, given_up) = match verdict(explorer, program) {
        Ok(verdict) => verdict,
        Err(failure) => return complain(failure),
    };
    if !ours.outcomes.keys().eq(right.outcomes.keys()) {
        let only = |these: &Verdict, those: &Verdict| -> Vec<String> {
            let only = these.outcomes.keys().filter(|outcome| !those.outcomes.contains_key(outcome));
            only.map(ToString::to_string).collect()
        };
        let (missed, invented) = (only(&right, &ours), only(&ours, &right));
        return complain(format!("missed {missed:?}, invented {invented:?}"));
    }
    if ours.blocked != right.blocked {
        return complain(format!("blocked: {}, but {} is right", ours.blocked, right.blocked));
    }
    let waiting = waiting(program);
    if waiting < 2 && given_up > 0 {
        return complain(format!("{given_up} runs for nothing"));
    }
    let mut counts = ours.outcomes.values().zip(right.outcomes.values());
    let agrees = if waiting == 0 { u64::eq } else { u64::ge };
    if counts.any(|(ours, right)| !agrees(ours, right)) {
        let attempts = if waiting > 0 { ", without failed attempts," } else { "" };
        return complain(format!("{} executions, but {}{attempts} are right", ours.graphs(), right.graphs()));
    }
    Ok(())
}

fn all_agree(programs: impl Iterator<Item = (String, Program)>) {
    let mut complaints = Vec::new();
    let mut count = 0_u64;
    for (name, program) in programs {
        count += 1;
        for model in [Model::Sc, Model::Weak] {
            complaints.extend(compare(&name, &program, model, &explorer(model, SPURIOUS)).err());
        }
    }
    assert!(complaints.is_empty(), "{} of {count}:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn litmus_tests() {
    all_agree(litmus::all().into_iter().map(|test| (test.name.to_string(), test.program)));
}

/// In a long run: other programs each time, and ten times as many.
#[test]
fn random_programs() {
    let seeds = random::seeds(Budget::get().scale(PROGRAMS));
    all_agree(seeds.map(|seed| (format!("seed {seed}"), random::program(seed))));
}

/// An explorer that is wrong in any way is told from one that is right.
#[test]
fn every_part_of_the_explorer_matters() {
    let all = [
        Broken::NoRevisits,
        Broken::EveryRevisit,
        Broken::NoContention,
        Broken::LastPlace,
        Broken::NoCoherence,
        Broken::NoScOrder,
        Broken::NoLastResort,
    ];
    for broken in all {
        let broken_explorer = explorer(Model::Weak, SPURIOUS).broken(broken);
        let mut tests = litmus::all().into_iter();
        let told =
            tests.any(|test| compare(test.name, &test.program, Model::Weak, &broken_explorer).is_err());
        assert!(told, "no litmus test tells that the explorer is broken: {broken:?}");
    }
}
