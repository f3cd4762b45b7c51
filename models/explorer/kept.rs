//! A search that is stopped goes on from its checkpoint: nothing is lost, and nothing counted twice.

use super::adapter::execution;
use super::running::{adders, all, explorer, runs};
use selvedge::check::explore::{Checkpoint, CheckpointError, Explored, Explorer, Memory};
use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program whose outcomes are texts: they can be written to a file.
fn told<T: Display>(
    program: impl Fn() -> T + Send + Sync + 'static,
) -> impl Fn() -> String + Send + Sync + 'static {
    move || program().to_string()
}

/// Explores so many runs at a time, each time from the file, with another number of workers.
fn in_pieces<T: Display, P: Fn() -> T + Send + Sync + 'static>(
    explorer: &Explorer,
    piece: u64,
    file: &Path,
    program: impl Fn() -> P,
) -> Explored<String> {
    for nth in 1.. {
        let workers = 1 + nth as usize % 3;
        let checkpoint = Checkpoint::at(file).every_runs(piece / 3 + 1);
        let explorer = explorer.clone().workers(workers).at_most(nth * piece);
        let explored = explorer.explore_from(&checkpoint, told(program())).expect("its own file");
        assert_eq!(file.exists(), !explored.complete, "only what is left is kept");
        if explored.complete {
            return explored;
        }
        assert_eq!(runs(&explored), nth * piece, "the limit is on all runs");
    }
    unreachable!()
}

#[test]
fn a_search_in_pieces_is_the_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("search");
    let mut most = 0;
    for (nth, (program, memory, whole)) in all().enumerate().filter(|(nth, _)| nth % 10 < 2) {
        let piece = [1, 3, 10, 40][nth % 4].max(runs(&whole) / 20);
        most = most.max(runs(&whole));
        let pieces = in_pieces(&explorer(memory), piece, &file, || execution(&program));
        assert_eq!(
            (pieces.executions, pieces.blocked, pieces.redundant),
            (whole.executions, whole.blocked, whole.redundant)
        );
        let outcomes = whole.outcomes.into_iter().map(|(outcome, times)| (outcome.to_string(), times));
        assert_eq!(pieces.outcomes, outcomes.collect(), "{piece} at a time, {memory:?}: {program}");
    }
    assert!(most > 100, "there was little to keep: {most} runs");
    let shard = explorer(Memory::Weak).shard(1, 2);
    let pieces = in_pieces(&shard, 25, &file, || adders(6));
    assert_eq!(pieces, shard.explore(told(adders(6))));
}

/// Without the file, a piece is not the rest.
#[test]
fn a_search_in_pieces_is_the_whole_control() {
    let folder = tempfile::tempdir().expect("a folder");
    let checkpoint = Checkpoint::at(folder.path().join("search"));
    let piece = |most: u64| {
        let explorer = explorer(Memory::Weak).at_most(most);
        explorer.explore_from(&checkpoint, adders(5)).expect("its own file")
    };
    assert_eq!(piece(50).executions, 50);
    std::fs::remove_file(folder.path().join("search")).expect("it was left");
    assert_eq!(piece(60).executions, 60);
    assert_eq!(piece(120).executions, 120);
}

const FOLDER: &str = "SELVEDGE_TEST_KEPT";

/// The program that is killed: each execution takes a while, and leaves a byte in a file.
fn slow(begun: PathBuf) -> impl Fn() -> u64 + Send + Sync + 'static {
    let program = adders(6);
    move || {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(&begun);
        file.and_then(|mut file| file.write_all(b".")).expect("a file to count in");
        std::thread::sleep(Duration::from_millis(1));
        program()
    }
}

const EVERY: u64 = 20;
const WORKERS: u64 = 2;

/// Not a test of its own: what the next one starts, and kills.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let checkpoint = Checkpoint::at(folder.join("search")).every_runs(EVERY);
    let explorer = explorer(Memory::Weak).workers(WORKERS as usize);
    let explored = explorer.explore_from(&checkpoint, slow(folder.join("begun"))).expect("its own file");
    assert!(explored.complete);
    let numbers = (explored.executions, explored.blocked, explored.outcomes.into_iter().collect::<Vec<_>>());
    let text = serde_json::to_string(&numbers).expect("numbers");
    std::fs::write(folder.join("result"), text).expect("written");
}

#[test]
fn a_search_that_is_killed_goes_on() {
    let whole = explorer(Memory::Weak).explore(adders(6));
    let folder = tempfile::tempdir().expect("a folder");
    let (begun, result) = (folder.path().join("begun"), folder.path().join("result"));
    let length = || std::fs::metadata(&begun).map_or(0, |data| data.len());
    let (mut kills, mut random) = (0, 7_u64);
    while !result.exists() {
        let mut child = Command::new(std::env::current_exe().expect("this binary"))
            .args(["kept::child", "--exact", "--test-threads=1"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts again");
        // It is killed when it has begun some more executions: time says little on a busy machine.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let until = length() + 1 + (random >> 33) % 150;
        let patience = Instant::now();
        while child.try_wait().expect("a child").is_none() && length() < until {
            assert!(patience.elapsed() < Duration::from_secs(120), "the child does nothing");
            std::thread::sleep(Duration::from_micros(300));
        }
        if child.try_wait().expect("a child").is_none() {
            kills += 1;
        }
        // SIGKILL: nothing is unwound, nothing is flushed.
        let _ = child.kill();
        child.wait().expect("a child");
        assert!(kills < 500, "it comes to no end");
    }
    let text = std::fs::read_to_string(&result).expect("written by the child");
    let (executions, blocked, outcomes): (u64, u64, Vec<(u64, u64)>) =
        serde_json::from_str(&text).expect("written by the child");
    assert_eq!((executions, blocked), (whole.executions, whole.blocked));
    assert_eq!(outcomes, whole.outcomes.into_iter().collect::<Vec<_>>());
    assert!(!folder.path().join("search").exists(), "what is over is not kept");
    assert!(kills >= 3, "{kills} kills");
    // The control: some executions were begun twice, so that a sum of what the children saw would be too large;
    // but no more than since the last checkpoint, so that they did not begin anew.
    let lost = kills * (EVERY + 2 * WORKERS);
    assert!((executions + 1..=executions + lost).contains(&length()), "{} begun, {kills} kills", length());
}

#[test]
fn what_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("search");
    let checkpoint = Checkpoint::at(&file);
    let some = explorer(Memory::Weak).at_most(50);
    some.explore_from(&checkpoint, adders(5)).expect("a new file");
    let text = std::fs::read_to_string(&file).expect("it was left");
    let refused = |explorer: Explorer| explorer.explore_from(&checkpoint, adders(5)).expect_err("refused");
    let foreign = |explorer: Explorer, about: &str| {
        let why = refused(explorer);
        assert!(matches!(&why, CheckpointError::Foreign { what, .. } if *what == about), "{why}");
    };
    foreign(explorer(Memory::Sc), "the memory model");
    foreign(explorer(Memory::Weak).disturbances(3), "the search");
    foreign(explorer(Memory::Weak).shard(0, 2), "the search");
    let why = some.explore_from(&checkpoint, || adders(5)()).expect_err("another program");
    assert!(why.to_string().contains("of another search"), "{why}");
    let damaged = |text: &str| {
        std::fs::write(&file, text).expect("written");
        let why = refused(explorer(Memory::Weak));
        assert!(matches!(why, CheckpointError::Damaged { .. }), "{why}");
        assert_eq!(std::fs::read_to_string(&file).expect("still there"), text, "it is left as it is");
    };
    damaged("");
    damaged("{}\n");
    damaged(&text[..text.len() - 5]);
    damaged(&text.replacen("\"executions\":50", "\"executions\":51", 1));
    std::fs::write(&file, text.replacen(env!("CARGO_PKG_VERSION"), "0.0.0", 1)).expect("written");
    foreign(explorer(Memory::Weak), "the version of selvedge");
    let nowhere = Checkpoint::at(folder.path().join("no/such/folder"));
    let why = some.explore_from(&nowhere, adders(5)).expect_err("no folder");
    assert!(matches!(why, CheckpointError::File { .. }), "{why}");
    // The control: as it was, it fits.
    std::fs::write(&file, text).expect("written");
    let rest = explorer(Memory::Weak).explore_from(&checkpoint, adders(5)).expect("its own file");
    assert_eq!((rest.executions, rest.complete), (120, true));
}

#[test]
fn after_a_failure_nothing_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let checkpoint = Checkpoint::at(folder.path().join("search")).every_runs(1);
    let program = adders(4);
    let explored = explorer(Memory::Weak).explore_from(&checkpoint, move || {
        let order = program();
        assert!(order != 228, "0 to 3 in their order, from the last to the first");
        order
    });
    assert!(explored.expect("its own file").failure.is_some());
    assert!(!folder.path().join("search").exists());
}
