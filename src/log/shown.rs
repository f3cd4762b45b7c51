//! What an error shows of a log: no terminal obeys it, and it has an end.

use std::fmt;

/// How much of a line is shown, in characters.
const LINE: usize = 160;

/// How much of a reason is shown at its beginning, and as much at its end.
const HALF: usize = 240;

/// What stands around a column of a line, or its beginning.
pub(super) fn around(line: &str, column: Option<usize>) -> String {
    let line: Vec<char> = line.trim_end_matches('\r').chars().collect();
    // Half of what is shown stands before the column.
    let first = column.unwrap_or(0).saturating_sub(LINE / 2).min(line.len().saturating_sub(LINE));
    let end = line.len().min(first + LINE);
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    let shown: String = line[first..end].iter().collect();
    format!("{}{shown}{}", cut(first > 0), cut(end < line.len()))
}

/// A reason in one line. Of a long one, which repeats what is in the log, the middle is left out.
pub(super) fn reason(text: &str) -> String {
    let length = text.chars().count();
    let kept = text.chars().enumerate().filter_map(|(nth, c)| match nth {
        _ if nth < HALF || nth >= length.saturating_sub(HALF) => Some(c),
        HALF => Some('…'),
        _ => None,
    });
    kept.map(harmless).collect()
}

/// The text on a line of its own, if there is any.
pub(super) struct Quoted<'t>(pub &'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.chars().map(|c| if c == '\t' { c } else { harmless(c) });
        if self.0.is_empty() { Ok(()) } else { write!(f, "\n    {}", shown.collect::<String>()) }
    }
}

/// The character, unless a terminal would obey it: end the line, change its colour, or turn round what follows.
fn harmless(c: char) -> char {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { '\u{fffd}' } else { c }
}

#[cfg(test)]
mod tests {
    use super::{Quoted, around, reason};

    #[test]
    fn of_a_long_line_what_stands_around_the_column_is_shown() {
        let line: String = ('a'..='z').cycle().take(1000).collect();
        assert_eq!(around(&line, None), format!("{}…", &line[..160]));
        assert_eq!(around(&line, Some(80)), format!("{}…", &line[..160]));
        assert_eq!(around(&line, Some(500)), format!("…{}…", &line[420..580]));
        assert_eq!(around(&line, Some(1000)), format!("…{}", &line[840..]));
        assert_eq!(around("short\r", Some(3)), "short");
    }

    #[test]
    fn a_reason_has_an_end_and_commands_nothing() {
        assert_eq!(
            reason("a\n\r\u{1b}[31m\u{9b}\u{202e}é"),
            "a\u{fffd}\u{fffd}\u{fffd}[31m\u{fffd}\u{fffd}é"
        );
        let long = reason(&format!("begin{}end", "x".repeat(1_000_000)));
        assert_eq!(
            (long.chars().count(), long.starts_with("beginx"), long.ends_with("xend")),
            (481, true, true)
        );
        assert_eq!(reason(&"x".repeat(480)), "x".repeat(480));
        assert_eq!(Quoted("a\tb\u{202e}").to_string(), "\n    a\tb\u{fffd}");
    }
}
