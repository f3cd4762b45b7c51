//! Orderings, and what is one notch weaker.

use serde::Serialize;
use std::fmt;

/// A memory ordering. `Relaxed` of a fence is no fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Order {
    Relaxed,
    Acquire,
    Release,
    AcqRel,
    SeqCst,
}

use Order::{AcqRel, Acquire, Relaxed, Release, SeqCst};

/// What an access does, which decides the orderings that it can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Load,
    Store,
    /// A read-modify-write. With two orderings a compare-exchange, whose second is that of failure.
    Update,
    Fence,
}

impl Order {
    /// The ordering of this name.
    pub fn named(name: &str) -> Option<Order> {
        [Relaxed, Acquire, Release, AcqRel, SeqCst].into_iter().find(|order| order.to_string() == name)
    }

    /// What is one notch weaker, for such an access.
    fn weaker(self, kind: Kind) -> &'static [Order] {
        match (self, kind) {
            (SeqCst, Kind::Load) => &[Acquire],
            (SeqCst, Kind::Store) => &[Release],
            (SeqCst, _) => &[AcqRel],
            (AcqRel, _) => &[Acquire, Release],
            (Acquire | Release, _) => &[Relaxed],
            (Relaxed, _) => &[],
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// One access with one of its orderings weaker than it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `Release -> Relaxed`, `failure Acquire -> Relaxed`, `fence SeqCst -> none`: the same in the table.
    pub name: String,
    /// All its orderings, as they are then.
    pub orders: Vec<Order>,
}

/// Each way to weaken `now` by one notch; the changes are named as from `written`.
pub fn changes(kind: Kind, written: &[Order], now: &[Order]) -> Vec<Change> {
    let mut found = Vec::new();
    for (index, order) in now.iter().enumerate() {
        let kind = if index == 1 { Kind::Load } else { kind };
        for &to in order.weaker(kind) {
            let mut orders = now.to_vec();
            orders[index] = to;
            let (what, to) = match (kind, index) {
                (Kind::Fence, _) if to == Relaxed => ("fence ", "none".into()),
                (Kind::Fence, _) => ("fence ", to.to_string()),
                (_, 1) => ("failure ", to.to_string()),
                _ => ("", to.to_string()),
            };
            found.push(Change { name: format!("{what}{} -> {to}", written[index]), orders });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(kind: Kind, orders: &[Order]) -> Vec<String> {
        changes(kind, orders, orders).into_iter().map(|change| change.name).collect()
    }

    #[test]
    fn each_ordering_is_weakened_by_one_notch() {
        assert_eq!(names(Kind::Load, &[SeqCst]), ["SeqCst -> Acquire"]);
        assert_eq!(names(Kind::Store, &[SeqCst]), ["SeqCst -> Release"]);
        assert_eq!(names(Kind::Update, &[AcqRel]), ["AcqRel -> Acquire", "AcqRel -> Release"]);
        assert_eq!(names(Kind::Fence, &[SeqCst]), ["fence SeqCst -> AcqRel"]);
        assert_eq!(names(Kind::Fence, &[Acquire]), ["fence Acquire -> none"]);
        assert_eq!(names(Kind::Load, &[Relaxed]), [""; 0]);
    }

    #[test]
    fn success_and_failure_are_weakened_each_on_its_own() {
        let found = changes(Kind::Update, &[Release, SeqCst], &[Release, SeqCst]);
        let orders: Vec<_> = found.iter().map(|change| change.orders.clone()).collect();
        assert_eq!(orders, [[Relaxed, SeqCst], [Release, Acquire]]);
        assert_eq!(found[1].name, "failure SeqCst -> Acquire");
    }

    #[test]
    fn what_is_weakened_further_is_named_from_what_is_written() {
        let found = changes(Kind::Fence, &[SeqCst], &[AcqRel]);
        let found: Vec<_> = found.iter().map(|change| change.name.as_str()).collect();
        assert_eq!(found, ["fence SeqCst -> Acquire", "fence SeqCst -> Release"]);
    }
}
