//! Shards: parts of a search that know nothing of each other, for machines that share no memory.
//!
//! Each shard begins with the same steps: it explores in breadth until there are graphs enough, and takes each
//! n-th of them. What was seen until then, shard 0 counts. So the shards together see all, and count it once.

use super::search::{Seen, Stack};
use super::team::Left;
use std::fmt;
use std::str::FromStr;

/// So many graphs for each shard: then one is about as large as another.
const GRAPHS: usize = 64;

/// One part of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) struct Shard {
    index: usize,
    of: usize,
}

impl Shard {
    /// The shard `index`, from 0, of so many.
    pub(in crate::check) fn new(index: usize, of: usize) -> Option<Self> {
        (index < of).then_some(Shard { index, of })
    }

    /// The number, from 0, and of how many.
    pub(in crate::check) fn numbers(self) -> (usize, usize) {
        (self.index, self.of)
    }

    /// Whether this is the shard that has what belongs to none.
    pub(in crate::check) fn is_first(self) -> bool {
        self.index == 0
    }

    /// How many graphs there must be to deal them out.
    pub(super) fn graphs(self) -> usize {
        GRAPHS.saturating_mul(self.of)
    }

    /// Keeps what belongs to this shard.
    pub(super) fn take(self, left: &mut Left) {
        let all = left.stacks.drain(..).flatten().enumerate();
        let mut own: Stack =
            all.filter(|(nth, _)| nth % self.of == self.index).map(|(_, graph)| graph).collect();
        if !self.is_first() {
            left.seen = Seen::default();
        }
        // What is seen and what is left make the whole of this shard.
        let share: f64 = own.iter().map(|graph| graph.share).sum();
        own.iter_mut().for_each(|graph| graph.share *= (1.0 - left.seen.share) / share);
        if !own.is_empty() {
            left.stacks.push(own);
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (index, of) = text.split_once('/').ok_or(())?;
        let number = |text: &str| text.parse().map_err(|_| ());
        Shard::new(number(index)?, number(of)?).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_shard_is_refused() {
        assert_eq!("1/3".parse(), Ok(Shard { index: 1, of: 3 }));
        assert_eq!(Shard { index: 1, of: 3 }.to_string(), "1/3");
        for text in ["", "1", "3/3", "0/0", "-1/2", "1/2/3", "a/b"] {
            assert_eq!(text.parse::<Shard>(), Err(()), "{text}");
        }
    }
}
