use selvedge::reclaim::{Leak, Reclaim};

fn main() {
    let guard = {
        let domain = Leak::default();
        domain.pin()
    };
    drop(guard);
}
