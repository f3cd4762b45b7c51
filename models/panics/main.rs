//! Code of the user's that panics, where the engine says so, inside of the structures that call it.
//!
//! | file | what is there |
//! |---|---|
//! | `destructors.rs` | structures that are dropped with values whose destructors panic: the rest is dropped, once |
//! | `histories.rs` | operations that a destructor leaves half-way: the others go on, and answers are explained |
//! | `retired.rs` | nodes that wait to be freed, whose destructors panic in the middle of operations of others |
//! | `halfway.rs` | controls: structures that break when a callback panics in the middle |
//! | `facade.rs` | the facade itself: whose panic it is, and what is found meanwhile |

// Not every part of the declaration is used here.
#[allow(dead_code)]
#[path = "../declarations/register.rs"]
mod register;

mod destructors;
#[cfg(shuttle)]
mod facade;
mod halfway;
mod histories;
mod retired;
