//! What `docs/logs.md` shows is what is printed.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

const CHAPTER: &str = include_str!("../../docs/logs.md");

/// What is printed, at the root of the repository.
fn printed(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).arg("lin").args(arguments);
    String::from_utf8(command.output().expect("the command runs").stdout).expect("text")
}

/// The first block of this kind after a text of the chapter.
fn block(after: &str, kind: &str) -> &'static str {
    let rest = CHAPTER.split_once(after).expect("the text is there").1;
    let rest = rest.split_once(&format!("```{kind}\n")).expect("a block").1;
    rest.split_once("```").expect("its end").0
}

#[test]
fn the_answer_as_text() {
    let without_times = |text: &str| {
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("read in ")).collect();
        lines.join("\n")
    };
    let shown = block("selvedge lin FILE", "text");
    assert_eq!(without_times(&printed(&["docs/examples/stale.edn"])), without_times(shown));
}

/// The answer as data, as it is printed and as the chapter shows it.
fn json() -> [Value; 2] {
    let mut json = [printed(&["docs/examples/stale.edn", "--json"]), block("## As JSON", "json").into()]
        .map(|text| serde_json::from_str::<Value>(&text).expect("JSON"));
    for json in &mut json {
        for field in ["seconds_reading", "seconds_judging"] {
            assert!(json[field].as_f64().is_some_and(|seconds| seconds > 0.0), "{json}");
            json[field] = Value::Null;
        }
    }
    json
}

#[test]
fn the_answer_as_json() {
    let [printed, shown] = json();
    assert_eq!(printed, shown);
}

/// The fields of an object, and of those in its lists.
fn fields(json: &Value, found: &mut Vec<String>) {
    match json {
        Value::Object(object) => {
            for (field, value) in object {
                found.push(field.clone());
                fields(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, found)),
        _ => {}
    }
}

#[test]
fn each_field_has_its_line() {
    let lacking = |chapter: &str| {
        let mut found = ["limit", "part"].map(String::from).to_vec();
        fields(&json()[0], &mut found);
        let tables = chapter.split_once("## As JSON").expect("the chapter is there").1;
        let rows: Vec<&str> = tables.lines().filter_map(|line| line.split('|').nth(1)).collect();
        found.retain(|field| !rows.iter().any(|row| row.contains(&format!("`{field}`"))));
        found
    };
    assert_eq!(lacking(CHAPTER), [] as [&str; 0]);
    assert_eq!(
        lacking(&CHAPTER.replace("| `longest` |", "| |")),
        ["longest"],
        "a field without a line is found"
    );
}
