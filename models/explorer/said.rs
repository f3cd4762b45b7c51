//! What the explorer says of a program, in the words that the tests of the facade need.

use selvedge::check::Failure;
use selvedge::check::explore::{Explored, Explorer, Memory, Script};
use std::fmt::Debug;

/// Both memory models.
pub const BOTH: [Memory; 2] = [Memory::Sc, Memory::Weak];

/// All that came of `program`, in which every thread must come to its end.
#[track_caller]
fn sound<T: Ord + Debug>(explored: Explored<T>) -> Explored<T> {
    if let Some(failure) = &explored.failure {
        panic!("{failure}");
    }
    assert_eq!(explored.blocked, 0, "some thread could not go on, in {explored:?}");
    assert_eq!(explored.executions, explored.outcomes.values().sum::<u64>());
    explored
}

/// What `program` returns, in order. It may not fail.
#[track_caller]
pub fn outcomes<T: Ord + Debug + Send + 'static>(
    memory: Memory,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> Vec<T> {
    sound(Explorer::new(memory).explore(program)).outcomes.into_keys().collect()
}

/// As [`outcomes`], with so many disturbances.
#[track_caller]
pub fn disturbed<T: Ord + Debug + Send + 'static>(
    memory: Memory,
    most: usize,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> Vec<T> {
    sound(Explorer::new(memory).disturbances(most).explore(program)).outcomes.into_keys().collect()
}

/// How many executions `program` has. It may not fail.
#[track_caller]
pub fn executions<T: Ord + Debug + Send + 'static>(
    memory: Memory,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> u64 {
    sound(Explorer::new(memory).explore(program)).executions
}

/// What is wrong with `program`: the failure, with each of these words in it, and its execution fails so again. And
/// the machinery has survived it: the next program is explored as if nothing had been.
#[track_caller]
pub fn fails<T: Ord + Debug + Send + 'static>(
    memory: Memory,
    words: &[&str],
    program: impl Fn() -> T + Clone + Send + Sync + 'static,
) {
    let failure = complaint(memory, words, program.clone());
    let schedule: Script = failure.schedule.as_deref().expect("a schedule").parse().expect("a schedule");
    let again = Explorer::new(memory).replay(&schedule, program).map(drop);
    assert_eq!(again.map_err(|failure| failure.message), Err(failure.message), "{memory:?}, {schedule}");
}

/// The same of a program that does something else whenever it is run: its execution is not to be had again.
#[track_caller]
pub fn fails_once<T: Ord + Debug + Send + 'static>(
    memory: Memory,
    words: &[&str],
    program: impl Fn() -> T + Send + Sync + 'static,
) {
    complaint(memory, words, program);
}

/// What is wrong with `program`, with each of these words in it.
#[track_caller]
pub fn complaint<T: Ord + Debug + Send + 'static>(
    memory: Memory,
    words: &[&str],
    program: impl Fn() -> T + Send + Sync + 'static,
) -> Failure {
    let explored = Explorer::new(memory).explore(program);
    let Some(failure) = explored.failure else {
        panic!("{memory:?} finds nothing wrong: {:?}", explored.outcomes)
    };
    for word in words {
        assert!(failure.message.contains(word), "{memory:?} does not say {word:?}: {failure}");
    }
    assert_eq!(outcomes(memory, after), [(0, 1), (1, 0), (1, 1)]);
    failure
}

/// Store buffering under sequential consistency: needs threads, memory, and the search.
fn after() -> (u64, u64) {
    use selvedge::sync::atomic::{AtomicU64, Ordering::SeqCst};
    use selvedge::sync::thread;
    let (x, y) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            x.store(1, SeqCst);
            y.load(SeqCst)
        });
        y.store(1, SeqCst);
        (x.load(SeqCst), other.join().expect("no panic"))
    })
}
