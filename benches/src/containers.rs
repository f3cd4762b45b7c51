//! What a push and a pop cost, in rings and in stacks, beside peers, in one run.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml --bin containers
//! valgrind --tool=callgrind … # `once` as an argument: each program a thousand times
//! ```
//! The ratios are to crossbeam's queue, and to Treiber's stack.

mod rounds;

use rounds::{Rounds, print_head, print_row};
use selvedge::ring::{HelpingRing, Ring};
use selvedge::stack::{EliminationStack, TreiberStack, VersionedStack};
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Room for all that is in there at once, so that who pushes and pops never finds it full.
const ROOM: usize = 1024;

/// The one in the middle counts: threads are to meet.
const ROUNDS: Rounds = Rounds { rounds: 21, turns: 100_000, counts: 10 };

/// What holds numbers, as each contender does.
trait Container: Sync {
    /// Whether there was room.
    fn push(&self, value: u64) -> bool;

    fn pop(&self) -> Option<u64>;

    /// One in, and one out, so many times.
    fn push_pop(&self, turns: u32) {
        for turn in 0..turns {
            assert!(self.push(u64::from(turn)), "there is room");
            black_box(self.pop());
        }
    }

    /// So many in, by one thread, while another takes them out.
    fn produce(&self, turns: u32) {
        (0..turns).for_each(|turn| until(|| self.push(u64::from(turn))));
    }

    /// So many out.
    fn consume(&self, turns: u32) {
        (0..turns).for_each(|_| until(|| self.pop().is_some()));
    }

    /// So many that find no room.
    fn refused(&self, turns: u32) {
        let put = (0..).take_while(|&value| self.push(value)).count();
        (0..turns).for_each(|turn| assert!(!self.push(u64::from(turn)), "it is full"));
        (0..put).for_each(|_| _ = black_box(self.pop()));
    }
}

/// Again, until it is done; now and then another thread gets the processor.
fn until(done: impl Fn() -> bool) {
    for attempt in 1.. {
        if done() {
            return;
        }
        if attempt % 64 == 0 { thread::yield_now() } else { std::hint::spin_loop() }
    }
}

macro_rules! containers {
    ($($container:ty: $push:expr, $pop:expr;)*) => { $(
        impl Container for $container {
            #[inline(never)]
            fn push(&self, value: u64) -> bool {
                let push: fn(&Self, u64) -> bool = $push;
                push(self, value)
            }

            #[inline(never)]
            fn pop(&self) -> Option<u64> {
                let pop: fn(&Self) -> Option<u64> = $pop;
                pop(self)
            }
        }
    )* };
}

type Queue = crossbeam_queue::ArrayQueue<u64>;
type Locked = Mutex<Vec<u64>>;

containers! {
    Queue: |queue, value| queue.push(value).is_ok(), Self::pop;
    Ring<u64>: |ring, value| ring.try_push(value).is_ok(), |ring| ring.try_pop().ok();
    HelpingRing<u64>: |ring, value| ring.try_push(value).is_ok(), |ring| ring.try_pop().ok();
    TreiberStack<u64>: |stack, value| { stack.push(value); true }, Self::pop;
    EliminationStack<u64>: |stack, value| { stack.push(value); true }, Self::pop;
    VersionedStack<u64>: |stack, value| stack.push(value).is_ok(), Self::pop;
    Locked: |stack, value| { lock(stack).push(value); true }, |stack| lock(stack).pop();
}

fn lock(stack: &Locked) -> std::sync::MutexGuard<'_, Vec<u64>> {
    stack.lock().unwrap_or_else(PoisonError::into_inner)
}

type Any = dyn Container;
type Contenders = Vec<(&'static str, Box<Any>)>;

fn rings() -> Contenders {
    vec![
        ("crossbeam's ArrayQueue", Box::new(Queue::new(ROOM))),
        ("Ring", Box::new(Ring::with_capacity(ROOM).expect("a small ring"))),
        ("HelpingRing", Box::new(HelpingRing::with_capacity(ROOM).expect("a small ring"))),
    ]
}

fn stacks() -> Contenders {
    let places = |places| EliminationStack::with_reclaim(Default::default(), places).expect("few places");
    vec![
        ("TreiberStack", Box::new(TreiberStack::new())),
        ("EliminationStack, 1 place", Box::new(places(1))),
        ("EliminationStack, 8 places", Box::new(places(8))),
        ("VersionedStack", Box::new(VersionedStack::with_capacity(ROOM).expect("a small stack"))),
        ("Mutex<Vec>", Box::new(Locked::default())),
    ]
}

/// Half of the threads put in what the other half takes out.
fn from_half_to_half(container: &Any, thread: usize, turns: u32) {
    if thread % 2 == 0 { container.produce(turns) } else { container.consume(turns) }
}

fn main() {
    if std::env::args().any(|argument| argument == "once") {
        for (_, container) in rings().iter().chain(&stacks()) {
            container.push_pop(1000);
        }
        for (_, ring) in &rings() {
            ring.refused(1000);
        }
        return;
    }
    let rings = rings();
    print_head(&rings);
    for threads in [1, 2, 8] {
        let times = ROUNDS.measure(&rings, threads, |ring: &Any, _, turns| ring.push_pop(turns));
        print_row("a push and a pop", threads, &times);
    }
    for threads in [2, 8] {
        print_row("from half to half", threads, &ROUNDS.measure(&rings, threads, from_half_to_half));
    }
    print_row(
        "a push that finds no room",
        1,
        &ROUNDS.measure(&rings, 1, |ring: &Any, _, turns| ring.refused(turns)),
    );
    println!();
    let stacks = stacks();
    print_head(&stacks);
    for threads in [1, 2, 8, 32] {
        let times = ROUNDS.measure(&stacks, threads, |stack: &Any, _, turns| stack.push_pop(turns));
        print_row("a push and a pop", threads, &times);
    }
    for threads in [2, 8, 32] {
        print_row("from half to half", threads, &ROUNDS.measure(&stacks, threads, from_half_to_half));
    }
}
