//! Pages that break a rule each, or do not say what they have to: the negative controls of the rules.

use super::open::{Chromium, Tab};
use super::{logs, rb1, rules, side_by_side};
use anyhow::{Context, Result, ensure};
use std::path::Path;

/// A way to break a page: its name, what must be said of it, and how.
type Break = (&'static str, &'static str, fn(&str) -> String);

/// Puts `text` at the end of the page's head.
fn with_head(page: &str, text: &str) -> String {
    page.replacen("</head>", &format!("{text}</head>"), 1)
}

/// Those that the rules must detect.
const BREAKS: [Break; 21] = [
    ("steps out of order", "out of order", |page| {
        page.replace("data-step=\"3\"", "data-step=\"x\"")
            .replace("data-step=\"4\"", "data-step=\"3\"")
            .replace("data-step=\"x\"", "data-step=\"4\"")
    }),
    ("no script", "the page says", |page| {
        let (before, rest) = page.split_once("<script>").unwrap_or((page, ""));
        format!("{before}{}", rest.split_once("</script>").map_or("", |(_, after)| after))
    }),
    ("a script that fails", "the script fails", |page| {
        with_head(page, "<script>throw new Error('broken')</script>")
    }),
    ("no announcement", "not announced", |page| page.replace("aria-live=\"polite\"", "")),
    ("no address for steps", "does not lead to #step", |page| {
        page.replace("location.hash = ", "const unused = ")
    }),
    ("the back button leads nowhere", "back button", |page| {
        page.replace(
            "location.hash = `step=${numbers[next]}`",
            "window.history.replaceState(null, '', `#step=${numbers[next]}`)",
        )
    }),
    ("a step that is shown too late", "a key is lost", |page| page.replace("show(next);", "")),
    ("keys that are kept from what they scroll", "cannot be scrolled", |page| {
        page.replace("if (scrolls(event)) return;", "")
    }),
    ("an address that leads where it does not say", "names no step", |page| {
        page.replace("if (place >= 0) show(place);", "show(Math.max(0, place));")
    }),
    ("a step that is not where its link says", "not the current one", |page| {
        page.replace(
            "found ? numbers.indexOf(Number(found[1])) : -1",
            "found ? numbers.indexOf(Number(found[1])) - 1 : -1",
        )
    }),
    ("the line is not marked", "not marked", |page| {
        page.replace("<mark>", "<span>").replace("</mark>", "</span>")
    }),
    ("a request", "asks for", |page| {
        with_head(page, "<link rel='stylesheet' href='http://127.0.0.1:9/style.css'>")
    }),
    ("an error in the console", "console", |page| {
        with_head(page, "<script>console.error('broken')</script>")
    }),
    ("dark is not readable", "in dark, the contrast", |page| {
        with_head(page, "<style>@media (prefers-color-scheme: dark) { :root { --text: #333 } }</style>")
    }),
    ("no dark", "light and dark are the same", |page| {
        page.replace("(prefers-color-scheme: dark)", "(max-width: 1px)")
    }),
    ("no focus to be seen", "focus", |page| {
        with_head(page, "<style>*:focus-visible { outline: none !important }</style>")
    }),
    ("hidden without a script", "hides steps", |page| page.replace(".js .moment", ".moment")),
    ("the source of who runs the program", "the source of the checker", |page| {
        page.replace("models/lesson/ring.rs", "src/check/execute.rs")
    }),
    ("too wide for a narrow window", "in a narrow window", |page| {
        with_head(page, "<style>h1 { white-space: nowrap; overflow-wrap: normal }</style>")
    }),
    ("too wide at a later step", "in a narrow window", |page| {
        with_head(page, "<style>.moment:last-child .memory { min-width: 40rem }</style>")
    }),
    ("motion", "moves", |page| {
        with_head(page, "<style>.lanes { scroll-behavior: smooth !important }</style>")
    }),
];

/// Those that must be detected since the page of RB1 does not say any more what RB1 is.
const UNTOLD: [Break; 4] = [
    ("no cause", "the story lacks", |page| page.replace("wrote tail first", "wrote tail")),
    ("no late write", "the story lacks", |page| page.replace("only afterwards", "then")),
    ("a schedule that is not explained", "the way to run it again lacks", |page| {
        page.replace("is 5 steps of thread", "is of")
    }),
    ("numbers that are not explained", "the text of the engine lacks", |page| {
        page.replace("In brackets: ", "")
    }),
];

/// Those of a page of a log.
const OF_A_LOG: [Break; 4] = [
    ("a link to the fatal call that leads nowhere", "leads to", |page| page.replace("id=\"fatal-call\"", "")),
    ("a fatal call that nobody stands at", "leads to", |page| page.replace("tabindex=\"-1\"", "")),
    ("no word of what would be right", "the order lacks", |page| page.replace("right would be", "there")),
    ("lines that are not told", "the order lacks", |page| page.replace(", lines ", ", ")),
];

/// How many there are.
pub const COUNT: usize = BREAKS.len() + UNTOLD.len() + OF_A_LOG.len();

/// What complains of a page.
type Look = fn(&mut Tab, &Path) -> Result<Vec<String>>;

/// The broken pages that nothing complains of as it should, made of the page of RB1 and of that of a log.
pub fn undetected(chromium: &Chromium, rb1: &Path, log: &Path) -> Result<Vec<String>> {
    let [rb1, log] = [std::fs::read_to_string(rb1)?, std::fs::read_to_string(log)?];
    let folder = tempfile::tempdir()?;
    let by_rules = BREAKS.iter().map(|broken| (&rb1, broken, rules::thoroughly as Look));
    let by_words = UNTOLD.iter().map(|broken| (&rb1, broken, rb1::says as Look));
    let of_a_log = OF_A_LOG.iter().map(|broken| (&log, broken, logs::says as Look));
    let all = by_rules.chain(by_words).chain(of_a_log).enumerate();
    let looks = all.map(|(nth, (page, (name, wanted, break_it), look))| {
        let (broken, file) = (break_it(page), folder.path().join(format!("{nth}.html")));
        move |tab: &mut Tab| -> Result<Vec<String>> {
            ensure!(broken != *page, "`{name}` changes nothing: the page is made otherwise by now");
            std::fs::write(&file, broken)?;
            let complaints = look(tab, &file).with_context(|| name.to_string())?;
            let detected = complaints.iter().any(|complaint| complaint.contains(wanted));
            let missed =
                || format!("the broken page `{name}` was not detected; there was only {complaints:?}");
            Ok(if detected { Vec::new() } else { vec![missed()] })
        }
    });
    side_by_side(chromium, looks.collect())
}
