//! What a ring must do, and how ours does it: for the models in `models/ring.rs` and for the fuzzers in `fuzz/`.

use selvedge::check::{Arbitrary, Spec, Structure};
use selvedge::ring::{Closed, PushError, Ring, TryPopError, TryPushError};
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

/// A first-in, first-out list of at most so many elements, open or closed.
///
/// `T` is what the ring holds: bytes, or things around a byte that notice what becomes of them.
pub struct Bounded<T = u8> {
    capacity: usize,
    element: PhantomData<fn() -> T>,
}

/// Of so many elements.
pub fn bounded<T>(capacity: usize) -> Bounded<T> {
    Bounded { capacity, element: PhantomData }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct State {
    elements: VecDeque<u8>,
    closed: bool,
}

impl<T> Bounded<T> {
    fn push(&self, state: &State, values: impl IntoIterator<Item = u8>) -> State {
        let mut state = state.clone();
        state.elements.extend(values);
        assert!(state.elements.len() <= self.capacity);
        state
    }
}

impl<T: 'static> Spec for Bounded<T> {
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

impl<T: From<u8> + Into<u8> + Send + 'static> Structure for Bounded<T> {
    type Sut = Ring<T>;

    fn create(&self) -> Ring<T> {
        Ring::with_capacity(self.capacity).expect("a small ring")
    }

    fn apply(&self, ring: &Ring<T>, op: &Op) -> Ret {
        match op {
            TryPush(value) => match ring.try_push(T::from(*value)) {
                Ok(()) => Ret::Pushed,
                Err(TryPushError::Full(_)) => Ret::Full,
                Err(TryPushError::Closed(_)) => Ret::Closed,
            },
            TryPop => match ring.try_pop() {
                Ok(value) => Ret::Popped(value.into()),
                Err(TryPopError::Empty) => Ret::Empty,
                Err(TryPopError::Closed) => Ret::Closed,
            },
            Push(value) => match ring.push(T::from(*value)) {
                Ok(()) => Ret::Pushed,
                Err(PushError(_)) => Ret::Closed,
            },
            Pop => ring.pop().map_or(Ret::Closed, |value| Ret::Popped(value.into())),
            PushBatch(first, count) => {
                let mut values = (0..*count).map(|i| T::from(first.wrapping_add(i))).collect();
                ring.push_batch(&mut values).map_or(Ret::Closed, Ret::Number)
            }
            PopBatch(most) => {
                let mut values = Vec::new();
                match ring.pop_batch(&mut values, usize::from(*most)) {
                    Ok(_) => Ret::Values(values.into_iter().map(T::into).collect()),
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
}
