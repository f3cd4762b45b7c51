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
    /// Nobody looks at values, or at which thread is which: see [`alike`](Self::alike).
    pub alike: bool,
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
        Self { before: Vec::new(), threads: Vec::new(), after: Vec::new(), alike: false }
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

    /// Threads whose operations are the same but for the values in them do the same: neither the structure nor the
    /// specification compares a value with anything, or asks which thread is which (data independence: Wolper, POPL
    /// 1986). Of executions that differ only in which of these threads did what, the explorer then explores one. It
    /// reports threads that do not do the same; that a value was compared it cannot see.
    ///
    /// The first thread is like no other. Others that are the same should stand side by side.
    #[must_use]
    pub fn alike(self) -> Self {
        Self { alike: true, ..self }
    }

    /// Whether the thread at `index` does the same as the one before it.
    #[cfg(shuttle)]
    pub(super) fn is_alike(&self, index: usize) -> bool {
        let variants = |thread: usize| self.threads[thread].iter().map(std::mem::discriminant);
        self.alike && index > 1 && variants(index - 1).eq(variants(index))
    }

    /// The scenarios with one operation less, or with one thread less whose operations are gone. None of them has
    /// fewer than two threads, where this one has two.
    pub(super) fn smaller(&self) -> Vec<Self>
    where
        Op: Clone,
    {
        let without = |operations: &[Op], nth: usize| {
            let mut left = operations.to_vec();
            left.remove(nth);
            left
        };
        let mut all = Vec::new();
        for nth in 0..self.after.len() {
            all.push(Self { after: without(&self.after, nth), ..self.clone() });
        }
        for nth in 0..self.before.len() {
            all.push(Self { before: without(&self.before, nth), ..self.clone() });
        }
        for (thread, operations) in self.threads.iter().enumerate() {
            for nth in 0..operations.len() {
                let mut less = self.clone();
                less.threads[thread] = without(operations, nth);
                if less.threads[thread].is_empty() && less.threads.len() > 2 {
                    less.threads.remove(thread);
                }
                all.push(less);
            }
        }
        all
    }

    /// The scenario as it would be written down, in the crate of this name.
    pub(super) fn source(&self, within: Option<&str>) -> String
    where
        Op: std::fmt::Debug,
    {
        let operations_source = |operations: &[Op]| operations_source(operations, within);
        let mut source = String::from("selvedge::check::Scenario::new()");
        if !self.before.is_empty() {
            source += &format!(".before([{}])", operations_source(&self.before));
        }
        for operations in &self.threads {
            source += &format!(".thread([{}])", operations_source(operations));
        }
        if !self.after.is_empty() {
            source += &format!(".after([{}])", operations_source(&self.after));
        }
        if self.alike {
            source += ".alike()";
        }
        source
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
        Ok(Self { before, threads, after: some(0, shape.after)?, alike: false })
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

/// Operations as they would be written down: with the path of their type before what `Debug` has of them, which is no
/// more than the variant, or than the type's name.
fn operations_source<Op: std::fmt::Debug>(operations: &[Op], within: Option<&str>) -> String {
    let (name, path) = (short_name::<Op>(), path_of::<Op>(within));
    let path = path.split('<').next().unwrap_or(&path);
    let written = operations.iter().map(|operation| {
        let text = format!("{operation:?}");
        let whole = |rest: &&str| !rest.starts_with(|char: char| char.is_alphanumeric() || char == '_');
        match text.strip_prefix(&name).filter(whole) {
            Some(rest) => format!("{path}{rest}"),
            None if text.starts_with(char::is_uppercase) => format!("{path}::{text}"),
            None => text,
        }
    });
    written.collect::<Vec<_>>().join(", ")
}

/// `a::b::Stack<T>` is called `Stack`.
pub(super) fn short_name<T: ?Sized>() -> String {
    let name = std::any::type_name::<T>();
    let path = name.split('<').next().unwrap_or(name);
    path.rsplit("::").next().unwrap_or(path).to_string()
}

/// A type as it is named in the crate `within`, or without its module if nobody knows where that is.
pub(super) fn path_of<T: ?Sized>(within: Option<&str>) -> String {
    let Some(within) = within else { return short_name::<T>() };
    let own = format!("{within}::");
    let paths = std::any::type_name::<T>()
        .split_inclusive(|char: char| !char.is_alphanumeric() && !"_:".contains(char));
    let in_crate = |path: &str| match path.strip_prefix(&own) {
        Some(rest) => format!("crate::{rest}"),
        None => path.to_string(),
    };
    paths.map(in_crate).collect()
}

/// The ways to give threads hands of these sizes out of `kinds`, where threads with their hands exchanged are the same
/// way.
pub(super) fn hands(kinds: usize, sizes: &[usize]) -> Vec<Vec<Vec<usize>>> {
    /// So many operations, which ones by the digits of the number.
    type Hand = (usize, usize);
    let mut sizes = sizes.to_vec();
    sizes.sort_unstable();
    let mut ways = vec![Vec::<Hand>::new()];
    for size in sizes {
        let longer = |way: &Vec<Hand>| {
            let from = way.last().filter(|last| last.0 == size).map_or(0, |last| last.1);
            let hands = (from..kinds.pow(size as u32)).map(|number| (size, number));
            hands.map(|hand| way.iter().copied().chain([hand]).collect()).collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(longer).collect();
    }
    let dealt = |(size, number): Hand| (0..size).map(|nth| number / kinds.pow(nth as u32) % kinds).collect();
    // Threads of the same hand stand at the end, the most of them last: the first thread is like no other.
    let by_number = |mut way: Vec<Hand>| {
        let all = way.clone();
        way.sort_by_key(|hand| (all.iter().filter(|other| *other == hand).count(), hand.1));
        way.into_iter().map(dealt).collect()
    };
    ways.into_iter().map(by_number).collect()
}

#[cfg(test)]
mod tests {
    use super::{hands, operations_source, path_of};

    #[derive(Debug)]
    enum Op<V> {
        Put(V),
        Get,
        Open,
    }

    #[test]
    fn operations_are_written_with_their_path() {
        let operations = [Op::Put(1_u8), Op::Get, Op::Open];
        assert_eq!(operations_source(&operations, None), "Op::Put(1), Op::Get, Op::Open");
        let path = "crate::check::scenario::tests::Op";
        let within = Some("selvedge");
        let written = format!("{path}::Put(1), {path}::Get, {path}::Open");
        assert_eq!(operations_source(&operations, within), written);
        assert_eq!(path_of::<Op<Op<u8>>>(within), format!("{path}<{path}<u8>>"));
        assert_eq!(path_of::<Op<u8>>(Some("vedge")), "selvedge::check::scenario::tests::Op<u8>");
        assert_eq!(operations_source(&[7, 8], within), "7, 8");
    }

    #[test]
    fn each_way_to_deal_is_there_once() {
        assert_eq!(hands(2, &[3, 3]).len(), 36);
        assert_eq!(hands(2, &[2, 2, 2]).len(), 20);
        assert_eq!(hands(2, &[1, 2, 1]).len(), 12);
        assert_eq!(hands(2, &[1, 1]), [[[0], [0]], [[0], [1]], [[1], [1]]]);
        assert_eq!(hands(2, &[1, 1, 1])[1], [[1], [0], [0]]);
        assert_eq!(hands(1, &[2, 1]), [[vec![0], vec![0, 0]]]);
    }
}
