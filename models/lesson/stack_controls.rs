//! ST1 to ST5: what is wrong with the lesson's stacks, one defect at a time, and that it is right in ours.
//!
//! Each scenario stands here once and is run twice: on a stack of the lesson, where it must fail as its `kills`
//! says, and on `selvedge::stack::TreiberStack`, where it must hold.

use crate::stacks::{BadStack, GoodStack, chain};
use crate::{ALL, ALL_BUT_RANDOM};
use selvedge::check::{Arbitrary, Model, Reuse, Scenario, Spec, Structure};
use selvedge::stack::TreiberStack;
use selvedge::sync::heap;
use std::marker::PhantomData;

/// The operations that a stack has, or gets here.
pub trait StackUnderTest: Send + Sync + 'static {
    fn new() -> Self;
    fn push(&self, value: u8);
    fn pop(&self) -> Option<u8>;
    /// What is in the stack, from top to bottom, when no other thread uses it.
    fn contents(&self) -> Vec<u8>;
}

impl StackUnderTest for TreiberStack<u8> {
    fn new() -> Self {
        TreiberStack::new()
    }
    fn push(&self, value: u8) {
        self.push(value);
    }
    fn pop(&self) -> Option<u8> {
        self.pop()
    }
    fn contents(&self) -> Vec<u8> {
        self.pin().iter().copied().collect()
    }
}

/// A stack of the lesson, of which the nodes that are left are freed in the end. (The lesson's stacks have no
/// `Drop`, which is ST5: it would show in every model that leaves something inside.)
macro_rules! swept {
    ($(#[$doc:meta])* $name:ident = $stack:ident, $push:ident, $pop:expr) => {
        $(#[$doc])*
        pub struct $name($stack<u8>);

        impl StackUnderTest for $name {
            fn new() -> Self {
                $name($stack::new())
            }
            fn push(&self, value: u8) {
                self.0.$push(value);
            }
            fn pop(&self) -> Option<u8> {
                let pop: fn(&$stack<u8>) -> Option<u8> = $pop;
                pop(&self.0)
            }
            fn contents(&self) -> Vec<u8> {
                // SAFETY: no other thread uses the stack, and in a model the memory even of freed nodes is kept.
                chain(&self.0.head).into_iter().map(|node| unsafe { (*node).value }).collect()
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                for node in chain(&self.0.head) {
                    // SAFETY: linked, and nobody else has the stack. If that is not so, a control has failed to.
                    unsafe { heap::free(node) };
                }
            }
        }
    };
}

swept! {
    /// The lesson's `BadStack`. It has no `pop`, and no control asks for one.
    Bad = BadStack, push, |_| unreachable!("the lesson has no pop")
}

swept! {
    /// The lesson's `GoodStack`, with the `pop` that its version counter implies.
    Good = GoodStack, push, GoodStack::pop
}

swept! {
    /// The same with ST2 repaired and ST4 out of sight.
    Versioned = GoodStack, push_linked_anew, GoodStack::pop_from_lasting_memory
}

#[derive(Clone, Debug, Arbitrary)]
enum Op {
    Push(u8),
    Pop,
    /// For the end of a scenario only.
    Contents,
}

use Op::{Contents, Pop, Push};

#[derive(Clone, Debug, PartialEq)]
enum Ret {
    Pushed,
    Popped(u8),
    Empty,
    /// From top to bottom.
    Values(Vec<u8>),
}

/// A last-in, first-out list; `S` is the stack that should be one.
struct LastInFirstOut<S>(PhantomData<fn() -> S>);

fn stack<S>() -> LastInFirstOut<S> {
    LastInFirstOut(PhantomData)
}

impl<S: StackUnderTest> Spec for LastInFirstOut<S> {
    type Op = Op;
    type Ret = Ret;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        Vec::new()
    }

    fn step(&self, state: &mut Vec<u8>, op: &Op) -> Ret {
        match op {
            Push(value) => {
                state.push(*value);
                Ret::Pushed
            }
            Pop => state.pop().map_or(Ret::Empty, Ret::Popped),
            Contents => Ret::Values(state.iter().rev().copied().collect()),
        }
    }
}

impl<S: StackUnderTest> Structure for LastInFirstOut<S> {
    type Sut = S;

    fn create(&self) -> S {
        S::new()
    }

    fn apply(&self, stack: &S, op: &Op) -> Ret {
        match op {
            Push(value) => {
                stack.push(*value);
                Ret::Pushed
            }
            Pop => stack.pop().map_or(Ret::Empty, Ret::Popped),
            Contents => Ret::Values(stack.contents()),
        }
    }
}

/// The first thread is the main one.
fn two(first: impl IntoIterator<Item = Op>, second: impl IntoIterator<Item = Op>) -> Scenario<Op> {
    Scenario::new().thread(first).thread(second)
}

/// One scenario, two models: `lesson`, with this stack of the lesson, must be killed; `ours` must hold.
macro_rules! pair {
    ($(#[$doc:meta])* $name:ident: $scenario:expr, in $stack:ident called $called:literal $(, $reuse:expr)?;
        kills $id:literal by $by:expr, saying $saying:expr) => {
        $(#[$doc])*
        mod $name {
            use super::*;
            selvedge::model!(lesson, Model::of(stack::<$stack>(), $scenario)
                .structure($called).kills($id, $by, $saying)$(.reuse($reuse))?);
            selvedge::model!(ours, Model::of(stack::<TreiberStack<u8>>(), $scenario)$(.reuse($reuse))?);
        }
    };
}

pair! {
    /// ST1: `push` links its node once, before the loop, and retries the exchange with a fresh `head`. What
    /// another thread has pushed between is no longer reached from the top. Nothing is popped, so nothing
    /// else can go wrong.
    st1_push_links_once: two([Push(1)], [Push(2)]).after([Contents]), in Bad called "BadStack (lesson)";
    kills "ST1" by ALL, saying ["Contents -> Values([1])", "Contents -> Values([2])"]
}

pair! {
    /// ST2: the stack that the lesson calls good does the same, and its version is looked at by nobody.
    st2_the_good_push_links_once: two([Push(1)], [Push(2)]).after([Contents]), in Good called "GoodStack (lesson)";
    kills "ST2" by ALL, saying ["Contents -> Values([1])", "Contents -> Values([2])"]
}

pair! {
    /// ST4: a `pop` that frees at once. Another thread that has read the same `head` follows it into the freed
    /// node. loom may say it in its own words: the free is not ordered after the read.
    st4_pop_frees_under_a_reader: two([Pop], [Pop]).before([Push(1)]), in Good called "GoodStack (lesson, with a pop)";
    kills "ST4" by ALL, saying ["use after free", "Causality violation"]
}

/// The first thread reads `head`, the successor of that node, and an unchanged version, and stops. The other one
/// takes both nodes off and pushes one, to which the address of the first comes back: it is on top again, in a new
/// life. The exchange compares addresses, not versions: it succeeds, takes the 3 off, and puts on top what
/// was below the *old* node, which is freed, and what lay in it, the 1, is there once more.
fn aba() -> Scenario<Op> {
    two([Pop], [Pop, Pop, Push(3)]).before([Push(1), Push(2)]).after([Contents])
}

pair! {
    /// ST3: the version is a word of its own that no exchange compares, so it cannot prevent ABA even for a `pop`
    /// that looks at it twice. Freed addresses come back, the oldest first.
    st3_the_version_prevents_nothing: aba(), in Versioned called "GoodStack (lesson, with a pop)", Reuse::Fifo;
    kills "ST3" by ALL_BUT_RANDOM, saying ["Contents -> Values([1])"]
}

// It is the address that comes back: if none does, the same stack holds in the same scenario.
selvedge::model!(
    st3_holds_if_no_address_comes_back,
    Model::of(stack::<Versioned>(), aba())
        .structure("GoodStack (lesson, with a pop)")
        .reuse(Reuse::Never)
        .preemptions(3)
);

/// ST5: the lesson's stacks have no `Drop`, so what is left inside is never freed.
mod st5_nothing_is_freed {
    use super::*;

    fn model<S: 'static>(structure: &str, new: fn() -> S, push: fn(&S, u8)) -> Model {
        Model::program(structure, "no leak", move || push(&new(), 1)).sequential()
    }

    const LEAK: [&str; 1] = ["leak: 1 never freed"];
    selvedge::model!(bad, model("BadStack (lesson)", BadStack::new, BadStack::push).kills("ST5", ALL, LEAK));
    selvedge::model!(
        good,
        model("GoodStack (lesson)", GoodStack::new, GoodStack::push).kills("ST5", ALL, LEAK)
    );
    selvedge::model!(ours, model("TreiberStack", TreiberStack::new, TreiberStack::push));
}

#[cfg(shuttle)]
mod tests {
    use super::*;

    /// As the explorer writes ST3 down. `c2` is the allocation that gets the address of the second node.
    #[test]
    #[should_panic(expected = "not linearizable")]
    fn the_address_is_part_of_the_schedule() {
        use selvedge::check::explore::Memory;
        Model::of(stack::<Versioned>(), aba())
            .reuse(selvedge::check::Reuse::Fifo)
            .choices([])
            .replay(Memory::Weak, "0:12 1:11 c2 5 0:4");
    }

    /// The same, but the first node's: it is the address that makes the difference.
    #[test]
    fn another_address_is_another_execution() {
        use selvedge::check::explore::Memory;
        Model::of(stack::<Versioned>(), aba())
            .reuse(selvedge::check::Reuse::Fifo)
            .choices([])
            .replay(Memory::Weak, "0:12 1:11 c1 5 0:4");
    }
}
