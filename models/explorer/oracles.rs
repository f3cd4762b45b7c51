//! The judges judged: they agree with the literature and with each other, and no axiom is there for nothing.
//!
//! The explorer has no part in this. While these tests hold, a disagreement of the explorer with the judges
//! is the explorer's fault.

use super::axioms::{Axioms, Psc, ReleaseSequence};
use super::litmus::{self, Model, SPURIOUS};
use super::program::{Instr, Program};
use super::{interleave, naive, random};
use std::collections::BTreeSet;

/// How many random programs are judged.
const SEEDS: u64 = 600;

fn programs() -> impl Iterator<Item = Program> {
    random::seeds(SEEDS).map(random::program)
}

#[test]
fn the_judges_agree_with_the_literature() {
    let tests = litmus::all();
    let names: BTreeSet<&str> = tests.iter().map(|litmus| litmus.name).collect();
    assert_eq!(names.len(), tests.len(), "two litmus tests have the same name");
    let wrong: Vec<String> = (tests.iter())
        .flat_map(|litmus| {
            let weak = naive::verdict(&litmus.program, SPURIOUS);
            let sc = interleave::verdict(&litmus.program, SPURIOUS);
            [
                litmus.disagreement(Model::Weak, &weak.outcomes, weak.blocked),
                litmus.disagreement(Model::Sc, &sc.outcomes, sc.blocked),
            ]
        })
        .flatten()
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every interleaving is also an execution of the weak model.
#[test]
fn the_weak_model_allows_what_sc_allows() {
    for program in programs() {
        let (weak, sc) = (naive::verdict(&program, SPURIOUS), interleave::verdict(&program, SPURIOUS));
        assert!(
            sc.outcomes.iter().all(|(outcome, count)| weak.outcomes.get(outcome) >= Some(count)),
            "{program}"
        );
        assert!(weak.blocked || !sc.blocked, "{program}");
    }
}

/// RC11 has no weak behaviour where everything is `SeqCst`. The two judges have nothing in common but the
/// language, so this checks both of them.
#[test]
fn the_weak_model_is_sc_where_everything_is_seqcst() {
    for program in programs().map(|program| random::strongest(&program)) {
        let (weak, sc) = (naive::verdict(&program, SPURIOUS), interleave::verdict(&program, SPURIOUS));
        assert_eq!(weak, sc, "{program}");
    }
}

/// Each axiom forbids something that the literature forbids.
#[test]
fn every_axiom_matters() {
    let rc11 = Axioms::RC11;
    let mutants = [
        ("CoRR", Axioms { coherence: false, ..rc11 }),
        ("CoWW", Axioms { coherence: false, ..rc11 }),
        ("MP+rel+acq", Axioms { coherence: false, ..rc11 }),
        ("two adds", Axioms { atomicity: false, ..rc11 }),
        ("loom 254", Axioms { atomicity: false, ..rc11 }),
        ("SB+sc", Axioms { psc: Psc::Off, ..rc11 }),
        ("SB+scfences", Axioms { psc: Psc::Off, ..rc11 }),
        ("W+RWC+sc", Axioms { psc: Psc::Off, ..rc11 }),
        ("IRIW+sc-reads", Axioms { psc: Psc::Eco, ..rc11 }),
        ("LB", Axioms { no_thin_air: false, ..rc11 }),
        ("MP+fences", Axioms { fences: false, ..rc11 }),
        ("MP+rel+acqfence", Axioms { fences: false, ..rc11 }),
        ("release sequence", Axioms { release_sequence: ReleaseSequence::Head, ..rc11 }),
        ("release sequence, own store", Axioms { release_sequence: ReleaseSequence::SameThread, ..rc11 }),
    ];
    for (name, axioms) in mutants {
        let litmus = litmus::named(name);
        let verdict = naive::verdict_under(&litmus.program, SPURIOUS, &axioms);
        let disagreement = litmus.disagreement(Model::Weak, &verdict.outcomes, verdict.blocked);
        assert!(disagreement.is_some(), "{name} does not tell {axioms:?} from RC11");
    }
}

/// The random programs are of every kind, and many of them tell the models apart.
#[test]
fn the_random_programs_are_worth_it() {
    let without_psc = Axioms { psc: Psc::Off, ..Axioms::RC11 };
    let (mut weak, mut strong, mut blocked) = (0, 0, 0);
    let mut kinds = BTreeSet::new();
    // How many there are at the least is known of these.
    for program in (0..SEEDS).map(random::program) {
        assert!((2..=4).contains(&program.threads.len()), "{program}");
        let verdict = naive::verdict(&program, SPURIOUS);
        weak +=
            u32::from(!verdict.outcomes.keys().eq(interleave::verdict(&program, SPURIOUS).outcomes.keys()));
        strong += u32::from(verdict != naive::verdict_under(&program, SPURIOUS, &without_psc));
        blocked += u32::from(verdict.blocked);
        kinds.extend(program.threads.iter().flatten().map(kind));
    }
    let kinds: Vec<&str> = kinds.into_iter().collect();
    let all = [
        "add",
        "await",
        "cas",
        "cas_weak",
        "fence",
        "guard",
        "load",
        "lock",
        "store",
        "store last",
        "swap",
        "unlock",
    ];
    assert_eq!(kinds, all);
    assert!(weak >= 60, "only {weak} of {SEEDS} programs have outcomes that are not SC");
    assert!(strong >= 20, "only for {strong} of {SEEDS} programs does it matter what is SeqCst");
    assert!(blocked >= 15, "only {blocked} of {SEEDS} programs may be blocked");
}

fn kind(instr: &Instr) -> &'static str {
    match instr {
        Instr::Load { .. } => "load",
        Instr::Store { .. } => "store",
        Instr::StoreLast { .. } => "store last",
        Instr::Add { .. } => "add",
        Instr::Swap { .. } => "swap",
        Instr::Cas { .. } => "cas",
        Instr::CasWeak { .. } => "cas_weak",
        Instr::Fence { .. } => "fence",
        Instr::Guard { .. } => "guard",
        Instr::Await { .. } => "await",
        Instr::Lock { .. } => "lock",
        Instr::Unlock { .. } => "unlock",
    }
}
