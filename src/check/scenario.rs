//! Who does what: operations before, by each of several threads at once, and after.

use arbitrary::{Arbitrary, Unstructured};
use rand::RngCore;

/// Operations before, at once, and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario<Op> {
    /// By the main thread, before the others start.
    pub before: Vec<Op>,
    /// By each thread. The first is the main thread itself.
    pub threads: Vec<Vec<Op>>,
    /// By the main thread, after the others have ended.
    pub after: Vec<Op>,
}

/// The size of a random scenario: the most there may be of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Operations before.
    pub before: usize,
    /// Threads, at least 2 of them.
    pub threads: usize,
    /// Operations of one thread, at least 1 of them.
    pub operations: usize,
    /// Operations after.
    pub after: usize,
}

impl<Op> Default for Scenario<Op> {
    fn default() -> Self {
        Self { before: Vec::new(), threads: Vec::new(), after: Vec::new() }
    }
}

impl<Op> Scenario<Op> {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds operations before.
    #[must_use]
    pub fn before(mut self, operations: impl IntoIterator<Item = Op>) -> Self {
        self.before.extend(operations);
        self
    }

    /// Adds a thread.
    #[must_use]
    pub fn thread(mut self, operations: impl IntoIterator<Item = Op>) -> Self {
        self.threads.push(operations.into_iter().collect());
        self
    }

    /// Adds operations after.
    #[must_use]
    pub fn after(mut self, operations: impl IntoIterator<Item = Op>) -> Self {
        self.after.extend(operations);
        self
    }

    /// A scenario from raw bytes, of at most this shape. Bytes that run out give the smallest one.
    ///
    /// # Errors
    /// Those of the operation's own `Arbitrary`.
    pub fn decode<'a>(bytes: &mut Unstructured<'a>, shape: Shape) -> arbitrary::Result<Self>
    where
        Op: Arbitrary<'a>,
    {
        let mut some = |least: usize, most: usize| -> arbitrary::Result<Vec<Op>> {
            let count = bytes.int_in_range(least..=most.max(least))?;
            (0..count).map(|_| bytes.arbitrary()).collect()
        };
        let before = some(0, shape.before)?;
        let mut threads = vec![some(1, shape.operations)?, some(1, shape.operations)?];
        for _ in 2..shape.threads {
            threads.push(some(1, shape.operations)?);
        }
        Ok(Self { before, threads, after: some(0, shape.after)? })
    }

    /// A random scenario of at most this shape: always the same for one seed.
    #[must_use]
    pub fn random(seed: u64, shape: Shape) -> Self
    where
        Op: for<'a> Arbitrary<'a>,
    {
        let mut bytes = vec![0; 16 * (shape.before + shape.threads * shape.operations + shape.after + 4)];
        rand_pcg::Pcg64Mcg::new(u128::from(seed) << 64 | 0x5e1f_edae).fill_bytes(&mut bytes);
        Self::decode(&mut Unstructured::new(&bytes), shape).expect("bytes enough for any operation")
    }
}
