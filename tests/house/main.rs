//! The rules of the house, read off the sources: one door, floors, a label on each shared step, short files.
//!
//! Clippy holds the rule of the one door in the model builds (`clippy.toml`); these tests go by names, and so
//! see the code of all three builds. Each rule is a function from source text to complaints, and each is shown
//! to complain about a small text that breaks it.
#![cfg(not(any(loom, shuttle)))]

mod clippy;
mod rules;
mod source;

use source::Source;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the package lies.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below `folder`, in the order of their names.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the package") {
            let path = entry.expect("an entry of a folder").path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "rs" => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// What lies below a folder of the package, file by file.
fn sources(folder: &str) -> Vec<Source> {
    let files = rust_files(&root().join(folder));
    let sources = files.iter().map(|path| {
        let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
        Source::new(&name, &std::fs::read_to_string(path).expect("a source file"))
    });
    sources.collect()
}

/// The library, file by file.
fn library() -> Vec<Source> {
    let sources = sources("src");
    // If the walk broke, every rule would hold of nothing.
    let floors = ["src/sync/", "src/reclaim/", "src/check/", "src/check/explore/", "src/stack/", "src/ring/"];
    for folder in floors {
        assert!(sources.iter().filter(|s| s.name.starts_with(folder)).count() > 2, "{folder} was not read");
    }
    sources
}

fn assert_holds(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// `rule` finds nothing in the good text, and says `wanted` of the bad one.
#[track_caller]
fn control(rule: impl Fn(&Source) -> Vec<String>, file: &str, good: &str, bad: &[(&str, &str)]) {
    let complaints = rule(&Source::new(file, good));
    assert!(complaints.is_empty(), "the rule complains about a good text: {complaints:?}");
    for (text, wanted) in bad {
        let complaints = rule(&Source::new(file, text));
        assert!(
            complaints.iter().any(|c| c.contains(wanted)),
            "{text:?}: wanted {wanted:?}, got {complaints:?}"
        );
    }
}

#[test]
fn there_is_one_door() {
    assert_holds(library().iter().flat_map(rules::door).collect());
}

#[test]
fn there_is_one_door_control() {
    let good = "
        //! Not `std::sync`, as comments go.
        use crate::sync::{Arc, atomic::AtomicUsize}; // and not loom::sync
        #[cfg(any(loom, shuttle))]
        use self::shuttle::run; use super::loom::run_here;
        use std::{fmt, mem::ManuallyDrop};
        /* use std::thread; /* nested */ std::alloc */
        const TEXT: &str = \"std::sync::Mutex\"; const RAW: &str = r#\"loom::\"quoted\"::x\"#;
        fn quote<'a>(c: &'a char) -> bool { *c == '\"' }
    ";
    let bad = [
        ("use std::sync::Mutex;", "std::sync"),
        ("fn f() { std::thread::spawn(|| ()); }", "std::thread"),
        ("use core::sync::atomic::AtomicU8;", "core::sync"),
        ("use std::alloc::alloc;", "std::alloc"),
        ("use loom::sync::Arc;", "loom::"),
        ("type A = ::shuttle::sync::Mutex<u8>;", "shuttle::"),
        ("use std::{fmt, sync::Mutex};", "std::{…sync…}"),
        ("use std::{\n    fmt::{self, Debug},\n    thread,\n};", "std::{…thread…}"),
        ("use std as other;", "std as"),
        ("use loom as engine;", "loom as"),
        ("const C: char = '\"'; use std::sync::Arc; const D: char = '\"';", "std::sync"),
        ("const S: &str = \"\\\"\"; use std::sync::Arc;", "std::sync"),
        ("thread_local! { static X: u8 = 0; }", "thread_local!"),
        ("use std::cell::UnsafeCell;", "std::cell::UnsafeCell"),
        ("use std::time::Instant;", "std::time::Instant"),
    ];
    control(rules::door, "src/stack/x.rs", good, &bad);
    assert!(
        rules::door(&Source::new("src/sync/native.rs", "use std::sync::Mutex;")).is_empty(),
        "the door itself"
    );
}

#[test]
fn arrows_point_down() {
    assert_holds(library().iter().flat_map(rules::floors).collect());
}

#[test]
fn arrows_point_down_control() {
    let good = "
        /// See [`crate::ring`].
        use crate::reclaim::Reclaim; use crate::sync::{self, atomic};
        use super::treiber; use crate::{reclaim, sync};
    ";
    let bad = [
        ("use crate::ring::Ring;", "stack may not use ring"),
        ("fn f() { crate::check::judge(); }", "stack may not use check"),
        ("use crate::{sync, ring};", "stack may not use ring"),
        ("use super::super::ring::Ring;", "stack may not use ring"),
    ];
    control(rules::floors, "src/stack/x.rs", good, &bad);
    let refused = [
        ("src/sync/x.rs", "use crate::reclaim::Guard;", "sync may not use reclaim"),
        ("src/reclaim/x.rs", "use crate::check::Model;", "reclaim may not use check"),
        ("src/ring/x.rs", "use crate::stack::TreiberStack;", "ring may not use stack"),
        ("src/check/x.rs", "use crate::stack::TreiberStack;", "check may not use stack"),
        ("src/attic/x.rs", "use crate::sync::Arc;", "attic has no floor"),
    ];
    for (file, text, wanted) in refused {
        control(
            rules::floors,
            file,
            if file.contains("attic") { "" } else { "use crate::sync;" },
            &[(text, wanted)],
        );
    }
}

#[test]
fn each_shared_step_has_a_label() {
    assert_holds(library().iter().flat_map(rules::steps).collect());
}

#[test]
fn each_shared_step_has_a_label_control() {
    let good = "
        let a = x.load(Relaxed); // step: s.one
        // step: s.two -- with a remark
        // Release: because.
        while let Err(now) =
            x.compare_exchange_weak(a, b, Release, Relaxed)
        { fence(SeqCst); } // step: s.three
        let list = other(); // not shared
        /// `x.load(Relaxed)` in a documentation
        #[cfg(test)]
        mod tests { fn f() { x.store(1, Relaxed); } }
    ";
    let bad = [
        ("fn f() {\n    x.load(Relaxed);\n}", "x.rs:2: .load( without"),
        ("// step: s.a\nlet y = 1;\nx.store(1, Relaxed);", "x.rs:3: .store( without"),
        ("// step: s.a\n\nx.swap(1, Relaxed);", ".swap( without"),
        ("x.fetch_add(1, Relaxed);", ".fetch_ without"),
        ("x.compare_exchange(a, b, R, R);", ".compare_exchange without"),
        ("fence(SeqCst);", "fence( without"),
        ("guard.protect(&x, Relaxed);", ".protect( without"),
        ("x.load(R); // step: Not A Label", ".load( without"),
        ("x.load(R) + y.load(R); // step: s.a", "two accesses under one label"),
        ("// step: s.a\nx.load(R);\n// the label above is taken\ny.load(R);", "x.rs:4: .load( without"),
    ];
    control(rules::steps, "src/stack/x.rs", good, &bad);
}

#[test]
fn labels_are_unique() {
    assert_holds(rules::unique(&library()));
}

#[test]
fn labels_are_unique_control() {
    let at = |name, text| Source::new(name, text);
    let one = at("src/a.rs", "x.load(R); // step: s.a\nx.load(R); // step: s.b");
    let other =
        at("src/b.rs", "/// Pairs with `step: s.a`, as `// step: s.a` says.\nx.load(R); // step: s.c");
    assert!(rules::unique(&[one.clone(), other]).is_empty());
    let again = rules::unique(&[one, at("src/b.rs", "\n// step: s.b\nx.load(R);")]);
    assert_eq!(again, ["step: s.b stands at src/a.rs:2 and src/b.rs:2"]);
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let beside = ["cli", "models", "tests", "measure", "xtask/src"].map(sources);
    assert!(beside.iter().all(|sources| sources.len() > 2), "a folder was not read");
    assert_holds(library().iter().chain(beside.iter().flatten()).flat_map(rules::length).collect());
}

#[test]
fn files_can_be_read_in_one_sitting_control() {
    control(rules::length, "src/x.rs", &"\n".repeat(400), &[(&"\n".repeat(401), "401 lines")]);
}

/// Cargo finds tests by their names, and leaves out a file whose name an explicit `[[test]]` has taken.
#[test]
fn each_test_file_is_run() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("tests")).expect("this folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "rs") || path.join("main.rs").is_file() {
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            files.insert(stem, format!("tests/{}", path.file_name().expect("a name").to_string_lossy()));
        }
    }
    assert!(files.contains_key("house"), "the walk has not found this very test");
    assert_holds(rules::shadowed(&manifest, &files));
}

#[test]
fn each_test_file_is_run_control() {
    let files = BTreeMap::from([("stack".to_string(), "tests/stack.rs".to_string())]);
    let manifest =
        |name, path| format!("[package]\nname = \"stack\"\n[[test]]\nname = \"{name}\"\npath = \"{path}\"\n");
    assert!(rules::shadowed(&manifest("ring", "models/ring.rs"), &files).is_empty());
    assert!(rules::shadowed(&manifest("stack", "tests/stack.rs"), &files).is_empty());
    let complaints = rules::shadowed(&manifest("stack", "models/stack.rs"), &files);
    assert_eq!(complaints, ["tests/stack.rs is never run: the name `stack` belongs to models/stack.rs"]);
}
