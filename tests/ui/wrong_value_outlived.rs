use selvedge::stack::TreiberStack;

fn main() {
    let stack: TreiberStack<&str> = TreiberStack::new();
    {
        let text = String::from("text");
        stack.push(&text);
    }
    drop(stack.pop());
}
