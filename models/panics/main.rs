//! Code of the user's that panics, where the engine says so, inside of the structures that call it.
//!
//! | file | what is there |
//! |---|---|
//! | `destructors.rs` | structures that are dropped with values whose destructors panic: the rest is dropped, once |
//! | `histories.rs` | operations that a destructor leaves half-way: the others go on, and answers are explained |
//! | `halfway.rs` | controls: structures that break when a callback panics in the middle |
//! | `facade.rs` | the facade itself: whose panic it is, and what is found meanwhile |

mod destructors;
#[cfg(shuttle)]
mod facade;
mod halfway;
mod histories;
