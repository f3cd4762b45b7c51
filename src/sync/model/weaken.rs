//! `SELVEDGE_WEAKEN`: another ordering for one place, in the binary that is already built.
//!
//! ```text
//! SELVEDGE_WEAKEN=src/stack/treiber.rs:88:31=Relaxed            the (success) ordering of that place
//! SELVEDGE_WEAKEN=src/ring/mod.rs:140:20=Acquire/Relaxed        success and failure of a compare-exchange
//! ```
//! Several are joined by commas. The place is what a trace prints. A place that no step reached is
//! reported by [`unreached_weakenings`]: an audit that weakened nothing must not pass for one that did.

use super::event::Place;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug)]
struct Weakening {
    file: String,
    line: u32,
    column: u32,
    success: Ordering,
    failure: Option<Ordering>,
    reached: AtomicBool,
}

fn parse_order(text: &str) -> Result<Ordering, String> {
    Ok(match text {
        "Relaxed" => Ordering::Relaxed,
        "Acquire" => Ordering::Acquire,
        "Release" => Ordering::Release,
        "AcqRel" => Ordering::AcqRel,
        "SeqCst" => Ordering::SeqCst,
        _ => return Err(format!("`{text}` is no ordering (Relaxed, Acquire, Release, AcqRel, SeqCst)")),
    })
}

fn parse_one(text: &str) -> Result<Weakening, String> {
    let form = "expected file:line:column=Ordering or file:line:column=Success/Failure";
    let (place, orders) = text.split_once('=').ok_or(form)?;
    let mut parts = place.rsplitn(3, ':');
    let mut number = || parts.next().and_then(|n| n.parse::<u32>().ok()).ok_or(form);
    let (column, line) = (number()?, number()?);
    let file = parts.next().filter(|f| !f.is_empty()).ok_or(form)?.to_string();
    let (success, failure) = match orders.split_once('/') {
        Some((success, failure)) => (parse_order(success)?, Some(parse_order(failure)?)),
        None => (parse_order(orders)?, None),
    };
    if matches!(failure, Some(Ordering::Release | Ordering::AcqRel)) {
        return Err("a failed compare-exchange stores nothing: its ordering cannot release".into());
    }
    Ok(Weakening { file, line, column, success, failure, reached: AtomicBool::new(false) })
}

fn parse(text: &str) -> Result<Vec<Weakening>, String> {
    text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(parse_one).collect()
}

fn all() -> &'static [Weakening] {
    static ALL: OnceLock<Vec<Weakening>> = OnceLock::new();
    ALL.get_or_init(|| match std::env::var("SELVEDGE_WEAKEN") {
        Ok(text) => parse(&text).unwrap_or_else(|why| panic!("SELVEDGE_WEAKEN={text}: {why}")),
        Err(std::env::VarError::NotPresent) => Vec::new(),
        Err(why) => panic!("SELVEDGE_WEAKEN: {why}"),
    })
}

fn at(place: Place) -> Option<&'static Weakening> {
    all().iter().find(|w| {
        let hit = w.line == place.line() && w.column == place.column() && w.file == place.file();
        hit && {
            w.reached.store(true, Ordering::Relaxed);
            true
        }
    })
}

/// The ordering to use at `place` instead of `order`.
pub(super) fn order(place: Place, order: Ordering) -> Ordering {
    at(place).map_or(order, |w| w.success)
}

/// The orderings of a compare-exchange to use at `place`.
pub(super) fn orders(place: Place, success: Ordering, failure: Ordering) -> (Ordering, Ordering) {
    at(place).map_or((success, failure), |w| (w.success, w.failure.unwrap_or(failure)))
}

/// The weakenings that were asked for and never met: empty when the environment names none.
pub fn unreached_weakenings() -> Vec<String> {
    let missed = all().iter().filter(|w| !w.reached.load(Ordering::Relaxed));
    missed.map(|w| format!("{}:{}:{}", w.file, w.line, w.column)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_places_and_orderings() {
        let all = parse("src/a.rs:1:2=Relaxed, src/b.rs:3:4=Acquire/Relaxed").unwrap();
        assert_eq!((all[0].file.as_str(), all[0].line, all[0].column), ("src/a.rs", 1, 2));
        assert_eq!((all[0].success, all[0].failure), (Ordering::Relaxed, None));
        assert_eq!((all[1].success, all[1].failure), (Ordering::Acquire, Some(Ordering::Relaxed)));
    }

    #[test]
    fn refuses_what_it_does_not_understand() {
        for bad in ["src/a.rs:1=Relaxed", "a:1:2", "a:1:2=Weak", ":1:2=Relaxed", "a:x:2=Relaxed"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse("a.rs:1:2=Relaxed/Release").unwrap_err().contains("cannot release"));
    }
}
