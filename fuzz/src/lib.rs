//! What the fuzz targets share.
//!
//! What a structure should do is declared once, in `models/declarations`, for the models and for the fuzzers.

#[path = "../../models/declarations/ring.rs"]
pub mod ring;
#[path = "../../models/declarations/stack.rs"]
pub mod stack;

#[cfg(not(shuttle))]
pub mod counted;
#[cfg(not(shuttle))]
pub mod owning_stack;

#[cfg(feature = "planted")]
pub mod planted;
