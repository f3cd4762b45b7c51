//! Every specification through its log: one that holds, and the same with an answer that is wrong.

use crate::read;
use selvedge::check::{Judgement, Limits, Order};
use selvedge::log::{Log, LogError, Outcome, Specification, Value};

/// A log of calls that do not overlap, each `operation arguments → answer`, as JSON: `push [1] null`.
fn log(calls: &[&str]) -> String {
    let mut text = String::new();
    for (process, call) in calls.iter().enumerate() {
        let mut words = call.splitn(3, ' ');
        let mut word = || words.next().expect("operation, arguments, answer");
        let (op, args, answer) = (word(), word(), word());
        text += &format!(r#"{{"process":{process},"type":"invoke","op":"{op}","args":{args}}}"#);
        text += &format!("\n{{\"process\":{process},\"type\":\"ok\",\"op\":\"{op}\",\"value\":{answer}}}\n");
    }
    text
}

fn judge(text: &str, spec: &str) -> Result<Outcome, LogError> {
    let log: Log = read(text)?;
    let spec: Specification = spec.parse().expect("a specification");
    log.judge(text.as_bytes(), &spec, Order::RealTime, &Limits::default())
}

/// The calls can be explained; with the last of them answering `wrong` all but that one can, and it should have
/// answered one of `right`.
#[track_caller]
fn holds_but(spec: &str, calls: &[&str], wrong: &str, right: &[Value]) {
    let outcome = judge(&log(calls), spec).expect("a log");
    assert!(outcome.judgement.is_explained(), "{spec}: {outcome:?}");
    let (last, others) = calls.split_last().expect("some calls");
    let asked = last.rsplit_once(' ').expect("an answer").0;
    let spoilt = format!("{asked} {wrong}");
    let calls: Vec<&str> = others.iter().copied().chain([&*spoilt]).collect();
    let outcome = judge(&log(&calls), spec).expect("a log");
    let Judgement::Unexplained { prefix, stuck, .. } = &outcome.judgement else {
        panic!("{spec}: {outcome:?}")
    };
    assert!(prefix.iter().all(|call| *call < others.len()), "{spec}: {outcome:?}");
    assert_eq!((&stuck[..], &outcome.right[..]), (&[others.len()][..], &[right.to_vec()][..]), "{spec}");
}

fn int(n: i64) -> Value {
    Value::Int(n)
}

fn list(values: &[Value]) -> Value {
    Value::List(values.to_vec())
}

#[test]
fn registers() {
    holds_but("register", &["write [1] null", "read [] 1"], "null", &[int(1)]);
    let calls = ["cas [null,3] true", "cas [1,2] false", "write [[4]] true", "read [] [4]"];
    holds_but("cas-register", &calls, "3", &[list(&[int(4)])]);
}

#[test]
fn collections() {
    let queue = ["enqueue [1] null", "enqueue [2] null", "dequeue [] 1"];
    holds_but("queue", &queue, "2", &[int(1)]);
    holds_but("relaxed-queue=2", &[&queue[..], &["dequeue [] 2"]].concat(), "null", &[int(2)]);
    holds_but("bounded-queue=1", &["enqueue [1] true", "enqueue [2] false"], "true", &[Value::Bool(false)]);
    holds_but("stack", &["push [1] null", "push [2] null", "pop [] 2"], "1", &[int(2)]);
    holds_but("pool", &["put [1] null", "put [2] null", "take [] 1"], "3", &[int(1), int(2)]);
}

#[test]
fn sets_and_maps() {
    let yes = Value::Bool(true);
    holds_but("set", &["insert [1] true", "remove [2] false", "contains [1] true"], "false", &[yes]);
    holds_but("map", &["insert [1,10] null", "insert [1,11] 10", "get [1] 11"], "10", &[int(11)]);
    let entries = ["insert [2,20] null", "insert [1,10] null", "first [] [1,10]", "range [0,2] [[1,10]]"];
    holds_but("ordered-map", &entries, "[]", &[list(&[list(&[int(1), int(10)])])]);
    holds_but(
        "ordered-map",
        &[&entries[..], &["last [] [2,20]"]].concat(),
        "null",
        &[list(&[int(2), int(20)])],
    );
}

#[test]
fn numbers() {
    holds_but("counter", &["add [5] null", "fetch_add [-2] 5", "get [] 3"], "5", &[int(3)]);
    let no = Value::Bool(false);
    holds_but("lock", &["lock [] null", "try_lock [] false", "unlock [] false"], "true", &[no]);
    // One process unlocks what it has: the answer is told as the format has it, and may be written as `true`.
    for done in ["null", "true"] {
        let text = |answer: &str| {
            log(&[&format!("lock [] {done}"), &format!("unlock [] {answer}")])
                .replace("\"process\":1", "\"process\":0")
        };
        assert!(judge(&text(done), "lock").expect("a log").judgement.is_explained());
        let wrong = judge(&text("false"), "lock").expect("a log");
        assert_eq!(wrong.right, [[Value::Nil]]);
    }
}

#[test]
fn stores() {
    let text = |answer: &str| {
        format!(
            "{{:process 0, :type :invoke, :f :append, :key 3, :value \"x\"}}
             {{:process 0, :type :info, :f :append, :key 3, :value \"x\"}}
             {{:process 1, :type :invoke, :f :get, :key 3}}
             {{:process 1, :type :ok, :f :get, :key 3, :value \"{answer}\"}}
             {{:process 1, :type :invoke, :f :get, :key \"3\"}}
             {{:process 1, :type :ok, :f :get, :key \"3\", :value \"\"}}"
        )
    };
    for (answer, explained) in [("", true), ("x", true), ("y", false)] {
        let outcome = judge(&text(answer), "kv").expect("a log");
        assert_eq!((outcome.judgement.is_explained(), outcome.parts), (explained, 2), "{answer:?}");
    }
}

/// The negative control of the whole way: if what crashed were taken for what failed, a read of its value would be
/// wrong; if what failed were taken for what crashed, it would be right.
#[test]
fn what_crashed_may_be_seen_and_what_failed_may_not() {
    let text = |end: &str| {
        format!("0 :invoke :write 1\n0 {end} :write :timed-out\n1 :invoke :read nil\n1 :ok :read 1\n")
    };
    let explained = |text: &str| judge(text, "cas-register").expect("a log").judgement.is_explained();
    assert!(explained(&text(":info")));
    assert!(!explained(&text(":fail")));
    // It may also never happen, or happen later.
    assert!(explained(&text(":info").replace(":ok :read 1", ":ok :read nil")));
}

#[test]
fn objects_with_keys_are_judged_by_themselves() {
    let call = |process: usize, op: &str, args: &str, answer: &str, key: &str| {
        let head = format!(r#"{{"process":{process},"op":"{op}","key":{key}"#);
        format!("{head},\"type\":\"invoke\",\"args\":{args}}}\n{head},\"type\":\"ok\",\"value\":{answer}}}\n")
    };
    let of = |key: &str| call(0, "push", "[1]", "null", "\"left\"") + &call(1, "pop", "[]", "1", key);
    let same = judge(&of("\"left\""), "stack").expect("a log");
    assert_eq!((same.judgement.is_explained(), same.parts), (true, 1));
    let other = judge(&of("\"right\""), "stack").expect("a log");
    assert_eq!(
        (other.judgement.is_explained(), other.parts, &other.right[..]),
        (false, 2, &[vec![Value::Nil]][..])
    );
    let none = of("3").replacen(",\"key\":\"left\"", "", 2);
    let wanted = "line 3: some calls of this log say which object they are about by a key, and some do not";
    assert_eq!(judge(&none, "stack").unwrap_err().to_string().lines().next(), Some(wanted));
}

#[test]
fn calls_that_are_none_of_the_specification() {
    let refused = |spec: &str, call: &str| {
        let error = judge(&log(&[call]), spec).expect_err("no such call").to_string();
        error.lines().next().unwrap_or("").to_string()
    };
    let told = [
        refused("stack", "peek [] 1"),
        refused("stack", "push [] null"),
        refused("stack", "push [null] null"),
        refused("counter", "add [true] null"),
        refused("counter", "get [] null"),
        refused("map", "insert [1,null] null"),
        refused("ordered-map", "first [] 1"),
        refused("set", "contains [1] null"),
        refused("lock", "lock [] false"),
        refused("kv", "get [] 1"),
        refused("lock", "unlock [] 0"),
        refused("stack", "push [1] false"),
        refused("pool", "put [1] false"),
        refused("relaxed-queue=2", "enqueue [1] false"),
        refused("bounded-queue=2", "enqueue [1] 0"),
    ];
    let wanted = [
        "line 1: a stack has no operation `peek`: its operations are push, pop",
        "line 1: `push` takes [value], which is not null, not []",
        "line 1: `push` takes [value], which is not null, not [nil]",
        "line 1: `add` takes [integer], not [true]",
        "line 2: `get` answers an integer, not nil",
        "line 1: `insert` takes [key value], of which the value is not null, not [1 nil]",
        "line 2: `first` answers [key value], or null if there is none, not 1",
        "line 2: `contains` answers true or false, not nil",
        "line 2: `lock` answers null or true, not false",
        "line 1: there is no key",
        "line 2: `unlock` answers null or true, or false if the process does not have the lock, not 0",
        "line 2: `push` answers null or true, not false",
        "line 2: `put` answers null or true, not false",
        "line 2: `enqueue` answers null or true, not false",
        "line 2: `enqueue` answers null or true, or false if there is no room, not 0",
    ];
    assert_eq!(told, wanted);
}
