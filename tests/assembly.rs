//! Of the facade nothing remains: hot paths written on it compile to the instructions of the same paths
//! written on `std`.
//!
//! `tests/fixtures/assembly` is compiled optimised, once for each way of writing, and the functions are compared
//! instruction by instruction. Labels may have other names.
#![cfg(not(any(loom, shuttle)))]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Compiles the fixture in one way of writing, and returns its assembly.
fn compile(written: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixture = root.join("tests/fixtures/assembly");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("assembly");
    std::fs::create_dir_all(place.join("src")).expect("a folder");
    let manifest = std::fs::read_to_string(fixture.join("Cargo.toml")).expect("the fixture");
    let path = root.to_string_lossy().replace('\\', "/");
    std::fs::write(place.join("Cargo.toml"), manifest.replace("SELVEDGE", &path)).expect("written");
    std::fs::copy(fixture.join("src/lib.rs"), place.join("src/lib.rs")).expect("copied");
    // The versions of the dependencies are those that this test runs with.
    std::fs::copy(root.join("Cargo.lock"), place.join("Cargo.lock")).expect("copied");

    let assembly = place.join(format!("{written}.s"));
    let output = Command::new(env!("CARGO"))
        .args(["rustc", "--offline", "--quiet", "--release", "--lib", "--"])
        .args(["--cfg", &format!("written=\"{written}\""), "-C", "codegen-units=1"])
        .arg(format!("--emit=asm={}", assembly.display()))
        .current_dir(&place)
        .env("CARGO_TARGET_DIR", place.join("target"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{written}:\n{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(assembly).expect("the compiler has written it")
}

/// Replaces labels by their numbers in the order in which they appear.
fn rename(line: &str, names: &mut BTreeMap<String, usize>) -> String {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '$';
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_name) {
        let end = rest[start..].find(|c| !is_name(c)).map_or(rest.len(), |length| start + length);
        let (before, name) = (&rest[..start], &rest[start..end]);
        out += before;
        if name.starts_with(".L") || name.starts_with("LBB") {
            let next = names.len();
            out += &format!("<{}>", names.entry(name.to_string()).or_insert(next));
        } else {
            out += name;
        }
        rest = &rest[end..];
    }
    out + rest
}

/// The instructions of one function, with its jump targets.
fn instructions(assembly: &str, function: &str) -> Vec<String> {
    let begins = [format!("{function}:"), format!("_{function}:")];
    let body = assembly.lines().skip_while(|line| !begins.iter().any(|label| line.starts_with(label)));
    let body = body.skip(1).take_while(|line| !line.trim_start().starts_with(".cfi_endproc"));
    let mut names = BTreeMap::new();
    let kept = body.filter_map(|line| {
        let line = line.trim();
        let comment = line.is_empty() || line.starts_with(['#', ';']) || line.starts_with("//");
        let directive = line.starts_with('.') && !line.ends_with(':');
        (!comment && !directive).then(|| line.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    let kept: Vec<String> = kept.map(|line| rename(&line, &mut names)).collect();
    assert!(kept.len() > 8, "{function} was not found, or is no hot path: {kept:?}");
    kept
}

const FUNCTIONS: [&str; 3] = ["push", "pop", "signal"];

#[test]
fn nothing_of_the_facade_remains() {
    let (facade, std) = (compile("on_the_facade"), compile("on_std"));
    for function in FUNCTIONS {
        let (facade, std) = (instructions(&facade, function), instructions(&std, function));
        assert_eq!(
            facade,
            std,
            "{function}\non the facade:\n{}\non std:\n{}",
            facade.join("\n"),
            std.join("\n")
        );
    }
    // Controls: one fence, or one load, more than there should be.
    for (written, longer) in [("with_a_fence", "push"), ("with_a_load", "pop")] {
        let other = compile(written);
        for function in FUNCTIONS {
            let same = instructions(&other, function) == instructions(&std, function);
            assert_eq!(same, function != longer, "{written}: {function}");
        }
    }
}

#[test]
fn labels_are_compared_by_their_first_appearance() {
    let read = |text: &str| {
        let mut names = BTreeMap::new();
        text.lines().map(|line| rename(line, &mut names)).collect::<Vec<_>>()
    };
    let loops = ".LBB0_1:\nje .LBB0_2\njmp .LBB0_1";
    assert_eq!(read(loops), read(".LBB7_9:\nje .LBB7_3\njmp .LBB7_9"));
    assert_ne!(read(loops), read(".LBB0_1:\nje .LBB0_2\njmp .LBB0_2"));
    assert_ne!(read("call _RNvC1a1b"), read("call _RNvC1a1c"));
    assert_ne!(read("mov rax, rbx"), read("mov rax, rcx"));
}
