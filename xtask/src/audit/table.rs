//! `xtask/orderings.toml`: for each weakening the model that notices it, or the reason why none does.

use super::orders::{Change, changes};
use super::places::Place;
use crate::verify::builds::{Build, engine_named};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The table. Its keys are [`Weakening::key`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The engine and the model that must fail.
    pub killed: BTreeMap<String, Killer>,
    /// Why no model fails, where that is as it must be.
    #[serde(default)]
    pub survives: BTreeMap<String, String>,
    /// The control: weakenings of the fixture that this engine and model must not notice, although they come there.
    #[serde(default)]
    pub control: BTreeMap<String, Killer>,
}

/// A model under an engine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Killer(
    /// The engine.
    pub String,
    /// `target::name`.
    pub String,
);

/// One place with one ordering weaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakening {
    /// `label: Release -> Relaxed`.
    pub key: String,
    /// Where.
    pub at: String,
    /// What to set `SELVEDGE_WEAKEN` to.
    pub setting: String,
}

impl Weakening {
    fn new(place: &Place, change: &Change) -> Self {
        let key = format!("{}: {}", place.step, change.name);
        Weakening { key, at: place.at.clone(), setting: setting(place, &change.orders) }
    }
}

/// `SELVEDGE_WEAKEN` for `place` with these orderings.
pub fn setting(place: &Place, orders: &[super::orders::Order]) -> String {
    let orders: Vec<_> = orders.iter().map(ToString::to_string).collect();
    format!("{}={}", place.at, orders.join("/"))
}

impl Table {
    /// Reads it.
    pub fn read(path: &Path) -> Result<Table> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// # Errors
    /// If it is no table, an engine is unknown or does not know orderings, a reason is empty, or a key stands twice.
    pub fn parse(text: &str) -> Result<Table> {
        let table: Table = toml::from_str(text)?;
        for (key, Killer(engine, model)) in table.killed.iter().chain(&table.control) {
            let known = ["explorer weak", "loom plain", "loom strong"].contains(&engine.as_str());
            anyhow::ensure!(known, "{key}: `{engine}` is no engine that knows orderings");
            anyhow::ensure!(model.contains("::"), "{key}: `{model}` is no target::name");
        }
        for (key, reason) in &table.survives {
            anyhow::ensure!(!reason.trim().is_empty(), "{key}: without a reason");
        }
        for key in table.keys() {
            let times = table.keys().filter(|other| *other == key).count();
            anyhow::ensure!(times == 1, "{key}: stands {times} times");
        }
        Ok(table)
    }

    fn keys(&self) -> impl Iterator<Item = &String> {
        self.killed.keys().chain(self.survives.keys()).chain(self.control.keys())
    }

    /// All weakenings of these places by one notch; what survives for a reason is weakened further.
    pub fn weakenings(&self, places: &[Place]) -> Vec<Weakening> {
        let mut found: Vec<Weakening> = Vec::new();
        for place in places {
            let mut waiting = changes(place.kind, &place.orders, &place.orders);
            while let Some(change) = waiting.pop() {
                let weakening = Weakening::new(place, &change);
                if found.contains(&weakening) {
                    continue;
                }
                if self.survives.contains_key(&weakening.key) {
                    waiting.extend(changes(place.kind, &place.orders, &change.orders));
                }
                found.push(weakening);
            }
        }
        found.sort_by(|a, b| a.key.cmp(&b.key));
        found
    }

    /// The builds whose models are asked for these.
    pub fn builds(&self, weakenings: &[Weakening]) -> BTreeSet<Build> {
        let killers =
            weakenings.iter().filter_map(|one| self.killed.get(&one.key).or(self.control.get(&one.key)));
        killers.filter_map(|Killer(engine, _)| engine_named(engine)).map(Build::of).collect()
    }

    /// The weakenings that the table says nothing of.
    pub fn unlisted<'a>(&self, weakenings: &'a [Weakening]) -> Vec<&'a Weakening> {
        weakenings.iter().filter(|weakening| !self.keys().any(|key| *key == weakening.key)).collect()
    }

    /// The entries that are about no weakening of the source.
    pub fn stale(&self, weakenings: &[Weakening]) -> Vec<&str> {
        let known = |key: &&String| weakenings.iter().any(|weakening| weakening.key == **key);
        self.keys().filter(|key| !known(key)).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::orders::{Kind, Order};
    use super::*;

    fn place(step: &str, kind: Kind, orders: &[Order]) -> Place {
        Place { at: "src/a.rs:1:2".into(), step: step.into(), kind, orders: orders.into() }
    }

    fn keys(found: &[Weakening]) -> Vec<&str> {
        found.iter().map(|weakening| weakening.key.as_str()).collect()
    }

    #[test]
    fn what_is_not_listed_and_what_is_stale_are_told() {
        let table = Table::parse("[killed]\n'a.b: Release -> Relaxed' = ['explorer weak', 'ring::x']\n'a.gone: Acquire -> Relaxed' = ['loom plain', 'ring::y']").unwrap();
        let places = [place("a.b", Kind::Update, &[Order::Release, Order::Acquire])];
        let found = table.weakenings(&places);
        assert_eq!(keys(&found), ["a.b: Release -> Relaxed", "a.b: failure Acquire -> Relaxed"]);
        assert_eq!(found[1].setting, "src/a.rs:1:2=Release/Relaxed");
        let unlisted: Vec<_> = table.unlisted(&found).into_iter().map(|w| w.key.as_str()).collect();
        assert_eq!(unlisted, ["a.b: failure Acquire -> Relaxed"]);
        assert_eq!(table.stale(&found), ["a.gone: Acquire -> Relaxed"]);
    }

    #[test]
    fn what_survives_for_a_reason_is_weakened_further() {
        let places = [place("a.b", Kind::Fence, &[Order::SeqCst])];
        let plain = Table::parse("[killed]").unwrap();
        assert_eq!(keys(&plain.weakenings(&places)), ["a.b: fence SeqCst -> AcqRel"]);
        let spared =
            Table::parse("[killed]\n[survives]\n'a.b: fence SeqCst -> AcqRel' = 'a reason'").unwrap();
        let found = spared.weakenings(&places);
        let further =
            ["a.b: fence SeqCst -> AcqRel", "a.b: fence SeqCst -> Acquire", "a.b: fence SeqCst -> Release"];
        assert_eq!(keys(&found), further);
        assert_eq!(spared.unlisted(&found).len(), 2);
    }

    #[test]
    fn a_table_that_says_nothing_is_refused() {
        let says = |text: &str, what: &str| {
            let why = Table::parse(text).unwrap_err().to_string();
            assert!(why.contains(what), "{why}");
        };
        says("[killed]\n'a' = ['shuttle random', 'ring::x']", "no engine that knows orderings");
        says("[killed]\n'a' = ['loom plain', 'x']", "no target::name");
        says("[killed]\n[survives]\n'a' = ' '", "without a reason");
        says("[killed]\n'a' = ['loom plain', 'r::x']\n[survives]\n'a' = 'why'", "stands 2 times");
    }
}
