use selvedge::reclaim::{Epoch, Reclaim};

fn main() {
    let guard = Epoch.pin();
    std::thread::scope(|scope| _ = scope.spawn(move || drop(guard)));
}
