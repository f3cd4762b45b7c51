//! The strategies in the plain build: what they free, and when.
#![cfg(not(any(loom, shuttle)))]

mod forgotten;
#[path = "../shared/ledger.rs"]
mod ledger;
mod nested;

use selvedge::reclaim::{Anyone, Ebr, Epoch, Guard, Hazard, Leak, Reclaim, Shield};
use selvedge::stack::{EliminationStack, TreiberStack};
use selvedge::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use selvedge::sync::{Arc, heap, thread};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Counts how often it is dropped; the first of some may panic then.
struct Counted<'a> {
    dropped: &'a AtomicUsize,
    panics: bool,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
        assert!(!self.panics, "a bad destructor");
    }
}

fn retire(domain: &impl Reclaim, dropped: &AtomicUsize, panics: bool) {
    let guard = domain.pin();
    // SAFETY: from `alloc`, linked nowhere, retired once; `dropped` outlives the domain in each test.
    unsafe { guard.retire(heap::alloc(Counted { dropped, panics })) };
}

fn count(dropped: &AtomicUsize) -> usize {
    dropped.load(Ordering::Relaxed)
}

/// Each node is freed once, with the strategy at the latest.
fn frees_each_once<R: Reclaim + Default>() {
    let dropped = AtomicUsize::new(0);
    let domain = R::default();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1000).for_each(|_| retire(&domain, &dropped, false)));
        }
    });
    assert!(count(&dropped) <= 4000);
    drop(domain);
    assert_eq!(count(&dropped), 4000);
}

#[test]
fn each_node_is_freed_once() {
    frees_each_once::<Leak>();
    frees_each_once::<Hazard>();
    frees_each_once::<Hazard<Anyone, 1, 1>>();
    frees_each_once::<Ebr>();
    frees_each_once::<Ebr<Anyone, 1, 1>>();
    frees_each_once::<Arc<Hazard>>();
}

#[test]
fn a_flush_frees_what_nobody_protects() {
    let dropped = AtomicUsize::new(0);
    let (hazard, ebr): (Hazard, Ebr) = (Hazard::default(), Ebr::default());
    (0..10).for_each(|_| retire(&hazard, &dropped, false));
    assert_eq!((hazard.waiting(), count(&dropped)), (10, 0));
    hazard.flush();
    assert_eq!((hazard.waiting(), count(&dropped)), (0, 10));
    (0..10).for_each(|_| retire(&ebr, &dropped, false));
    ebr.flush();
    assert_eq!((ebr.waiting(), count(&dropped)), (0, 20));
    Epoch.flush(); // other tests may be pinned, so what it frees is not known
}

/// The most nodes at once that were retired and not dropped, while some threads replace what they protect.
fn most_garbage<R: Reclaim>(domain: R, threads: usize, rounds: usize, at_the_end: impl FnOnce(&R)) -> usize {
    let [dropped, retired, most] = [const { AtomicUsize::new(0) }; 3];
    let place = AtomicPtr::new(heap::alloc(Counted { dropped: &dropped, panics: false }));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..rounds {
                    let guard = domain.pin();
                    let mut shield = guard.shield();
                    assert!(!shield.protect(&place, Ordering::Acquire).is_null());
                    let new = heap::alloc(Counted { dropped: &dropped, panics: false });
                    let old = place.swap(new, Ordering::AcqRel);
                    retired.fetch_add(1, Ordering::SeqCst);
                    // SAFETY: from `alloc`, unlinked by our swap alone; `dropped` outlives the domain.
                    unsafe { guard.retire(old) };
                    // In this order: what is dropped in between makes the difference too small, never too large.
                    let retired = retired.load(Ordering::SeqCst);
                    let garbage = retired.saturating_sub(dropped.load(Ordering::SeqCst));
                    most.fetch_max(garbage, Ordering::SeqCst);
                }
            });
        }
    });
    at_the_end(&domain);
    drop(domain);
    // SAFETY: linked, and nobody else is here.
    unsafe { heap::free(place.into_inner()) };
    assert_eq!(count(&dropped), threads * rounds + 1);
    most.into_inner()
}

/// What is retired and not freed never exceeds the limit and what is in the hands of threads, two nodes for each; and the
/// limit is what shields and threads need.
#[test]
fn garbage_is_bounded() {
    let most = most_garbage(Hazard::<Anyone, 8, 16>::default(), 4, 5000, |domain| {
        assert_eq!(domain.limit(), 16, "four shields and threads need no second block");
        assert!(domain.waiting() <= 16);
    });
    assert!(most <= 16 + 2 * 4, "{most} at once");
    // The control: it is counted, and without a bound there is more.
    assert_eq!(most_garbage(Leak::default(), 4, 100, |_| ()), 400);
}

/// A shield keeps its node, and nothing else; what it protected before is free.
#[test]
fn a_shield_protects_one_node() {
    let dropped = AtomicUsize::new(0);
    let counted = || heap::alloc(Counted { dropped: &dropped, panics: false });
    let domain: Hazard = Hazard::default();
    let place = AtomicPtr::new(counted());
    let guard = domain.pin();
    let mut shield = guard.shield();
    for round in 0..3 {
        let node = shield.protect(&place, Ordering::Acquire);
        domain.flush();
        assert_eq!((domain.waiting(), count(&dropped)), (0, round));
        assert_eq!(place.swap(counted(), Ordering::AcqRel), node);
        // SAFETY: from `alloc`, unlinked by our swap alone; `dropped` outlives the domain.
        unsafe { domain.pin().retire(node) };
        domain.flush();
        assert_eq!((domain.waiting(), count(&dropped)), (1, round));
    }
    shield.clear();
    domain.flush();
    assert_eq!((domain.waiting(), count(&dropped)), (0, 3));
    // SAFETY: linked, and nobody else is here.
    unsafe { heap::free(place.load(Ordering::Relaxed)) };
}

#[test]
fn an_owned_guard_keeps_its_domain_and_goes_where_it_likes() {
    let dropped: &'static AtomicUsize = Box::leak(Box::new(AtomicUsize::new(0)));
    let domain = Arc::new(Hazard::<Anyone>::default());
    let guard = Hazard::pin_owned(&domain);
    drop(domain);
    let there = thread::spawn(move || {
        let place = AtomicPtr::new(heap::alloc(Counted { dropped, panics: false }));
        let mut shield = guard.shield();
        let node = shield.protect(&place, Ordering::Acquire);
        // SAFETY: from `alloc`; nobody else can reach it.
        unsafe { guard.retire(node) };
        assert_eq!(count(dropped), 0);
    });
    there.join().expect("no panic");
    assert_eq!(count(dropped), 1, "the domain has gone with its last guard");
}

/// What two stacks have retired waits in the domain that both borrow, is freed by either, and does not go with them.
#[test]
fn stacks_may_borrow_their_domain() {
    let domain: Hazard = Hazard::default();
    let one = TreiberStack::with_reclaim(&domain);
    let other = EliminationStack::with_reclaim(&domain, 1).expect("one place");
    let through_both = || {
        one.push(1);
        one.pop().into_iter().for_each(|value| other.push(value));
        assert_eq!(other.pop(), Some(1));
    };
    (0..10).for_each(|_| through_both());
    assert_eq!(domain.waiting(), 20);
    other.flush();
    assert_eq!(domain.waiting(), 0);
    through_both();
    drop((one, other));
    assert_eq!(domain.waiting(), 2);
}

/// A destructor that panics takes no other node along: not the one that is being retired, nor those that wait.
#[test]
fn a_panic_loses_nothing() {
    let dropped = AtomicUsize::new(0);
    let domain = Hazard::<Anyone, 1, 2>::default();
    retire(&domain, &dropped, true);
    retire(&domain, &dropped, false);
    assert!(catch_unwind(AssertUnwindSafe(|| retire(&domain, &dropped, false))).is_err());
    assert_eq!((domain.waiting(), count(&dropped)), (2, 1));
    domain.flush();
    assert_eq!((domain.waiting(), count(&dropped)), (0, 3));

    // The one that had no slot got the one that became free.
    assert_eq!(domain.limit(), 2);
    retire(&domain, &dropped, true);
    retire(&domain, &dropped, false);
    assert_eq!(domain.waiting(), 2);
    let result = catch_unwind(AssertUnwindSafe(|| drop(domain)));
    assert_eq!(count(&dropped), 5, "{result:?}");

    // At the end of all, too.
    let leak = Leak::default();
    [false, true, false].into_iter().for_each(|panics| retire(&leak, &dropped, panics));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(leak))).is_err());
    assert_eq!(count(&dropped), 8);
}

/// If every destructor panics, each retirement frees one node.
#[test]
fn panics_raise_no_bound() {
    const NODES: usize = 2000;
    let dropped = AtomicUsize::new(0);
    let retire_bad = |domain: &dyn Fn()| _ = catch_unwind(AssertUnwindSafe(domain));
    let hazard: Hazard = Hazard::default();
    (0..NODES).for_each(|_| retire_bad(&|| retire(&hazard, &dropped, true)));
    assert_eq!((hazard.waiting(), hazard.limit(), count(&dropped)), (64, 64, NODES - 64));
    let ebr: Ebr = Ebr::default();
    (0..NODES).for_each(|_| retire_bad(&|| retire(&ebr, &dropped, true)));
    assert!(ebr.waiting() <= 4 * 64, "{} wait", ebr.waiting());
    while hazard.waiting() + ebr.waiting() > 0 {
        retire_bad(&|| hazard.flush());
        retire_bad(&|| ebr.flush());
    }
    assert_eq!(count(&dropped), 2 * NODES);
}

/// Who only retires makes no second block: in the midst of it are fewer than there are slots.
#[test]
fn those_who_retire_find_room() {
    fn limit<const WAITING: usize>(threads: usize) -> usize {
        let domain = Hazard::<Anyone, 16, WAITING>::default();
        let dropped = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| (0..20_000).for_each(|_| retire(&domain, &dropped, false)));
            }
            scope.spawn(|| (0..1000).for_each(|_| domain.flush()));
        });
        domain.limit()
    }
    assert_eq!(limit::<8>(2), 8);
    assert_eq!(limit::<8>(4), 8);
    assert!(limit::<1>(3) <= 5, "four threads, and one more");
}

/// A node without a size has an address of its own, by which it is protected alone.
#[test]
fn nodes_without_a_size_are_told_apart() {
    struct Nothing;
    impl Drop for Nothing {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    let domain: Hazard = Hazard::default();
    let place = AtomicPtr::new(heap::alloc(Nothing));
    let guard = domain.pin();
    let mut shield = guard.shield();
    let protected = shield.protect(&place, Ordering::Acquire);
    // SAFETY: from `alloc`, reached by nobody else, retired once.
    unsafe { guard.retire(protected) };
    for _ in 0..1000 {
        // SAFETY: from `alloc`, linked nowhere, retired once.
        unsafe { domain.pin().retire(heap::alloc(Nothing)) };
    }
    domain.flush();
    assert_eq!((domain.waiting(), domain.limit(), DROPPED.load(Ordering::Relaxed)), (1, 64, 1000));
    shield.clear();
    domain.flush();
    assert_eq!(DROPPED.load(Ordering::Relaxed), 1001);
}
