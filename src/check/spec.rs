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
    type Ret: Clone + Debug + PartialEq + Send + Sync + 'static;
    /// The state between operations.
    type State: Clone + Eq + Hash + Debug;

    /// The state of a new structure.
    fn initial(&self) -> Self::State;

    /// Carries out `op`: changes the state and answers. If several answers are right, any of them.
    fn step(&self, state: &mut Self::State, op: &Self::Op) -> Self::Ret;

    /// All right answers to `op` in `state`, each with the state after it. None where it has to wait until the state is another
    /// one: then that it goes on waiting is right, and that it answers is wrong.
    fn outcomes(&self, state: &Self::State, op: &Self::Op) -> Vec<(Self::Ret, Self::State)> {
        let mut after = state.clone();
        let ret = self.step(&mut after, op);
        vec![(ret, after)]
    }

    /// Whether [`undo`](Self::undo) takes steps back. Then the judge never copies a state to come back to it, and there must
    /// be one state at most to which an answer leads.
    const UNDOES: bool = false;

    /// Carries out `op` if it can be answered by `ret`, and says whether it was. Asked only if [`UNDOES`](Self::UNDOES); to be
    /// written if [`step`](Self::step) is not the only outcome.
    fn redo(&self, state: &mut Self::State, op: &Self::Op, ret: &Self::Ret) -> bool {
        let own = self.step(state, op);
        let fits = own == *ret;
        if !fits {
            self.undo(state, op, &own);
        }
        fits
    }

    /// All right answers to `op` in `state`, which is left as it was. Asked only if [`UNDOES`](Self::UNDOES); to be written if
    /// [`step`](Self::step) is not the only outcome.
    fn answers(&self, state: &mut Self::State, op: &Self::Op) -> Vec<Self::Ret> {
        let own = self.step(state, op);
        self.undo(state, op, &own);
        vec![own]
    }

    /// Takes back `op`, which answered `ret` and was the last that changed `state`. Asked only if
    /// [`UNDOES`](Self::UNDOES).
    fn undo(&self, state: &mut Self::State, op: &Self::Op, ret: &Self::Ret) {
        unreachable!("{op:?} -> {ret:?} of {state:?}: a specification that says it undoes must do so")
    }

    /// What is known of `op`, answered by `ret` (not yet, if `None`), in whatever state it happens.
    ///
    /// It never changes a verdict if it is true, and makes searches short.
    fn urgency(&self, op: &Self::Op, ret: Option<&Self::Ret>) -> Urgency {
        let _ = (op, ret);
        Urgency::Ordinary
    }

    /// What all calls together say of the order in which they happened.
    ///
    /// It never changes a verdict if it is true, and makes searches short. Where that takes long, `may` is to be asked now
    /// and then whether it may go on, and told how many bytes are in use; if not, less can be concluded.
    fn foresee(&self, calls: &[Seen<'_, Self>], may: &mut dyn FnMut(usize) -> bool) -> Foresight
    where
        Self: Sized,
    {
        let _ = (calls, may);
        Foresight::Nothing
    }

    /// The bytes of a state, with what it owns elsewhere. What a limit of memory counts.
    fn bytes(&self, state: &Self::State) -> usize {
        size_of_val(state)
    }

    /// The part of the structure that `op` is about, if operations on different parts are independent (a
    /// map's key). A history all of whose operations name a part is judged part by part.
    ///
    /// It is told by a number; where that is a hash, so that two parts may have the same, [`is_same_part`](Self::is_same_part)
    /// tells them apart.
    fn partition(&self, op: &Self::Op) -> Option<u64> {
        let _ = op;
        None
    }

    /// Whether two operations whose parts have the same number are about the same part.
    fn is_same_part(&self, first: &Self::Op, second: &Self::Op) -> bool {
        let _ = (first, second);
        true
    }
}

/// How soon a call can be taken without loss.
///
/// Say the judge looks for an order of calls, has come to a state, and a call can be the next and its answer fits.
/// Must it try the other calls too?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// It must.
    Ordinary,
    /// It need not: the call, so answered, leaves every state as it is.
    Read,
    /// It need not, unless another call of this class, or a [`Rival`](Self::Rival) of it, may still come before.
    ///
    /// To be promised: let `c` be this operation with this answer, and `u` operations with answers, none of them
    /// `c` or of this class. Wherever `c` alone is right, and `u c` is right, `c u` is right too and leads to the
    /// same state. (A queue's take of what is in front.)
    Alone(u64),
    /// It must, and calls of this class cannot be hurried past it.
    Rival(u64),
}

impl Urgency {
    /// The class that is named.
    pub(super) fn class(self) -> Option<u64> {
        match self {
            Urgency::Alone(class) | Urgency::Rival(class) => Some(class),
            Urgency::Ordinary | Urgency::Read => None,
        }
    }
}

/// A call as [`Spec::foresee`] is told of it.
#[derive(Debug)]
pub struct Seen<'h, S: Spec> {
    /// What was asked.
    pub op: &'h S::Op,
    /// What was answered, if it is known.
    pub ret: Option<&'h S::Ret>,
    /// It happened not before.
    pub start: u64,
    /// If it must have happened: not after. `u64::MAX` otherwise.
    pub end: u64,
    /// Whether it must have happened.
    pub must: bool,
}

/// What a specification concludes from all calls together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foresight {
    /// Nothing.
    Nothing,
    /// No order explains them.
    Impossible,
    /// A second interval for each call. In every order that explains them, a call whose second interval ends
    /// before that of another call begins comes before it, and has happened if the other has.
    Intervals(Vec<(u64, u64)>),
    /// These calls in this order explain them. It is tried first, and believed if it does.
    Order(Vec<usize>),
}

/// An implementation of a [`Spec`].
pub trait Structure: Spec {
    /// The structure under test.
    type Sut: Send + Sync + 'static;

    /// A new structure, in the state that [`Spec::initial`] describes.
    fn create(&self) -> Self::Sut;

    /// Carries out `op`.
    fn apply(&self, sut: &Self::Sut, op: &Self::Op) -> Self::Ret;

    /// The most steps (accesses and fences) that `op` takes, if it is wait-free: whatever others do meanwhile.
    ///
    /// The explorer counts them in each execution of each model. That such an operation also ends where others stop for ever
    /// is asked by [`Model::progress`](super::Model::progress).
    fn most_steps(&self, op: &Self::Op) -> Option<u16> {
        let _ = op;
        None
    }
}
