//! The forms of EDN in a text, one by one, with their places.
//!
//! A history is written as one vector or list of maps, or as maps one after the other. Both are read form by form,
//! so that a long log needs no more memory than its longest form. Those of the nemesis are counted and passed over.

use super::error::{LogError, Place, Reason};
use super::pieces::{blank, seen};
use super::spelled;
use clojure_reader::edn::Edn;
use clojure_reader::error::{Code, Error};

const ENDLESS: &str = "what begins here is not complete";

/// The forms of a history.
pub(super) struct Forms<'t> {
    text: &'t str,
    /// How many bytes have been read.
    at: usize,
    /// The place of `at`.
    line: usize,
    column: usize,
    around: Around,
    /// How many forms were of the nemesis.
    pub(super) nemesis: usize,
}

/// What lies around the forms.
#[derive(Clone, Copy)]
enum Around {
    /// Not known before the first one.
    Unknown,
    /// Nothing: they follow each other up to the end of the text.
    Nothing,
    /// A vector or list, which began there and ends with that.
    List(Place, char),
    /// The list has ended.
    Ended,
}

impl<'t> Forms<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0, line: 1, column: 1, around: Around::Unknown, nemesis: 0 }
    }

    fn place(&self) -> Place {
        Place { line: self.line, column: Some(self.column) }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn error(&self, place: Place, reason: Reason) -> LogError {
        LogError::at(self.text, place, reason)
    }

    /// The line and column that are `bytes` further. A line ends with `\n`, here and wherever a line is shown; the reader of
    /// EDN counts a lone `\r` as well.
    fn beyond(&self, bytes: usize) -> (usize, usize) {
        let passed = &self.rest()[..bytes];
        match passed.rfind('\n') {
            Some(end) => (self.line + passed.matches('\n').count(), 1 + passed[end + 1..].chars().count()),
            None => (self.line, self.column + passed.chars().count()),
        }
    }

    fn advance(&mut self, bytes: usize) {
        (self.line, self.column) = self.beyond(bytes);
        self.at += bytes;
    }

    /// Goes to what is next: past blanks, commas, comments, and forms that are left out by `#_`.
    fn skip(&mut self) -> Result<(), LogError> {
        loop {
            self.advance(blank(self.rest()));
            if !self.rest().starts_with("#_") {
                return Ok(());
            }
            let place = self.place();
            self.advance("#_".len());
            self.form(place)?;
        }
    }

    /// Reads the next form. It begins, with what is said about it, at `place`.
    fn form(&mut self, place: Place) -> Result<Edn<'t>, LogError> {
        match spelled::read(self.rest()) {
            Ok((form, bytes)) => {
                self.advance(bytes);
                Ok(form)
            }
            Err(error) => Err(self.wrong(place, &error)),
        }
    }

    /// What the reader says, in our words and with a place in the whole text.
    fn wrong(&self, begin: Place, error: &Error) -> LogError {
        let place = error.ptr.filter(|bytes| self.rest().is_char_boundary(*bytes)).map_or(begin, |bytes| {
            let (line, column) = self.beyond(bytes);
            Place { line, column: Some(column) }
        });
        let why = match &error.code {
            Code::UnexpectedEOF => {
                return self.error(begin, Reason::Syntax(ENDLESS.into()));
            }
            Code::UnmatchedDelimiter(c) => format!("`{c}` closes nothing"),
            Code::HashMapDuplicateKey => "a field is said twice".into(),
            Code::SetDuplicateKey => "an element of a set is said twice".into(),
            Code::InvalidChar => "not a character".into(),
            Code::InvalidEscape => r#"strings know the escapes \t, \r, \n, \b, \f, \\ and \" alone"#.into(),
            Code::InvalidKeyword => "not a keyword".into(),
            Code::InvalidNumber => "not an integer that fits into 64 bits, written with digits alone".into(),
            Code::InvalidRadix(_) => "not a number: a radix is from 2 to 36".into(),
            Code::InvalidTag => "not a tag".into(),
            other => format!("not EDN: {other:?}"),
        };
        self.error(place, Reason::Syntax(why))
    }

    /// The next form that is not of the nemesis, and its place; nothing after the last one.
    pub(super) fn next(&mut self) -> Result<Option<(Place, Edn<'t>)>, LogError> {
        while let Some(place) = self.begin()? {
            let seen = seen(self.rest());
            if let Some(bytes) = seen.nemesis {
                self.advance(bytes);
                self.nemesis += 1;
                continue;
            }
            if let Some((bytes, why)) = seen.odd {
                let (line, column) = self.beyond(bytes);
                return Err(self.error(Place { line, column: Some(column) }, Reason::Syntax(why)));
            }
            return self.form(place).map(|form| Some((place, form)));
        }
        Ok(None)
    }

    /// Goes to the beginning of the next form, if there is one.
    fn begin(&mut self) -> Result<Option<Place>, LogError> {
        self.skip()?;
        if let Around::Unknown = self.around {
            self.around = match self.rest().chars().next() {
                Some('[') => Around::List(self.place(), ']'),
                Some('(') => Around::List(self.place(), ')'),
                _ => Around::Nothing,
            };
            if let Around::List(..) = self.around {
                self.advance(1);
                self.skip()?;
            }
        }
        if let Around::List(begin, close) = self.around {
            if self.rest().is_empty() {
                return Err(self.error(begin, Reason::Syntax(ENDLESS.into())));
            }
            if self.rest().starts_with(close) {
                self.advance(1);
                self.skip()?;
                self.around = Around::Ended;
            }
        }
        let place = self.place();
        match self.around {
            _ if self.rest().is_empty() => Ok(None),
            Around::Ended => Err(self.error(place, Reason::Expected("nothing after the end of the history"))),
            _ => Ok(Some(place)),
        }
    }
}
