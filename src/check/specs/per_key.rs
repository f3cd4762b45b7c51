//! Many objects of one specification, each with a key.

use super::{Value, hash};
use crate::check::spec::{Foresight, Seen, Spec, Urgency};
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// An object of the specification `S` for each key. Operations are pairs of a key and an operation on its object. Each key
/// is a part of its own.
#[derive(Clone, Debug)]
pub struct PerKey<K, S> {
    spec: S,
    keys: PhantomData<fn() -> K>,
}

impl<K, S> PerKey<K, S> {
    /// All objects are new.
    #[must_use]
    pub fn new(spec: S) -> Self {
        PerKey { spec, keys: PhantomData }
    }
}

impl<K: Value, S: Spec> Spec for PerKey<K, S> {
    type Op = (K, S::Op);
    type Ret = S::Ret;
    /// The objects that are not as new.
    type State = BTreeMap<K, S::State>;

    fn initial(&self) -> Self::State {
        BTreeMap::new()
    }

    fn step(&self, state: &mut Self::State, (key, op): &(K, S::Op)) -> S::Ret {
        let mut object = state.remove(key).unwrap_or_else(|| self.spec.initial());
        let ret = self.spec.step(&mut object, op);
        self.put(state, key, object);
        ret
    }

    fn outcomes(&self, state: &Self::State, (key, op): &(K, S::Op)) -> Vec<(S::Ret, Self::State)> {
        let outcomes = match state.get(key) {
            Some(object) => self.spec.outcomes(object, op),
            None => self.spec.outcomes(&self.spec.initial(), op),
        };
        let whole = |(ret, object)| {
            let mut after = state.clone();
            after.remove(key);
            self.put(&mut after, key, object);
            (ret, after)
        };
        outcomes.into_iter().map(whole).collect()
    }

    const UNDOES: bool = S::UNDOES;

    fn redo(&self, state: &mut Self::State, (key, op): &(K, S::Op), ret: &S::Ret) -> bool {
        let mut object = state.remove(key).unwrap_or_else(|| self.spec.initial());
        let right = self.spec.redo(&mut object, op, ret);
        self.put(state, key, object);
        right
    }

    fn answers(&self, state: &mut Self::State, (key, op): &(K, S::Op)) -> Vec<S::Ret> {
        let mut object = state.remove(key).unwrap_or_else(|| self.spec.initial());
        let answers = self.spec.answers(&mut object, op);
        self.put(state, key, object);
        answers
    }

    fn undo(&self, state: &mut Self::State, (key, op): &(K, S::Op), ret: &S::Ret) {
        let mut object = state.remove(key).unwrap_or_else(|| self.spec.initial());
        self.spec.undo(&mut object, op, ret);
        self.put(state, key, object);
    }

    /// A call hurts the calls on its own object at most, but classes are to be told apart by keys.
    fn urgency(&self, (key, op): &(K, S::Op), ret: Option<&S::Ret>) -> Urgency {
        match self.spec.urgency(op, ret) {
            Urgency::Alone(class) => Urgency::Alone(hash(&(key, class))),
            Urgency::Rival(class) => Urgency::Rival(hash(&(key, class))),
            other => other,
        }
    }

    /// Of one object alone, as in a part.
    fn foresee(&self, calls: &[Seen<'_, Self>], may: &mut dyn FnMut(usize) -> bool) -> Foresight {
        if !calls.windows(2).all(|pair| pair[0].op.0 == pair[1].op.0) {
            return Foresight::Nothing;
        }
        let own = calls.iter().map(|&Seen { op, ret, start, end, must }| {
            let op = &op.1;
            Seen { op, ret, start, end, must }
        });
        self.spec.foresee(&own.collect::<Vec<Seen<'_, S>>>(), may)
    }

    fn bytes(&self, state: &Self::State) -> usize {
        let objects = state.values().map(|object| size_of::<K>() + self.spec.bytes(object));
        size_of_val(state) + objects.sum::<usize>()
    }

    fn partition(&self, (key, _): &(K, S::Op)) -> Option<u64> {
        Some(hash(key))
    }

    fn is_same_part(&self, (first, _): &(K, S::Op), (second, _): &(K, S::Op)) -> bool {
        first == second
    }
}

impl<K: Value, S: Spec> PerKey<K, S> {
    fn put(&self, state: &mut BTreeMap<K, S::State>, key: &K, object: S::State) {
        if object != self.spec.initial() {
            state.insert(key.clone(), object);
        }
    }
}
