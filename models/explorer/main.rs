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
//! | `oracles.rs` | the judges judged: by the table, by each other, by mutation |

#[cfg(shuttle)]
mod adapter;
#[cfg(shuttle)]
mod agreement;
mod axioms;
mod interleave;
mod litmus;
mod naive;
mod oracles;
mod program;
mod random;
mod relation;
mod unfold;
