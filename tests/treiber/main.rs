//! Treiber's stack as a container: what it holds, what it drops, who may use it.
#![cfg(not(any(loom, shuttle)))]

#[path = "../shared/bounds.rs"]
#[macro_use]
mod bounds;
mod drops;
#[path = "../shared/ledger.rs"]
mod ledger;
mod sequence;
mod threads;
mod types;
