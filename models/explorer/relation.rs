//! Relations between the events of one graph, as boolean matrices.
//!
//! Row `a` is the set of all `b` with `a -> b`, one bit each. The operations have the names of the relational
//! notation in which the axioms of memory models are written.

/// The most events that a graph may have.
const EVENTS: usize = 32;

/// A set of events, one bit each.
pub type Set = u32;

/// A binary relation between events.
#[derive(Clone, Copy)]
pub struct Relation([Set; EVENTS]);

impl Relation {
    /// The relation in which nothing is related.
    pub const EMPTY: Self = Self([0; EVENTS]);

    /// Adds `a -> b`.
    pub fn add(&mut self, a: usize, b: usize) {
        assert!(a < EVENTS && b < EVENTS, "a program of more than {EVENTS} events is too large for this");
        self.0[a] |= 1 << b;
    }

    /// Whether `a -> b`.
    #[cfg(shuttle)]
    pub fn has(&self, a: usize, b: usize) -> bool {
        self.0[a] >> b & 1 == 1
    }

    /// `[from]`: each event of the set is related to itself.
    pub fn identity(from: Set) -> Self {
        let mut all = Self::EMPTY;
        (0..EVENTS).filter(|a| from & (1 << a) != 0).for_each(|a| all.add(a, a));
        all
    }

    /// `self ∪ other`
    pub fn or(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(row, more)| *row |= more);
        self
    }

    /// `self ∩ other`
    pub fn and(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(row, only)| *row &= only);
        self
    }

    /// `self \ other`
    pub fn minus(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(row, without)| *row &= !without);
        self
    }

    /// `self ; other`
    pub fn then(self, other: Self) -> Self {
        let mut all = Self::EMPTY;
        for (row, mut middle) in all.0.iter_mut().zip(self.0) {
            while middle != 0 {
                *row |= other.0[middle.trailing_zeros() as usize];
                middle &= middle - 1;
            }
        }
        all
    }

    /// `self⁻¹`
    pub fn inverse(self) -> Self {
        let mut all = Self::EMPTY;
        for (a, mut row) in self.0.into_iter().enumerate() {
            while row != 0 {
                all.add(row.trailing_zeros() as usize, a);
                row &= row - 1;
            }
        }
        all
    }

    /// `self?`
    pub fn or_same(self) -> Self {
        self.or(Self::identity(Set::MAX))
    }

    /// `self⁺`
    pub fn closure(mut self) -> Self {
        for middle in 0..EVENTS {
            let onward = self.0[middle];
            if onward != 0 {
                self.0.iter_mut().filter(|row| **row & (1 << middle) != 0).for_each(|row| *row |= onward);
            }
        }
        self
    }

    /// Whether no event is related to itself.
    pub fn is_irreflexive(&self) -> bool {
        self.0.iter().enumerate().all(|(a, row)| row & (1 << a) == 0)
    }

    /// Whether there is no cycle.
    pub fn is_acyclic(self) -> bool {
        self.closure().is_irreflexive()
    }

    /// Whether nothing is related.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|row| *row == 0)
    }
}
