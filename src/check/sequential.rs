//! One thread, random operations, each answer compared with the specification's.

use super::budget::Budget;
use super::failure::Failure;
use super::history::{Call, History, Order};
use super::linearizability::judge;
use super::model::{Engine, Model, test_name};
use super::picture::{Attempt, Execution};
use super::record::Coverage;
use super::run::Run;
use super::scenario::short_name;
use super::spec::Structure;
use super::tally::{Sight, Tally};
use arbitrary::Unstructured;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// Random sequences in a normal run.
const SEQUENCES: u64 = 1_000;

/// The most bytes that a sequence is made from.
const BYTES: usize = 600;

/// The most operations of a sequence: one that is made from no bytes would never use them up.
const OPERATIONS: usize = 1_000;

fn decode<'a, Op: arbitrary::Arbitrary<'a>>(bytes: &'a [u8]) -> Vec<Op> {
    let mut bytes = Unstructured::new(bytes);
    let mut operations = Vec::new();
    while !bytes.is_empty() && operations.len() < OPERATIONS {
        let Ok(op) = bytes.arbitrary() else { break };
        operations.push(op);
    }
    operations
}

/// Carries out the operations that `bytes` decode to, and compares each answer with the specification's. Tells how
/// many operations that were.
///
/// # Errors
/// The operation whose answer is none of the right ones, with all that led to it.
pub fn check_sequence<S: Structure>(structure: &S, bytes: &[u8]) -> Result<usize, String> {
    let sut = structure.create();
    // A nondeterministic specification may be in any of several states.
    let mut states = vec![structure.initial()];
    let mut log = String::new();
    let operations = decode::<S::Op>(bytes);
    for op in &operations {
        let ret = structure.apply(&sut, op);
        log += &format!("  {op:?} -> {ret:?}\n");
        let outcomes: Vec<_> = states.iter().flat_map(|state| structure.outcomes(state, op)).collect();
        let right: Vec<_> = outcomes.iter().map(|(ret, _)| format!("{ret:?}")).collect();
        let mut after: Vec<S::State> = Vec::new();
        for (_, state) in outcomes.into_iter().filter(|(answer, _)| *answer == ret) {
            if !after.contains(&state) {
                after.push(state);
            }
        }
        if after.is_empty() {
            return Err(format!("{op:?} -> {ret:?}, but right is {}, after\n{log}", right.join(" or ")));
        }
        states = after;
    }
    Ok(operations.len())
}

/// The sequence once more, as a history of one thread: how far it can be explained.
fn attempt<S: Structure>(structure: &S, bytes: &[u8]) -> Attempt {
    let sut = structure.create();
    let calls = (0..).step_by(2).zip(decode::<S::Op>(bytes)).map(|(start, op)| {
        let ret = Some(structure.apply(&sut, &op));
        Call { thread: 0, op, ret, start, end: start + 1, phase: 0 }
    });
    let history: History<_, _> = calls.collect();
    let judgement = judge(structure, &history, Order::RealTime);
    Attempt::of(structure, &history, Order::RealTime, &judgement)
}

/// Random operation sequences against the specification; a failing one is shrunk.
///
/// # Panics
/// If an answer is wrong: with the shortest sequence that was found.
pub fn sequential<S: Structure>(structure: S, path: &str) {
    let path = test_name(path);
    let budget = Budget::get();
    let cases = budget.scale(SEQUENCES) as u32;
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut seed = [0; 16];
    seed[..8].copy_from_slice(&budget.seed().to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::XorShift, &seed));
    let tally = Tally::new(None);
    let bytes = proptest::collection::vec(proptest::num::u8::ANY, 0..BYTES);
    let result = runner.run(&bytes, |bytes| {
        tally.begin();
        let count = check_sequence(&structure, &bytes).map_err(TestCaseError::fail)?;
        tally.observe(
            0,
            Sight { overlapped: false, touched: count > 0, history: bytes.len() as u64, order: 0 },
        );
        Ok(())
    });
    let failure = result.err().map(|error| match error {
        TestError::Fail(reason, bytes) => {
            let failure = Failure::new(reason.message().into(), String::new());
            failure.recorded(Execution::of_history(attempt(&structure, &bytes)))
        }
        TestError::Abort(reason) => Failure::new(reason.message().into(), String::new()),
    });
    let model = Model::program(&short_name::<S::Sut>(), "specification", || ()).sequential();
    if let Some(fault) = Run::new(&tally, Coverage::Sampled, failure).close(&model, path, Engine::Sequential)
    {
        panic!("\n{fault}");
    }
}
