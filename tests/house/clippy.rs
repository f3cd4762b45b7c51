//! That `clippy.toml` can complain: a crate that breaks it, and a copy of it that forbids nothing.

use crate::root;
use std::path::Path;
use std::process::Command;

/// What clippy says of the fixture under the configuration in `configuration`.
fn clippy(configuration: &Path) -> String {
    let fixture = root().join("tests/fixtures/door");
    // A copy, so that nothing is left behind beside the sources.
    let place = tempfile::tempdir().expect("a place to build");
    std::fs::create_dir(place.path().join("src")).expect("a folder");
    for file in ["Cargo.toml", "src/lib.rs"] {
        std::fs::copy(fixture.join(file), place.path().join(file)).expect("copied");
    }
    let output = Command::new(env!("CARGO"))
        .args(["clippy", "--offline", "--quiet", "--message-format=short"])
        .current_dir(place.path())
        .env("CLIPPY_CONF_DIR", configuration)
        .env("CARGO_TARGET_DIR", place.path().join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "clippy is needed (rustup component add clippy):\n{said}");
    said
}

#[test]
fn clippy_knows_the_door() {
    let said = clippy(root());
    let forbidden = [
        "std::sync::atomic::AtomicUsize",
        "std::sync::atomic::AtomicBool",
        "std::sync::Arc",
        "std::sync::Mutex",
        "std::sync::OnceLock",
        "std::thread::spawn",
        "std::thread::park",
        "std::sync::atomic::fence",
        "std::alloc::alloc",
        "std::sync::mpsc::channel",
    ];
    for path in forbidden {
        assert!(said.contains(&format!("`{path}`")), "{path} was not found:\n{said}");
    }
}

#[test]
fn clippy_knows_the_door_control() {
    let empty = tempfile::tempdir().expect("a place for an empty configuration");
    std::fs::write(empty.path().join("clippy.toml"), "").expect("written");
    let said = clippy(empty.path());
    assert!(!said.contains("disallowed"), "without rules there is nothing to break:\n{said}");
}
