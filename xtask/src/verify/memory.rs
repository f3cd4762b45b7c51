//! What is remembered of the last run: how long each test took, and what it was about. A test's name alone
//! does not tell its structure or its defect, so a filter needs it; and the time that is left is guessed from it.

use super::outcome::Ran;
use super::targets::TestId;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is remembered of the last run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    /// By the printed name of the test.
    tests: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Entry {
    /// By budget.
    seconds: BTreeMap<String, f64>,
    about: BTreeSet<String>,
}

impl Entry {
    const NOTHING: Entry = Entry { seconds: BTreeMap::new(), about: BTreeSet::new() };
}

impl Memory {
    /// Reads it. What cannot be read is forgotten: memory only saves work.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Writes it, all at once.
    pub fn write(&self, path: &Path) -> Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&file, self)?;
        file.persist(path)?;
        Ok(())
    }

    /// Remembers a test that came to its end.
    pub fn learn(&mut self, ran: &Ran, budget: &str) {
        let entry = self.tests.entry(ran.test.to_string()).or_default();
        entry.seconds.insert(budget.into(), ran.seconds);
        entry.about = about(ran);
    }

    /// How long the test took under this budget.
    pub fn seconds(&self, test: &TestId, budget: &str) -> Option<f64> {
        self.tests.get(&test.to_string())?.seconds.get(budget).copied()
    }

    /// Whether the test may be about `part`: it is, or it is not known. What looks like a path can be a test's
    /// name only.
    pub fn may_match(&self, test: &TestId, part: &str) -> bool {
        let known =
            self.tests.get(&test.to_string()).or(part.contains("::").then_some(const { &Entry::NOTHING }));
        known.is_none_or(|entry| entry.about.iter().any(|text| contains(text, part)))
            || names(test).iter().any(|text| contains(text, part))
    }
}

/// Whether the test, as it ran, is about `part`.
pub fn matches(ran: &Ran, part: &str) -> bool {
    names(&ran.test).iter().chain(&about(ran)).any(|text| contains(text, part))
}

fn names(test: &TestId) -> Vec<String> {
    let path = format!("{}::{}", test.target, test.name);
    std::iter::once(path).chain(test.build.engines().map(|engine| engine.to_string())).collect()
}

fn about(ran: &Ran) -> BTreeSet<String> {
    let of_one = |record: &selvedge::check::Record| {
        [Some(record.structure.clone()), Some(record.property.clone()), record.defect.clone()]
    };
    ran.records.iter().flat_map(of_one).flatten().collect()
}

fn contains(text: &str, part: &str) -> bool {
    let (text, part) = (text.to_lowercase(), part.to_lowercase());
    // `RB1` is not about `RB10`: a number ends where the digits do, whatever it stands in.
    let ends = |rest: &str| {
        !(part.ends_with(|c: char| c.is_ascii_digit()) && rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    text.match_indices(&part).any(|(at, found)| ends(&text[at + found.len()..]))
}

#[cfg(test)]
mod tests {
    use super::super::builds::Build;
    use super::super::outcome::tests::{id, passed};
    use super::*;

    #[test]
    fn a_test_is_found_by_all_that_it_is_about() {
        let mut ran = passed(Build::Loom, "push_push");
        ran.records[0].defect = Some("RB7".into());
        for part in ["stack", "push_p", "Treiber", "linear", "rb7", "loom strong", "stack::push"] {
            assert!(matches(&ran, part), "{part}");
        }
        for part in ["ring", "RB8", "shuttle"] {
            assert!(!matches(&ran, part), "{part}");
        }
    }

    #[test]
    fn a_number_is_matched_whole() {
        assert!(contains("RB1", "rb1") && contains("rb1_published", "RB1") && contains("RB10", "rb"));
        assert!(!contains("RB10", "RB1") && !contains("rb11_len", "rb1"));
        assert!(contains("rb10 and rb1", "rb1"), "anywhere");
    }

    #[test]
    fn an_unknown_test_may_be_about_anything_and_a_known_one_not() {
        let mut memory = Memory::default();
        let test = id(Build::Loom, "push_push");
        assert!(memory.may_match(&test, "RB8"));
        assert!(memory.may_match(&test, "stack::push") && !memory.may_match(&test, "stack::pop"));
        memory.learn(&passed(Build::Loom, "push_push"), "quick");
        assert!(!memory.may_match(&test, "RB8"));
        assert!(memory.may_match(&test, "treiber"));
        assert_eq!((memory.seconds(&test, "quick"), memory.seconds(&test, "long")), (Some(1.0), None));
    }

    #[test]
    fn memory_lasts_and_its_loss_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/memory.json");
        assert!(Memory::read(&path).tests.is_empty());
        let mut memory = Memory::default();
        memory.learn(&passed(Build::Loom, "push_push"), "quick");
        memory.write(&path).unwrap();
        assert_eq!(Memory::read(&path).tests.len(), 1);
        std::fs::write(&path, "{").unwrap();
        assert!(Memory::read(&path).tests.is_empty());
    }
}
