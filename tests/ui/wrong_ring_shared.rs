use selvedge::ring::Ring;
use std::rc::Rc;

fn main() {
    let ring: Ring<Rc<u8>> = Ring::with_capacity(1).unwrap();
    std::thread::scope(|scope| _ = scope.spawn(|| ring.try_pop().is_ok()));
}
