//! How to run the execution again: its schedule, what that says, and the test.

use crate::check::picture::Picture;
use maud::{Markup, html};

/// What a word of a schedule means that begins with this, as in `src/check/explore/script.rs`.
const WORDS: [(&str, &str); 5] = [
    ("r", "is a read that passes over so many of the newest writes"),
    ("w", "is a write that comes before so many of the newest ones"),
    ("c", "is a choice that is answered with that number"),
    (
        "f",
        "is a weak compare-exchange that fails for no reason, and passes over so many of the newest writes",
    ),
    ("!", "is where the thread stops for ever"),
];

pub(super) fn replay(picture: &Picture) -> Markup {
    html! {
        @if picture.schedule.is_some() || picture.test.is_some() {
            section aria-labelledby="replay" {
                h2 #replay { "Run it again" }
                @if let Some(schedule) = &picture.schedule {
                    p { "Schedule: " code { (schedule) } }
                    p.schedule { (meaning(schedule)) }
                }
                @if let Some(test) = &picture.test {
                    p { (way(test)) }
                    pre tabindex="0" { (test) }
                }
            }
        }
    }
}

/// What a schedule says, by the words that it has.
fn meaning(schedule: &str) -> String {
    let mut meaning =
        String::from("It says which thread goes on, and how many steps, one word after the other.");
    let mut thread = "";
    let mut told: Vec<&str> = Vec::new();
    for word in schedule.split(' ') {
        let step = match word.split_once(':') {
            Some((of, step)) => {
                thread = of;
                step
            }
            None => word,
        };
        let (sign, is) = match WORDS.iter().find(|(sign, _)| step.starts_with(sign)) {
            Some((sign, is)) => (*sign, format!("{step} {is}")),
            None if step == "1" => ("", format!("{word} is one step of thread {thread}")),
            None => ("", format!("{word} is {step} steps of thread {thread}")),
        };
        if !told.contains(&sign) {
            told.push(sign);
            meaning += &format!(" {is}.");
        }
    }
    meaning
        + " Each thread but the first takes a step to begin and one to end. Plain memory and nodes are used without one."
}

/// How the test is run.
fn way(test: &str) -> String {
    let name = test.split_once("fn ").and_then(|(_, rest)| rest.split_once('(')).map_or("", |(name, _)| name);
    format!(
        "This test runs it again, and fails as it did here. Put it beside the model, where its names are known, and run it with \
         RUSTFLAGS=\"--cfg shuttle\" cargo test {name}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_word_is_explained_once() {
        let told = meaning("0:5 1:3 r1 2 r2 0:4");
        for wanted in
            [" 0:5 is 5 steps of thread 0. ", " r1 is a read that passes over so many of the newest writes. "]
        {
            assert_eq!(told.matches(wanted).count(), 1, "{told}");
        }
        for none in ["1:3 is", "r2 is", "fails for no reason", "choice"] {
            assert!(!told.contains(none), "{told}");
        }
        let told = meaning("1:c1 f0 !");
        for wanted in ["c1 is a choice", "f0 is a weak", "! is where the thread stops"] {
            assert!(told.to_lowercase().contains(wanted), "{told}");
        }
    }

    #[test]
    fn the_test_is_called_by_its_name() {
        let told = way("#[test]\n#[cfg(shuttle)]\nfn as_found_under_weak() {\n}\n");
        assert!(told.ends_with("RUSTFLAGS=\"--cfg shuttle\" cargo test as_found_under_weak"), "{told}");
    }
}
