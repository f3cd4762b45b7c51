//! The lesson's code must fail here, and ours must not: the negative controls.
//!
//! A check that cannot fail proves nothing. So the ring buffer and the stacks of the lesson are kept here as
//! they were written, defects and all, and each defect has a name (RB1 to RB11, ST1 to ST5) and at least one
//! scenario in which the engines must find it and say the right words about it. The very same scenario, with
//! the same operations and the same specification, is then run on this crate's structure, which must hold.
//!
//! | file | what is there |
//! |---|---|
//! | `ring.rs` | the lesson's ring buffer, with the list of departures from the lesson |
//! | `ring_spec.rs` | what a ring must do, asked of both rings |
//! | `ring_controls.rs` | RB1 to RB11 |
//! | `stacks.rs` | the lesson's two stacks, with the list of departures, and the `pop` that the lesson lacks |
//! | `stack_controls.rs` | what a stack must do, and ST1 to ST5 |
//! | `engine_controls` | defects of a few lines each, which no engine may lose sight of |
//!
//! # What has no control
//! The lesson has nine more defects. One thread alone shows them, or nobody does, so no schedule can; and what some of them
//! break (the allocator's contract, the bounds of a slice) no engine here watches. Where a test asserts what the repair
//! does instead, it is named.
//!
//! | defect | why it has no control | the repair is asserted in |
//! |---|---|---|
//! | RB12: the size of a huge capacity overflows, and a push writes out of bounds | one thread; real memory | `tests/bad_input.rs`: `a_ring_that_cannot_be_counted_is_refused`, `a_ring_that_no_memory_can_hold_is_refused` |
//! | RB13: values without a size are allocated | one thread; the allocator's contract | `tests/bad_input.rs`: `values_without_a_size_are_counted` |
//! | RB14: public fields let safe code break it | review: of types, not of executions | nowhere: the fields are private |
//! | RB15: counters that nobody reads | review | nowhere: there are none |
//! | RB16: `push` is as `try_push` | review: of an interface | nowhere: `Ring::push` sleeps, `LockFreeRingBuffer` keeps the lesson's meaning |
//! | RB17: all counters in one cache line | review: of speed | nowhere: they are padded |
//! | RB18: a destructor that panics leaks the rest | one thread | `tests/bad_input.rs`: `a_bad_destructor_takes_nothing_along`; `models/panics`, with the control PC1 |
//! | ST6: `Send` and `Sync` whatever the values are | the compiler's matter | `tests/treiber/types.rs`; `tests/conformance.rs` for the ring |
//! | ST7: a stack without a pop is said to suffer from ABA | review: of what is said | nowhere: nothing is to be repaired |
//!
//! # One defect at a time
//! The lesson's code has so many defects that any scenario fails for several reasons. A control is worth
//! something only if it fails for the reason that it names. Each scenario is therefore arranged so that no
//! other defect can show in it; how, is said where it stands.
//!
//! # Who must find it
//! An engine is named in a control only if it can see the defect, and sees it soon: shuttle within the
//! executions of a quick run. shuttle is sequentially consistent, so it can never see an ordering that is too
//! weak. loom plain judges histories by each thread's own order, since its reads may be stale. Where loom is
//! known to explore too little (tokio-rs/loom issues 166 and 392: a thread's own load can hide another
//! thread's), the threads are placed so that loom plain finds the defect; loom strong needs no such care.

#![cfg(any(loom, shuttle))]

mod engine_controls;
mod ring;
mod ring_controls;
mod ring_spec;
mod stack_controls;
mod stacks;

use selvedge::check::Engine::{
    self, ExplorerSc, ExplorerWeak, LoomPlain, LoomStrong, ShuttlePct2, ShuttlePct3, ShuttleRandom,
};

/// Every engine of both builds.
const ALL: [Engine; 7] =
    [LoomPlain, LoomStrong, ShuttleRandom, ShuttlePct2, ShuttlePct3, ExplorerSc, ExplorerWeak];

/// All but uniformly random schedules, which seldom stop one thread for as long as a defect may need: for those
/// that they find late or never in a quick run.
const ALL_BUT_RANDOM: [Engine; 6] =
    [LoomPlain, LoomStrong, ShuttlePct2, ShuttlePct3, ExplorerSc, ExplorerWeak];

/// Those that know weak memory, for defects of ordering: the others have no notion of them.
const WEAK: [Engine; 3] = [LoomPlain, LoomStrong, ExplorerWeak];
