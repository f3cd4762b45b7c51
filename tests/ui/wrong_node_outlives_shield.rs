use selvedge::reclaim::{Guard, Hazard, Reclaim, Shield};
use selvedge::sync::atomic::{AtomicPtr, Ordering};

fn main() {
    let (domain, place): (Hazard, _) = (Hazard::default(), AtomicPtr::<u8>::default());
    let guard = domain.pin();
    let node = {
        let mut shield = guard.shield();
        unsafe { shield.protect_ref(&place, Ordering::Acquire) }
    };
    assert!(node.is_none());
}
