//! The rules: from source text to complaints.

use crate::source::{Line, Source};
use std::collections::BTreeMap;

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The places at which `path` begins in `code` and is not the end of a longer name or path.
fn finds(code: &str, path: &str) -> Vec<usize> {
    let own = |at: usize| {
        let before = code[..at].trim_end();
        let relative = ["self::", "super::", "crate::"].iter().any(|p| before.ends_with(p));
        // `::loom` is the crate, and `self::loom` is not.
        !relative && !code[..at].ends_with(is_word)
    };
    code.match_indices(path).map(|(at, _)| at).filter(|&at| own(at)).collect()
}

/// The first names of the paths in each `prefix{…}` of `code`, with the place of the group.
fn members<'c>(code: &'c str, prefix: &str) -> Vec<(usize, &'c str)> {
    let mut found = Vec::new();
    for at in finds(code, prefix) {
        let Some(body) = code[at + prefix.len()..].strip_prefix('{') else { continue };
        let (mut depth, mut start) = (0_i32, 0);
        for (place, c) in body.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    let name = body[start..place].trim();
                    found.push((at, name.split(|c| !is_word(c)).next().unwrap_or("")));
                    start = place + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// Atomics, threads, locks and memory come from `sync`.
pub fn door(source: &Source) -> Vec<String> {
    let floor = source.floor();
    if floor == Some("sync") {
        return Vec::new();
    }
    let (code, line) = source.code();
    let mut complaints = Vec::new();
    let mut complain = |at: usize, what: &str| {
        complaints.push(format!("{}:{}: {what} is for src/sync alone", source.name, line[at]));
    };
    let everywhere = [
        "std::sync",
        "std::thread",
        "std::alloc",
        "core::sync",
        "loom::",
        "shuttle::",
        "std as ",
        "core as ",
        "loom as ",
        "shuttle as ",
        "extern crate",
    ];
    // The harness keeps its own books beside the model, by other names of the same things.
    let structures =
        ["thread_local!", "std::cell::UnsafeCell", "std::time::Instant", "std::time::SystemTime"];
    let structures = if floor == Some("check") { &[][..] } else { &structures[..] };
    for path in everywhere.iter().chain(structures) {
        finds(&code, path).into_iter().for_each(|at| complain(at, path.trim()));
    }
    for (at, name) in members(&code, "std::").into_iter().chain(members(&code, "core::")) {
        if ["sync", "thread", "alloc"].contains(&name) {
            complain(at, &format!("std::{{…{name}…}}"));
        }
    }
    complaints
}

/// Each floor, and the floors that it may use.
const FLOORS: [(&str, &[&str]); 7] = [
    ("sync", &[]),
    ("reclaim", &["sync"]),
    ("arena", &["sync"]),
    ("check", &["sync"]),
    ("log", &["check"]),
    ("stack", &["sync", "reclaim", "arena"]),
    ("ring", &["sync", "reclaim", "arena"]),
];

/// A floor uses the floors below it.
pub fn floors(source: &Source) -> Vec<String> {
    let Some(floor) = source.floor() else { return Vec::new() };
    let Some((_, below)) = FLOORS.iter().find(|(name, _)| *name == floor) else {
        return match source.lines.is_empty() {
            true => Vec::new(),
            false => vec![format!("{}: {floor} has no floor: say in FLOORS what it may use", source.name)],
        };
    };
    let (code, line) = source.code();
    let mut used: Vec<(usize, &str)> = Vec::new();
    for prefix in ["crate::", "super::"] {
        for (at, _) in code.match_indices(prefix).filter(|(at, _)| !code[..*at].ends_with(is_word)) {
            let rest = &code[at + prefix.len()..];
            used.push((at, rest.split(|c| !is_word(c)).next().unwrap_or("")));
        }
        let groups = members(&code, prefix);
        used.extend(groups);
    }
    let above = |name: &str| {
        name != floor && FLOORS.iter().any(|(other, _)| *other == name) && !below.contains(&name)
    };
    let used = used.into_iter().filter(|(_, name)| above(name));
    used.map(|(at, name)| format!("{}:{}: {floor} may not use {name}", source.name, line[at])).collect()
}

/// The label of a plain comment `// step: a.b`.
fn label(line: &Line) -> Option<&str> {
    let text = line.comment.strip_prefix("//")?.trim_start().strip_prefix("step: ")?;
    let label = text.split(char::is_whitespace).next()?;
    let good = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    (label.contains('.') && label.split('.').all(good)).then_some(label)
}

/// The line of the label that stands for what happens in line `index`: on it, or above the statement.
fn label_of(lines: &[Line], index: usize) -> Option<usize> {
    if label(&lines[index]).is_some() {
        return Some(index);
    }
    let mut above = (0..index).rev();
    let mut in_statement = true;
    above.find_map(|at| {
        let code = lines[at].code.trim();
        if code.is_empty() && !lines[at].comment.is_empty() {
            in_statement = false;
            return Some(label(&lines[at]).map(|_| at)).filter(Option::is_some);
        }
        // Above the comments, or in another statement: there is none.
        let ended = code.is_empty() || code.ends_with([';', '{', '}', ',']);
        if !in_statement || ended { Some(None) } else { None }
    })?
}

/// What touches a shared atomic, as it is written.
const ACCESSES: [&str; 7] =
    [".load(", ".store(", ".swap(", ".compare_exchange", ".fetch_", "fence(", ".protect("];

/// Each access to an atomic in a structure has a label of its own, by which proofs and audits name it.
pub fn steps(source: &Source) -> Vec<String> {
    if !["stack", "ring", "reclaim", "arena"].map(Some).contains(&source.floor()) {
        return Vec::new();
    }
    let lines = &source.lines;
    let tests = |w: &[Line]| w[0].code.trim() == "#[cfg(test)]" && w[1].code.trim().starts_with("mod ");
    let end = lines.windows(2).position(tests).unwrap_or(lines.len());
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let mut complaints = Vec::new();
    for (index, line) in lines[..end].iter().enumerate() {
        for access in ACCESSES {
            let word =
                |at: usize| access.starts_with('.') || !line.code[..at].ends_with(|c| is_word(c) || c == '.');
            let times = line.code.match_indices(access).filter(|(at, _)| word(*at)).count();
            for _ in 0..times {
                let at = format!("{}:{}", source.name, index + 1);
                match label_of(lines, index) {
                    None => complaints.push(format!("{at}: {access} without a `// step: label`")),
                    Some(label) => match taken.insert(label, index) {
                        None => {}
                        Some(before) if before == index => {
                            complaints.push(format!("{at}: two accesses under one label"))
                        }
                        Some(_) => {
                            complaints.push(format!("{at}: {access} without a `// step: label` of its own"))
                        }
                    },
                }
            }
        }
    }
    complaints
}

/// No label stands at two places.
pub fn unique(sources: &[Source]) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for source in sources {
        for (index, line) in source.lines.iter().enumerate() {
            if let Some(label) = label(line) {
                places.entry(label).or_default().push(format!("{}:{}", source.name, index + 1));
            }
        }
    }
    let twice = places.into_iter().filter(|(_, places)| places.len() > 1);
    twice.map(|(label, places)| format!("step: {label} stands at {}", places.join(" and "))).collect()
}

/// A file can be read in one sitting.
pub fn length(source: &Source) -> Vec<String> {
    let lines = source.lines.len();
    if lines <= 400 { Vec::new() } else { vec![format!("{}: {lines} lines, at most 400", source.name)] }
}

/// No explicit `[[test]]` of `manifest` takes the name of another file in `tests`.
pub fn shadowed(manifest: &str, files: &BTreeMap<String, String>) -> Vec<String> {
    let value = |table: &str, key: &str| {
        let line = table.lines().find(|line| line.starts_with(key))?;
        Some(line.split('"').nth(1)?.to_string())
    };
    let mut complaints = Vec::new();
    for table in manifest.split("[[test]]").skip(1) {
        let table = table.split("\n[").next().unwrap_or(table);
        let (Some(name), Some(path)) = (value(table, "name"), value(table, "path")) else { continue };
        if let Some(file) = files.get(&name).filter(|file| **file != path) {
            complaints.push(format!("{file} is never run: the name `{name}` belongs to {path}"));
        }
    }
    complaints
}
