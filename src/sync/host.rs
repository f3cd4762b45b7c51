//! The real `std` primitives, in every build, for the harness's own bookkeeping.
//!
//! The harness counts executions and collects histories beside the code that is explored; what it does
//! for that must not be a step of the model. Structures never import this module.

#[cfg(all(feature = "check", not(any(loom, shuttle))))]
pub(crate) use std::sync::Barrier;
pub(crate) use std::sync::{Arc, Mutex};
