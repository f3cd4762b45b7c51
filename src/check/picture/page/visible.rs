//! What a text can do to a page besides being read.
//!
//! Templates escape what HTML would obey. This makes visible what a reader would not see: control characters, and those
//! that turn the direction of the text around them (Unicode Standard Annex 9, section 2), which could make a line of
//! the source look like another one (N. Boucher and R. Anderson, *Trojan Source*, USENIX Security 2023).

/// The same with each such character written as `\u{202e}`. Blanks, line breaks and tabs stay.
pub(super) fn visible(html: &str) -> String {
    html.chars().fold(String::with_capacity(html.len()), |mut out, c| {
        if is_hidden(c) {
            out.extend(c.escape_unicode())
        } else {
            out.push(c)
        }
        out
    })
}

fn is_hidden(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    turns || c == '\u{feff}' || c.is_control() && !matches!(c, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_cannot_be_seen_is_written_out_and_nothing_else() {
        assert_eq!(visible("a\u{202e}b\0c\r\u{1b}[31m"), "a\\u{202e}b\\u{0}c\\u{d}\\u{1b}[31m");
        assert_eq!(visible("\u{2066}\u{200b}\u{feff}"), "\\u{2066}\\u{200b}\\u{feff}");
        let plain = "<p>\n\tä → ┌ שלום</p>";
        assert_eq!(visible(plain), plain);
    }
}
