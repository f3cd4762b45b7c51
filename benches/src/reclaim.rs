//! What it costs to read under each strategy, beside peers, in one run.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml --bin reclaim
//! valgrind --tool=callgrind --toggle-collect='*fresh_hazard*' … # `once` as an argument: each program a thousand times
//! ```
//! The ratios are to crossbeam-epoch.

mod rounds;

use rounds::{Rounds, print_head, print_row};
use selvedge::reclaim::{Domain, Ebr, Epoch, Guard, Hazard, Reclaim, Shield};
use selvedge::sync::atomic::{AtomicPtr, Ordering::AcqRel, Ordering::Acquire};
use selvedge::sync::heap;
use std::hint::black_box;

/// A domain whose readers always fence.
struct Fenced;

impl Domain for Fenced {
    const ASYMMETRIC: bool = false;
}

/// A domain whose readers leave the fence to those who scan.
struct Light;

impl Domain for Light {}

/// A place with a number, as each contender has it.
trait Contender: Sync {
    /// A guard of one's own, and one read.
    fn fresh(&self) -> u64;
    /// So many reads, one after the other, each protected anew, under one guard.
    fn again(&self, turns: u32) -> u64;
    /// Another number instead, and the old node retired.
    fn replace(&self, value: u64);
}

struct Ours<R> {
    place: AtomicPtr<u64>,
    reclaim: R,
}

impl<R: Reclaim + Default> Ours<R> {
    fn new() -> Self {
        Ours { place: AtomicPtr::new(heap::alloc(1)), reclaim: R::default() }
    }
}

impl<R: Reclaim> Contender for Ours<R> {
    #[inline(never)]
    fn fresh(&self) -> u64 {
        let guard = self.reclaim.pin();
        let mut shield = guard.shield();
        // SAFETY: from `alloc`, retired by `replace`.
        *unsafe { shield.protect_ref(&self.place, Acquire) }.expect("a number")
    }

    #[inline(never)]
    fn again(&self, turns: u32) -> u64 {
        let guard = self.reclaim.pin();
        let mut shield = guard.shield();
        // SAFETY: as above.
        (0..turns).map(|_| *unsafe { shield.protect_ref(&self.place, Acquire) }.expect("a number")).sum()
    }

    #[inline(never)]
    fn replace(&self, value: u64) {
        let guard = self.reclaim.pin();
        let old = self.place.swap(heap::alloc(value), AcqRel);
        // SAFETY: from `alloc`, unlinked by our swap alone.
        unsafe { guard.retire(old) };
    }
}

struct Crossbeam(crossbeam_epoch::Atomic<u64>);

impl Contender for Crossbeam {
    #[inline(never)]
    fn fresh(&self) -> u64 {
        let guard = crossbeam_epoch::pin();
        // SAFETY: never null, and destroyed by `replace` under a guard.
        *unsafe { self.0.load(Acquire, &guard).deref() }
    }

    #[inline(never)]
    fn again(&self, turns: u32) -> u64 {
        let guard = crossbeam_epoch::pin();
        // SAFETY: as above.
        (0..turns).map(|_| *unsafe { self.0.load(Acquire, &guard).deref() }).sum()
    }

    #[inline(never)]
    fn replace(&self, value: u64) {
        let guard = crossbeam_epoch::pin();
        let old = self.0.swap(crossbeam_epoch::Owned::new(value), AcqRel, &guard);
        // SAFETY: unlinked by our swap alone.
        unsafe { guard.defer_destroy(old) };
    }
}

struct Haphazard(haphazard::AtomicPtr<u64>);

impl Contender for Haphazard {
    #[inline(never)]
    fn fresh(&self) -> u64 {
        let mut hazard = haphazard::HazardPointer::new();
        *self.0.safe_load(&mut hazard).expect("a number")
    }

    #[inline(never)]
    fn again(&self, turns: u32) -> u64 {
        let mut hazard = haphazard::HazardPointer::new();
        (0..turns).map(|_| *self.0.safe_load(&mut hazard).expect("a number")).sum()
    }

    #[inline(never)]
    fn replace(&self, value: u64) {
        let old = self.0.swap(Box::new(value)).expect("a number");
        // SAFETY: unlinked by our swap alone.
        unsafe { old.retire() };
    }
}

struct Seize {
    place: AtomicPtr<u64>,
    collector: seize::Collector,
}

impl Contender for Seize {
    #[inline(never)]
    fn fresh(&self) -> u64 {
        use seize::Guard as _;
        let guard = self.collector.enter();
        // SAFETY: never null, and retired by `replace`.
        unsafe { *guard.protect(&self.place, Acquire) }
    }

    #[inline(never)]
    fn again(&self, turns: u32) -> u64 {
        use seize::Guard as _;
        let guard = self.collector.enter();
        // SAFETY: as above.
        (0..turns).map(|_| unsafe { *guard.protect(&self.place, Acquire) }).sum()
    }

    #[inline(never)]
    fn replace(&self, value: u64) {
        use seize::Guard as _;
        let guard = self.collector.enter();
        let old = guard.swap(&self.place, Box::into_raw(Box::new(value)), AcqRel);
        // SAFETY: from a box, unlinked by our swap alone.
        unsafe { guard.defer_retire(old, seize::reclaim::boxed) };
    }
}

/// The fastest counts: threads meet in the marks and in the place, which is not what is measured.
const ROUNDS: Rounds = Rounds { rounds: 40, turns: 20_000, counts: 0 };

type Any = dyn Contender;

fn main() {
    let contenders: Vec<(&str, Box<Any>)> = vec![
        ("crossbeam-epoch", Box::new(Crossbeam(crossbeam_epoch::Atomic::new(1)))),
        ("Epoch", Box::new(Ours::<Epoch>::new())),
        ("Ebr", Box::new(Ours::<Ebr>::new())),
        ("Hazard, fence", Box::new(Ours::<Hazard<Fenced>>::new())),
        ("Hazard, membarrier", Box::new(Ours::<Hazard<Light>>::new())),
        ("haphazard", Box::new(Haphazard(haphazard::AtomicPtr::from(Box::new(1))))),
        (
            "seize",
            Box::new(Seize {
                place: AtomicPtr::new(Box::into_raw(Box::new(1))),
                collector: seize::Collector::new(),
            }),
        ),
    ];
    if std::env::args().any(|argument| argument == "once") {
        for (_, contender) in &contenders {
            (0..1000).for_each(|_| _ = black_box(contender.fresh()));
            black_box(contender.again(1000));
            (0..1000).for_each(|turn| contender.replace(turn));
        }
        return;
    }
    print_head(&contenders);
    for threads in [1, 2] {
        let fresh = |contender: &Any, _, turns| (0..turns).for_each(|_| _ = black_box(contender.fresh()));
        let again = |contender: &Any, _, turns| _ = black_box(contender.again(turns));
        let replace =
            |contender: &Any, _, turns| (0..turns).for_each(|turn| contender.replace(u64::from(turn)));
        let rows: [(&str, Vec<f64>); 3] = [
            ("a guard and a protected read", ROUNDS.measure(&contenders, threads, fresh)),
            ("a further protected read", ROUNDS.measure(&contenders, threads, again)),
            ("a replacement, retired", ROUNDS.measure(&contenders, threads, replace)),
        ];
        rows.iter().for_each(|(name, times)| print_row(name, threads, times));
    }
}
