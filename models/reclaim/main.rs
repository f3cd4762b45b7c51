//! Models of the strategies: that they hold, that what can be wrong in them is found, and that they go on when a thread
//! stops.
//!
//! The strategies are those that ship. In models their blocks are as small as they can be, so that slots are reused, scans
//! made and blocks added within a few operations: `Hazard<_, 2, 1>` has two hazards and one waiting node in a block. What
//! is wrong in a control is said by the type of its domain, and nothing of it is there outside of model builds.
//!
//! | file | what is there |
//! |---|---|
//! | `registers.rs` | one pointer, read and replaced: each part of a strategy, with as few steps as can be |
//! | `stacks.rs` | Treiber's stack, and the one with elimination, under each strategy |
//! | `lapsed.rs` | ABA, where a pop has let its guard go meanwhile |
//! | `owned.rs` | guards that own their domain, and go to another thread |
//! | `controls.rs` | what is wrong, and who must find it |
//! | `bounds.rs` | garbage and memory: what a stopped thread keeps, what one that has ended leaves |
//! | `forgotten.rs` | guards and shields that are forgotten keep what they protect |
//! | `stopped.rs` | what is left where one who retires or flushes has stopped |
//! | `progress.rs` | the bookkeeping is lock-free |
//! | `steps.rs` | what a guard and a read cost, in steps |

// Not every part of the declaration is used here.
#[allow(dead_code)]
#[path = "../declarations/elimination.rs"]
mod elimination;
#[path = "../declarations/register.rs"]
mod register;
// Not every part of the declaration is used here.
#[allow(dead_code)]
#[path = "../declarations/stack.rs"]
mod stack;

mod bounds;
#[cfg(any(loom, shuttle))]
mod controls;
mod forgotten;
// Of the memory that the engines give out, and so theirs alone.
#[cfg(any(loom, shuttle))]
mod lapsed;
mod owned;
mod progress;
mod registers;
mod stacks;
// The explorer alone counts steps.
#[cfg(shuttle)]
mod steps;
mod stopped;

use register::Op;
use selvedge::check::Scenario;
use selvedge::reclaim::{Anyone, Domain, Ebr, Hazard};

/// The domain of those who read no more than they retire.
struct Fenced;

impl Domain for Fenced {
    const ASYMMETRIC: bool = false;
}

/// Two threads have a hazard each; a second node does not find room.
type Hazards<D = Anyone> = Hazard<D, 2, 1>;

/// A second thread, or shield, needs a second block.
type OneHazard<D = Anyone> = Hazard<D, 1, 1>;

type Epochs<D = Anyone> = Ebr<D, 2, 1>;

type OneEpoch<D = Anyone> = Ebr<D, 1, 1>;

/// Two nodes find room: for what takes long enough without blocks that are added.
type RoomyEpochs<D = Anyone> = Ebr<D, 2, 2>;

fn two(left: impl IntoIterator<Item = Op>, right: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(left).thread(right)
}
