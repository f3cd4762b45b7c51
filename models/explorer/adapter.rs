//! Programs for the explorer: each instruction is a call of the facade.

use super::litmus::Model;
use super::program::{Instr, Outcome, Program, Verdict};
use selvedge::check::explore::{Explorer, Memory, on_threads_alike};
use selvedge::sync::atomic::{AtomicU64, Ordering, fence};
use selvedge::sync::{Arc, Backoff, Mutex, thread};

struct Shared {
    locations: Vec<AtomicU64>,
    mutexes: Vec<Mutex<()>>,
}

impl Shared {
    fn of(program: &Program) -> Self {
        let locations = (0..program.locations).map(|_| AtomicU64::new(0)).collect();
        let mutexes = (0..program.mutexes).map(|_| Mutex::new(())).collect();
        Shared { locations, mutexes }
    }

    /// The last value of each location: seen by whoever has waited for all threads.
    fn last(&self) -> Vec<u64> {
        self.locations.iter().map(|location| location.load(Ordering::Relaxed)).collect()
    }
}

/// Runs one thread; what it read.
fn run(shared: &Shared, thread: &[Instr]) -> Vec<u64> {
    let (mut reads, mut last) = (Vec::new(), 0);
    let mut held: Vec<_> = shared.mutexes.iter().map(|_| None).collect();
    let at = |loc: usize| &shared.locations[loc];
    for instr in thread {
        let exchanged = match *instr {
            Instr::Store { loc, value, order } => {
                at(loc).store(value, order);
                continue;
            }
            Instr::StoreLast { loc, order } => {
                at(loc).store(last + 1, order);
                continue;
            }
            Instr::Fence { order } => {
                fence(order);
                continue;
            }
            Instr::Guard { value } if reads.is_empty() || last != value => break,
            Instr::Guard { .. } => continue,
            Instr::Lock { mutex } => {
                held[mutex] = Some(shared.mutexes[mutex].lock().expect("never poisoned"));
                continue;
            }
            Instr::Unlock { mutex } => {
                held[mutex] = None;
                continue;
            }
            Instr::Await { loc, value, order } => {
                while at(loc).load(order) != value {
                    Backoff::new().wait();
                }
                last = value;
                reads.push(last);
                continue;
            }
            Instr::Load { loc, order } => {
                last = at(loc).load(order);
                reads.push(last);
                continue;
            }
            Instr::Add { loc, value, order } => {
                last = at(loc).fetch_add(value, order);
                reads.push(last);
                continue;
            }
            Instr::Swap { loc, value, order } => {
                last = at(loc).swap(value, order);
                reads.push(last);
                continue;
            }
            Instr::Cas { loc, expected, new, success, failure } => {
                at(loc).compare_exchange(expected, new, success, failure)
            }
            Instr::CasWeak { loc, expected, new, success, failure } => {
                at(loc).compare_exchange_weak(expected, new, success, failure)
            }
        };
        let (Ok(seen) | Err(seen)) = exchanged;
        last = seen;
        reads.extend([seen, u64::from(exchanged.is_ok())]);
    }
    // What is still held stays locked.
    held.into_iter().for_each(std::mem::forget);
    reads
}

/// An explorer for this model.
pub fn explorer(model: Model, spurious: usize) -> Explorer {
    let memory = match model {
        Model::Sc => Memory::Sc,
        Model::Weak => Memory::Weak,
    };
    Explorer::new(memory).disturbances(spurious).allow_deadlocks()
}

/// One execution of a program, with what came of it.
pub fn execution(program: &Program) -> impl Fn() -> Outcome + Send + Sync + 'static {
    let body = program.clone();
    move || {
        let shared = Arc::new(Shared::of(&body));
        let others = body.threads.iter().skip(1).cloned().map(|thread| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || run(&shared, &thread))
        });
        let others: Vec<_> = others.collect();
        let mut reads = vec![run(&shared, &body.threads[0])];
        reads.extend(others.into_iter().map(|other| other.join().expect("no panic")));
        Outcome { reads, last: shared.last() }
    }
}

/// One execution of a program whose last `alike` threads do the same. No thread of it is the main one.
pub fn execution_alike(program: &Program, alike: usize) -> impl Fn() -> Outcome + Send + Sync + 'static {
    let body = program.clone();
    move || {
        let shared = Arc::new(Shared::of(&body));
        let (others, twins) = body.threads.split_at(body.threads.len() - alike);
        let others = others.iter().cloned().map(|thread| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || run(&shared, &thread))
        });
        let others: Vec<_> = others.collect();
        let (of_twins, text) = (Arc::clone(&shared), twins[0].clone());
        let twins = on_threads_alike(alike, move |_| run(&of_twins, &text));
        let mut reads: Vec<_> = others.into_iter().map(|other| other.join().expect("no panic")).collect();
        reads.extend(twins);
        Outcome { reads, last: shared.last() }
    }
}

/// What the explorer says of a program. Graphs are its executions, and `blocked` is whether there was any that
/// could not end. The runs that were given up are told apart.
pub fn verdict(explorer: &Explorer, program: &Program) -> Result<(Verdict, u64), String> {
    let explored = explorer.explore(execution(program));
    if let Some(failure) = explored.failure {
        return Err(failure.to_string());
    }
    let verdict = Verdict { outcomes: explored.outcomes, blocked: explored.blocked > 0 };
    Ok((verdict, explored.redundant))
}
