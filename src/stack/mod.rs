//! Stacks: last in, first out.
//!
//! [`TreiberStack`]: unbounded, lock-free, one allocation a push.

mod iter;
mod pinned;
mod treiber;

pub use iter::{IntoIter, PopAll};
pub use pinned::{Iter, Pinned};
pub use treiber::TreiberStack;
