//! The page says what the picture holds, in words that are true for each verdict, and obeys nothing that stands in it.

use super::render;
use crate::check::history::Order;
use crate::check::picture::samples::{attempt, ring};
use crate::check::picture::{About, Attempt, Conclusion, Node, Picture, Stale, Value, Waiting};

fn of(attempt: Attempt) -> String {
    render(&Picture::of_attempt("a log", attempt))
}

#[track_caller]
fn says(page: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(page.contains(wanted), "{wanted:?} is not in\n{page}");
    }
}

#[track_caller]
fn does_not_say(page: &str, unwanted: &[&str]) {
    for unwanted in unwanted {
        assert!(!page.contains(unwanted), "{unwanted:?} is in\n{page}");
    }
}

#[test]
fn a_wrong_answer() {
    let page = render(&ring());
    says(
        &page,
        &[
            "What went wrong",
            "Thread 1 got a wrong answer: Pop → Popped(0).",
            "After Push(7) → Pushed, Pop of thread 1 could only answer Popped(7), and before Push(7) → Pushed only Empty. It answered Popped(0).",
            "What led thread 1 there: in step 3 it had read, in tail, the 1 that thread 0 wrote in step 1.",
            "The longest beginning of an order",
            "Then this one would have to come, and cannot:",
            "buffer.take (swap) Relaxed: 0 → 0",
        ],
    );
    // What led there stands where the fatal step is shown, too, with links to the other steps.
    let fatal = page.split("<section class=\"moment\" data-step=\"4\"").nth(1).expect("the fatal step");
    let fatal = fatal.split("</section>").next().expect("its end");
    says(
        fatal,
        &[
            "This is the fatal step.",
            "class=\"why\"",
            "went by tail, came to buffer between the two",
            "href=\"#step=1\"",
        ],
    );
}

#[test]
fn the_words_are_those_of_the_verdict() {
    let good = Attempt {
        conclusion: Conclusion::Explained,
        explained: vec![1, 0],
        stuck: Vec::new(),
        fatal: None,
        ..attempt()
    };
    let wrong =
        ["What went wrong", "no such order", "✗", "Nothing:", "beginning of an order", "would have to come"];
    let page = of(good.clone());
    says(
        &page,
        &[
            "What was found",
            "There is an order of the calls that explains all answers.",
            "An order that explains all answers",
            "Here there is such an order.",
        ],
    );
    does_not_say(&page, &wrong);
    let unanswered = of(Attempt { explained: Vec::new(), ..good.clone() });
    says(&unanswered, &["Nothing: no call was answered"]);
    let page = of(Attempt { conclusion: Conclusion::Unknown, explained: Vec::new(), ..good });
    says(
        &page,
        &[
            "What was found",
            "It is not known whether there is an order",
            "No order was found until the limit was met",
            "was not found out",
        ],
    );
    does_not_say(&page, &wrong);
}

#[test]
fn a_beginning_may_be_empty_or_not_known_to_be_the_longest() {
    says(
        &of(Attempt { explained: Vec::new(), ..attempt() }),
        &["Nothing: no answer can be explained as the first.", "This one would have to come first"],
    );
    let found = Attempt { longest: false, stuck: Vec::new(), fatal: None, ..attempt() };
    let none = of(Attempt { explained: Vec::new(), ..found.clone() });
    says(&none, &["the longest that was found when a limit was met", "Nothing yet."]);
    let found = of(found);
    says(
        &found,
        &["the longest that was found when a limit was met", "No order of the calls explains all answers."],
    );
    for page in [found, none] {
        does_not_say(
            &page,
            &["The longest beginning", "cannot", "✗", "as the first", "would have to come", "got a wrong"],
        );
    }
}

/// Callers with names are processes of a log. What is cut off of a bar can be read all the same.
#[test]
fn who_has_called_is_a_thread_or_a_process() {
    let threads = Attempt { order: Order::Program, calls: vec![attempt().calls[0].clone(); 20], ..attempt() };
    let mut processes = threads.clone();
    processes.calls.iter_mut().for_each(|call| call.caller = Some("process 7".into()));
    for (attempt, [one, many]) in [(threads, ["thread", "threads"]), (processes, ["process", "processes"])] {
        let page = of(attempt);
        let made = format!("1 {many} made 20 calls.");
        let (lanes, rule) = (format!("A lane of calls for each {one}\""), format!("each {one}'s calls"));
        says(&page, &[&made, &lanes, &rule, "title=\"Push(7) → Pushed\""]);
    }
}

#[test]
fn what_was_asked_of_the_order_is_said_as_it_was_asked() {
    let rules = [
        (Order::RealTime, "a call that has returned before another is made"),
        (Order::Program, "each thread&#39;s calls come in their order"),
        (Order::Quiescent, "at which nobody was calling"),
    ];
    for (order, rule) in rules {
        let page = of(Attempt { order, fatal: None, ..attempt() }).replace('\'', "&#39;");
        says(&page, &[rule, "No order of the calls explains all answers."]);
        does_not_say(&page, &["Not linearizable"]);
    }
}

#[test]
fn a_log_has_its_own_names_and_lines() {
    let mut attempt = attempt();
    attempt.calls[1].caller = Some("process consumer".into());
    attempt.calls[1].lines = Some([4, 9]);
    attempt.calls[0].lines = Some([3, 3]);
    attempt.parts = 2;
    let page = of(attempt);
    says(
        &page,
        &[
            "<span class=\"who\">Process consumer</span>",
            "Process consumer got a wrong answer",
            "Pop → Popped(0) (process consumer, lines 4-9)",
            "Push(7) → Pushed (thread 0, line 3)",
            "about 2 things that have nothing to do with each other",
        ],
    );
}

#[test]
fn what_is_told_of_a_part_is_said_to_be_of_that_part() {
    let part = |part: Option<&str>| Attempt {
        parts: 2,
        part: part.map(String::from),
        explained: Vec::new(),
        ..attempt()
    };
    let named = of(part(Some("key 3")));
    says(
        &named,
        &[
            "What is told here is of key 3, which went wrong first.",
            "As the first of the calls of key 3, ",
            "that explains the answers of key 3<",
            "no answer of key 3 can be explained as the first",
        ],
    );
    does_not_say(&named, &["first of all calls"]);
    says(
        &of(part(None)),
        &["of one that cannot be explained, which went wrong first.", "the calls of that part, "],
    );
    // Under another order, or where a limit was met, nobody knows which was first.
    for unsure in [
        Attempt { longest: false, ..part(Some("key 3")) },
        Attempt { order: Order::PerKey, fatal: None, ..part(Some("key 3")) },
    ] {
        says(&of(unsure), &["What is told here is of key 3."]);
    }
    does_not_say(&of(Attempt { explained: Vec::new(), ..attempt() }), &["key 3", "that part"]);
}

#[test]
fn calls_without_an_answer_are_told_apart() {
    let mut attempt = attempt();
    attempt.calls.push(super::super::Asked {
        thread: 2,
        op: "Push(8)".into(),
        ret: None,
        end: None,
        ..attempt.calls[0].clone()
    });
    attempt.pending = vec![2];
    attempt.stuck[0].earlier.clear();
    let page = of(attempt);
    says(
        &page,
        &[
            "whether the call without an answer has happened by then or not, Pop of thread 1 could only answer",
            "? marks a call without an answer",
            "<span class=\"sign\">? </span>Push(8) → (no answer)",
            "These have no answer",
        ],
    );
}

/// Text that would like to be a page, in every place where a picture holds text.
#[test]
fn stale_reads_say_what_they_have_missed() {
    let mut picture = ring();
    let read = picture.execution.steps.iter_mut().find(|step| matches!(step.value, Value::Read { .. }));
    let read = read.expect("a read");
    let number = read.number;
    read.stale = Some(Stale { from: Some(0), newest: "41".into() });
    let page = render(&picture);
    says(
        &page,
        &[
            " (stale; newest 41)",
            "That is a stale read, of what step 0 wrote: the newest is 41.",
            "did not find the newest value",
        ],
    );
    picture.execution.steps[number].stale = Some(Stale { from: None, newest: "41".into() });
    says(&render(&picture), &["That is a stale read, of an older value: the newest is 41."]);
    does_not_say(&render(&ring()), &["stale"]);
}

/// Each node from the step on that allocated it, as it was after that step.
#[test]
fn nodes_are_alive_then_retired_then_freed() {
    let mut picture = ring();
    picture.execution.nodes = vec![Node { name: "node a".into(), born: 1, retired: Some(2), freed: Some(3) }];
    let page = render(&picture);
    let of = |step: usize| {
        let moment =
            page.split(&format!("<section class=\"moment\" data-step=\"{step}\"")).nth(1).expect("a step");
        moment.split("</section>").next().expect("its end").to_string()
    };
    does_not_say(&of(0), &["node a"]);
    for (step, life) in [(1, "alive"), (2, "retired"), (3, "freed"), (4, "freed")] {
        says(&of(step), &[&format!("<li class=\"{life}\">node a: {life}</li>")]);
    }
}

fn hostile() -> Picture {
    const EVIL: &str =
        "</style></script><script>alert(1)</script><img src=x onerror='a()'>\"'&\u{202e}\0\u{1b}[31m";
    let evil = || EVIL.to_string();
    let mut picture = ring();
    let about = About {
        model: evil(),
        structure: evil(),
        property: evil(),
        defect: Some(evil()),
        engine: evil(),
        executions: 1,
    };
    (picture.title, picture.message, picture.about) = (evil(), evil(), Some(about));
    (picture.schedule, picture.test) = (Some(evil()), Some(evil()));
    let place = picture.sources[0].place.clone();
    picture.sources[0].lines = vec![evil(), evil()];
    let execution = &mut picture.execution;
    for step in &mut execution.steps {
        (step.action, step.text) = (format!("{EVIL} -> {EVIL}"), evil());
        (step.method, step.ordering) = (Some(evil()), Some(evil()));
        step.stale = Some(Stale { from: None, newest: evil() });
        step.value = super::super::Value::Replaced { old: evil(), new: evil() };
        if let Some(place) = &mut step.place {
            place.file = evil();
        }
    }
    execution.waiting =
        vec![Waiting { thread: 0, place: Some(place), cell: None, action: evil(), text: evil() }];
    execution.nodes = vec![Node { name: evil(), born: 0, retired: None, freed: None }];
    for cell in &mut execution.cells {
        (cell.name, cell.before) = (Some(evil()), Some(evil()));
    }
    let attempt = execution.attempt.as_mut().expect("there is one");
    for call in &mut attempt.calls {
        (call.op, call.ret, call.caller) = (evil(), Some(evil()), Some(evil()));
    }
    attempt.stuck[0].right = vec![evil()];
    attempt.stuck[0].earlier[0].right = vec![evil()];
    picture
}

/// What of a page is live that our own pages do not have.
fn live(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (tag, most) in [("<script", 1), ("</script", 1), ("<style", 1), ("</style", 1), ("<img", 0)] {
        let count = page.matches(tag).count();
        if count > most {
            found.push(format!("{count} times {tag}"));
        }
    }
    let body = page
        .split("<body")
        .nth(1)
        .expect("a body")
        .split("<script>")
        .next()
        .expect("what is before the script");
    for tag in body.split('<').skip(1) {
        let tag = tag.split('>').next().expect("a tag");
        // Between quotes nothing is obeyed.
        let obeyed = tag.split('"').step_by(2).any(|text| text.contains("onerror"));
        if obeyed || tag.matches('"').count() % 2 == 1 {
            found.push(format!("<{tag}>"));
        }
    }
    let hidden = |c: &char| *c == '\u{202e}' || c.is_control() && *c != '\n';
    found.extend(page.chars().find(hidden).map(|c| format!("{c:?}")));
    found
}

#[test]
fn hostile_text_is_text() {
    let page = render(&hostile());
    assert_eq!(live(&page), [] as [String; 0]);
    says(&page, &["&lt;/style&gt;&lt;/script&gt;&lt;script&gt;alert(1)", "\\u{202e}", "\\u{0}"]);
}

#[test]
fn hostile_text_that_were_live_would_be_noticed() {
    let page = render(&hostile());
    let broken = [
        page.replacen("&lt;script&gt;", "<script>", 1),
        page.replacen("&lt;/style&gt;", "</style>", 1),
        page.replacen("&lt;img src=x onerror=", "<img src=x onerror=", 1),
        page.replacen("<td class=\"does\">", "<td class=\"does\" title=\"\"\">", 1),
        page.replacen("title=\"&lt;", "title=\"\" onerror=\"&lt;", 1),
        page.replacen("\\u{202e}", "\u{202e}", 1),
        page.replacen("\\u{0}", "\0", 1),
    ];
    for broken in broken {
        assert_ne!(broken, page);
        assert!(!live(&broken).is_empty(), "{broken}");
    }
}
