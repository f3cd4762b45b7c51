//! Stacks: last in, first out.
//!
//! | stack | memory | when contended |
//! |---|---|---|
//! | [`TreiberStack`] | one allocation a push, freed by a [strategy](crate::reclaim) | tries again |
//! | [`EliminationStack`] | the same | a push and a pop that meet are done, without the stack |
//! | [`VersionedStack`] | numbered cells, used again at once; a capacity | tries again |

pub mod elimination;
mod iter;
mod pinned;
mod treiber;
pub mod versioned;

pub use crate::capacity::CapacityError;
pub use elimination::EliminationStack;
pub use iter::{IntoIter, PopAll};
pub use pinned::{Iter, Pinned};
pub use treiber::TreiberStack;
pub use versioned::{Full, VersionedStack};
