//! What the other files of this folder do wrong, done right.

use selvedge::reclaim::{
    Domain, Ebr, EbrGuard, Epoch, Guard, Hazard, HazardGuard, HazardShield, Leak, OwnedHazardGuard, Reclaim,
    Shield,
};
use selvedge::ring::Ring;
use selvedge::stack::TreiberStack;
use selvedge::sync::atomic::{AtomicPtr, Ordering};
use std::sync::Arc;

struct Orders;
impl Domain for Orders {}

fn look_at_orders(_guard: &HazardGuard<'_, Orders>) {}

fn read_orders(_shield: &mut HazardShield<'_, Orders>) {}

fn look_at_orders_owned(_guard: &OwnedHazardGuard<Orders>) {}

fn look_at_orders_under_epochs(_guard: &EbrGuard<'_, Orders>) {}

pub fn main() {
    let stack: TreiberStack<Arc<u8>> = TreiberStack::new();
    std::thread::spawn(move || stack.pop()).join().unwrap();

    let ring: Ring<Arc<u8>> = Ring::with_capacity(1).unwrap();
    std::thread::scope(|scope| _ = scope.spawn(|| ring.try_pop().is_ok()));

    let stack: TreiberStack<char> = TreiberStack::new();
    assert!(stack.pin().peek().is_none());

    let stack: TreiberStack<u8> = TreiberStack::new();
    let view = stack.pin();
    let top = view.peek();
    assert_eq!(top, None);
    let values = stack.pop_all();
    drop(values);

    let text = String::from("text");
    let stack: TreiberStack<&str> = TreiberStack::new();
    stack.push(&text);

    let (domain, place) = (Hazard::<Orders>::default(), AtomicPtr::<u8>::default());
    let guard = domain.pin();
    look_at_orders(&guard);
    let (mut first, mut second) = (guard.shield(), guard.shield());
    // SAFETY: nothing is linked.
    let nodes =
        unsafe { [&mut first, &mut second].map(|shield| shield.protect_ref(&place, Ordering::Acquire)) };
    assert_eq!(nodes, [None, None]);

    let stack: TreiberStack<u8, Hazard> = TreiberStack::default();
    assert_eq!(stack.peek(), None);

    let domain = Arc::new(Hazard::<Orders>::default());
    let guard = Hazard::pin_owned(&domain);
    drop(domain);
    look_at_orders_owned(&guard);
    read_orders(&mut guard.shield());
    std::thread::scope(|scope| _ = scope.spawn(move || _ = guard.shield()));

    let domain = Ebr::<Orders>::default();
    // Where it was made, it may be used: a guard of another thread is pinned there.
    std::thread::scope(|scope| _ = scope.spawn(|| look_at_orders_under_epochs(&domain.pin())));
    let guard = domain.pin();
    drop(guard.shield());

    let (guard, domain) = (Epoch.pin(), Leak::default());
    drop(guard.shield());
    drop((guard, domain.pin()));
}
