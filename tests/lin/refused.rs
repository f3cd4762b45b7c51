//! What cannot be read: the line, the reason, the text; and never a guess, never a panic.

use crate::{read, read_as};
use selvedge::log::{Format, Reading};

/// The message, without the text of the line.
fn message(text: &str) -> String {
    let error = read(text).expect_err(text);
    error.to_string().lines().next().unwrap_or("").into()
}

/// Each log, and what is said of it.
#[track_caller]
fn all(logs: &[(&str, &str)]) {
    let said: Vec<(&str, String)> = logs.iter().map(|(log, _)| (*log, message(log))).collect();
    let wanted: Vec<(&str, String)> = logs.iter().map(|(log, wanted)| (*log, (*wanted).into())).collect();
    assert_eq!(said, wanted);
}

#[test]
fn nothing_to_judge() {
    all(&[
        ("", "line 1: there is no call in this log"),
        (" \r\n\n", "line 1: there is no call in this log"),
        ("[]", "line 1: there is no call in this log"),
        ("; only a remark", "line 1: there is no call in this log"),
        (":nemesis :info :start nil", "line 1: there is no call in this log"),
        ("0 :invoke :write 1\n0 :fail :write 1", "line 1: there is no call in this log"),
    ]);
}

#[test]
fn formats_that_are_none() {
    all(&[
        ("\n\nhello", "line 3: this is no format that is known: say which one it is"),
        ("<html>", "line 1: this is no format that is known: say which one it is"),
    ]);
    let list = "line 1: expected an object {…} on each line, and not a list";
    all(&[
        ("[{\"process\":0,\"type\":\"invoke\",\"op\":\"read\"}]", list),
        ("[\n  {\n    \"process\": 0,\n    \"type\": \"invoke\"", list),
    ]);
    let nameless =
        read_as(Format::JsonLines, "[0,\"invoke\",\"read\",null,null,null,null]").unwrap_err().to_string();
    assert_eq!(nameless.lines().next(), Some(list));
    let error = read_as(Format::JsonLines, "0 :invoke :read nil").unwrap_err().to_string();
    let wanted = "line 1, column 1: invalid type: integer `0`, expected an object {…} on each line";
    assert_eq!(error.lines().next(), Some(wanted));
}

#[test]
fn returns_and_invocations_that_do_not_fit() {
    all(&[
        ("0 :ok :read 1", "line 1: process 0 has no invocation that could be ok"),
        ("0 :invoke :read nil\n1 :info :read nil", "line 2: process 1 has no invocation that could be info"),
        (
            "0 :invoke :write 1\n0 :invoke :write 2",
            "line 2: process 0 invokes an operation while its invocation of line 1 has not returned",
        ),
        (
            "0 :invoke :write 1\n0 :info :write 1\n0 :invoke :read nil",
            "line 3: process 0 goes on, though it crashed in line 2: who goes on needs a new name",
        ),
        (
            "0 :invoke :write 1\n0 :info :write 1\n0 :ok :write 1",
            "line 3: process 0 has no invocation that could be ok",
        ),
        (
            "0 :invoke :read nil\n0 :ok :write 1",
            "line 2: the operation is write here and was read at the invocation in line 1",
        ),
        (
            "0 :invoke :write 1\n0 :ok :write 2",
            "line 2: the list of arguments is [2] here and was [1] at the invocation in line 1",
        ),
        (
            "0 :invoke :read 1\n0 :ok :read 2",
            "line 2: the answer is 2 here and was 1 at the invocation in line 1",
        ),
        (
            "{:process 0 :type :invoke :f :get :key 1}\n{:process 0 :type :ok :f :get :key 2 :value \"\"}",
            "line 2, column 1: the key is 2 here and was 1 at the invocation in line 1",
        ),
    ]);
}

#[test]
fn lines_of_jepsen() {
    let line = "expected `process :type :operation value`, as in `INFO  jepsen.util - 0 :invoke :write 3`";
    all(&[
        ("0", &format!("line 1: {line}")),
        ("0 :invoke", "line 1: there is no operation"),
        ("0 :invoke :write", "line 1: there is no value"),
        ("0 invoke :write 1", "line 1: type: `invoke` is none of :invoke, :ok, :fail, :info"),
        ("0 :invoke :write 1\nwrite 1 ok", &format!("line 2: {line}")),
        ("+0 :invoke :write 1", "line 1: this is no format that is known: say which one it is"),
        ("0 :invoke :write 1\n+0 :ok :write 1", &format!("line 2: {line}")),
        ("00 :invoke :write 1", &format!("line 1: {line}")),
        ("0 :invoke :write -017", "line 1: value: `-017` begins with 0, as no number of EDN does"),
        ("0 :invoke :write 1 2", "line 1: value: `2` follows the value"),
        ("0 :invoke :write )", "line 1: value: `)` is no form of EDN"),
        (
            "0 :invoke :write :timed-out",
            "line 1: value: `:timed-out` is no value: a value is nil, a boolean, an integer, a string or a list of these",
        ),
        (
            "0 :invoke :write 1.5",
            "line 1: value: `1.5` is no value: a value is nil, a boolean, an integer, a string or a list of these",
        ),
        (
            "0 :invoke :enqueue 1",
            "line 1: a register of Jepsen has no operation `:enqueue`: its operations are :read, :write, :cas",
        ),
        ("0 :invoke :cas 1", "line 1: `:cas` takes a pair [old new], not 1"),
        ("0 :invoke :cas [1 2 3]", "line 1: `:cas` takes a pair [old new], not [1 2 3]"),
        (
            "0 :invoke :read [1 nil]",
            "line 1: [1 nil] is a list, and a register holds none: is this a log of several registers, with keys?",
        ),
    ]);
}

/// The log of Jepsen's logger is none of its histories, however its lines begin, and whichever of them comes first.
#[test]
fn lines_of_the_log_of_jepsen() {
    let wanted = |line: usize| {
        format!(
            "line {line}: this looks like jepsen.log, in which lines of the history are among others: give history.edn or \
             history.txt, which Jepsen writes beside it"
        )
    };
    let (first, second) = (wanted(1), wanted(2));
    all(&[
        ("2024-03-01 10:00:00,123{GMT}\tINFO\t[jepsen worker 0] jepsen.util: 0\t:invoke\t:write\t3", &first),
        ("WARN  [2024-03-01] [main] jepsen.core - Oh no", &first),
        ("INFO  jepsen.core - Running", &first),
        ("INFO  jepsen.util - 0 :invoke :write 3\nINFO  jepsen.core - Run complete, writing", &second),
        ("0 :invoke :write 3\n2024-03-01 10:00:00,123 INFO [jepsen node n1] jepsen.db: 0 :ok", &second),
    ]);
    // A value that speaks of Jepsen is a value.
    assert!(read("0 :invoke :write \"INFO jepsen.util\"\n0 :ok :write \"INFO jepsen.util\"").is_ok());
}

#[test]
fn maps_of_edn() {
    let fields = ":process :type :f :value :time :index :error :exception :node";
    all(&[
        ("{:process 0", "line 1, column 1: what begins here is not complete"),
        (
            "[{:process 0, :type :invoke, :f :read, :value nil}",
            "line 1, column 1: what begins here is not complete",
        ),
        ("[\n\n  {:process 0,\n   :value (}]", "line 4, column 12: `}` closes nothing"),
        // Who shows the line splits the text at `\n`; for EDN a lone `\r` ends a line, and so a remark.
        ("[\r{:process 0,\r\n :value (}]", "line 2, column 10: `}` closes nothing"),
        (";\r[] {}", "line 1, column 6: expected nothing after the end of the history"),
        ("[] {}", "line 1, column 4: expected nothing after the end of the history"),
        ("{:process 0, :process 1}", "line 1, column 24: a field is said twice"),
        ("{:process 0, :f}", "line 1, column 1: what begins here is not complete"),
        ("[3]", "line 1, column 2: expected a map {…} for each operation"),
        ("{:type :invoke, :f :read, :value nil}", "line 1, column 1: there is no :process"),
        ("{:process 0, :f :read, :value nil}", "line 1, column 1: there is no :type"),
        ("{:process 0, :type :invoke, :value nil}", "line 1, column 1: there is no :f"),
        ("{:process 0, :type :invoke, :f :read}", "line 1, column 1: there is no :value"),
        (
            "{:process -1, :type :invoke, :f :read, :value nil}",
            "line 1, column 1: :process: `-1` is neither a number from 0 nor :nemesis",
        ),
        (
            "{:process :client, :type :invoke, :f :read, :value nil}",
            "line 1, column 1: :process: `:client` is neither a number from 0 nor :nemesis",
        ),
        (
            "{:process 0, :type :begin, :f :read, :value nil}",
            "line 1, column 1: :type: `:begin` is none of :invoke, :ok, :fail, :info",
        ),
        (
            "{:process 0, :type \"ok\", :f :read, :value nil}",
            "line 1, column 1: :type: `\"ok\"` is no keyword",
        ),
        (
            "{:process 0, :type :invoke, :f :read, :value nil, :colour 3}",
            &format!("line 1, column 1: there is no field `:colour` here: the fields are {fields}"),
        ),
        (
            "{:process 0, :type :invoke, :f :read, :value nil, :index 3}\n\
             {:process 0, :type :ok, :f :read, :value nil, :index 3}",
            "line 2, column 1: :index is 3 after 3: the lines are not in the order of time",
        ),
        (
            "{:process 0, :type :invoke, :f :write, :value 99999999999999999999}",
            "line 1, column 47: not an integer that fits into 64 bits, written with digits alone",
        ),
        (
            "{:process 0, :type :invoke, :f :write, :value 1N}",
            "line 1, column 47: not an integer that fits into 64 bits, written with digits alone",
        ),
        ("{:process 99r1}", "line 1, column 11: not a number: a radix is from 2 to 36"),
        (
            "{:process 1.0, :type :invoke, :f :read, :value nil}",
            "line 1, column 1: :process: `1.0` is neither a number from 0 nor :nemesis",
        ),
        (
            "{:process 0, :type :invoke, :f :read, :value nil, :time 2.0}",
            "line 1, column 1: :time: `2.0` is no integer",
        ),
        (
            "{:process 0, :type :invoke, :f :write, :value 1.0}",
            "line 1, column 1: :value: `1.0` is no value: a value is nil, a boolean, an integer, a string or a list of these",
        ),
        (
            "{:process 0, :error \"\\b\\u\"}",
            r#"line 1, column 25: strings know the escapes \t, \r, \n, \b, \f, \\ and \" alone"#,
        ),
        (
            "{:process 0, :type :invoke, :f :write, :value 017}",
            "line 1, column 47: `017` begins with 0, as no number of EDN does",
        ),
        ("{:process 00}", "line 1, column 11: `00` begins with 0, as no number of EDN does"),
        ("{:process 0, :value ##NaN, :type :ok}", "line 1, column 21: `##NaN` is no integer"),
        ("#other{:process 0}", "line 1, column 1: expected a map {…} for each operation"),
    ]);
    let deep = format!(
        "{{:process 0, :type :invoke, :f :write, :value {}{}}}",
        "[".repeat(9_000),
        "]".repeat(9_000)
    );
    assert_eq!(message(&deep), "line 1, column 1: :value: lists lie more than 32 deep");
}

#[test]
fn lines_of_json() {
    let asked = r#"{"process":0,"type":"invoke","op":"read"}"#;
    let two = |second: &str| format!("{asked}\n{second}");
    all(&[
        (r#"{"process":0"#, "line 1, column 12: EOF while parsing an object"),
        (&two("{"), "line 2, column 1: EOF while parsing an object"),
        (r#"{"type":"invoke","op":"read"}"#, "line 1, column 29: missing field `process`"),
        (
            r#"{"process":0,"type":"begin","op":"read"}"#,
            "line 1, column 27: unknown variant `begin`, expected one of `invoke`, `ok`, `fail`, `info`",
        ),
        (
            r#"{"process":0,"type":"ok","op":"read","colour":1}"#,
            "line 1, column 45: unknown field `colour`, expected one of `process`, `type`, `op`, `args`, `value`, `key`, `time`",
        ),
        (r#"{"process":0,"type":"ok","op":"read","op":"x"}"#, "line 1, column 41: duplicate field `op`"),
        (
            r#"{"process":-1,"type":"invoke","op":"read"}"#,
            "line 1, column 13: a process is a number from 0 or a string",
        ),
        (
            r#"{"process":0,"type":"invoke","op":"write","args":[1.5]}"#,
            "line 1, column 53: invalid type: floating point `1.5`, expected nil, a boolean, an integer, a string or a list of these",
        ),
        (
            r#"{"process":0,"type":"invoke","op":"write","args":[9223372036854775808]}"#,
            "line 1, column 69: 9223372036854775808 is no value: integers lie between -9223372036854775808 and 9223372036854775807",
        ),
        (
            r#"{"process":0,"type":"invoke","op":"write","args":[99999999999999999999999]}"#,
            "line 1, column 73: 1e23 is no value: integers lie between -9223372036854775808 and 9223372036854775807",
        ),
        (
            r#"{"process":0,"type":"invoke","op":"read","value":3}"#,
            "line 1: value: an invocation has no answer yet: arguments are in `args`",
        ),
        (&two(r#"{"process":0,"type":"info","op":"read","value":3}"#), "line 2: value: `info` has no answer"),
        (
            &two(r#"{"process":0,"type":"ok","op":"read","args":[1]}"#),
            "line 2: the list of arguments is [1] here and was [] at the invocation in line 1",
        ),
        (
            &two(r#"{"process":0,"type":"ok","op":"read","key":1}"#),
            "line 2: the key is 1 here and was nil at the invocation in line 1",
        ),
        (
            &format!(
                "{}\n{}",
                asked.replace('}', ",\"time\":5}"),
                r#"{"process":0,"type":"ok","op":"read","time":4}"#
            ),
            "line 2: time is 4 after 5: the lines are not in the order of time",
        ),
    ]);
}

/// Also where the reader of JSON would say it in its own words, and where it is a time.
#[test]
fn numbers_of_json_that_are_out_of_range() {
    let bounds = "is no value: integers lie between -9223372036854775808 and 9223372036854775807";
    for (number, said) in [
        ("1e400", &*format!("a number {bounds}")),
        ("1e23", &format!("1e23 {bounds}")),
        ("9223372036854775808", &format!("9223372036854775808 {bounds}")),
    ] {
        for field in [r#""args":[_]"#, r#""time":_"#, r#""key":_"#] {
            let field = field.replace('_', number);
            let line = format!(r#"{{"process":0,"type":"invoke","op":"write",{field}}}"#);
            assert!(message(&line).ends_with(&format!(": {said}")), "{line}: {}", message(&line));
        }
    }
    let time = |time: &str| message(&format!(r#"{{"process":0,"type":"invoke","op":"read","time":{time}}}"#));
    assert!(time("\"now\"").ends_with(": \"now\" is no time: a time is an integer"));
    assert!(time("[1]").ends_with(": [1] is no time: a time is an integer"));
}

#[test]
fn logs_of_key_value_stores() {
    all(&[
        (
            "{:process 0, :type :invoke, :f :delete, :key 1, :value 1}",
            "line 1, column 1: a key-value store has no operation `:delete`: its operations are :get, :put, :append",
        ),
        ("{:process 0, :type :invoke, :f :put, :key 1}", "line 1, column 1: there is no :value"),
        (
            "{:process 0, :type :invoke, :f :get, :key 1, :value 1}",
            "line 1, column 1: `:get` takes no value when it is invoked, not 1",
        ),
        (
            "{:process 0, :type :invoke, :f :get, :key 1}\n{:process 0, :type :ok, :f :get, :key 1}",
            "line 2, column 1: there is no :value",
        ),
        (
            "{:process 0, :type :invoke, :f :get, :key 1}\n{:process 0, :type :ok, :f :get, :value 1}",
            "line 2, column 1: there is no :key",
        ),
    ]);
}

#[test]
fn what_is_no_text() {
    let error = Reading::default().read(b"0 :invoke :read nil\n0 :ok \xff :read 1\n").unwrap_err();
    let text = "line 2: byte 7 of the line is not UTF-8\n    0 :ok \u{fffd} :read 1";
    assert_eq!(error.to_string(), text);
}

#[test]
fn the_line_is_shown_and_cannot_command_a_terminal() {
    let error = read("0 :invoke :read nil\r\n0 :ok \u{1b}[31m\r\n").unwrap_err().to_string();
    assert!(error.ends_with("\n    0 :ok \u{fffd}[31m"), "{error:?}");
    assert!(read(&format!("0 :invoke {}", "x".repeat(10_000))).unwrap_err().text.len() < 200);
}

/// Nor can the reason, which repeats what stands there; and it has an end.
#[test]
fn the_reason_cannot_command_a_terminal() {
    for bad in ["\u{1b}[31m", "\u{202e}", "a\nb", "\r", "\u{9b}"] {
        let json = serde_json::to_string(bad).unwrap();
        for log in [
            format!("{{\"process\":0,\"type\":\"invoke\",\"op\":\"x\",{json}:1}}"),
            format!("{{\"process\":0,\"type\":{json},\"op\":\"x\"}}"),
            format!("{{:process \"{bad}\", :type :ok, :f :read}}"),
            format!("0 :invoke :{} 1", bad.replace(char::is_whitespace, "")),
        ] {
            let error = read(&log).unwrap_err();
            let obeyed = |c: char| c.is_control() || c == '\u{202e}';
            assert!(!error.why().contains(obeyed) && error.to_string().contains(&error.why()), "{error:?}");
            assert!(error.to_string().lines().count() <= 2, "{error:?}");
        }
    }
    let long = read(&format!("0 :invoke :{} 1", "x".repeat(10_000))).unwrap_err().to_string();
    assert!(long.len() < 1_000 && long.contains("its operations are :read, :write, :cas"), "{long}");
}

/// Of a log that is one line long, what stands around the place is shown.
#[test]
fn the_neighbourhood_is_shown() {
    let call =
        "{:process 0, :type :invoke, :f :read, :value nil} {:process 0, :type :ok, :f :read, :value nil} ";
    let error = read(&format!("[{}{{:process 0, :oh :no}}]", call.repeat(100))).unwrap_err();
    assert_eq!(error.place.column, Some(2 + 100 * call.len()));
    assert!(error.text.starts_with('…') && error.text.ends_with("nil} {:process 0, :oh :no}]"), "{error}");
}

#[test]
fn lists_lie_as_deep_in_each_format() {
    for (depth, fits) in [(32, true), (33, false), (9_000, false)] {
        let list = "[".repeat(depth) + &"]".repeat(depth);
        let json = format!("{{\"process\":0,\"type\":\"invoke\",\"op\":\"push\",\"args\":[{list}]}}");
        let store = format!("{{:process 0, :type :invoke, :f :put, :key 1, :value {list}}}");
        for log in [json, store] {
            let read = read(&log);
            assert_eq!(read.is_ok(), fits, "{read:?}");
            assert!(read.is_ok() || read.unwrap_err().why().ends_with("lists lie more than 32 deep"));
        }
        for format in [Format::Jepsen, Format::KeyValue, Format::JsonLines] {
            assert_eq!(format.value(&list).is_ok(), fits);
        }
    }
}
