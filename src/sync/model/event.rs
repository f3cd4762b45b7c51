//! What is written down of each step.

use std::panic::Location;
use std::sync::atomic::Ordering;

/// A place in the source: where structure code called the facade.
pub type Place = &'static Location<'static>;

/// A shared object, numbered in the order of creation within its execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Object(pub u32);

impl Object {
    /// Stands for all of memory at once: fences, yields and notes are about it.
    pub const NONE: Object = Object(u32::MAX);

    /// `#3.load`, or `fence` where no object is meant.
    pub(crate) fn does(self, action: &str) -> String {
        if self == Object::NONE { action.into() } else { format!("#{}.{action}", self.0) }
    }
}

/// The values that a step read and wrote, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing to tell.
    None,
    /// The step read this.
    Read(u64),
    /// The step wrote this.
    Wrote(u64),
    /// The step read the first and wrote the second, with nothing between.
    Replaced(u64, u64),
    /// A compare-exchange failed: it saw the first, and wanted the second.
    Refused(u64, u64),
}

/// One step of one thread.
#[derive(Clone, Debug)]
pub struct Event {
    /// Which thread, numbered from 0 (main) in the order of spawning.
    pub thread: usize,
    /// Where in the source.
    pub place: Place,
    /// On what.
    pub object: Object,
    /// What was done: `load`, `compare_exchange`, `lock`, `free`, …
    pub action: &'static str,
    /// With which ordering: what was asked for, after weakening.
    pub order: Option<Ordering>,
    /// With which values.
    pub value: Value,
    /// Whether `value` holds pointers: they are shown as `node 3`.
    pub pointers: bool,
    /// A free text, for notes of the harness (the operation that begins or ends here).
    pub text: Option<String>,
    /// What was read instead of the newest, if the read was stale; or that a write came before a newer one.
    pub stale: Option<Stale>,
}

/// A read that did not read the newest write, or a write that did not become the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Who wrote what was read, and where; `None`: it is the initial value. Of a write: `None`.
    pub from: Option<(usize, Place)>,
    /// The newest value there was, as bits.
    pub newest: u64,
}

impl Event {
    /// A value of this event as it is shown, with pointers named by `node`.
    pub(crate) fn shown(&self, bits: u64, node: &dyn Fn(u64) -> Option<String>) -> String {
        match node(bits) {
            Some(name) if self.pointers => name,
            _ if self.pointers && bits == 0 => "null".into(),
            _ if self.pointers => format!("{bits:#x}"),
            _ => bits.to_string(),
        }
    }

    /// The event in a few words, with pointers named by `node`.
    pub fn describe(&self, node: &dyn Fn(u64) -> Option<String>) -> String {
        if let Some(text) = &self.text {
            return text.clone();
        }
        let show = |bits: u64| self.shown(bits, node);
        let mut out = self.object.does(self.action);
        if let Some(order) = self.order {
            out += &format!(" {order:?}");
        }
        match self.value {
            Value::None => {}
            Value::Read(v) => out += &format!(" = {}", show(v)),
            Value::Wrote(v) => out += &format!(" := {}", show(v)),
            Value::Replaced(old, new) => out += &format!(" {} -> {}", show(old), show(new)),
            Value::Refused(seen, want) => out += &format!(" refused: {} is not {}", show(seen), show(want)),
        }
        if let Some(Stale { from, newest }) = self.stale {
            let newest = show(newest);
            out += &match (self.value, from) {
                (Value::Wrote(_), _) => format!(" (before the newest, which is {newest})"),
                (_, Some((thread, place))) => {
                    // The reader's own file stands beside this.
                    let file = Some(place.file()).filter(|file| *file != self.place.file());
                    let place = file
                        .map_or(format!("line {}", place.line()), |file| format!("{file}:{}", place.line()));
                    format!(" (stale: thread {thread}'s at {place}; the newest is {newest})")
                }
                (_, None) => format!(" (stale: the initial one; the newest is {newest})"),
            };
        }
        out
    }
}
