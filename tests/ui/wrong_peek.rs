use selvedge::stack::TreiberStack;

fn main() {
    let stack: TreiberStack<String> = TreiberStack::new();
    stack.pin().peek();
}
