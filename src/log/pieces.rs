//! The pieces that a form of EDN is made of: what is seen of it without reading it.
//!
//! The reader of EDN refuses some of what Clojure prints, as decimals with an `M` and patterns, and forgets how numbers were
//! written. So a map of the nemesis, which may hold anything, is only passed over; and a number is looked at that the reader
//! would take for another one.

/// The tags that a map of an operation may have: Jepsen prints its records so.
pub(super) const TAGS: [&str; 2] = ["jepsen.history.Op", "knossos.op.Op"];

/// What is seen of the first form of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// How many bytes it has, if it is an operation of Jepsen's nemesis: a map whose `:process` is `:nemesis`.
    pub nemesis: Option<usize>,
    /// Where something stands that the reader would misunderstand, in bytes, and what is wrong with it.
    pub odd: Option<(usize, String)>,
}

/// Looks at the first form of a text. Of one that is not complete nothing is seen behind its end.
pub(super) fn seen(text: &str) -> Seen {
    let mut pieces = Pieces::of(text);
    let mut seen = Seen::default();
    let mut open: Vec<&str> = Vec::new();
    // Of the forms that lie in the outermost map: how many there were, the last, if it is a word, and how many are left out next.
    let (mut forms, mut last, mut left_out) = (0, "", 0);
    let (mut is_map, mut is_of_the_nemesis) = (true, false);
    while let Some((at, piece)) = pieces.next() {
        let word = match piece {
            Piece::Open(bracket) => {
                is_map &= !open.is_empty() || bracket == "{";
                open.push(bracket);
                continue;
            }
            Piece::Prefix(prefix) => {
                is_map &= !open.is_empty() || TAGS.contains(&&prefix[1..]);
                left_out += usize::from(prefix == "#_" && open.len() == 1);
                continue;
            }
            Piece::Close(bracket) if open.pop().is_some_and(|open| closes(bracket, open)) => "",
            Piece::Close(_) => return seen,
            Piece::Word(word) => {
                seen.odd = seen.odd.or_else(|| Some((at, odd(word)?)));
                word
            }
        };
        match open.len() {
            0 => {
                seen.nemesis = Some(pieces.at).filter(|_| is_map && is_of_the_nemesis);
                return seen;
            }
            1 if left_out > 0 => left_out -= 1,
            1 => {
                is_of_the_nemesis |= forms % 2 == 1 && last == ":process" && word == ":nemesis";
                (forms, last) = (forms + 1, word);
            }
            _ => {}
        }
    }
    seen
}

/// What is wrong with a word, if the reader would not say it.
fn odd(word: &str) -> Option<String> {
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word);
    let begins_with_zero = digits.starts_with('0') && digits[1..].starts_with(|c: char| c.is_ascii_digit());
    if begins_with_zero {
        Some(format!("`{word}` begins with 0, as no number of EDN does"))
    } else if word.starts_with("##") {
        Some(format!("`{word}` is no integer"))
    } else {
        None
    }
}

fn closes(close: &str, open: &str) -> bool {
    matches!((open, close), ("[", "]") | ("(", ")") | ("{" | "#{", "}"))
}

/// What a form is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Open(&'t str),
    Close(&'t str),
    /// `#_`, or a tag: it belongs to the form that follows.
    Prefix(&'t str),
    /// Anything else that is a form: a keyword, a number, a string.
    Word(&'t str),
}

/// The pieces of a text, and where they begin.
pub(super) struct Pieces<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Pieces<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// How many bytes have been read, up to the end of the last piece.
    pub(super) fn read(&self) -> usize {
        self.at
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = (usize, Piece<'t>);

    /// The next piece, and where it begins.
    fn next(&mut self) -> Option<(usize, Piece<'t>)> {
        self.at += blank(&self.text[self.at..]);
        let (at, rest) = (self.at, &self.text[self.at..]);
        let mut chars = rest.chars();
        let first = chars.next()?;
        let (kind, bytes): (fn(&'t str) -> Piece<'t>, usize) = match (first, chars.next()) {
            ('[' | '(' | '{', _) => (Piece::Open, 1),
            (']' | ')' | '}', _) => (Piece::Close, 1),
            ('#', Some('{')) => (Piece::Open, 2),
            ('#', Some('_')) => (Piece::Prefix, 2),
            ('"', _) => (Piece::Word, string(rest, 1)),
            ('#', Some('"')) => (Piece::Word, string(rest, 2)),
            ('#', Some('#')) => (Piece::Word, word(rest, 2)),
            ('#', _) => (Piece::Prefix, word(rest, 1)),
            // What follows the backslash may be a bracket.
            ('\\', Some(c)) => (Piece::Word, word(rest, 1 + c.len_utf8())),
            (c, _) => (Piece::Word, word(rest, c.len_utf8())),
        };
        self.at += bytes;
        Some((at, kind(&rest[..bytes])))
    }
}

/// How many bytes of blanks, commas and remarks a text begins with.
pub(super) fn blank(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        at += rest.find(|c: char| !c.is_whitespace() && c != ',').unwrap_or(rest.len());
        let rest = &text[at..];
        if !rest.starts_with(';') {
            return at;
        }
        at += rest.find(['\n', '\r']).unwrap_or(rest.len());
    }
}

/// How many bytes a word has that is at least `least` long.
fn word(rest: &str, least: usize) -> usize {
    let ends = |c: char| c.is_whitespace() || ",;\"()[]{}".contains(c);
    rest[least..].find(ends).map_or(rest.len(), |bytes| least + bytes)
}

/// How many bytes a string has whose text begins at `begin`.
fn string(rest: &str, begin: usize) -> usize {
    let mut escaped = false;
    for (at, c) in rest[begin..].char_indices() {
        match c {
            '"' if !escaped => return begin + at + 1,
            c => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{Seen, seen};

    fn nemesis(text: &str) -> Option<&str> {
        seen(text).nemesis.map(|bytes| &text[..bytes])
    }

    #[test]
    fn what_is_of_the_nemesis_ends_where_it_ends() {
        for map in [
            "{:process :nemesis}",
            "{:f :start, :value {\"n1\" -0.123M, :deep [{} #{(1)}]} :process :nemesis}",
            "{:value #\"}\\\"}\" :error \"} \\\" \\\\\", :process ; }\n :nemesis, :char \\} :text \"{\"}",
            "#jepsen.history.Op{:process :nemesis :value #object[java.x \"0x1\"] :time 007}",
            "{:nested {:process 1 #_1} #_ #_ 1 {2 3} :process #_4 :nemesis :rest ##NaN}",
        ] {
            assert_eq!(nemesis(&format!("{map} {{:process 1}}")), Some(map));
        }
    }

    #[test]
    fn what_is_not_of_the_nemesis_is_left_to_the_reader() {
        for map in [
            "{:process 1}",
            "{:process 1, :value {:process :nemesis}}",
            "{:value :process, :nemesis 1, :process 2}",
            "#{:process :nemesis}",
            "[:process :nemesis]",
            "#other{:process :nemesis}",
            "#_{:process :nemesis} {:process 1}",
            "{:process :nemesis",
            "{:process :nemesis)}",
            "{:process :nemesis, :value \"}",
            ":nemesis",
            "",
        ] {
            assert_eq!(nemesis(map), None, "{map}");
        }
    }

    #[test]
    fn numbers_that_would_be_misunderstood() {
        let odd = |text: &str| seen(text).odd.map(|(at, _)| at);
        assert_eq!(
            [odd("017"), odd("-00"), odd("[1 ##Inf]"), odd("{:a {:b +01}}")],
            [Some(0), Some(0), Some(3), Some(8)]
        );
        for right in ["0", "-0", "10", "0x1F", "a01", "\"01\"", ":01", "1 02", "\\0"] {
            assert_eq!(seen(right), Seen::default(), "{right}");
        }
    }
}
