//! `selvedge pages`, on records as models leave them.

use selvedge::check::picture::{Attempt, Execution, Picture};
use selvedge::check::specs::{Register, RegisterOp, RegisterRet};
use selvedge::check::{Call, Coverage, Failure, History, Order, Outcome, Record, judge};
use std::path::Path;
use std::process::{Command, Output};

fn pages(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
    let Output { status, stdout, stderr } =
        command.current_dir(folder).arg("pages").args(arguments).output().expect("the command runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code().expect("it was not killed"), text(stdout), text(stderr))
}

fn record(outcome: Outcome) -> Record {
    Record {
        model: "mine".into(),
        structure: "Cell".into(),
        property: "linearizable".into(),
        defect: None,
        engine: "stress".into(),
        demanded: true,
        executions: 3,
        pruned: 0,
        overlapped: 1,
        histories: 1,
        steps: 0,
        coverage: Coverage::Sampled,
        outcome,
        fault: None,
        unreached: Vec::new(),
        seconds: 0.5,
    }
}

/// A read that does not see what was written before it began.
fn stale() -> Failure {
    let call = |thread, op, ret, start| Call { thread, op, ret: Some(ret), start, end: start + 1, phase: 0 };
    let write = call(0, RegisterOp::Write(5), RegisterRet::Written, 0);
    let read = call(1, RegisterOp::Read, RegisterRet::Value(0), 2);
    let history: History<_, _> = [write, read].into_iter().collect();
    let spec = Register { initial: 0 };
    let judgement = judge(&spec, &history, Order::RealTime);
    let attempt = Attempt::of(&spec, &history, Order::RealTime, &judgement);
    Failure {
        message: "not linearizable".into(),
        trace: String::new(),
        schedule: None,
        fewest: false,
        test: None,
        execution: Some(Box::new(Execution::of_history(attempt))),
    }
}

fn leave(folder: &Path, name: &str, outcome: Outcome) {
    let text = serde_json::to_string(&record(outcome)).expect("a record is plain data");
    std::fs::write(folder.join(name), text).expect("a file");
}

#[test]
fn each_record_that_found_something_has_a_page_and_its_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path();
    leave(place, "a.stress.json", Outcome::Failed(stale()));
    leave(place, "b.stress.json", Outcome::Held);
    std::fs::write(place.join("c.progress"), "12").expect("a file");
    let (code, out, err) = pages(place, &["."]);
    assert_eq!((code, err.as_str()), (0, ""));
    let wanted = "2 records, 1 page: ./pages/index.html\n  ./pages/a.stress.html: Cell: not linearizable, says stress\n";
    assert_eq!(out, wanted);
    let read = |name: &str| std::fs::read_to_string(place.join("pages").join(name)).expect(name);
    assert!(read("a.stress.html").contains("Thread 1 got a wrong answer: Read → Value(0)."));
    assert!(read("index.html").contains("<a href=\"a.stress.html\">Cell: not linearizable, says stress</a>"));
    let picture: Picture = serde_json::from_str(&read("a.stress.json")).expect("a picture");
    assert_eq!(picture.execution.attempt.expect("calls").fatal, Some(1));
    assert_eq!(std::fs::read_dir(place.join("pages")).expect("the pages").count(), 3);
    let (code, ..) = pages(place, &[".", "--out", "elsewhere"]);
    assert!(code == 0 && place.join("elsewhere/a.stress.html").exists());
}

#[test]
fn where_nothing_has_failed_there_is_no_page() {
    let folder = tempfile::tempdir().expect("a folder");
    leave(folder.path(), "b.stress.json", Outcome::Held);
    let told = "1 record: nothing has failed, and there is no page\n";
    assert_eq!(pages(folder.path(), &["."]), (0, told.into(), String::new()));
    assert!(!folder.path().join("pages").exists());
}

#[test]
fn what_is_no_record_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, out, err) = pages(folder.path(), &["."]);
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.starts_with(".: there are no records: run the models with SELVEDGE_REPORT"), "{err}");
    leave(folder.path(), "a.stress.json", Outcome::Failed(stale()));
    std::fs::write(folder.path().join("b.json"), "{\"model\": 1}").expect("a file");
    let (code, _, err) = pages(folder.path(), &["."]);
    assert!(code == 3 && err.starts_with("./b.json: this is no record of a model: invalid type"), "{err}");
    assert!(!folder.path().join("pages").exists());
    let (code, _, err) = pages(folder.path(), &["nowhere"]);
    assert!(code == 3 && err.starts_with("nowhere: No such file"), "{err}");
}
