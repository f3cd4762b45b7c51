use selvedge::reclaim::{Epoch, Guard, Reclaim};

fn main() {
    let shield = {
        let guard = Epoch.pin();
        guard.shield()
    };
    drop(shield);
}
