//! What each page has to keep. A rule tells what is wrong.

use super::open::{Chromium, Page};
use anyhow::{Context, Result};
use std::path::Path;

/// Rows that are steps, in their order.
const ROWS: &str = "[...document.querySelectorAll('.lanes tr[data-step]')]";

/// How bright a colour is, and how well one can be told from another: as WCAG 2.1 has it.
const CONTRAST: &str = "(selector => {
    const parts = text => text.match(/[0-9.]+/g).map(Number);
    const light = ([r, g, b]) => { const l = [r, g, b].map(c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
        return .2126 * l[0] + .7152 * l[1] + .0722 * l[2]; };
    const back = element => { for (let e = element; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
        if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
    const found = [...document.querySelectorAll(selector)].filter(e => e.offsetHeight > 0);
    return Math.min(...found.map(e => { const a = light(parts(getComputedStyle(e).color)), b = light(back(e));
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); }), 99); })";

/// What can be read on a page, for contrast.
const READ: [&str; 9] = ["body", "p", "a", "td", "th", "figcaption", ".mark", ".bar", ".number"];

/// What can be told without pressing a key.
pub fn at_a_glance(chromium: &Chromium, path: &Path) -> Result<Vec<String>> {
    let page = chromium.open(path, "")?;
    let mut wrong = in_order(&page)?;
    if has_steps(&page)? {
        wrong.extend(stands_at_first(&page)?);
    }
    wrong.extend(page.heard());
    Ok(wrong)
}

/// All rules.
pub fn thoroughly(chromium: &Chromium, path: &Path) -> Result<Vec<String>> {
    let page = chromium.open(path, "")?;
    let mut wrong = in_order(&page)?;
    wrong.extend(readable(&page)?);
    if has_steps(&page)? {
        wrong.extend(stands_at_first(&page)?);
        wrong.extend(steps_by_keys(&page)?);
        // On a page of its own: Chromium takes only so many steps into the history of one, in a while.
        wrong.extend(goes_back(&chromium.open(path, "")?)?);
        wrong.extend(loses_no_key(&page)?);
        wrong.extend(is_seen_to_have_the_focus(&page)?);
        wrong.extend(moves_no_more_than_wanted(&page)?);
        wrong.extend(opens_at_a_step(chromium, path)?);
        wrong.extend(is_whole_without_a_script(chromium, path)?);
    }
    wrong.extend(page.heard());
    Ok(wrong)
}

fn has_steps(page: &Page) -> Result<bool> {
    Ok(!numbers(page)?.is_empty())
}

fn numbers(page: &Page) -> Result<Vec<u64>> {
    let numbers = page.ask(&format!("{ROWS}.map(row => Number(row.dataset.step))"))?;
    serde_json::from_value(numbers).context("the numbers of the steps")
}

fn unless(holds: bool, complaint: impl Into<String>) -> Option<String> {
    (!holds).then(|| complaint.into())
}

/// Steps come one after the other, with a section each.
fn in_order(page: &Page) -> Result<Vec<String>> {
    let numbers = numbers(page)?;
    let sections = page.ask("[...document.querySelectorAll('.moment')].map(m => Number(m.dataset.step))")?;
    let sections: Vec<u64> = serde_json::from_value(sections)?;
    let complaints = [
        unless(
            numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]),
            format!("steps are out of order: {numbers:?}"),
        ),
        unless(numbers == sections, "the sections are not those of the steps"),
        unless(page.text("document.querySelector('h1')?.textContent")?.len() > 2, "no title"),
        unless(page.text("document.documentElement.lang")? == "en", "no language is told"),
    ];
    Ok(complaints.into_iter().flatten().collect())
}

/// What is wrong when the step with this number should be shown: a list of complaints, in one question.
const SHOWS: &str = "(number => {
    const now = document.getElementById('now'), said = now?.textContent ?? '', moments = [...document.querySelectorAll('.moment')];
    const current = [...document.querySelectorAll('[aria-current=step]')].map(row => Number(row.dataset.step));
    const shown = moments.filter(m => m.offsetHeight > 0), one = shown.length === 1 ? shown[0] : undefined;
    const place = one?.querySelector('figcaption code'), missing = one?.querySelector('.source p');
    const marked = !place || missing || one.querySelector('mark')?.textContent.includes('▶' + place.textContent.split(':')[1] + ' ');
    return [
        said.startsWith(`Step ${number}: `) || `at step ${number} the page says: ${said}`,
        current.length === 1 && current[0] === number || `the row of step ${number} is not the current one`,
        one && Number(one.dataset.step) === number || `step ${number} is not shown alone`,
        !!marked || `the line of step ${number} is not marked in its source`,
        now?.getAttribute('role') === 'status' && now.getAttribute('aria-live') === 'polite' || 'the current step is not announced',
    ].filter(complaint => complaint !== true); })";

fn shows(page: &Page, number: u64) -> Result<Vec<String>> {
    Ok(serde_json::from_value(page.ask(&format!("{SHOWS}({number})"))?)?)
}

fn stands_at_first(page: &Page) -> Result<Vec<String>> {
    let first = numbers(page)?[0];
    shows(page, first)
}

/// Goes on to each of these steps as a key does, and returns the first complaints. In one question, since each that
/// is asked of the browser takes its time.
const WALK: &str = "(async numbers => { const complain = SHOWS, wait = () => new Promise(done => setTimeout(done, 2));
    for (const number of numbers) {
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
        for (let n = 0; n < 200 && !document.getElementById('now')?.textContent.startsWith(`Step ${number}:`); n++) await wait();
        if (location.hash !== `#step=${number}`) return [`the key does not lead to #step=${number}`];
        const wrong = complain(number);
        if (wrong.length > 0) return wrong;
    }
    return []; })";

/// The keys move, and the address follows.
fn steps_by_keys(page: &Page) -> Result<Vec<String>> {
    let numbers = numbers(page)?;
    let Some(last) = numbers.len().checked_sub(1).filter(|last| *last > 0) else { return Ok(Vec::new()) };
    let on = serde_json::to_string(&numbers[1..])?;
    let wrong = page.await_(&format!("{}({on})", WALK.replace("SHOWS", SHOWS)))?;
    let wrong: Vec<String> = serde_json::from_value(wrong)?;
    if !wrong.is_empty() {
        return Ok(wrong);
    }
    for (key, place) in [("Home", 0), ("ArrowRight", 1), ("ArrowLeft", 0), ("End", last)] {
        let wrong = leads_to(page, key, numbers[place])?;
        if !wrong.is_empty() {
            // What comes after would be wrong for the same reason.
            return Ok(wrong);
        }
    }
    Ok(Vec::new())
}

fn leads_to(page: &Page, key: &str, number: u64) -> Result<Vec<String>> {
    page.press(key)?;
    if !page.becomes(&format!("location.hash === '#step={number}'")) {
        return Ok(vec![format!("{key} does not lead to #step={number}")]);
    }
    page.becomes(&says(number));
    shows(page, number)
}

/// That the page says that it is at this step.
fn says(number: u64) -> String {
    format!("document.getElementById('now')?.textContent.startsWith('Step {number}:') === true")
}

/// The back button leads to the step before.
fn goes_back(page: &Page) -> Result<Vec<String>> {
    let numbers = numbers(page)?;
    if numbers.len() < 3 {
        return Ok(Vec::new());
    }
    for number in &numbers[1..3] {
        let wrong = leads_to(page, "ArrowRight", *number)?;
        if !wrong.is_empty() {
            return Ok(wrong);
        }
    }
    // Not at once: a broken page may go to where nobody answers.
    page.ask("setTimeout(() => history.back(), 0) > 0")?;
    let back = page.becomes(&says(numbers[1]));
    Ok(unless(back, "the back button does not lead back").into_iter().collect())
}

/// Two keys, the second before the browser has done all that the first began: two steps.
fn loses_no_key(page: &Page) -> Result<Vec<String>> {
    let numbers = numbers(page)?;
    if numbers.len() < 3 {
        return Ok(Vec::new());
    }
    let press = |key| {
        format!("document.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }}))")
    };
    page.ask(&press("Home"))?;
    page.becomes(&says(numbers[0]));
    page.ask(&format!("[{0}, {0}].length", press("ArrowRight")))?;
    Ok(unless(page.becomes(&says(numbers[2])), "a key is lost that comes soon after another")
        .into_iter()
        .collect())
}

/// The address of a step leads to it.
fn opens_at_a_step(chromium: &Chromium, path: &Path) -> Result<Vec<String>> {
    let last = *numbers(&chromium.open(path, "")?)?.last().context("there are steps")?;
    let page = chromium.open(path, &format!("#step={last}"))?;
    shows(&page, last)
}

/// Without its script a page shows everything.
fn is_whole_without_a_script(chromium: &Chromium, path: &Path) -> Result<Vec<String>> {
    let page = chromium.open_with(path, "", false)?;
    let all = page.ask("[...document.querySelectorAll('.moment')].every(m => m.offsetHeight > 0 && m.querySelector('.say').offsetHeight > 0)")?;
    Ok(unless(all == true, "without its script the page hides steps").into_iter().collect())
}

/// Text can be told from what is behind it, in light and in dark, and the two are not the same.
fn readable(page: &Page) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut backs = Vec::new();
    for scheme in ["light", "dark"] {
        page.prefer("prefers-color-scheme", scheme)?;
        backs.push(page.text("getComputedStyle(document.body).backgroundColor")?);
        for selector in READ {
            let contrast = page.ask(&format!("{CONTRAST}({selector:?})"))?.as_f64().unwrap_or(0.0);
            wrong.extend(unless(
                contrast >= 4.5,
                format!("in {scheme}, the contrast of {selector} is {contrast:.1}"),
            ));
        }
    }
    wrong.extend(unless(backs[0] != backs[1], "light and dark are the same"));
    Ok(wrong)
}

/// Who goes by the tab key sees where.
fn is_seen_to_have_the_focus(page: &Page) -> Result<Vec<String>> {
    page.press("Tab")?;
    let seen = page.ask(
        "(e => e !== document.body && getComputedStyle(e).outlineStyle !== 'none' && parseFloat(getComputedStyle(e).outlineWidth) >= 2)
         (document.activeElement)",
    )?;
    Ok(unless(seen == true, "the focus cannot be seen").into_iter().collect())
}

/// Who does not want motion gets none.
fn moves_no_more_than_wanted(page: &Page) -> Result<Vec<String>> {
    page.prefer("prefers-reduced-motion", "reduce")?;
    let still = page.ask(
        "[...document.querySelectorAll('*')].every(e => (s => s.scrollBehavior === 'auto' && s.animationName === 'none' &&
            parseFloat(s.transitionDuration) === 0)(getComputedStyle(e)))",
    )?;
    Ok(unless(still == true, "something moves for who does not want that").into_iter().collect())
}

/// The page of all links every page, and every link leads to one.
pub fn index(chromium: &Chromium, path: &Path, pages: usize) -> Result<Vec<String>> {
    let page = chromium.open(path, "")?;
    let links = page.ask("[...document.querySelectorAll('td a')].map(a => a.getAttribute('href'))")?;
    let mut links: Vec<String> = serde_json::from_value(links)?;
    links.sort();
    links.dedup();
    let dead = links.iter().filter(|link| !path.with_file_name(link).exists());
    let mut wrong: Vec<String> = dead.map(|link| format!("index: {link} leads nowhere")).collect();
    wrong.extend(unless(links.len() == pages, format!("index: {} links to {pages} pages", links.len())));
    wrong.extend(readable(&page)?.into_iter().map(|complaint| format!("index: {complaint}")));
    wrong.extend(page.heard());
    Ok(wrong)
}
