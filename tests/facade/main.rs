//! The hooks of the facade in the two model builds, each shown at work and each shown to be able to complain.
#![cfg(any(loom, shuttle))]

mod atomics;
mod cells;
#[path = "../shared/child.rs"]
mod child;
mod choices;
mod engine;
mod heap;
mod locks;
#[cfg(loom)]
mod memory;
#[cfg(shuttle)]
mod pending;
mod steps;
mod threads;
mod weaken;
