use selvedge::reclaim::{Hazard, Reclaim};

fn main() {
    let guard = {
        let domain: Hazard = Hazard::default();
        domain.pin()
    };
    drop(guard);
}
