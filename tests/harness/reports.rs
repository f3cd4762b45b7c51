//! The record that a run leaves for `cargo verify`.

use crate::child::{child, is_child};
use crate::specs::{Count::Add, Counter};
use selvedge::check::{Engine, Model, Outcome, Record, Scenario};

const CHILD: &str = "reports::leave";

/// What the child does.
#[test]
fn leave() {
    if is_child(CHILD) {
        let adders = Scenario::new().thread([Add, Add]).thread([Add, Add]);
        let model =
            Model::of(Counter { atomic: false }, adders).structure("counter").property("no lost update");
        let control = model.kills("a lost update", Engine::HERE.iter().copied(), ["no order of these calls"]);
        control.check("harness::reports::leave");
    }
}

#[test]
fn a_run_leaves_its_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let (passed, said) = child(CHILD, &[("SELVEDGE_REPORT", folder.path().to_str().expect("a plain name"))]);
    assert!(passed, "{said}");
    for engine in Engine::HERE {
        let file = folder.path().join(format!("reports--leave.{engine}.json").replace(' ', "-"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let record: Record = serde_json::from_str(&text).expect("a record");
        assert_eq!((record.model.as_str(), record.engine), ("reports::leave", engine.to_string()));
        assert_eq!((record.structure.as_str(), record.property.as_str()), ("counter", "no lost update"));
        assert_eq!((record.defect.as_deref(), record.demanded), (Some("a lost update"), true));
        assert_eq!(record.fault, None);
        assert!(record.executions > 0 && record.overlapped > 0 && record.histories > 0);
        let Outcome::Failed(failure) = record.outcome else { panic!("the defect was found: {said}") };
        assert!(failure.message.contains("no order of these calls"), "{}", failure.message);
        let told = failure.trace.contains("thread 1") && failure.trace.contains("tests/harness/specs.rs:");
        assert_eq!(told, cfg!(any(loom, shuttle)), "{}", failure.trace);
    }
}

#[test]
fn a_record_that_cannot_be_left_is_no_secret() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    // Below a file there is no folder, and none can be made, whoever asks.
    let below = file.path().join("at/all");
    let (passed, said) = child(CHILD, &[("SELVEDGE_REPORT", below.to_str().expect("a plain name"))]);
    assert!(!passed && said.contains(&*below.to_string_lossy()), "{said}");
}

#[test]
fn the_folder_of_records_is_made_if_it_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join("at/first");
    let (passed, said) = child(CHILD, &[("SELVEDGE_REPORT", below.to_str().expect("a plain name"))]);
    assert!(passed && std::fs::read_dir(&below).is_ok_and(|records| records.count() > 0), "{said}");
}
