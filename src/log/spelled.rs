//! Forms of EDN with strings that Clojure prints and the reader of EDN does not know: `\b` and `\f`.
//!
//! Such a form is read from a copy in which the characters themselves stand. It is made only where the reader has refused a
//! string: other forms are read where they lie.

use super::pieces::{Piece, Pieces};
use clojure_reader::edn::{self, Edn};
use clojure_reader::error::{Code, Error};

/// Reads the first form of a text, and says how many bytes it had.
pub(super) fn read(text: &str) -> Result<(Edn<'_>, usize), Error> {
    match edn::read(text) {
        Ok((form, rest)) => Ok((form, text.len() - rest.len())),
        Err(error) if error.code == Code::InvalidEscape => Spelled::of(text).read(),
        Err(error) => Err(error),
    }
}

/// A copy of the first form of a text, with the characters that `\b` and `\f` stand for.
struct Spelled {
    text: String,
    /// Where in `text` these characters are. Each has one byte there, and two in the original.
    places: Vec<usize>,
}

impl Spelled {
    fn of(text: &str) -> Self {
        let mut spelled = Self { text: String::new(), places: Vec::new() };
        let mut copied = 0;
        let mut pieces = Pieces::of(text);
        // How many forms are not complete, and how many there are to be: `#_` stands before two.
        let (mut open, mut forms) = (0_usize, 1_usize);
        for (at, piece) in pieces.by_ref() {
            match piece {
                Piece::Open(_) => open += 1,
                Piece::Prefix(prefix) => forms += usize::from(prefix == "#_" && open == 0),
                Piece::Close(_) => open = open.saturating_sub(1),
                Piece::Word(word) if word.starts_with('"') => {
                    spelled.text.push_str(&text[copied..at]);
                    spelled.string(word);
                    copied = at + word.len();
                }
                Piece::Word(_) => {}
            }
            if open == 0 && matches!(piece, Piece::Close(_) | Piece::Word(_)) {
                forms -= 1;
                if forms == 0 {
                    break;
                }
            }
        }
        spelled.text.push_str(&text[copied..pieces.read()]);
        spelled
    }

    fn string(&mut self, word: &str) {
        let mut chars = word.chars();
        while let Some(c) = chars.next() {
            let escaped = if c == '\\' { chars.clone().next() } else { None };
            let meant = match escaped {
                Some('b') => Some('\u{8}'),
                Some('f') => Some('\u{c}'),
                _ => None,
            };
            if meant.is_some() {
                self.places.push(self.text.len());
            }
            self.text.push(meant.unwrap_or(c));
            // What is escaped is passed over, as it may be a backslash itself.
            if escaped.is_some() {
                let escaped = chars.next();
                self.text.extend(escaped.filter(|_| meant.is_none()));
            }
        }
    }

    /// Where in the original that is what stands at `at`.
    fn original(&self, at: usize) -> usize {
        at + self.places.partition_point(|place| *place < at)
    }

    fn read<'t>(&self) -> Result<(Edn<'t>, usize), Error> {
        match edn::read(&self.text) {
            Ok((form, rest)) => Ok((form.into_owned(), self.original(self.text.len() - rest.len()))),
            Err(error) => Err(Error { ptr: error.ptr.map(|at| self.original(at)), ..error }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use clojure_reader::edn::Edn;

    #[test]
    fn a_form_ends_where_it_ends() {
        for (form, text) in [
            (r#""\b""#, "\u{8}"),
            (r#""é\f\\b\b""#, "é\u{c}\\b\u{8}"),
            (r#"#_ "\f" "\b\"\f""#, "\u{8}\"\u{c}"),
            (r#"#_ #_ {"\b" ["\f"]} 2 "\\\b""#, "\\\u{8}"),
        ] {
            for rest in ["", " \"\\b\" (", "}", "[\"\\u\"]"] {
                let whole = format!("{form}{rest}");
                let (read, bytes) = read(&whole).unwrap();
                assert_eq!((read, bytes), (Edn::Str(text.into()), form.len()), "{whole}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_where_it_is() {
        for text in [r#"["\b\f" "\u"]"#, r#""\b\\b\u""#, r#"{"\f" 1 :b "\b\u"}"#] {
            let at = read(text).unwrap_err().ptr;
            assert_eq!(at, text.find('u'), "{text}");
        }
        assert!(read(r#"["\b" "#).is_err() && read(r#""\b"#).is_err());
    }
}
