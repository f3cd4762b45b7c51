use selvedge::stack::TreiberStack;

fn main() {
    let stack: TreiberStack<u8> = TreiberStack::new();
    let values = stack.pop_all();
    drop(stack);
    drop(values);
}
