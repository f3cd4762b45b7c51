//! What a ring must do, and how ours does it: for the models in `models/ring.rs` and for the fuzzers in `fuzz/`.

use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::ring::{Closed, HelpingRing, PushError, Ring, TryPopError, TryPushError};
use std::collections::VecDeque;
use std::marker::PhantomData;

// Not every target that shares this declaration asks for all of it.
#[allow(dead_code)]
#[derive(Clone, Debug, Arbitrary)]
pub enum Op {
    TryPush(u8),
    TryPop,
    /// So many values, counted up from the first.
    PushBatch(u8, #[arbitrary(with = small)] u8),
    PopBatch(#[arbitrary(with = small)] u8),
    Len,
    IsEmpty,
    IsFull,
    Close,
    IsClosed,
    /// Sleep while the ring is full or empty: for scenarios that end all the same, never drawn at random.
    #[arbitrary(skip)]
    Push(u8),
    #[arbitrary(skip)]
    Pop,
}

fn small(u: &mut arbitrary::Unstructured) -> arbitrary::Result<u8> {
    u.int_in_range(0..=4)
}

use Op::{Close, IsClosed, IsEmpty, IsFull, Len, Pop, PopBatch, Push, PushBatch, TryPop, TryPush};

#[derive(Clone, Debug, PartialEq)]
pub enum Ret {
    Pushed,
    Full,
    Popped(u8),
    Empty,
    Closed,
    Number(usize),
    Values(Vec<u8>),
    Is(bool),
}

/// A first-in, first-out list of at most so many elements, open or closed; `R` is the ring that should be one.
///
/// It holds bytes, or things around a byte that notice what becomes of them.
pub struct Bounded<R> {
    capacity: usize,
    /// The most elements that a batch is asked for.
    batch: usize,
    ring: PhantomData<fn() -> R>,
}

/// Of so many elements.
pub fn bounded<T>(capacity: usize) -> Bounded<Ring<T>> {
    Bounded { capacity, batch: usize::MAX, ring: PhantomData }
}

/// The lock-free ring. Its batches are no single step, so that where threads meet they are asked for one element.
// Not every target that shares this declaration has both rings.
#[allow(dead_code)]
pub fn helping<T, const INDEX: u32>(capacity: usize, batch: usize) -> Bounded<HelpingRing<T, INDEX>> {
    Bounded { capacity, batch, ring: PhantomData }
}

/// What both rings have.
pub trait Queue: Send + Sync + Sized + 'static {
    type Item: From<u8> + Into<u8>;
    fn with_capacity(capacity: usize) -> Self;
    fn try_push(&self, value: Self::Item) -> Result<(), TryPushError<Self::Item>>;
    fn try_pop(&self) -> Result<Self::Item, TryPopError>;
    fn push(&self, value: Self::Item) -> Result<(), PushError<Self::Item>>;
    fn pop(&self) -> Result<Self::Item, Closed>;
    fn push_batch(&self, values: &mut Vec<Self::Item>) -> Result<usize, Closed>;
    fn pop_batch(&self, values: &mut Vec<Self::Item>, most: usize) -> Result<usize, Closed>;
    fn len(&self) -> usize;
    fn is_empty(&self) -> bool;
    fn is_full(&self) -> bool;
    fn close(&self) -> bool;
    fn is_closed(&self) -> bool;

    /// See [`Structure::most_steps`].
    fn most_steps(op: &Op) -> Option<u16>;
}

macro_rules! queue {
    ([$($generics:tt)*] $ring:ty, $with_capacity:expr, $most_steps:expr) => {
        impl<T: From<u8> + Into<u8> + Send + 'static, $($generics)*> Queue for $ring {
            type Item = T;
            fn with_capacity(capacity: usize) -> Self {
                $with_capacity(capacity).expect("a small ring")
            }
            queue!(@ try_push(value: T) -> Result<(), TryPushError<T>>);
            queue!(@ try_pop() -> Result<T, TryPopError>);
            queue!(@ push(value: T) -> Result<(), PushError<T>>);
            queue!(@ pop() -> Result<T, Closed>);
            queue!(@ push_batch(values: &mut Vec<T>) -> Result<usize, Closed>);
            queue!(@ pop_batch(values: &mut Vec<T>, most: usize) -> Result<usize, Closed>);
            queue!(@ len() -> usize);
            queue!(@ is_empty() -> bool);
            queue!(@ is_full() -> bool);
            queue!(@ close() -> bool);
            queue!(@ is_closed() -> bool);

            fn most_steps(op: &Op) -> Option<u16> {
                $most_steps(op)
            }
        }
    };
    (@ $method:ident($($argument:ident: $type:ty),*) -> $result:ty) => {
        fn $method(&self, $($argument: $type),*) -> $result {
            self.$method($($argument),*)
        }
    };
}

queue!([] Ring<T>, Ring::with_capacity, |op: &Op| match op {
    IsEmpty | IsFull => Some(3),
    IsClosed => Some(1),
    _ => None,
});
queue!([const INDEX: u32] HelpingRing<T, INDEX>, HelpingRing::of_capacity, |_: &Op| None);

#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct State {
    elements: VecDeque<u8>,
    closed: bool,
}

impl<R> Bounded<R> {
    fn push(&self, state: &State, values: impl IntoIterator<Item = u8>) -> State {
        let mut state = state.clone();
        state.elements.extend(values);
        assert!(state.elements.len() <= self.capacity);
        state
    }
}

impl<R: 'static> Spec for Bounded<R> {
    type Op = Op;
    type Ret = Ret;
    type State = State;

    fn initial(&self) -> State {
        State::default()
    }

    fn step(&self, state: &mut State, op: &Op) -> Ret {
        let (ret, after) = self.outcomes(state, op).into_iter().next().expect("not a sleeping operation");
        *state = after;
        ret
    }

    /// Batches may move fewer than they could, if they move some. Sleeping operations have no outcome until
    /// they can go on.
    fn outcomes(&self, state: &State, op: &Op) -> Vec<(Ret, State)> {
        let room = self.capacity - state.elements.len();
        let same = |ret| vec![(ret, state.clone())];
        match op {
            TryPush(_) | Push(_) | PushBatch(..) if state.closed => same(Ret::Closed),
            TryPush(value) | Push(value) if room > 0 => vec![(Ret::Pushed, self.push(state, [*value]))],
            TryPush(_) => same(Ret::Full),
            TryPop | Pop if !state.elements.is_empty() => {
                let mut after = state.clone();
                let value = after.elements.pop_front().expect("not empty");
                vec![(Ret::Popped(value), after)]
            }
            TryPop | Pop if state.closed => same(Ret::Closed),
            TryPop => same(Ret::Empty),
            PushBatch(_, 0) => same(Ret::Number(0)),
            PushBatch(..) if room == 0 => same(Ret::Number(0)),
            PushBatch(first, count) => {
                let most = room.min(usize::from(*count));
                let some =
                    |n| (Ret::Number(n), self.push(state, (0..n as u8).map(|i| first.wrapping_add(i))));
                (1..=most).rev().map(some).collect()
            }
            PopBatch(_) if state.elements.is_empty() && state.closed => same(Ret::Closed),
            PopBatch(0) => same(Ret::Values(Vec::new())),
            PopBatch(_) if state.elements.is_empty() => same(Ret::Values(Vec::new())),
            PopBatch(most) => {
                let most = state.elements.len().min(usize::from(*most));
                let some = |n| {
                    let mut after = state.clone();
                    (Ret::Values(after.elements.drain(..n).collect()), after)
                };
                (1..=most).rev().map(some).collect()
            }
            Len => same(Ret::Number(state.elements.len())),
            IsEmpty => same(Ret::Is(state.elements.is_empty())),
            IsFull => same(Ret::Is(room == 0)),
            IsClosed => same(Ret::Is(state.closed)),
            Close => vec![(Ret::Is(!state.closed), State { closed: true, ..state.clone() })],
            Push(_) | Pop => Vec::new(),
        }
    }
}

impl<R: Queue> Structure for Bounded<R> {
    type Sut = R;

    fn create(&self) -> R {
        R::with_capacity(self.capacity)
    }

    fn apply(&self, ring: &R, op: &Op) -> Ret {
        match op {
            TryPush(value) => match ring.try_push((*value).into()) {
                Ok(()) => Ret::Pushed,
                Err(TryPushError::Full(_)) => Ret::Full,
                Err(TryPushError::Closed(_)) => Ret::Closed,
            },
            TryPop => match ring.try_pop() {
                Ok(value) => Ret::Popped(value.into()),
                Err(TryPopError::Empty) => Ret::Empty,
                Err(TryPopError::Closed) => Ret::Closed,
            },
            Push(value) => match ring.push((*value).into()) {
                Ok(()) => Ret::Pushed,
                Err(PushError(_)) => Ret::Closed,
            },
            Pop => ring.pop().map_or(Ret::Closed, |value| Ret::Popped(value.into())),
            PushBatch(first, count) => {
                let values = (0..*count).take(self.batch);
                let mut values = values.map(|i| first.wrapping_add(i).into()).collect();
                ring.push_batch(&mut values).map_or(Ret::Closed, Ret::Number)
            }
            PopBatch(most) => {
                let mut values = Vec::new();
                match ring.pop_batch(&mut values, self.batch.min(usize::from(*most))) {
                    Ok(_) => Ret::Values(values.into_iter().map(R::Item::into).collect()),
                    Err(Closed) => Ret::Closed,
                }
            }
            Len => Ret::Number(ring.len()),
            IsEmpty => Ret::Is(ring.is_empty()),
            IsFull => Ret::Is(ring.is_full()),
            Close => Ret::Is(ring.close()),
            IsClosed => Ret::Is(ring.is_closed()),
        }
    }

    fn most_steps(&self, op: &Op) -> Option<u16> {
        R::most_steps(op)
    }
}
