use selvedge::stack::TreiberStack;
use std::rc::Rc;

fn main() {
    let stack: TreiberStack<Rc<u8>> = TreiberStack::new();
    std::thread::spawn(move || drop(stack.pop()));
}
