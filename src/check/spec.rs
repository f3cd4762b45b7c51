//! What a structure should do, and how it does it.

use arbitrary::Arbitrary;
use std::fmt::Debug;
use std::hash::Hash;

/// A sequential specification.
///
/// Deterministic specifications write [`step`](Self::step) and leave [`outcomes`](Self::outcomes) alone;
/// nondeterministic ones write both.
pub trait Spec: Send + Sync + 'static {
    /// An operation, with its arguments. `Arbitrary` makes random ones, for tests and for fuzzers.
    type Op: Clone + Debug + Send + Sync + for<'a> Arbitrary<'a> + 'static;
    /// An answer.
    type Ret: Clone + Debug + PartialEq + Send + 'static;
    /// The state between operations.
    type State: Clone + Eq + Hash + Debug;

    /// The state of a new structure.
    fn initial(&self) -> Self::State;

    /// Carries out `op`: changes the state and answers. If several answers are right, any of them.
    fn step(&self, state: &mut Self::State, op: &Self::Op) -> Self::Ret;

    /// All right answers to `op` in `state`, each with the state after it.
    fn outcomes(&self, state: &Self::State, op: &Self::Op) -> Vec<(Self::Ret, Self::State)> {
        let mut after = state.clone();
        let ret = self.step(&mut after, op);
        vec![(ret, after)]
    }

    /// The part of the structure that `op` is about, if operations on different parts are independent (a
    /// map's key). A history all of whose operations name a part is judged part by part.
    fn partition(&self, op: &Self::Op) -> Option<u64> {
        let _ = op;
        None
    }
}

/// An implementation of a [`Spec`].
pub trait Structure: Spec {
    /// The structure under test.
    type Sut: Send + Sync + 'static;

    /// A new structure, in the state that [`Spec::initial`] describes.
    fn create(&self) -> Self::Sut;

    /// Carries out `op`.
    fn apply(&self, sut: &Self::Sut, op: &Self::Op) -> Self::Ret;
}
