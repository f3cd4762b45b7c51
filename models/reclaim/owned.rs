//! Guards that own their domain, and go where no borrow would let them: to another thread, and on when those who have made
//! them have let the domain go. And shields that go with them: whoever has one now, and nobody else, gives its mark back.

use crate::{Hazards, OneHazard};
use selvedge::check::Model;
use selvedge::reclaim::{Anyone, Domain, Guard, Hazard, HazardShield, Reclaim, Shield};
use selvedge::sync::atomic::{
    AtomicPtr,
    Ordering::{AcqRel, Acquire, Relaxed},
};
use selvedge::sync::{Arc, heap, thread};
use std::ops::Deref;

/// A pointer to a number. The last of them is freed when nobody else is here.
struct Place(AtomicPtr<u8>);

impl Place {
    fn new() -> Self {
        Place(AtomicPtr::new(heap::alloc(1)))
    }

    fn read(&self, guard: &impl Guard) -> u8 {
        let mut shield = guard.shield();
        // SAFETY: linked nodes are from `alloc`, retired by `replace`, and not written any more.
        *unsafe { shield.protect_ref(&self.0, Acquire) }.expect("there is always a node")
    }

    /// Puts 2 there, and does what it can to free the node of before.
    fn replace(&self, domain: &impl Reclaim) {
        let old = self.0.swap(heap::alloc(2), AcqRel);
        // SAFETY: from `alloc`, unlinked by our swap alone, and a number can be dropped anywhere.
        unsafe { domain.pin().retire(old) };
        domain.flush();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // SAFETY: linked, and nobody else is here.
        unsafe { heap::free(self.0.load(Relaxed)) };
    }
}

/// `read` goes to another thread, with what it reads under, and comes back; meanwhile the node is replaced, and `owner` lets
/// the domain go.
fn while_it_reads<D: Domain, G: Send + 'static>(
    owner: impl Deref<Target = Hazards<D>>,
    guard: G,
    read: impl FnOnce(&G, &Place) -> u8 + Send + 'static,
) {
    let place = Arc::new(Place::new());
    // The first block: who links one tells others more than they may know otherwise.
    place.read(&owner.pin());
    let there = Arc::clone(&place);
    let reading = thread::spawn(move || (read(&guard, &there), guard));
    place.replace(&*owner);
    drop(owner);
    let (seen, guard) = reading.join().expect("no panic");
    assert!(seen == 1 || seen == 2, "{seen} was never there");
    // The last one of the domain, if it owns it: then what waits is freed now.
    drop(guard);
}

fn handed_over<D: Domain>() {
    let domain = Arc::new(Hazards::<D>::default());
    let guard = Hazard::pin_owned(&domain);
    while_it_reads(domain, guard, |guard, place| place.read(guard));
}

/// A shield, and the node that it protects.
struct Held<'g, D: Domain>(HazardShield<'g, D, 2, 1>, *mut u8);

// SAFETY: who has the node has the shield with it.
unsafe impl<D: Domain> Send for Held<'_, D> {}

impl<D: Domain> Held<'_, D> {
    /// Reads, and gives the mark back.
    fn read(self) -> u8 {
        let Held(shield, node) = self;
        // SAFETY: linked when it was protected, and not written any more.
        let seen = unsafe { *heap::get(node) };
        drop(shield);
        seen
    }
}

/// One thread has protected a node; another one reads it, and is the one to give the mark back.
fn shield_handed_over<D: Domain>() {
    let domain = Arc::new(Hazards::<D>::default());
    let place = Place::new();
    let guard = Hazard::pin_owned(&domain);
    let mut shield = guard.shield();
    let node = shield.protect(&place.0, Acquire);
    let held = Held(shield, node);
    thread::scope(|scope| {
        let reading = scope.spawn(move || held.read());
        place.replace(&*domain);
        assert_eq!(reading.join().expect("no panic"), 1);
    });
    domain.flush();
    assert_eq!(domain.waiting(), 0, "the mark was not given back");
}

/// One guard gives its only mark back, and that of another thread claims it. When the shield that has given it back is
/// dropped, it has nothing more to give.
fn given_back<D: Domain>() {
    let domain = Arc::new(OneHazard::<D>::default());
    let place = Arc::new(Place::new());
    let guard = Hazard::pin_owned(&domain);
    let mut shield = guard.shield();
    assert!(!shield.protect(&place.0, Acquire).is_null());
    shield.clear();
    let (other, there) = (Hazard::pin_owned(&domain), Arc::clone(&place));
    let reading = thread::spawn(move || (there.read(&other), other));
    drop(shield);
    place.replace(&*domain);
    let (seen, _other) = reading.join().expect("no panic");
    assert!(seen == 1 || seen == 2, "{seen} was never there");
    assert_eq!(domain.limit(), 1, "a block was added");
}

fn model(program: fn()) -> Model {
    Model::program("Hazard", "guards that own their domain", program).preemptions(3)
}

selvedge::model!(a_guard_is_handed_over, model(handed_over::<Anyone>));
selvedge::model!(a_shield_is_handed_over, model(shield_handed_over::<Anyone>));
selvedge::model!(a_mark_that_was_given_back_is_anothers, model(given_back::<Anyone>));

#[cfg(any(loom, shuttle))]
mod controls {
    use super::*;
    use crate::controls::{ALL, EXHAUSTIVE, SAYING, WEAK};
    use selvedge::check::Engine;
    use selvedge::reclaim::Broken;

    /// `name: what is wrong, called so: program, by these engines`.
    macro_rules! controls {
        ($($name:ident: $broken:ident, $called:literal: $program:ident, $by:expr;)*) => { $(
            mod $name {
                use super::*;
                struct Wrong;
                impl Domain for Wrong {
                    const BROKEN: Option<Broken> = Some(Broken::$broken);
                }
                selvedge::model!(fails, killed(model($program::<Wrong>), concat!("control: ", $called), $by));
            }
        )* };
    }

    fn killed(model: Model, defect: &str, by: impl IntoIterator<Item = Engine>) -> Model {
        model.kills(defect, by, SAYING)
    }

    controls! {
        guard_without_the_readers_fence: NoReaderFence, "hazard, published without a fence": handed_over, WEAK;
        guard_cleared_early: ClearedEarly, "hazard, cleared before the last use": handed_over, EXHAUSTIVE;
        shield_cleared_early: ClearedEarly, "hazard, cleared before the last use": shield_handed_over, ALL;
        mark_kept: KeptMark, "hazard, used on when it was given back": given_back, EXHAUSTIVE;
    }

    /// A domain that goes when this does, whoever has a guard.
    struct Alone(*mut Hazards);

    impl Deref for Alone {
        type Target = Hazards;
        fn deref(&self) -> &Hazards {
            // SAFETY: from `alloc`, and freed by `drop` alone.
            unsafe { heap::get(self.0) }
        }
    }

    impl Drop for Alone {
        fn drop(&mut self) {
            // SAFETY: unsound, there may be guards: this is the mistake.
            unsafe { heap::free(self.0) };
        }
    }

    /// A guard that does not keep its domain. With a borrow in it the compiler would refuse to let it go.
    struct Lent(*mut Hazards);

    // SAFETY: a domain can be used by any thread, as long as it lives.
    unsafe impl Send for Lent {}

    fn lent() {
        let domain = heap::alloc(Hazards::default());
        while_it_reads(Alone(domain), Lent(domain), |lent, place| {
            // SAFETY: unsound, as above.
            place.read(&unsafe { heap::get(lent.0) }.pin())
        });
    }

    selvedge::model!(
        a_guard_that_owns_nothing,
        killed(model(lent), "control: a guard outlives its domain", ALL)
    );
}
