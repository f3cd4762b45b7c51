//! The judge, checked against one that is too simple to be wrong; and that this check can fail.
//!
//! | file | what |
//! |---|---|
//! | `known.rs` | histories of which the verdict is known |
//! | `brute.rs` | all permutations, and what an explanation must be |
//! | `random.rs` | random small histories, and the comparison |
//! | `specs.rs` | each specification that is shipped: 100,000 histories in real time and 10,000 in each other order; without optimisation a tenth of that |
//! | `open.rs` | histories with many calls without an answer: where they end, and what would be right there |
//! | `mutants.rs` | judges with a fault, each of which the comparison must find |
//! | `limits.rs` | within limits the verdict is right or unknown |
//! | `large.rs` | histories of hundreds of calls |
#![cfg(not(any(loom, shuttle)))]

mod brute;
mod known;
mod large;
mod limits;
mod mutants;
mod open;
mod random;
mod specs;
