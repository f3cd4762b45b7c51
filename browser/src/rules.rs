//! What each page has to keep. A rule tells what is wrong.

use super::open::Tab;
use super::page::Page;
use anyhow::{Context, Result};
use std::path::Path;

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
pub fn at_a_glance(tab: &mut Tab, path: &Path) -> Result<Vec<String>> {
    let page = tab.open(path, "")?;
    let Facts { steps, mut wrong } = facts(&page)?;
    if let Some(first) = steps.first() {
        wrong.extend(shows(&page, *first)?);
    }
    wrong.extend(page.heard()?);
    Ok(wrong)
}

/// All rules.
pub fn thoroughly(tab: &mut Tab, path: &Path) -> Result<Vec<String>> {
    let page = tab.open(path, "")?;
    let Facts { steps, mut wrong } = facts(&page)?;
    wrong.extend(readable(&page)?);
    wrong.extend(fits_a_narrow_window(&page)?);
    let [first, .., last] = steps[..] else {
        // Of a log there are no steps, and so no keys.
        wrong.extend(is_seen_to_have_the_focus(&page)?);
        wrong.extend(moves_no_more_than_wanted(&page)?);
        wrong.extend(page.heard()?);
        return Ok(wrong);
    };
    wrong.extend(shows(&page, first)?);
    let mut by_keys = steps_by_keys(&page, &steps)?;
    // Where keys lead nowhere, all that is done with keys would be wrong for the same reason.
    let goes = by_keys.is_empty();
    if goes {
        by_keys.extend(loses_no_key(&page, &steps)?);
        by_keys.extend(leaves_keys_to_what_scrolls(&page, &steps)?);
        by_keys.extend(goes_by_no_foreign_address(&page, &steps)?);
    }
    wrong.extend(by_keys);
    wrong.extend(is_seen_to_have_the_focus(&page)?);
    wrong.extend(moves_no_more_than_wanted(&page)?);
    wrong.extend(page.heard()?);
    wrong.extend(is_whole_without_a_script(tab, path)?);
    let page = tab.open(path, &format!("#step={last}"))?;
    wrong.extend(shows(&page, last)?);
    if goes {
        // The last of all: who goes back in a broken page may leave it.
        wrong.extend(goes_back(&page, &steps)?);
    }
    wrong.extend(page.heard()?);
    Ok(wrong)
}

fn unless(holds: bool, complaint: impl Into<String>) -> Option<String> {
    (!holds).then(|| complaint.into())
}

/// What stands on a page.
struct Facts {
    /// The numbers of the steps.
    steps: Vec<u64>,
    wrong: Vec<String>,
}

/// Steps come one after the other, with a section each; there is a title, and a language. The source is that of the program,
/// and not of who runs it.
fn facts(page: &Page) -> Result<Facts> {
    let facts = page.ask(
        "(numbers => [numbers('.lanes tr[data-step]'), numbers('.moment'), document.querySelector('h1')?.textContent ?? '',
            document.documentElement.lang,
            [...document.querySelectorAll('.source code')].filter(e => e.textContent.includes('src/check/execute.rs')).length])
         (selector => [...document.querySelectorAll(selector)].map(e => Number(e.dataset.step)))",
    )?;
    let (steps, sections, title, language, own): (Vec<u64>, Vec<u64>, String, String, usize) =
        serde_json::from_value(facts).context("what stands on the page")?;
    let complaints = [
        unless(
            steps.windows(2).all(|pair| pair[0] + 1 == pair[1]),
            format!("steps are out of order: {steps:?}"),
        ),
        unless(steps == sections, "the sections are not those of the steps"),
        unless(title.len() > 2, "no title"),
        unless(language == "en", "no language is told"),
        unless(own == 0, format!("{own} steps show the source of the checker")),
    ];
    Ok(Facts { steps, wrong: complaints.into_iter().flatten().collect() })
}

/// What is wrong when the step with this number should be shown: a list of complaints, in one question, since each that
/// is asked of the browser takes its time.
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

/// Ways to go, for the questions below: a key as the page's script hears it, and whether a step has been come to, soon.
const WAYS: &str = "const press = key => document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    const comes = async number => {
        const there = () => location.hash === `#step=${number}` && document.getElementById('now')?.textContent.startsWith(`Step ${number}:`);
        for (const end = performance.now() + 5000; !there() && performance.now() < end;) await new Promise(done => setTimeout(done, 2));
        return there(); };
    const arrives = async (key, number) => await comes(number) || location.hash === `#step=${number}` ? shows(number)
        : [`${key} does not lead to #step=${number}`];";

/// Asks what is wrong, of a function `body` that knows the [`WAYS`] and `steps`.
fn wrong_on_the_way(page: &Page, steps: &[u64], body: &str) -> Result<Vec<String>> {
    let asked = format!("(async steps => {{ const shows = {SHOWS}; {WAYS} {body} }})({steps:?})");
    serde_json::from_value(page.await_(&asked)?).context("what is wrong on the way")
}

fn shows(page: &Page, number: u64) -> Result<Vec<String>> {
    Ok(serde_json::from_value(page.ask(&format!("{SHOWS}({number})"))?)?)
}

/// The keys move, and the address follows. Each step is gone to as by a key, in one question; then the keys themselves
/// are pressed.
fn steps_by_keys(page: &Page, steps: &[u64]) -> Result<Vec<String>> {
    let walk = "for (const number of steps.slice(1)) {
        press('ArrowRight');
        const wrong = await arrives('ArrowRight', number);
        if (wrong.length > 0) return wrong;
    }
    return [];";
    let wrong = wrong_on_the_way(page, steps, walk)?;
    if !wrong.is_empty() {
        return Ok(wrong);
    }
    let last = steps.len() - 1;
    lead_to(page, steps, &[("Home", 0), ("ArrowRight", 1), ("ArrowLeft", 0), ("End", last)])
}

/// These keys lead to these places. The first complaints: what comes after would be wrong for the same reason.
fn lead_to(page: &Page, steps: &[u64], ways: &[(&str, usize)]) -> Result<Vec<String>> {
    for (key, place) in ways {
        page.press(key)?;
        let wrong = wrong_on_the_way(page, steps, &format!("return arrives('{key}', steps[{place}]);"))?;
        if !wrong.is_empty() {
            return Ok(wrong);
        }
    }
    Ok(Vec::new())
}

/// The back button leads to the step before.
fn goes_back(page: &Page, steps: &[u64]) -> Result<Vec<String>> {
    if steps.len() < 3 {
        return Ok(Vec::new());
    }
    let wrong = lead_to(page, steps, &[("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2)])?;
    if !wrong.is_empty() {
        return Ok(wrong);
    }
    // Not at once: a broken page may go to another one, which cannot answer for it.
    let back = "setTimeout(() => history.back(), 0); return await comes(steps[1]) ? [] : ['it stays'];";
    let stays = wrong_on_the_way(page, steps, back).map_or(true, |wrong| !wrong.is_empty());
    Ok(unless(!stays, "the back button does not lead back").into_iter().collect())
}

/// Two keys, the second before the browser has done all that the first began: two steps.
fn loses_no_key(page: &Page, steps: &[u64]) -> Result<Vec<String>> {
    let twice = "if (steps.length < 3) return [];
    press('Home');
    await comes(steps[0]);
    press('ArrowRight');
    press('ArrowRight');
    return await comes(steps[2]) ? [] : ['a key is lost that comes soon after another'];";
    wrong_on_the_way(page, steps, twice)
}

/// Arrow keys are for what is too wide, where the reader is in it.
fn leaves_keys_to_what_scrolls(page: &Page, steps: &[u64]) -> Result<Vec<String>> {
    let narrow = "const boxes = [...document.querySelectorAll('.moment pre, .lanes, .history')].filter(box => box.offsetHeight > 0);
    return boxes.filter(box => {
        const style = box.getAttribute('style') ?? '';
        box.setAttribute('style', `${style}; width: 3em; overflow-x: auto`);
        const event = new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true });
        const taken = box.scrollWidth > box.clientWidth && !box.dispatchEvent(event);
        box.setAttribute('style', style);
        return taken;
    }).map(box => `${box.className || box.tagName} cannot be scrolled by keys`);";
    wrong_on_the_way(page, steps, narrow)
}

/// An address that names no step changes nothing.
fn goes_by_no_foreign_address(page: &Page, steps: &[u64]) -> Result<Vec<String>> {
    let foreign = "const last = steps[steps.length - 1];
    press('End');
    await comes(last);
    for (const foreign of ['step=999999', 'elsewhere']) {
        const heard = new Promise(done => window.addEventListener('hashchange', done, { once: true }));
        location.hash = foreign;
        await heard;
        if (shows(last).length > 0) return [`#${foreign} names no step, and leads to one`];
    }
    return [];";
    wrong_on_the_way(page, steps, foreign)
}

/// Without its script a page shows everything.
fn is_whole_without_a_script(tab: &mut Tab, path: &Path) -> Result<Vec<String>> {
    let page = tab.open_with(path, "", false)?;
    let all = page.ask("[...document.querySelectorAll('.moment')].every(m => m.offsetHeight > 0 && m.querySelector('.say').offsetHeight > 0)")?;
    let mut wrong = page.heard()?;
    wrong.extend(unless(all == true, "without its script the page hides steps"));
    Ok(wrong)
}

/// Text can be told from what is behind it, in light and in dark, and the two are not the same.
fn readable(page: &Page) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut backs = Vec::new();
    for scheme in ["light", "dark"] {
        page.prefer("prefers-color-scheme", scheme)?;
        backs.push(page.text("getComputedStyle(document.body).backgroundColor")?);
        let contrasts = page.ask(&format!("{READ:?}.map({CONTRAST})"))?;
        let contrasts: [f64; READ.len()] = serde_json::from_value(contrasts).context("contrasts")?;
        let low = READ.iter().zip(contrasts).filter(|(_, contrast)| *contrast < 4.5);
        wrong.extend(
            low.map(|(selector, contrast)| {
                format!("in {scheme}, the contrast of {selector} is {contrast:.1}")
            }),
        );
    }
    wrong.extend(unless(backs[0] != backs[1], "light and dark are the same"));
    Ok(wrong)
}

/// In a window of 320 dots, as of a telephone or of 1280 dots enlarged four times (WCAG 2.1's reflow), nobody has to scroll
/// the page to the side, whatever step is shown; bars and lanes scroll by themselves. Letters stand as far apart as WCAG's
/// text spacing has them, or it would be a matter of the fonts that a machine has.
fn fits_a_narrow_window(page: &Page) -> Result<Vec<String>> {
    page.resize(320, 800)?;
    let width = page.ask(
        "(() => {
            const own = document.createElement('style');
            own.textContent = '* { letter-spacing: .12em !important; word-spacing: .16em !important } .moment, .moment .say { display: block !important }';
            document.head.append(own);
            const width = document.documentElement.scrollWidth;
            own.remove();
            return width;
        })()",
    )?;
    page.resize_back()?;
    let width = width.as_u64().unwrap_or(u64::MAX);
    Ok(unless(width <= 320, format!("in a narrow window it is {width} wide")).into_iter().collect())
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
pub fn index(tab: &mut Tab, path: &Path, pages: usize) -> Result<Vec<String>> {
    let page = tab.open(path, "")?;
    let links = page.ask("[...document.querySelectorAll('td a')].map(a => a.getAttribute('href'))")?;
    let mut links: Vec<String> = serde_json::from_value(links)?;
    links.sort();
    links.dedup();
    let dead = links.iter().filter(|link| !path.with_file_name(link).exists());
    let mut wrong: Vec<String> = dead.map(|link| format!("index: {link} leads nowhere")).collect();
    wrong.extend(unless(links.len() == pages, format!("index: {} links to {pages} pages", links.len())));
    wrong.extend(readable(&page)?.into_iter().map(|complaint| format!("index: {complaint}")));
    wrong.extend(page.heard()?);
    Ok(wrong)
}
