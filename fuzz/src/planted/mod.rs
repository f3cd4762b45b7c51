//! Structures, and a reader, with a bug each, which the targets must find. None of this is in the library.
//!
//! `SELVEDGE_PLANT` names the bug. With `none` these structures are right, and then nothing may be found: what
//! the targets find is the bug, and not the structure around it.

#[cfg(not(shuttle))]
pub mod log;
#[cfg(not(shuttle))]
pub mod stack;

pub mod ring;

use std::sync::OnceLock;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// Nothing.
    None,
    /// Ring, two threads: a push publishes its slot before it writes the element.
    Unwritten,
    /// Ring, two threads: a pop says "empty" when the next element is claimed and not published yet, though
    /// others behind it are.
    Empty,
    /// Ring, in models only: a pop does not give its slot back, and the push of the next lap waits for ever.
    Stuck,
    /// Stack in numbered cells, in models only: its words have no version.
    Narrow,
    /// Ring: `is_empty` compares slots instead of positions, and takes a full ring for an empty one.
    Slots,
    /// Ring: the destructor goes from slot to slot likewise, and drops nothing of a full ring.
    Lost,
    /// Ring: the destructor drops whatever was last written to each slot, popped or not.
    Twice,
    /// Ring: the destructor drops what is in each slot, written or not.
    Unborn,
    /// Stack: a pop frees the node before it reads the successor.
    Freed,
    /// Stack: a pop does not free the node.
    Leaked,
    /// Stack: `pop_all` gives the oldest value first.
    Order,
    /// Stack: the destructor drops nothing.
    Kept,
    /// Log: what crashed is taken for what failed.
    Crashed,
    /// Log: bytes are trusted to be text.
    Trusting,
}

/// The bug that `SELVEDGE_PLANT` names, or `usual`.
///
/// # Panics
/// If it names none.
pub fn bug(usual: Bug) -> Bug {
    static BUG: OnceLock<Bug> = OnceLock::new();
    *BUG.get_or_init(|| match std::env::var("SELVEDGE_PLANT").as_deref() {
        Err(_) => usual,
        Ok("none") => Bug::None,
        Ok("unwritten") => Bug::Unwritten,
        Ok("empty") => Bug::Empty,
        Ok("stuck") => Bug::Stuck,
        Ok("narrow") => Bug::Narrow,
        Ok("slots") => Bug::Slots,
        Ok("lost") => Bug::Lost,
        Ok("twice") => Bug::Twice,
        Ok("unborn") => Bug::Unborn,
        Ok("freed") => Bug::Freed,
        Ok("leaked") => Bug::Leaked,
        Ok("order") => Bug::Order,
        Ok("kept") => Bug::Kept,
        Ok("crashed") => Bug::Crashed,
        Ok("trusting") => Bug::Trusting,
        Ok(other) => panic!("SELVEDGE_PLANT={other}: there is no such bug"),
    })
}
