use selvedge::stack::TreiberStack;

fn main() {
    let stack: TreiberStack<u8> = TreiberStack::new();
    let view = stack.pin();
    drop(stack.into_iter());
    drop(view);
}
