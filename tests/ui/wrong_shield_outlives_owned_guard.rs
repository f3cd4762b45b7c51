use selvedge::reclaim::{Guard, Hazard};
use std::sync::Arc;

fn main() {
    let domain = Arc::new(<Hazard>::default());
    let shield = {
        let guard = Hazard::pin_owned(&domain);
        guard.shield()
    };
    drop(shield);
}
