//! The environment's wishes.

use crate::child::{child, is_child};
use selvedge::check::Budget;

const CHILD: &str = "budget::tell";

/// What the children do.
#[test]
fn tell() {
    if is_child(CHILD) {
        let budget = Budget::get();
        println!(
            "budget {budget:?}, of a thousand {}, of three {}, seed {}",
            budget.scale(1000),
            budget.scale(3),
            budget.seed()
        );
    }
}

#[test]
fn the_environment_sets_the_budget() {
    let seed = ("SELVEDGE_SEED", "5");
    for (word, told) in [
        ("quick", "budget Quick, of a thousand 100, of three 1, seed 5"),
        ("normal", "budget Normal, of a thousand 1000, of three 3, seed 5"),
        ("long", "budget Long, of a thousand 10000, of three 30, seed 5"),
    ] {
        let (passed, said) = child(CHILD, &[("SELVEDGE_BUDGET", word), seed]);
        assert!(passed && said.contains(told), "{said}");
    }
    // An empty word is a word, and none of the three.
    for word in ["Quick", "", "1"] {
        let (passed, said) = child(CHILD, &[("SELVEDGE_BUDGET", word)]);
        assert!(!passed && said.contains("expected quick, normal or long"), "{said}");
    }
}

#[test]
fn the_environment_sets_the_seed() {
    let seed = |environment: &[(&str, &str)]| {
        let (passed, said) = child(CHILD, environment);
        assert!(passed, "{said}");
        said.lines().find_map(|line| Some(line.split_once(", seed ")?.1.to_string())).expect("a seed")
    };
    let normal = ("SELVEDGE_BUDGET", "normal");
    assert_eq!(seed(&[normal, ("SELVEDGE_SEED", "18446744073709551615")]), u64::MAX.to_string());
    // A long run draws a seed of its own, and says which.
    let (_, said) = child(CHILD, &[("SELVEDGE_BUDGET", "long")]);
    assert!(said.contains("SELVEDGE_SEED="), "{said}");
    let (passed, said) = child(CHILD, &[normal, ("SELVEDGE_SEED", "x")]);
    assert!(!passed && said.contains("SELVEDGE_SEED=x: expected a number"), "{said}");
}
