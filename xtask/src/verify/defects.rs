//! The defects that some control must find.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// A defect of the lesson's code, or of code that is wrong on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// What models call it.
    pub id: String,
    /// What is wrong, in a line. Empty if the id says it: a control of the project's own.
    pub title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    defect: Vec<Defect>,
    own: Own,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    controls: Vec<String>,
}

/// The defects that are asked for: `xtask/defects.toml`.
pub fn required() -> Result<Vec<Defect>> {
    parse(include_str!("../../defects.toml")).context("xtask/defects.toml")
}

/// The defect with its title, if it has one.
pub fn titled(id: &str, defects: &[Defect]) -> String {
    match defects.iter().find(|defect| defect.id == id && !defect.title.is_empty()) {
        Some(Defect { title, .. }) => format!("{id}: {title}"),
        None => id.into(),
    }
}

fn parse(text: &str) -> Result<Vec<Defect>> {
    let File { defect: mut defects, own } = toml::from_str::<File>(text)?;
    for defect in &defects {
        anyhow::ensure!(!defect.title.is_empty(), "{} has no title", defect.id);
    }
    defects.extend(own.controls.into_iter().map(|id| Defect { id, title: String::new() }));
    for (index, defect) in defects.iter().enumerate() {
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
    fn the_list_is_the_lessons_and_our_own() {
        let (lesson, own): (Vec<Defect>, Vec<Defect>) =
            required().unwrap().into_iter().partition(|defect| !defect.title.is_empty());
        let ids = |defects: Vec<Defect>| defects.into_iter().map(|defect| defect.id).collect::<Vec<_>>();
        let rings = (1..=11).map(|n| format!("RB{n}"));
        let stacks = (1..=5).map(|n| format!("ST{n}"));
        assert_eq!(ids(lesson), rings.chain(stacks).collect::<Vec<_>>());
        let own = ids(own);
        assert!(own.is_sorted(), "in order, so that one that comes twice or not at all is seen");
        for kind in ["PC", "control: ", "mutant: "] {
            assert!(own.iter().any(|id| id.starts_with(kind)), "no {kind}");
        }
    }

    #[test]
    fn a_title_is_told_where_there_is_one() {
        let defect = |id: &str, title: &str| Defect { id: id.into(), title: title.into() };
        let defects = [defect("RB1", "too early"), defect("mutant: none", "")];
        let told = ["RB1", "mutant: none", "RB2"].map(|id| titled(id, &defects));
        assert_eq!(told, ["RB1: too early", "mutant: none", "RB2"]);
    }

    #[test]
    fn mistakes_in_the_list_are_told() {
        let entry = "[[defect]]\nid = \"A\"\ntitle = \"a\"\n";
        let own = "[own]\ncontrols = [\"B\"]\n";
        let parse = |parts: &[&str]| parse(&parts.concat());
        assert_eq!(parse(&[entry, own]).unwrap().len(), 2);
        for twice in [[entry, entry, own], [entry, "[own]\ncontrols = [\"A\"]", ""]] {
            assert!(parse(&twice).unwrap_err().to_string().contains("A comes twice"));
        }
        assert!(parse(&["[[defect]]\nid = \"A\"\n", own]).is_err());
        assert!(parse(&["[[defect]]\nid = \"A\"\ntitle = \"\"\n", own]).is_err());
        assert!(parse(&[entry, "by = 1\n", own]).is_err());
        assert!(parse(&[entry]).is_err(), "no controls of our own");
    }
}
