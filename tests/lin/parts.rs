//! Logs of several parts: of those that are wrong, the one that went wrong first is told, by its name.

use crate::command::{code, lin_of, out};
use serde_json::{Value, json};

/// The answer as data and as text, and the page.
fn told(log: &str, arguments: &[&str]) -> (Value, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.html");
    let with = |more: &[&str]| lin_of(log.as_bytes(), &[arguments, more].concat());
    let data = with(&["--json"]);
    assert_eq!(code(&data), 1, "{}", out(&data));
    let text = out(&with(&["--picture", page.to_str().expect("a name")]));
    let page = std::fs::read_to_string(page).expect("a page");
    (serde_json::from_str(&out(&data)).expect("JSON"), text, page.replace("&quot;", "\""))
}

fn asked(process: usize, op: &str, args: &str, key: &str) -> String {
    let key = if key.is_empty() { String::new() } else { format!(",\"key\":{key}") };
    format!("{{\"process\":{process},\"type\":\"invoke\",\"op\":\"{op}\",\"args\":{args}{key}}}\n")
}

fn answered(process: usize, op: &str, value: &str) -> String {
    format!("{{\"process\":{process},\"type\":\"ok\",\"op\":\"{op}\",\"value\":{value}}}\n")
}

/// Both objects are wrong, each with a read; whichever returns first is told, whatever it is called and wherever it was
/// called first.
#[test]
fn the_object_that_went_wrong_first() {
    for [first, then] in [["\"a\"", "\"b\""], ["\"b\"", "\"a\""]] {
        let log = [
            asked(1, "read", "[]", then),
            asked(0, "read", "[]", first),
            answered(0, "read", "9"),
            answered(1, "read", "9"),
        ]
        .concat();
        let (data, text, page) = told(&log, &["--spec", "register"]);
        let key: Value = serde_json::from_str(first).expect("a key");
        assert_eq!((&data["part"], &data["parts"]), (&json!({ "key": key }), &json!(2)));
        assert_eq!((&data["stuck"][0]["returned"], &data["longest"]), (&json!(3), &json!(true)));
        let wanted =
            format!("\nNo call of key {first}, which went wrong first, can be explained: the one with");
        assert!(text.contains(&wanted), "{text}");
        for wanted in [
            &*format!("What is told here is of key {first}, which went wrong first."),
            &*format!("As the first of the calls of key {first}, "),
            &*format!("Process 0 got a wrong answer: {first}: read → 9."),
        ] {
            assert!(page.contains(wanted), "{wanted}\n{page}");
        }
    }
}

/// Keys that look alike are different ones: whichever is wrong is told, and none of the others.
#[test]
fn keys_that_look_alike() {
    let keys = [
        json!(1),
        json!("1"),
        json!("\"1\""),
        json!([1]),
        json!(["1"]),
        json!("[1]"),
        json!(true),
        json!("true"),
        json!("nil"),
        json!([null]),
        json!([]),
        json!(""),
        json!(" "),
        json!("a b"),
        json!("a  b"),
        json!("</b>&amp;"),
        json!("é"),
        json!("e\u{301}"),
    ];
    for wrong in &keys {
        let log: String = keys.iter().enumerate().fold(String::new(), |log, (nth, key)| {
            let read = if key == wrong { "9".into() } else { format!("[{nth}]") };
            let key = key.to_string();
            // Queues, which hold lists as well.
            log + &asked(nth, "enqueue", &format!("[[{nth}]]"), &key)
                + &answered(nth, "enqueue", "null")
                + &asked(nth, "dequeue", "[]", &key)
                + &answered(nth, "dequeue", &read)
        });
        let (data, ..) = told(&log, &["--spec", "queue"]);
        assert_eq!((&data["part"], &data["parts"]), (&json!({ "key": wrong }), &json!(keys.len())));
        assert_eq!(data["stuck"].as_array().map(Vec::len), Some(1));
    }
}

/// What is split without a key is told by what it is about.
#[test]
fn elements_of_sets_and_keys_of_maps() {
    let set = [
        asked(1, "insert", "[2]", ""),
        asked(3, "insert", "[0]", ""),
        answered(3, "insert", "false"),
        answered(1, "insert", "false"),
    ];
    let (data, text, _) = told(&set.concat(), &["--spec", "set"]);
    assert_eq!(data["part"], json!({ "element": 0 }));
    assert!(text.contains("\nNo call of element 0, which went wrong first, can be"), "{text}");
    let map = [
        asked(0, "get", "[\"x\"]", ""),
        answered(0, "get", "null"),
        asked(0, "get", "[[1]]", ""),
        answered(0, "get", "7"),
        asked(0, "get", "[\"x\"]", ""),
        answered(0, "get", "7"),
    ];
    let (data, ..) = told(&map.concat(), &["--spec", "map"]);
    assert_eq!(data["part"], json!({ "key": [1] }));
    // Of an ordered map as of a queue nothing is split, and no part is named.
    let (data, ..) = told(&map.concat(), &["--spec", "ordered-map"]);
    assert_eq!((&data["part"], &data["parts"]), (&Value::Null, &json!(1)));
    let store = "{:process 0, :type :invoke, :f :get, :key 3}\n{:process 1, :type :invoke, :f :get, :key \"3\"}\n\
                 {:process 1, :type :ok, :f :get, :key \"3\", :value \"x\"}\n{:process 0, :type :ok, :f :get, :key 3, :value \"x\"}\n";
    let (data, text, _) = told(store, &[]);
    assert_eq!(data["part"], json!({ "key": "3" }));
    assert!(text.contains("No call of key \"3\", which went wrong first,"), "{text}");
}

/// Where there is one part alone, nothing is said of parts.
#[test]
fn one_part_has_no_name() {
    let log = [asked(0, "read", "[]", "\"a\""), answered(0, "read", "9")].concat();
    let (data, text, page) = told(&log, &["--spec", "register"]);
    assert_eq!(data.get("part"), None);
    assert!(
        text.contains("\nNo call can be explained:") && page.contains("As the first of all calls, "),
        "{text}"
    );
}

/// Moments of the log say nothing where its time is not asked for: one of those that are wrong is told.
#[test]
fn by_other_criteria_none_is_first() {
    let log = [
        asked(1, "read", "[]", "\"b\""),
        asked(0, "read", "[]", "\"a\""),
        answered(0, "read", "9"),
        answered(1, "read", "9"),
    ];
    let (data, text, page) = told(&log.concat(), &["--spec", "register", "--criterion", "per-key"]);
    assert_eq!(data["part"], json!({ "key": "b" }));
    assert!(text.contains("\nNo call of key \"b\" can be explained:"), "{text}");
    assert!(page.contains("What is told here is of key \"b\".") && !page.contains("fatal-call\""), "{page}");
}

/// Stacks by keys: of the first a call is open all the time and wrong in the end; of the second seven values are pushed at once, and it
/// takes all their orders to find out that a pop is wrong, long before; of so many others nothing is wrong.
fn hard(first: &[String], last: &[String], others: usize) -> String {
    const VALUES: usize = 7;
    let each = |range: std::ops::Range<usize>, line: fn(usize) -> String| range.map(line).collect::<String>();
    let pushed = each(0..VALUES, |nth| asked(10 + nth, "push", &format!("[{nth}]"), "1"))
        + &each(0..VALUES, |nth| answered(10 + nth, "push", "null"));
    let popped = each(0..VALUES, |nth| {
        let popped = if nth + 1 == VALUES { 99 } else { nth };
        asked(10, "pop", "[]", "1") + &answered(10, "pop", &popped.to_string())
    });
    let right = |line: fn(usize) -> String| each(100..100 + others, line);
    let right = right(|key| asked(key, "push", "[0]", &key.to_string()))
        + &right(|key| answered(key, "push", "null"));
    [first.concat(), pushed, popped, right, last.concat()].concat()
}

/// Where it was too hard to find out which part went wrong first, and how far one can be explained, no call is said to be
/// stuck, and none to be the culprit: not as text, not as data, not on the page.
#[test]
fn where_the_search_was_ended_nothing_is_stuck() {
    let one = (
        vec![asked(50, "push", "[1]", "0"), answered(50, "push", "null"), asked(50, "pop", "[]", "0")],
        "\nAt least 1 call of key 0 can be explained, in the order of their numbers; there the search for more was ended:\n",
    );
    let none = (
        vec![asked(50, "pop", "[]", "0")],
        "\nAt least 0 calls of key 0 can be explained; there the search for more was ended\n",
    );
    for (first, wanted) in [one, none] {
        let log = |others| hard(&first, &[answered(50, "pop", "5")], others);
        let (data, text, page) = told(&log(2_000), &["--spec", "stack"]);
        assert_eq!([&data["stuck"], &data["perhaps"]], [&json!([]), &json!([])]);
        assert_eq!((&data["longest"], &data["part"]), (&json!(false), &json!({ "key": 0 })));
        assert!(text.contains(wanted) && !text.contains("cannot") && !text.contains("pop"), "{text}");
        let claims =
            ["✗", "got a wrong answer", "fatal-call\"", "would have to", "could only answer", "as the first"];
        assert!(!claims.iter().any(|claim| page.contains(claim)), "{page}");
        // With less to do it is found out.
        let (data, text, page) = told(&log(0), &["--spec", "stack"]);
        assert_eq!((&data["longest"], &data["part"]), (&json!(true), &json!({ "key": 1 })));
        assert!(text.contains("cannot come next") && page.contains("got a wrong answer"), "{text}");
    }
}
