//! `selvedge lin` as a person or a script runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples").join(name)
}

/// Runs the command in the folder of the examples.
fn lin(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
    command.current_dir(example("")).arg("lin").args(arguments).output().expect("the command runs")
}

/// The same with a log on standard input.
pub fn lin_of(log: &[u8], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    std::fs::write(&path, log).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
    let stdin = std::fs::File::open(&path).expect("the file");
    command.args(["lin", "-"]).args(arguments).stdin(Stdio::from(stdin)).output().expect("the command runs")
}

pub fn code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// Answers, without the line that says how long they took.
fn told(output: &Output) -> String {
    let text = out(output);
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("read in ")).collect();
    lines.join("\n")
}

#[test]
fn yes() {
    for arguments in [
        &["register.edn"][..],
        &["register.log"],
        &["store.edn"],
        &["queue.jsonl", "--spec", "queue"],
        &["queue.jsonl", "--spec", "bounded-queue=2"],
        &["stale.edn", "--criterion", "sequential"],
        &["register.edn", "--format", "jepsen", "--spec", "cas-register", "--initial", "nil"],
    ] {
        let answer = lin(arguments);
        assert_eq!(code(&answer), 0, "{arguments:?}: {}{}", out(&answer), err(&answer));
        assert_eq!(err(&answer), "");
    }
}

#[test]
fn no_and_where() {
    let answer = lin(&["stale.edn"]);
    assert_eq!(code(&answer), 1);
    let wanted = "\
stale.edn: NOT linearizable: no order of the calls explains all answers
5 calls of 4 processes on a cas-register, 1 part, 1 without an answer

3 calls can be explained, in the order of their numbers, and then the one with a letter cannot come next, whether those with ? have happened or not:

process 0  ├1┤         ├A──┤
process 1      ├2──┤
process 2        ├3──┤
process 3                ├?──┄

     1  process 0  lines 2-3   write 1 → nil
     2  process 1  lines 4-6   cas 1 2 → true
     3  process 2  lines 5-7   read → 2
     A  process 0  lines 8-10  read → 1   (right would be 2 or 7)
     ?  process 3  lines 9-11  write 7 → (no answer)";
    assert_eq!(told(&answer), wanted);
}

/// Of what a queue is asked, so many: the first is never answered, another finds what nobody has put.
#[test]
fn calls_without_an_answer_are_looked_at() {
    let line = |process, kind, op, rest| {
        format!("{{\"process\":\"{process}\",\"type\":\"{kind}\",\"op\":\"{op}\"{rest}}}\n")
    };
    let log = [
        line("x", "invoke", "enqueue", ",\"args\":[\"a\"]"),
        line("y", "invoke", "dequeue", ""),
        line("z", "invoke", "dequeue", ""),
        line("y", "ok", "dequeue", ",\"value\":\"b\""),
        line("z", "ok", "dequeue", ",\"value\":\"a\""),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.html");
    let page = path.to_str().expect("a name");
    let answer = lin_of(log.concat().as_bytes(), &["--spec", "queue", "--picture", page]);
    assert!(
        out(&answer).contains(
            "\n2 calls can be explained, in the order of their numbers, and then the one with a letter cannot"
        ),
        "{}",
        out(&answer)
    );
    assert!(out(&answer).contains("dequeue → \"b\"   (right would be nil)"), "{}", out(&answer));
    // The page has the names of the processes and the lines.
    let page = std::fs::read_to_string(path).expect("a page");
    for wanted in [
        "Process &quot;x&quot;",
        "dequeue → &quot;a&quot; (process &quot;z&quot;, lines 3-5)",
        "(process &quot;x&quot;, line 1)",
    ] {
        assert!(page.contains(wanted), "{wanted}\n{page}");
    }
}

#[test]
fn one_is_one() {
    let log = b"0 :invoke :write 1\n0 :ok :write 1\n0 :invoke :read nil\n0 :ok :read 2\n";
    let answer = out(&lin_of(log, &[]));
    assert!(
        answer.contains("\n1 call can be explained,") && answer.contains("2 calls of 1 process on"),
        "{answer}"
    );
    let log = b"0 :invoke :read nil\n0 :ok :read 2\n";
    let answer = out(&lin_of(log, &[]));
    assert!(
        answer.contains("\nNo call can be explained: the one with a letter cannot come first:"),
        "{answer}"
    );
}

/// What is said of the command line has an end, and is in one line.
#[test]
fn long_values_at_first() {
    for value in ["x".repeat(10_000), format!("\u{1b}[31m{}", "x\n".repeat(1_000))] {
        let said = err(&lin(&["register.edn", "--initial", &value]));
        assert!(said.len() < 1_000 && said.lines().count() == 1 && !said.contains('\u{1b}'), "{said}");
    }
}

#[test]
fn articles() {
    let log = b"{\"process\":0,\"type\":\"invoke\",\"op\":\"first\"}\n";
    let answer = out(&lin_of(log, &["--spec", "ordered-map"]));
    assert!(answer.contains("\n1 call of 1 process on an ordered-map, 1 part, "), "{answer}");
}

#[test]
fn unknown() {
    let answer = lin(&["stale.edn", "--time", "0"]);
    assert_eq!(code(&answer), 2, "{}", out(&answer));
    assert!(out(&answer).starts_with("stale.edn: unknown: the time is over\n"), "{}", out(&answer));
}

#[test]
fn no_answer() {
    let cases: [(&[&str], &str); 14] = [
        (&["nowhere.edn"], "nowhere.edn: No such file or directory"),
        (
            &["queue.jsonl"],
            "queue.jsonl: say with --spec what was called, since lines of JSON can be of anything: register, cas-register, queue,",
        ),
        (&["queue.jsonl", "--spec", "stack"], "queue.jsonl: line 1: a stack has no operation `enqueue`"),
        (&["queue.jsonl", "--spec", "heap"], "there is no specification `heap`"),
        (&["queue.jsonl", "--spec", "bounded-queue=0"], "there is no specification `bounded-queue=0`"),
        (&["register.edn", "--initial", ":x"], "--initial: `:x` is no value"),
        (&["queue.jsonl", "--spec", "queue", "--initial", "1"], "--initial: only registers can be told"),
        (
            &["register.edn", "--picture", "-"],
            "'--picture <OUT.html>': a file is expected: standard output has",
        ),
        (&["store.edn", "--independent"], "--independent is about the values of Jepsen"),
        (&["register.edn", "--format", "xml"], "there is no format `xml`"),
        (
            &["register.edn", "--time", "-1"],
            "'-1' for '--time <SECONDS>': a number of seconds is expected, 0 or more",
        ),
        (
            &["register.edn", "--time", "1e99"],
            "'--time <SECONDS>': a number of seconds is expected, 0 or more",
        ),
        (&["register.edn", "--memory", "-1"], "'-1' for '--memory <MIB>': a whole number of MiB is expected"),
        (
            &["register.edn", "--workers", "0"],
            "'0' for '--workers <N>': a whole number of threads is expected, 1 or more",
        ),
    ];
    for (arguments, wanted) in cases {
        let answer = lin(arguments);
        assert_eq!(code(&answer), 3, "{arguments:?}");
        assert!(err(&answer).contains(wanted), "{arguments:?}: {}", err(&answer));
        assert_eq!(out(&answer), "");
    }
    assert_eq!(code(&lin(&[])), 3);
    assert_eq!(code(&lin(&["--help"])), 0);
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    let answer = lin_of(b"0 :invoke :write 1\n0 :ok :write 1\n0 :ok :write 1\n", &[]);
    let wanted = "standard input: line 3: process 0 has no invocation that could be ok\n    0 :ok :write 1\n";
    assert_eq!((code(&answer), err(&answer)), (3, wanted.into()));
    let answer = lin_of(b"0 :invoke :write \xff\n", &["--json"]);
    assert_eq!(code(&answer), 3);
    let json: serde_json::Value = serde_json::from_str(&out(&answer)).expect("JSON");
    let told = serde_json::json!({
        "file": "standard input", "error": "byte 18 of the line is not UTF-8", "line": 1, "column": null
    });
    assert_eq!(json, told);
}

/// Who reads JSON is told in JSON that the question was not understood; what is said to people stays as it is.
#[test]
fn a_question_that_is_not_understood_has_an_answer_in_json() {
    let cases: [(&[&str], &str); 4] = [
        (
            &["register.edn", "--spec", "heap", "--json"],
            "invalid value 'heap' for '--spec <SPEC>': there is no specification `heap`: there are register, ",
        ),
        (&["--json"], "the following required arguments were not provided: <FILE>"),
        (
            &["register.edn", "--json", "--time", "-1"],
            "invalid value '-1' for '--time <SECONDS>': a number of seconds",
        ),
        (&["register.edn", "--json", "--colour"], "unexpected argument '--colour' found"),
    ];
    for (arguments, wanted) in cases {
        let answer = lin(arguments);
        assert_eq!(code(&answer), 3, "{arguments:?}");
        let json: serde_json::Value = serde_json::from_str(&out(&answer)).expect("JSON");
        let error = json["error"].as_str().expect("a message").to_string();
        assert!(error.starts_with(wanted), "{arguments:?}: {error}");
        assert_eq!(json, serde_json::json!({ "file": null, "error": error, "line": null, "column": null }));
        let plain: Vec<&str> = arguments.iter().copied().filter(|argument| *argument != "--json").collect();
        let [told, plainly] =
            [err(&answer), err(&lin(&plain))].map(|text| text.lines().next().map(String::from));
        assert!(told.is_some() && told == plainly, "{told:?} {plainly:?}");
        assert_eq!(out(&lin(&plain)), "");
    }
    // Before the command it is none of its options, but who writes it there reads JSON too.
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
    command.current_dir(example("")).args(["--json", "lin", "register.edn"]);
    let first = command.output().expect("the command runs");
    assert_eq!(code(&first), 3);
    let json: serde_json::Value = serde_json::from_str(&out(&first)).expect("JSON");
    assert!(json["error"].as_str().is_some_and(|error| error.contains("'--json'")), "{json}");
    // Behind `--` it is the name of a file.
    assert_eq!(out(&lin(&["--spec", "heap", "--", "--json"])), "");
}

#[test]
fn json() {
    let answer = lin(&["stale.edn", "--json"]);
    assert_eq!(code(&answer), 1);
    let json: serde_json::Value = serde_json::from_str(&out(&answer)).expect("JSON");
    assert_eq!(json["verdict"], "no");
    assert_eq!([&json["calls"], &json["processes"], &json["pending"]], [5, 4, 1]);
    assert_eq!(json["order"].as_array().map(Vec::len), Some(3));
    assert_eq!(json["stuck"][0]["text"], "read → 1");
    assert_eq!(json["stuck"][0]["right"], serde_json::json!([2, 7]));
    assert_eq!([&json["stuck"][0]["invoked"], &json["stuck"][0]["returned"]], [8, 10]);
}

/// The page holds the calls; what else it is, is for the tests of pictures.
#[test]
fn picture() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("stale.html");
    let path = page.to_str().expect("a name");
    assert_eq!(code(&lin(&["stale.edn", "--picture", path])), 1);
    let page = std::fs::read_to_string(page).expect("a page");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("cas 1 2"), "{}", page.len());
    // The call at which it goes wrong is said in words, and can be jumped to.
    for words in [
        "Process 0 got a wrong answer: read → 1.",
        "<a href=\"#fatal-call\">Go to the fatal call, read → 1 (process 0, lines 8-10)</a>",
        "read → 1 <strong>(fatal)</strong>",
    ] {
        assert!(page.contains(words), "{words:?} is not in\n{page}");
    }
    assert_eq!(page.matches("id=\"fatal-call\"").count(), 1);
    let answer = lin(&["stale.edn", "--picture", "no/such/folder/x.html"]);
    assert_eq!(code(&answer), 3);
    assert!(err(&answer).contains("--picture no/such/folder/x.html: "), "{}", err(&answer));
    // The verdict is told all the same.
    assert!(out(&answer).contains("NOT linearizable"), "{}", out(&answer));
}

/// A long log is read and judged part by part, by as many threads as are asked for: the same answer.
#[test]
fn long_logs_with_many_keys() {
    let mut log = String::new();
    for call in 0..20_000 {
        let (process, key) = (call % 5, call % 100);
        for (kind, value) in [("invoke", format!("{call}")), ("ok", format!("{call}"))] {
            log += &format!("{{:process {process}, :type :{kind}, :f :write, :value [{key} {value}]}}\n");
        }
    }
    let read = |value: i64| {
        let ask = "{:process 9, :type :invoke, :f :read, :value [7 nil]}";
        format!("{log}{ask}\n{{:process 9, :type :ok, :f :read, :value [7 {value}]}}\n")
    };
    for workers in ["1", "3"] {
        let options = ["--independent", "--workers", workers];
        let (right, wrong) =
            (lin_of(read(19_907).as_bytes(), &options), lin_of(read(7).as_bytes(), &options));
        assert_eq!((code(&right), code(&wrong)), (0, 1), "{}{}", out(&right), err(&right));
        let summary = "20001 calls of 6 processes on a cas-register, 100 parts";
        assert_eq!(out(&right).lines().nth(1), Some(summary));
        assert!(
            out(&wrong).contains("[7 \"") || out(&wrong).contains("7: read → 7   (right would be 19907)")
        );
    }
}

/// An answer that could not be written is none; who has stopped to listen has heard enough.
#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_is_lost() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
    let arguments = ["lin", "register.edn", "--json"];
    let answer = command.current_dir(example("")).args(arguments).stdout(full).output().expect("it runs");
    assert_eq!(code(&answer), 3);
    assert!(err(&answer).starts_with("standard output: "), "{}", err(&answer));
}

/// What went wrong is told by the exit code also where standard error takes nothing.
#[test]
#[cfg(target_os = "linux")]
fn a_complaint_that_is_lost() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
    for arguments in [&["lin", "nowhere.edn"][..], &["lin", "register.edn"], &["pages", "nowhere"], &["lin"]]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
        command.current_dir(example("")).args(arguments).stdout(full()).stderr(full());
        assert_eq!(command.status().expect("it runs").code(), Some(3), "{arguments:?}");
    }
}
