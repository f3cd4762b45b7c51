//! The explorer, and the judges that were written apart from it.
//!
//! | file | what is there |
//! |---|---|
//! | `program.rs` | the language of the programs, and what came of one |
//! | `naive.rs` | the judge of the weak model: all execution graphs that RC11 allows |
//! | `unfold.rs`, `relation.rs`, `axioms.rs` | its parts: events, boolean matrices, the axioms |
//! | `interleave.rs` | the judge of the strong model: all interleavings |
//! | `litmus.rs`, `litmus` | the table of litmus tests |
//! | `random.rs` | small random programs |
//! | `adapter.rs`, `agreement.rs` | the explorer's own verdict, and that it is the same |
//! | `alike.rs` | threads that do the same: as many executions as orbits of graphs |
//! | `loops.rs` | loops that wait for several locations, against the judges |
//! | `frugal.rs` | that waiting costs few runs |
//! | `running.rs`, `kept.rs`, `parts.rs` | that workers, shards and a kill in between change nothing |
//! | `oracles.rs` | the judges judged: by the table, by each other, by mutation |
//! | `said.rs` | outcomes, numbers of executions and failures of programs on the facade |
//! | `once.rs` | random programs whose outcomes tell each execution from all others |
//! | `blocking.rs`, `waiting.rs` | mutexes and conditions; loops that wait |
//! | `timed.rs` | waits that have a time-out |
//! | `threads.rs`, `children.rs` | starting, joining, scopes, parking; threads that start threads |
//! | `memory.rs`, `nodes.rs`, `guards.rs`, `pointers.rs` | races of plain memory; nodes; guards; shared pointers |
//! | `reuse.rs`, `addresses.rs` | addresses that come back, in programs by hand and random ones |
//! | `failures.rs` | panics, programs that are not deterministic, executions that are given up |

#[cfg(shuttle)]
mod adapter;
#[cfg(shuttle)]
mod addresses;
#[cfg(shuttle)]
mod agreement;
#[cfg(shuttle)]
mod alike;
mod axioms;
#[cfg(shuttle)]
mod blocking;
#[cfg(shuttle)]
#[path = "../../tests/shared/child.rs"]
mod child;
#[cfg(shuttle)]
mod children;
#[cfg(shuttle)]
mod failures;
#[cfg(shuttle)]
mod frugal;
#[cfg(shuttle)]
mod guards;
mod interleave;
#[cfg(shuttle)]
mod kept;
mod litmus;
#[cfg(shuttle)]
mod loops;
#[cfg(shuttle)]
mod memory;
mod naive;
#[cfg(shuttle)]
mod nodes;
#[cfg(shuttle)]
mod once;
mod oracles;
#[cfg(shuttle)]
mod parts;
#[cfg(shuttle)]
mod pointers;
mod program;
mod random;
mod relation;
#[cfg(shuttle)]
mod reuse;
#[cfg(shuttle)]
mod running;
#[cfg(shuttle)]
mod said;
#[cfg(shuttle)]
mod threads;
#[cfg(shuttle)]
mod timed;
mod unfold;
#[cfg(shuttle)]
mod waiting;
