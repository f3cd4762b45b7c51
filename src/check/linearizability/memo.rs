//! The configurations from which there is no way on.
//!
//! A configuration is what has happened and the state that it led to. It is found by hashes and compared by its
//! parts: equality is exact, so a collision costs time and never a verdict.
//!
//! Of the loose calls that have happened only as much matters as this: if a configuration has no way on, then one
//! with the same musts and state and *more* loose calls has none. For its way on would be one of the first's:
//! a loose call that has not happened yet keeps nobody waiting, and need not happen.

use super::frontier::Frontier;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::{BuildHasher, Hash};

/// A configuration without a way on.
struct Dead<State> {
    hash: u64,
    /// What has happened: a number of [`Memo::heads`].
    place: u32,
    state: State,
    used: Box<[u64]>,
}

pub(super) struct Memo<State> {
    /// Hashes of heads, and the number of each.
    places: HashTable<(u64, u32)>,
    /// The heads, place after place.
    heads: Vec<u32>,
    dead: HashTable<Dead<State>>,
    hasher: DefaultHashBuilder,
    /// What the states own elsewhere, and the sets of loose calls.
    owned: usize,
}

impl<State: Eq + Hash> Memo<State> {
    pub(super) fn new() -> Self {
        Memo {
            places: HashTable::new(),
            heads: Vec::new(),
            dead: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            owned: 0,
        }
    }

    fn place(&self, frontier: &Frontier) -> Option<u32> {
        if self.places.is_empty() {
            return None;
        }
        let width = frontier.heads().len();
        let same =
            |&(_, place): &(u64, u32)| self.heads[place as usize * width..][..width] == *frontier.heads();
        self.places.find(frontier.hash(), same).map(|(_, place)| *place)
    }

    fn hash(&self, place: u32, state: &State) -> u64 {
        self.hasher.hash_one((place, state))
    }

    /// Whether it is known that there is no way on from here. The state is looked at only if there is something to
    /// compare it with.
    pub(super) fn is_dead(&self, frontier: &Frontier, state: &State) -> bool {
        self.place(frontier).is_some_and(|place| {
            let no_more =
                |used: &[u64]| used.iter().zip(frontier.used()).all(|(dead, here)| dead & !here == 0);
            let same =
                |dead: &Dead<State>| dead.place == place && dead.state == *state && no_more(&dead.used);
            self.dead.find(self.hash(place, state), same).is_some()
        })
    }

    /// There is no way on from here. `bytes` is the size of the state.
    pub(super) fn bury(&mut self, frontier: &Frontier, state: State, bytes: usize) {
        let place = self.place(frontier).unwrap_or_else(|| {
            let place = self.places.len() as u32;
            self.heads.extend_from_slice(frontier.heads());
            self.places.insert_unique(frontier.hash(), (frontier.hash(), place), |(hash, _)| *hash);
            place
        });
        let hash = self.hash(place, &state);
        let used: Box<[u64]> = frontier.used().into();
        self.owned += bytes.saturating_sub(size_of::<State>()) + size_of_val(&*used);
        self.dead.insert_unique(hash, Dead { hash, place, state, used }, |dead| dead.hash);
    }

    /// How much all this is, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.places.allocation_size()
            + self.heads.capacity() * size_of::<u32>()
            + self.dead.allocation_size()
            + self.owned
    }
}
