//! What the fuzz targets share.
//!
//! What a structure should do is declared once, in `models/declarations`, for the models and for the fuzzers.

#[path = "../../models/declarations/elimination.rs"]
pub mod elimination;
#[path = "../../models/declarations/ring.rs"]
pub mod ring;
#[path = "../../models/declarations/stack.rs"]
pub mod stack;
#[path = "../../models/declarations/versioned.rs"]
pub mod versioned;

/// Logs as they are meant, and how they are written: for the tests, too.
#[cfg(not(shuttle))]
#[path = "../../tests/lin/meant.rs"]
pub mod meant;

#[cfg(not(shuttle))]
pub mod counted;
#[cfg(not(shuttle))]
pub mod owning_stack;

#[cfg(feature = "planted")]
pub mod planted;
