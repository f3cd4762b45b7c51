//! What is no mistake.

use crate::{calls, read};

const LOGS: [&str; 4] = [
    "0 :invoke :write 1\n0 :ok :write 1\n",
    "{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0, :type :ok, :f :write, :value 1}\n",
    "{\"process\":0,\"type\":\"invoke\",\"op\":\"write\",\"args\":[1]}\n{\"process\":0,\"type\":\"ok\",\"op\":\"write\"}\n",
    "{:process 0, :type :invoke, :f :put, :key 1, :value 1}\n{:process 0, :type :ok, :f :put, :key 1, :value 1}\n",
];

#[test]
fn the_last_line_need_not_end() {
    for log in LOGS {
        assert_eq!(read(log.trim_end()), read(log));
        assert_eq!(calls(&read(log).unwrap()).len(), 1);
    }
}

#[test]
fn windows_ends_its_lines_otherwise() {
    for log in LOGS {
        assert_eq!(read(&log.replace('\n', "\r\n")), read(log));
    }
}

#[test]
fn a_byte_order_mark() {
    for log in LOGS {
        assert_eq!(read(&format!("\u{feff}{log}")), read(log));
    }
}

#[test]
fn blank_lines_count_and_say_nothing() {
    for log in LOGS {
        let blank = read(&log.replace('\n', "\n  \n")).unwrap();
        assert_eq!(calls(&blank), calls(&read(log).unwrap()));
        assert_eq!((blank.calls[0].invoked, blank.calls[0].returned), (1, Some(3)));
    }
}

/// Doubling a log doubles the work. Time is not measured: this ends, or the suite hangs, if reading is quadratic in
/// any of processes, calls or lines.
#[test]
fn long_logs() {
    const CALLS: usize = 50_000;
    for (format, short) in LOGS.into_iter().enumerate() {
        let mut text = String::new();
        for call in 0..CALLS {
            let line = |line: &str| match format {
                0 => format!("{call}{}\n", &line[1..]),
                1 | 3 => format!("{}\n", line.replacen(":process 0", &format!(":process {call}"), 1)),
                _ => format!("{}\n", line.replacen(":0", &format!(":{call}"), 1)),
            };
            short.lines().for_each(|l| text += &line(l));
        }
        let log = read(&text).unwrap();
        assert_eq!((log.calls.len(), log.processes.len()), (CALLS, CALLS));
        assert_eq!(log.calls[CALLS - 1].returned, Some(2 * CALLS));
    }
}
