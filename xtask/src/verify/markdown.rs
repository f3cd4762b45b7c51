//! A table as Markdown, for the README.

use comfy_table::{Row, Table};
use maud::Render;

/// The table, a line per row; lines of a cell are kept apart by `<br>`.
pub fn markdown(table: &Table) -> String {
    let header = table.header().map_or(0, |row| row.cell_iter().count());
    let rows = table.header().into_iter().map(line).chain([format!("|{}", "---|".repeat(header))]);
    rows.chain(table.row_iter().map(line)).collect::<Vec<_>>().join("\n")
}

fn line(row: &Row) -> String {
    let cells = row.cell_iter().map(|cell| format!(" {} |", escaped(&cell.content())));
    format!("|{}", cells.collect::<String>())
}

fn escaped(text: &str) -> String {
    // Of Markdown, within a table, only what parts cells and rows is left to do.
    text.render().into_string().replace('|', "\\|").replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_becomes_lines() {
        let mut table = Table::new();
        table.set_header(["structure", "loom\nplain"]);
        table.add_row(["Stack<T> | a", "1\n2"]);
        let expected = "| structure | loom<br>plain |\n|---|---|\n| Stack&lt;T&gt; \\| a | 1<br>2 |";
        assert_eq!(markdown(&table), expected);
    }
}
