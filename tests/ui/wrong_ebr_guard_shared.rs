use selvedge::reclaim::{Ebr, Guard, Reclaim};

fn main() {
    let domain: Ebr = Ebr::default();
    let guard = domain.pin();
    std::thread::scope(|scope| _ = scope.spawn(|| _ = guard.shield()));
}
