use selvedge::stack::TreiberStack;

fn main() {
    let view = {
        let stack: TreiberStack<u8> = TreiberStack::new();
        stack.pin()
    };
    drop(view);
}
