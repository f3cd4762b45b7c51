use selvedge::stack::TreiberStack;

fn main() {
    let stack: TreiberStack<u8> = TreiberStack::new();
    let view = stack.pin();
    let top = view.peek();
    drop(view);
    assert_eq!(top, None);
}
