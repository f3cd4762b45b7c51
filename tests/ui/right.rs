//! What the other files of this folder do wrong, done right.

use selvedge::ring::Ring;
use selvedge::stack::TreiberStack;
use std::sync::Arc;

pub fn main() {
    let stack: TreiberStack<Arc<u8>> = TreiberStack::new();
    std::thread::spawn(move || stack.pop()).join().unwrap();

    let ring: Ring<Arc<u8>> = Ring::with_capacity(1).unwrap();
    std::thread::scope(|scope| _ = scope.spawn(|| ring.try_pop().is_ok()));

    let stack: TreiberStack<char> = TreiberStack::new();
    assert!(stack.pin().peek().is_none());

    let stack: TreiberStack<u8> = TreiberStack::new();
    let view = stack.pin();
    let top = view.peek();
    assert_eq!(top, None);
    let values = stack.pop_all();
    drop(values);

    let text = String::from("text");
    let stack: TreiberStack<&str> = TreiberStack::new();
    stack.push(&text);
}
