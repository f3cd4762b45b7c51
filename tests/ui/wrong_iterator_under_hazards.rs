use selvedge::reclaim::Hazard;
use selvedge::stack::TreiberStack;

fn main() {
    let stack: TreiberStack<u8, Hazard> = TreiberStack::default();
    assert_eq!(stack.pin().iter().count(), 0);
}
