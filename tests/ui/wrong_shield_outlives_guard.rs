use selvedge::reclaim::{Guard, Hazard, Reclaim};

fn main() {
    let domain: Hazard = Hazard::default();
    let shield = {
        let guard = domain.pin();
        guard.shield()
    };
    drop(shield);
}
