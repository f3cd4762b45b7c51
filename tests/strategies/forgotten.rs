//! Guards and shields that are forgotten: what stays for that, and that nothing else does. Each time it is said beside it what
//! stays if they are dropped instead.

use crate::{Counted, count, retire};
use selvedge::reclaim::{Anyone, Ebr, Guard, Hazard, Reclaim, Shield};
use selvedge::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use selvedge::sync::{Arc, heap};
use std::mem::forget;

fn end<T>(guard: T, forgets: bool) {
    if forgets { forget(guard) } else { drop(guard) }
}

/// How many nodes wait, of a thousand that were retired after a guard has come to its end.
fn kept_by_a_guard(forgets: bool) -> usize {
    let dropped = AtomicUsize::new(0);
    let domain: Ebr = Ebr::default();
    end(domain.pin(), forgets);
    (0..1000).for_each(|_| retire(&domain, &dropped, false));
    (0..10).for_each(|_| domain.flush());
    let waiting = domain.waiting();
    assert_eq!(count(&dropped), 1000 - waiting);
    drop(domain);
    assert_eq!(count(&dropped), 1000, "they go with the domain");
    waiting
}

#[test]
fn a_guard_of_epochs_keeps_all_that_comes_later() {
    assert_eq!(kept_by_a_guard(true), 1000);
    assert_eq!(kept_by_a_guard(false), 0);
}

/// Each of these nodes is retired in an epoch of its own, two before the guard's, two in it and after.
#[test]
fn a_guard_of_epochs_keeps_what_is_two_epochs_old() {
    fn freed(forgets: bool) -> usize {
        let dropped = AtomicUsize::new(0);
        let domain = Ebr::<Anyone, 16, 1>::default();
        // Each one that retires advances the epoch.
        (0..2).for_each(|_| retire(&domain, &dropped, false));
        // Not with the bag in which these two lie.
        let own = domain.pin();
        end(domain.pin(), forgets);
        drop(own);
        (0..2).for_each(|_| retire(&domain, &dropped, false));
        (0..10).for_each(|_| domain.flush());
        count(&dropped)
    }
    assert_eq!(freed(true), 1);
    assert_eq!(freed(false), 4);
}

/// A shield keeps its node and its hazard; a guard that is forgotten keeps nothing.
#[test]
fn a_shield_keeps_one_node_and_one_hazard() {
    let dropped = AtomicUsize::new(0);
    let counted = || heap::alloc(Counted { dropped: &dropped, panics: false });
    let domain = Hazard::<Anyone, 2, 64>::default();
    let place = AtomicPtr::new(counted());
    let replace = || {
        let old = place.swap(counted(), Ordering::AcqRel);
        // SAFETY: from `alloc`, unlinked by our swap alone; `dropped` outlives the domain.
        unsafe { domain.pin().retire(old) };
    };
    let protect = |forgets| {
        let guard = domain.pin();
        let mut shield = guard.shield();
        assert!(!shield.protect(&place, Ordering::Acquire).is_null());
        forget(shield);
        end(guard, forgets);
    };
    for forgotten in 1..=3 {
        protect(forgotten % 2 == 0);
        (0..100).for_each(|_| replace());
        domain.flush();
        assert_eq!((domain.waiting(), count(&dropped)), (forgotten, 100 * forgotten - forgotten));
    }
    // The third has found no hazard, and has brought a block.
    assert_eq!(domain.limit(), 2 * 64);
    drop(domain);
    // SAFETY: linked, and nobody else is here.
    unsafe { heap::free(place.load(Ordering::Relaxed)) };
    assert_eq!(count(&dropped), 301, "they go with the domain");
}

/// The domain of an owned guard, and what waits there, stays for ever.
#[test]
fn an_owned_guard_keeps_its_domain() {
    let domain = Arc::new(Hazard::<Anyone>::default());
    drop(Hazard::pin_owned(&domain));
    assert_eq!(Arc::strong_count(&domain), 1);
    forget(Hazard::pin_owned(&domain));
    assert_eq!(Arc::strong_count(&domain), 2);
    // SAFETY: the count of the guard that was forgotten: nobody has it any more.
    unsafe { Arc::decrement_strong_count(Arc::as_ptr(&domain)) };
}
