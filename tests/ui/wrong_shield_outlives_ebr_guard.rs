use selvedge::reclaim::{Ebr, Guard, Reclaim};

fn main() {
    let domain: Ebr = Ebr::default();
    let shield = {
        let guard = domain.pin();
        guard.shield()
    };
    drop(shield);
}
