//! `SELVEDGE_WEAKEN`: the ordering of one place, in the binary that is already built.
//!
//! The environment is read once in a process, so each weakening is shown in a child of this test.

use crate::child::{child, is_child};
use crate::engine::{explore, log, plain};
use selvedge::sync::Arc;
use selvedge::sync::atomic::{AtomicBool, AtomicU32, Ordering, fence};
use selvedge::sync::model::{self, Event};
use selvedge::sync::thread;

/// The places below, in the order in which the log has them.
fn by_store() {
    let shared = Arc::new((AtomicU32::new(0), AtomicBool::new(false)));
    let writer = Arc::clone(&shared);
    let other = thread::spawn(move || {
        writer.0.store(1, Ordering::Relaxed);
        writer.1.store(true, Ordering::Release);
    });
    if shared.1.load(Ordering::Acquire) {
        assert_eq!(shared.0.load(Ordering::Relaxed), 1, "the message was not there");
    }
    other.join().unwrap();
}

fn by_fence() {
    let shared = Arc::new((AtomicU32::new(0), AtomicBool::new(false)));
    let writer = Arc::clone(&shared);
    let other = thread::spawn(move || {
        writer.0.store(1, Ordering::Relaxed);
        fence(Ordering::Release);
        writer.1.store(true, Ordering::Relaxed);
    });
    if shared.1.load(Ordering::Acquire) {
        assert_eq!(shared.0.load(Ordering::Relaxed), 1, "the message was not there");
    }
    other.join().unwrap();
}

fn exchanges() {
    let x = AtomicU32::new(0);
    let _ = x.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Acquire);
    let _ = x.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Acquire);
    let _ = x.fetch_update(Ordering::AcqRel, Ordering::Acquire, |v| Some(v + 1));
}

/// `file:line:column` of the first step that is wanted.
fn place(events: &[Event], wanted: impl Fn(&Event) -> bool) -> String {
    let place = events.iter().find(|event| wanted(event)).expect("such a step").place;
    format!("{}:{}:{}", place.file(), place.line(), place.column())
}

const CHILDREN: [(&str, fn()); 3] =
    [("by_store", by_store), ("by_fence", by_fence), ("exchanges", exchanges)];

/// What the children do: explore one program, then tell what was logged and what was never reached.
#[test]
fn weakened() {
    if !is_child("weaken::weakened") {
        return;
    }
    let name = std::env::var("SELVEDGE_TEST_PROGRAM").unwrap();
    let (_, program) = CHILDREN.into_iter().find(|(known, _)| *known == name).unwrap();
    explore(plain, move || {
        program();
        for event in model::events() {
            println!("logged {} {:?}", event.action, event.order);
        }
    });
    println!("unreached {:?}", model::unreached_weakenings());
}

fn run(program: &str, weakening: &str) -> (bool, String) {
    child("weaken::weakened", &[("SELVEDGE_TEST_PROGRAM", program), ("SELVEDGE_WEAKEN", weakening)])
}

/// Under loom the message gets lost; shuttle is sequentially consistent, and only the log shows the change.
fn shown(held: bool, said: &str, logged: &str) {
    assert!(said.contains("the message was not there") || said.contains(logged), "{said}");
    assert_eq!(held, cfg!(shuttle), "{said}");
    assert_eq!(said.contains("the message was not there"), cfg!(loom), "{said}");
}

#[test]
fn a_release_that_is_weakened_loses_the_message() {
    let release = place(&log(by_store), |e| e.order == Some(Ordering::Release));
    let (held, said) = run("by_store", "");
    assert!(held && said.contains("logged store Some(Release)") && said.contains("unreached []"), "{said}");
    let (held, said) = run("by_store", &format!("{release}=Relaxed"));
    shown(held, &said, "unreached []");
    assert!(!said.contains("logged store Some(Release)"), "{said}");
}

#[test]
fn an_acquire_that_is_weakened_loses_the_message() {
    let acquire = place(&log(by_store), |e| e.order == Some(Ordering::Acquire));
    let (held, said) = run("by_store", &format!("{acquire}=Relaxed"));
    shown(held, &said, "unreached []");
}

#[test]
fn a_fence_that_is_weakened_to_relaxed_is_no_fence() {
    let release = place(&log(by_fence), |e| e.action == "fence");
    let (held, said) = run("by_fence", "");
    assert!(held && said.contains("logged fence Some(Release)"), "{said}");
    let (held, said) = run("by_fence", &format!("{release}=Relaxed"));
    shown(held, &said, "unreached []");
    assert!(!said.contains("logged fence"), "{said}");
}

#[test]
fn an_exchange_has_two_orderings() {
    let events = log(exchanges);
    let first = place(&events, |_| true);
    let second = place(&events[1..], |_| true);
    let (held, said) = run("exchanges", &format!("{first}=Release/Relaxed,{second}=Release/Relaxed"));
    assert!(held, "{said}");
    assert!(said.contains("logged compare_exchange Some(Release)"), "{said}");
    assert!(said.contains("logged compare_exchange Some(Relaxed)"), "{said}");
    assert!(said.contains("unreached []"), "{said}");
    // One ordering alone is that of success.
    let (held, said) = run("exchanges", &format!("{second}=Relaxed"));
    assert!(held && said.contains("logged compare_exchange Some(Acquire)"), "{said}");
}

/// `fetch_update` is a load and an exchange at one place: the load takes the ordering of failure.
#[test]
fn a_fetch_update_has_two_orderings_too() {
    let update = place(&log(exchanges), |e| e.action == "load");
    for (weaker, load, exchange) in [
        ("Release", "Acquire", "Release"),
        ("Relaxed", "Acquire", "Relaxed"),
        ("Release/Relaxed", "Relaxed", "Release"),
    ] {
        let (held, said) = run("exchanges", &format!("{update}={weaker}"));
        assert!(held, "{weaker}: {said}");
        assert!(said.contains(&format!("logged load Some({load})")), "{weaker}: {said}");
        assert!(said.contains(&format!("logged compare_exchange Some({exchange})")), "{weaker}: {said}");
    }
}

#[test]
fn a_place_that_is_never_reached_is_reported() {
    let nowhere = "tests/facade/weaken.rs:1:1";
    let release = place(&log(by_store), |e| e.order == Some(Ordering::Acquire));
    let (held, said) = run("by_store", &format!("{nowhere}=Relaxed, {release}=SeqCst"));
    assert!(held, "{said}");
    assert!(said.contains(&format!("unreached [\"{nowhere}\"]")), "{said}");
}

#[test]
fn what_cannot_be_understood_is_refused() {
    for (weakening, reason) in [
        ("src/a.rs:1=Relaxed", "expected file:line:column=Ordering"),
        ("src/a.rs:1:2", "expected file:line:column=Ordering"),
        ("src/a.rs:1:2=Weak", "`Weak` is no ordering"),
        ("src/a.rs:1:2=Relaxed/Release", "its ordering cannot release"),
    ] {
        let (held, said) = run("by_store", weakening);
        let told = said.contains(&format!("SELVEDGE_WEAKEN={weakening}: ")) && said.contains(reason);
        assert!(!held && told, "{weakening}: {said}");
    }
}
