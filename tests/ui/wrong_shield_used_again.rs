use selvedge::reclaim::{Guard, Hazard, Reclaim, Shield};
use selvedge::sync::atomic::{AtomicPtr, Ordering};

fn main() {
    let (domain, place): (Hazard, _) = (Hazard::default(), AtomicPtr::<u8>::default());
    let guard = domain.pin();
    let mut shield = guard.shield();
    let first = unsafe { shield.protect_ref(&place, Ordering::Acquire) };
    let second = unsafe { shield.protect_ref(&place, Ordering::Acquire) };
    assert_eq!(first, second);
}
