//! The fields of an operation that is written as a map of EDN, for the formats that do.

use super::error::{LogError, Place, Reason};
use super::event::{Event, Kind, Process, Said};
use super::forms::Forms;
use super::pieces::TAGS;
use super::sink::Sink;
use super::value::{Value, written};
use clojure_reader::edn::Edn;

/// Reads a text that is a map for each operation, with no other fields than `known`: `read` says what happened there, of
/// each process but the nemesis.
pub(super) fn each_map(
    text: &str,
    known: &'static str,
    sink: &mut Sink,
    read: impl Fn(&Fields<'_, '_>, Kind, &str) -> Result<Said, LogError>,
) -> Result<(), LogError> {
    let mut forms = Forms::of(text);
    let mut last = None;
    while let Some((place, form)) = forms.next()? {
        let fields = Fields::of(text, place, &form, known)?;
        last = fields.index_after(last)?;
        let (process, kind, op) = (fields.process()?, fields.kind()?, fields.op()?);
        let said = read(&fields, kind, op)?;
        let event = Event { place, process, kind, op: op.into(), said };
        sink.event(event).map_err(|reason| fields.error(reason))?;
    }
    sink.nemesis = forms.nemesis;
    Ok(())
}

/// A map of an operation.
pub(super) struct Fields<'f, 't> {
    text: &'t str,
    place: Place,
    map: &'f std::collections::BTreeMap<Edn<'t>, Edn<'t>>,
}

impl<'f, 't> Fields<'f, 't> {
    /// The fields of `form`, which begins at `place` of `text`, if it is a map with no others than `known`.
    fn of(text: &'t str, place: Place, form: &'f Edn<'t>, known: &'static str) -> Result<Self, LogError> {
        let map = match form {
            Edn::Tagged(tag, form) if TAGS.contains(&&**tag) => &**form,
            other => other,
        };
        let Edn::Map(map) = map else {
            return Err(LogError::at(text, place, Reason::Expected("a map {…} for each operation")));
        };
        let fields = Self { text, place, map };
        for key in map.keys() {
            // Names of known fields are words, each with its colon.
            let field = key.to_string();
            if !known.split(' ').any(|known| known == field) {
                return Err(fields.error(Reason::UnknownField { field, known }));
            }
        }
        Ok(fields)
    }

    pub(super) fn error(&self, reason: Reason) -> LogError {
        LogError::at(self.text, self.place, reason)
    }

    fn bad(&self, field: &'static str, why: String) -> LogError {
        self.error(Reason::BadField { field, why })
    }

    /// What stands in a field, given with its colon.
    pub(super) fn get(&self, field: &'static str) -> Option<&'f Edn<'t>> {
        self.map.get(&Edn::key(&field[1..]))
    }

    fn must(&self, field: &'static str) -> Result<&'f Edn<'t>, LogError> {
        self.get(field).ok_or_else(|| self.error(Reason::Missing(field)))
    }

    fn word(&self, field: &'static str) -> Result<&'f str, LogError> {
        match self.must(field)? {
            Edn::Key(word) => Ok(word),
            other => Err(self.bad(field, format!("`{}` is no keyword", written(other)))),
        }
    }

    fn kind(&self) -> Result<Kind, LogError> {
        let word = self.word(":type")?;
        let wrong = || self.bad(":type", format!("`:{word}` is none of :invoke, :ok, :fail, :info"));
        Kind::named(word).ok_or_else(wrong)
    }

    fn op(&self) -> Result<&'f str, LogError> {
        self.word(":f")
    }

    /// The process. Maps of the nemesis, which is the one that breaks things, were passed over before.
    fn process(&self) -> Result<Process, LogError> {
        match self.must(":process")? {
            Edn::Int(number) if *number >= 0 => Ok(Process::Number(number.unsigned_abs())),
            other => {
                Err(self
                    .bad(":process", format!("`{}` is neither a number from 0 nor :nemesis", written(other))))
            }
        }
    }

    /// A field with a value; nothing if it is not there.
    pub(super) fn value(&self, field: &'static str) -> Result<Option<Value>, LogError> {
        let value = self.get(field).map(Value::of_edn).transpose();
        value.map_err(|why| self.bad(field, why))
    }

    /// A field with an integer; nothing if it is not there.
    fn int(&self, field: &'static str) -> Result<Option<i64>, LogError> {
        match self.get(field) {
            None | Some(Edn::Nil) => Ok(None),
            Some(Edn::Int(int)) => Ok(Some(*int)),
            Some(other) => Err(self.bad(field, format!("`{}` is no integer", written(other)))),
        }
    }

    /// The `:index`, which is after that of the map before. `:time` says no order: it is taken before the line is
    /// written, and may go back.
    fn index_after(&self, last: Option<i64>) -> Result<Option<i64>, LogError> {
        self.int(":time")?;
        let Some(now) = self.int(":index")? else { return Ok(last) };
        match last.filter(|before| *before >= now) {
            Some(before) => Err(self.error(Reason::Backwards { field: ":index", before, now })),
            None => Ok(Some(now)),
        }
    }
}
