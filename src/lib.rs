//! Lock-free data structures of which what is checked is what ships, and every check is shown to be able to fail.
//!
//! The map of the house. Arrows point down only: a floor uses the floors below it, never those above.
//!
//! | floor | module | what is there |
//! |---|---|---|
//! | 3 | [`stack`] | [`TreiberStack`](stack::TreiberStack), [`EliminationStack`](stack::EliminationStack), [`VersionedStack`](stack::VersionedStack) |
//! | 3 | [`ring`] | [`Ring`](ring::Ring), [`HelpingRing`](ring::HelpingRing), and the lesson's [`LockFreeRingBuffer`](ring::LockFreeRingBuffer) |
//! | 3 | `log` | logs of other programs, read for the judge (feature `log`) |
//! | 2 | `arena` | numbered cells, for structures whose state fits into one word |
//! | 2 | [`reclaim`] | when a node may be freed: one trait, several strategies |
//! | 2 | `check` | the harness: declare a structure once, get every engine (feature `check`) |
//! | 1 | [`sync`] | the facade: the only door to atomics, cells, threads, locks, clocks, heap nodes |

// The one door (`clippy.toml`). In the plain build the facade's types are `std`'s own and clippy cannot tell
// them apart; there `tests/house.rs` reads the sources instead.
#![cfg_attr(any(loom, shuttle), warn(clippy::disallowed_types, clippy::disallowed_methods))]

mod arena;
mod capacity;
mod exhaust;
pub mod reclaim;
pub mod ring;
pub mod stack;
pub mod sync;

#[cfg(feature = "check")]
pub mod check;

#[cfg(feature = "log")]
pub mod log;

/// The README's examples, compiled and run.
#[cfg(all(doctest, feature = "check", not(any(loom, shuttle))))]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// The examples of the chapter on the judge.
#[cfg(all(doctest, feature = "check", not(any(loom, shuttle))))]
#[doc = include_str!("../docs/judge.md")]
pub struct Judge;

/// The examples of the chapter on the explorer.
#[cfg(all(doctest, feature = "check", shuttle))]
#[doc = include_str!("../docs/explorer.md")]
pub struct Explorer;

/// The examples of the chapter on pictures.
#[cfg(all(doctest, feature = "picture", not(any(loom, shuttle))))]
#[doc = include_str!("../docs/pictures.md")]
pub struct Pictures;
