use selvedge::reclaim::{Ebr, Reclaim};

fn main() {
    let guard = {
        let domain: Ebr = Ebr::default();
        domain.pin()
    };
    drop(guard);
}
