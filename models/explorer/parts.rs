//! Models in parts, as the environment says: by several workers, in shards, killed and gone on.
//!
//! Each run is a process of its own: this very test binary, whose test `child` checks one model.

#[path = "../declarations/stack.rs"]
mod stack;

use selvedge::check::{Coverage, Engine, Model, Outcome, Record, Scenario};
use stack::Op::{Pop, Push};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const CHILD: &str = "SELVEDGE_TEST_PARTS";

/// Not a test of its own: what the others start.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_some() {
        let threads = Scenario::new().thread([Push(1), Pop]).thread([Push(2), Pop]).thread([Push(3)]);
        Model::of(stack::treiber(), threads.after([Pop])).check("explorer::parts::child");
    }
}

/// Starts the child, which leaves its records in `folder`.
fn start(folder: &Path, environment: &[(&str, &str)]) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["parts::child", "--exact", "--test-threads=1"]);
    for variable in ["WORKERS", "SHARD", "CHECKPOINT", "CHECKPOINT_SECONDS", "SEED", "WEAKEN"] {
        command.env_remove(format!("SELVEDGE_{variable}"));
    }
    command.env(CHILD, "1").env("SELVEDGE_REPORT", folder).env("SELVEDGE_BUDGET", "quick");
    command.envs(environment.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("it starts again")
}

fn records(folder: &Path) -> [Record; 2] {
    [Engine::ExplorerSc, Engine::ExplorerWeak].map(|engine| {
        let name = format!("parts--child.{engine}.json").replace(' ', "-");
        let text = std::fs::read_to_string(folder.join(&name)).unwrap_or_else(|why| panic!("{name}: {why}"));
        serde_json::from_str(&text).expect("a record")
    })
}

fn run(environment: &[(&str, &str)]) -> [Record; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let status = start(folder.path(), environment).wait().expect("a child");
    assert!(status.success(), "{environment:?}: {status}");
    records(folder.path())
}

/// What does not depend on time.
fn counts(record: &Record) -> (u64, u64, u64, u64, u64) {
    (record.executions, record.pruned, record.overlapped, record.histories, record.steps)
}

#[test]
fn workers_of_the_environment_see_what_one_sees() {
    let (one, two) = (run(&[]), run(&[("SELVEDGE_WORKERS", "2")]));
    assert_eq!(one.each_ref().map(counts), two.each_ref().map(counts));
    assert!(one.iter().all(|record| record.coverage == Coverage::Complete && record.executions > 1_000));
}

#[test]
fn shards_of_the_environment_see_the_whole() {
    let whole = run(&[]);
    let shards = ["0/3", "1/3", "2/3"].map(|shard| run(&[("SELVEDGE_SHARD", shard)]));
    for (nth, whole) in whole.iter().enumerate() {
        let sum = |of: fn(&Record) -> u64| shards.iter().map(|shard| of(&shard[nth])).sum::<u64>();
        assert_eq!(sum(|record| record.executions), whole.executions);
        assert_eq!(sum(|record| record.overlapped), whole.overlapped);
        assert_eq!(sum(|record| record.pruned), whole.pruned);
        for (index, shard) in shards.iter().enumerate() {
            let shard = &shard[nth];
            // One shard does not pass for the whole.
            assert_eq!((shard.coverage, &shard.outcome), (Coverage::Shard(index, 3), &Outcome::Held));
            assert!(shard.to_string().contains(&format!("shard {index}/3")), "{shard}");
            assert!((1..whole.executions).contains(&shard.executions), "{shard}");
        }
    }
}

#[test]
fn a_model_that_is_killed_goes_on() {
    let whole = run(&[]);
    let (report, kept) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let folder = kept.path().to_str().expect("a plain name");
    let files = || std::fs::read_dir(kept.path()).expect("a folder").count();
    let environment = [
        ("SELVEDGE_CHECKPOINT", folder),
        ("SELVEDGE_CHECKPOINT_SECONDS", "0.005"),
        ("SELVEDGE_WORKERS", "2"),
    ];
    let mut interrupted = 0;
    for milliseconds in (1..).map(|nth| 20 * nth) {
        let mut child = start(report.path(), &environment);
        std::thread::sleep(Duration::from_millis(milliseconds));
        if let Some(status) = child.try_wait().expect("a child") {
            assert!(status.success(), "{status}");
            break;
        }
        let _ = child.kill();
        child.wait().expect("a child");
        interrupted += usize::from(files() > 0);
    }
    assert_eq!(records(report.path()).each_ref().map(counts), whole.each_ref().map(counts));
    assert!(interrupted > 0, "it was never killed with something kept");
    assert_eq!(files(), 0, "what is over is not kept");
}

/// What was kept of another run is no part of this one.
#[test]
fn what_makes_no_sense_is_refused() {
    let kept = tempfile::tempdir().expect("a folder");
    let folder = kept.path().to_str().expect("a plain name");
    std::fs::write(kept.path().join("parts--child.explorer-SC.0.checkpoint"), "{}").expect("written");
    for variable in [
        ("SELVEDGE_WORKERS", "0"),
        ("SELVEDGE_WORKERS", "two"),
        ("SELVEDGE_SHARD", "3/3"),
        ("SELVEDGE_SHARD", "1"),
        ("SELVEDGE_CHECKPOINT_SECONDS", "-1"),
        ("SELVEDGE_CHECKPOINT", folder),
    ] {
        let report = tempfile::tempdir().expect("a folder");
        let status = start(report.path(), &[variable]).wait().expect("a child");
        assert!(!status.success(), "{variable:?} makes sense");
    }
}
