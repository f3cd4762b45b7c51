//! What `Epoch` does with what was retired, in the plain build: crossbeam-epoch's collector is one for the whole process,
//! so these tests go one after the other, and no other ones are in their process.
#![cfg(not(any(loom, shuttle)))]

#[path = "shared/child.rs"]
mod child;
#[path = "shared/ledger.rs"]
mod ledger;

use child::{child, is_child};
use ledger::{Ledger, Tracked};
use selvedge::reclaim::{Epoch, Guard, Reclaim};
use selvedge::stack::TreiberStack;
use selvedge::sync::heap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

static ALONE: Mutex<()> = Mutex::new(());

/// How many nodes of this test were dropped.
static DROPPED: AtomicUsize = AtomicUsize::new(0);

/// How many nodes a bag of crossbeam-epoch has.
const BAG: usize = 64;

fn alone() -> MutexGuard<'static, ()> {
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    DROPPED.store(0, SeqCst);
    alone
}

fn dropped() -> usize {
    DROPPED.load(SeqCst)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Good,
    Panics,
    /// Retires a good one.
    Retires,
}

struct Node(Kind);

impl Drop for Node {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, SeqCst);
        assert!(self.0 != Kind::Panics, "a bad destructor");
        if self.0 == Kind::Retires {
            retire(Kind::Good);
        }
    }
}

fn retire(kind: Kind) {
    // SAFETY: from `alloc`, linked nowhere, retired once; its destructor touches what lives for ever.
    unsafe { Epoch.pin().retire(heap::alloc(Node(kind))) };
}

#[test]
fn a_thread_that_is_pinned_keeps_what_is_retired() {
    let _alone = alone();
    let guard = Epoch.pin();
    let others = thread::spawn(|| {
        (0..100_000).for_each(|_| retire(Kind::Good));
        Epoch.flush();
    });
    others.join().expect("no panic");
    assert_eq!(dropped(), 0);
    drop(guard);
    Epoch.flush();
    assert_eq!(dropped(), 100_000);
}

/// In a process of its own, where nothing is freed ever after: there is one collector, and its thread need not even live.
#[test]
fn a_guard_that_is_forgotten_keeps_what_is_retired() {
    let test = "a_guard_that_is_forgotten_keeps_what_is_retired";
    if !is_child(test) {
        let (passed, said) = child(test, &[]);
        return assert!(passed, "{said}");
    }
    thread::spawn(|| std::mem::forget(Epoch.pin())).join().expect("no panic");
    (0..100_000).for_each(|_| retire(Kind::Good));
    Epoch.flush();
    assert_eq!(dropped(), 0);
}

#[test]
fn a_thread_that_has_ended_keeps_nothing() {
    let _alone = alone();
    thread::spawn(|| retire(Kind::Good)).join().expect("no panic");
    Epoch.flush();
    assert_eq!(dropped(), 1);
}

#[test]
fn a_destructor_may_retire() {
    let _alone = alone();
    (0..100).for_each(|_| retire(Kind::Retires));
    Epoch.flush();
    assert!(
        (100..200).contains(&dropped()),
        "what a destructor retires waits for the next one: {}",
        dropped()
    );
    Epoch.flush();
    assert_eq!(dropped(), 200);
}

/// What comes behind it in its bag is never dropped: crossbeam-epoch empties a bag in a bare loop.
#[test]
fn a_destructor_that_panics_takes_others_along() {
    let _alone = alone();
    Epoch.flush();
    retire(Kind::Good);
    retire(Kind::Panics);
    (0..3 * BAG).for_each(|_| retire(Kind::Good));
    let panics = (0..10).filter(|_| catch_unwind(|| Epoch.flush()).is_err()).count();
    assert_eq!(panics, 1);
    let lost = 2 + 3 * BAG - dropped();
    assert!((1..BAG).contains(&lost), "{lost} of one bag");
}

/// A push and a pop may have to run the destructor of somebody else. If that panics in a push, the value is dropped; it is
/// not lost in a node that nobody knows.
#[test]
fn a_push_that_unwinds_drops_its_value() {
    const VALUES: usize = 1_000;
    let _alone = alone();
    let ledger = Ledger::new(VALUES);
    let stack = TreiberStack::<Tracked<'_>, Epoch>::new();
    retire(Kind::Panics);
    crossbeam_epoch::pin().flush();
    let push = || stack.push(ledger.value());
    // A pin in 128 collects.
    let panics = (0..VALUES).filter(|_| catch_unwind(AssertUnwindSafe(push)).is_err()).count();
    assert_eq!((panics, ledger.alive()), (1, 999));
    drop(stack);
    ledger.settle();
}
