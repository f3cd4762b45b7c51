//! What the lines of each format mean.

use crate::{calls, read, read_as};
use selvedge::log::{Format, Reading, Value};

#[test]
fn maps_of_jepsen() {
    let log = read(
        "[{:process 0, :type :invoke, :f :write, :value 3, :time 10, :index 0}
          {:process 1, :type :invoke, :f :read, :value nil, :time 9, :index 1} ; clocks may go back
          {:type :info, :f :start, :process :nemesis, :value {:cut #{\"n1\"}}, :index 4}
          #jepsen.history.Op{:process 0, :type :ok, :f :write, :value 3, :index 7}
          #_{:process 9 :what :is-this}
          {:process 1, :type :ok, :f :read, :value 3}
          {:process 2, :type :invoke, :f :cas, :value [3 4]}
          {:process 2, :type :ok, :f :cas, :value [3 4], :node \"n1\"}]",
    )
    .unwrap();
    assert_eq!(log.format, Format::Jepsen);
    assert_eq!(calls(&log), ["0 write [3] = nil @0-2", "1 read [] = 3 @1-3", "2 cas [3, 4] = true @4-5"]);
    assert_eq!((log.failed, log.nemesis), (0, 1));
    let lines: Vec<_> = log.calls.iter().map(|call| (call.invoked, call.returned)).collect();
    assert_eq!(lines, [(1, Some(4)), (2, Some(6)), (7, Some(8))]);
}

/// As the nemesis of clocks and others write: what no client says, and what the reader of EDN refuses.
#[test]
fn the_nemesis_may_say_anything() {
    let nemesis = [
        "{:process :nemesis, :type :info, :f :check-offsets, :time 1, :clock-offsets {\"n1\" 0.1}}",
        "{:type :info, :f :bump, :value {\"n1\" -0.123M, :pattern #\"}\\\"\"}, :process :nemesis, :index 0}",
        "#jepsen.history.Op{:index 0, :process :nemesis, :key 1N, :value [\\} \"\\b}\" ##NaN 017] ; }\n}",
    ];
    let client = "{:process 0, :type :invoke, :f :write, :value 1, :index 5}";
    let text = |maps: &[&str]| maps.join("\n");
    let [one, two, three] = nemesis;
    for text in [text(&[one, two, client, three]), format!("[{}]", text(&[client, one, two, three]))] {
        let log = read(&text).unwrap();
        assert_eq!((log.nemesis, calls(&log)), (3, vec!["0 write [1] = ?".into()]));
    }
    // A client may not, nor who is not written down to its end.
    for map in nemesis {
        assert!(read(&text(&[&map.replace(":nemesis", "1"), client])).is_err());
        assert!(read(&text(&[client, &map[..map.len() - 1]])).is_err());
    }
}

/// Clojure prints these two characters so, and the reader of EDN does not know them.
#[test]
fn a_string_may_have_a_backspace_and_a_form_feed() {
    let call = |string: &str, more: &str| {
        format!(
            "{{:process 0, :type :invoke, :f :put, :key {string}, :value {string}}}\n\
             {{:process 0, :type :ok, :f :put, :key {string}{more}}}\n"
        )
    };
    for more in ["", ", :error \"\\b\""] {
        let log = read(&call(r#""\b\\b\fé\"""#, more)).unwrap();
        let text = Value::from("\u{8}\\b\u{c}é\"");
        assert_eq!(
            (log.calls[0].args.as_slice(), log.calls[0].key.as_ref()),
            ([text.clone()].as_slice(), Some(&text))
        );
        assert_eq!(log.calls[0].returned, Some(2));
        // It is the same as the character itself.
        assert_eq!(read(&call("\"\u{8}\\\\b\u{c}é\\\"\"", more)).unwrap().calls[0].args, [text]);
    }
    let line = read("0 :invoke :write \"\\f\"\n").unwrap();
    assert_eq!(line.calls[0].args, [Value::from("\u{c}")]);
}

/// The classic lines, and those of `history.txt`: the same calls.
#[test]
fn lines_of_jepsen() {
    let classic = "INFO  jepsen.util - 0\t:invoke\t:write\t3\n\
                   INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n\
                   INFO  jepsen.util - 11\t:invoke\t:cas\t[3 4]\n\
                   INFO  jepsen.util - 0\t:ok\t:write\t3\n\
                   INFO  jepsen.util - 11\t:ok\t:cas\t[3 4]\n";
    let log = read(classic).unwrap();
    assert_eq!(calls(&log), ["0 write [3] = nil @0-2", "11 cas [3, 4] = true @1-3"]);
    assert_eq!(log.nemesis, 1);
    let plain = read(&classic.replace("INFO  jepsen.util - ", "")).unwrap();
    assert_eq!(plain, log);
}

/// The one mistake that a reader of these logs must not make: `:info` and `:fail` are not the same.
#[test]
fn info_may_have_happened_and_fail_has_not() {
    let log = |end: &str| {
        read(&format!(
            "0\t:invoke\t:write\t1\n0\t{end}\t:write\t:timed-out\n1\t:invoke\t:read\tnil\n1\t:ok\t:read\t1\n"
        ))
        .unwrap()
    };
    let (info, fail) = (log(":info"), log(":fail"));
    assert_eq!(calls(&info), ["0 write [1] = ?", "1 read [] = 1 @2-3"]);
    assert_eq!((info.failed, info.calls[0].end), (0, u64::MAX));
    assert_eq!(calls(&fail), ["1 read [] = 1 @2-3"]);
    assert_eq!(fail.failed, 1);
}

#[test]
fn calls_that_are_open_at_the_end_are_pending() {
    let log = read("0 :invoke :write 1\n").unwrap();
    assert_eq!(calls(&log), ["0 write [1] = ?"]);
}

/// A process that failed goes on; one that crashed is replaced.
#[test]
fn who_fails_goes_on() {
    let log = read("0 :invoke :write 1\n0 :fail :write 1\n0 :invoke :write 2\n0 :ok :write 2\n").unwrap();
    assert_eq!(calls(&log), ["0 write [2] = nil @2-3"]);
}

/// Knossos completes histories: invocations of reads then have the answers that came later.
#[test]
fn completed_reads() {
    let log = read("0 :invoke :read 3\n1 :invoke :read 4\n0 :ok :read 3\n").unwrap();
    assert_eq!(calls(&log), ["0 read [] = 3 @0-2", "1 read [] = ?"]);
}

#[test]
fn independent_registers() {
    let text = "{:process 0, :type :invoke, :f :write, :value [7 3]}
                {:process 1, :type :invoke, :f :read, :value [\"k\" nil]}
                {:process 0, :type :ok, :f :write, :value [7 3]}
                {:process 1, :type :ok, :f :read, :value [\"k\" 3]}
                {:process 0, :type :invoke, :f :cas, :value [7 [3 4]]}
                {:process 0, :type :info, :f :cas, :value [7 [3 4]], :error :timeout}";
    let reading = Reading { independent: true, ..Reading::default() };
    let log = reading.read(text.as_bytes()).unwrap();
    assert_eq!(calls(&log), ["0 7:write [3] = nil @0-2", "1 k:read [] = 3 @1-3", "0 7:cas [3, 4] = ?"]);
    assert_eq!(log.calls[1].key, Some(Value::from("k")));
    // Whoever does not say so is not given a register of pairs.
    let refused = read(text).unwrap_err().to_string();
    assert!(refused.contains("is this a log of several registers, with keys?"), "{refused}");
}

#[test]
fn lines_of_json() {
    let log = read(
        r#"{"process": "a", "type": "invoke", "op": "push", "args": [1], "time": 5}
           {"process": 3, "type": "invoke", "op": "pop", "time": 5}
           {"process": "a", "type": "ok", "op": "push"}
           {"process": 3, "type": "ok", "op": "pop", "value": [1, null, "x", true], "time": 6}
           {"process": 3, "type": "invoke", "op": "pop", "key": "left"}
           {"process": 3, "type": "ok", "op": "pop", "key": "left", "value": null}"#,
    )
    .unwrap();
    assert_eq!(log.format, Format::JsonLines);
    let expected = ["a push [1] = nil @0-2", "3 pop [] = [1 nil x true] @1-3", "3 left:pop [] = nil @4-5"];
    assert_eq!(calls(&log), expected);
}

#[test]
fn logs_of_key_value_stores() {
    let text = "{:process 0, :type :invoke, :f :append, :key \"3\", :value \"x 0 \\\"1\\\" y\"}
                {:process 1, :type :invoke, :f :get, :key \"3\", :value nil}
                {:process 2, :type :invoke, :f :put, :key \"4\", :value \"\"}
                {:process 0, :type :ok, :f :append, :key \"3\", :value \"x 0 \\\"1\\\" y\"}
                {:process 2, :type :ok, :f :put, :key \"4\"}
                {:process 1, :type :ok, :f :get, :key \"3\", :value \"x\"}";
    let log = read(text).unwrap();
    assert_eq!(log.format, Format::KeyValue);
    assert_eq!(log.calls[0].args, [Value::from("x 0 \"1\" y")]);
    assert_eq!(log.calls[1].answer, Some(Value::from("x")));
    assert_eq!((log.calls[2].key.clone(), log.calls[2].answer.clone()), (Some("4".into()), Some(Value::Nil)));
    // It is told by the first map of a client, whatever the nemesis says before, and whatever its tag.
    let nemesis = "{:process :nemesis, :type :info, :f :start, :value nil}";
    let tagged = text.replacen('{', "#jepsen.history.Op{", 1);
    assert_eq!(calls(&read(&format!("{nemesis}\n{tagged}")).unwrap()), calls(&log));
    // Two maps on a line are two maps.
    let joined = text.lines().collect::<Vec<_>>().join(" ");
    let same = read_as(Format::KeyValue, &joined).unwrap();
    assert_eq!(calls(&same), calls(&log));
}
