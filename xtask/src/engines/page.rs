//! The table in the documentation.

use anyhow::{Context, Result};
use std::path::Path;

const PAGE: &str = "docs/engines.md";
const BEGIN: &str = "<!-- engines: the output of `cargo xtask engines --markdown` from here -->\n";
const END: &str = "<!-- to here -->";

/// Puts `table` in the place of the one that is there.
pub fn write(root: &Path, table: &str) -> Result<()> {
    let path = root.join(PAGE);
    let page = std::fs::read_to_string(&path).with_context(|| PAGE.to_string())?;
    let page = replaced(&page, table).with_context(|| format!("{PAGE} has no place for the table"))?;
    std::fs::write(&path, page).with_context(|| PAGE.to_string())
}

fn replaced(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_the_place_of_the_last_one() {
        let page = |table: &str| format!("a\n{BEGIN}\n{table}\n\n{END}\nz\n");
        assert_eq!(replaced(&page("old | table"), "new"), Some(page("new")));
        assert_eq!(replaced("a\nz\n", "new"), None);
        assert_eq!(replaced(BEGIN, "new"), None);
    }

    #[test]
    fn the_page_has_a_place_for_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let page = std::fs::read_to_string(root.join(PAGE)).unwrap();
        assert!(replaced(&page, "table").is_some());
    }
}
