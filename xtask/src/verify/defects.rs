//! The defects that some control must find.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// A defect of the lesson's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// What models call it.
    pub id: String,
    /// What is wrong, in a line.
    pub title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    defect: Vec<Defect>,
}

/// The defects that are asked for: `xtask/defects.toml`.
pub fn required() -> Result<Vec<Defect>> {
    parse(include_str!("../../defects.toml")).context("xtask/defects.toml")
}

/// The defect with its title, if it has one.
pub fn titled(id: &str, defects: &[Defect]) -> String {
    let title = defects.iter().find(|defect| defect.id == id).map(|defect| format!(": {}", defect.title));
    format!("{id}{}", title.unwrap_or_default())
}

fn parse(text: &str) -> Result<Vec<Defect>> {
    let defects = toml::from_str::<File>(text)?.defect;
    for (index, defect) in defects.iter().enumerate() {
        anyhow::ensure!(!defect.title.is_empty(), "{} has no title", defect.id);
        anyhow::ensure!(
            !defects[..index].iter().any(|other| other.id == defect.id),
            "{} comes twice",
            defect.id
        );
    }
    Ok(defects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_lessons() {
        let ids: Vec<String> = required().unwrap().into_iter().map(|defect| defect.id).collect();
        let rings = (1..=11).map(|n| format!("RB{n}"));
        let stacks = (1..=5).map(|n| format!("ST{n}"));
        assert_eq!(ids, rings.chain(stacks).collect::<Vec<_>>());
    }

    #[test]
    fn mistakes_in_the_list_are_told() {
        let entry = "[[defect]]\nid = \"A\"\ntitle = \"a\"\n";
        assert_eq!(parse(entry).unwrap().len(), 1);
        assert!(parse(&entry.repeat(2)).unwrap_err().to_string().contains("A comes twice"));
        assert!(parse("[[defect]]\nid = \"A\"\n").is_err());
        assert!(parse(&format!("{entry}by = 1\n")).is_err());
    }
}
