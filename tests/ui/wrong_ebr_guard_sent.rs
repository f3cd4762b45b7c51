use selvedge::reclaim::{Ebr, Reclaim};

fn main() {
    let domain: Ebr = Ebr::default();
    let guard = domain.pin();
    std::thread::scope(|scope| _ = scope.spawn(move || drop(guard)));
}
