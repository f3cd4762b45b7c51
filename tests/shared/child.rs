//! A test in a process of its own: loom ends the process at a deadlock, and the environment is read once.
//!
//! A test file takes this in with `#[path]`.

use std::process::Command;

const CHILD: &str = "SELVEDGE_TEST_CHILD";

/// Whether this process was started by [`child`] to run the body of `test`.
pub fn is_child(test: &str) -> bool {
    std::env::var(CHILD).is_ok_and(|name| name == test)
}

/// Runs `test` of this binary in a process of its own, with no wishes but these: whether it passed, and what it said.
pub fn child(test: &str, environment: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().expect("this test binary"));
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(CHILD, test);
    for wish in ["SELVEDGE_BUDGET", "SELVEDGE_SEED", "SELVEDGE_WEAKEN", "SELVEDGE_REPORT"] {
        command.env_remove(wish);
    }
    let output = command.envs(environment.iter().copied()).output().expect("it starts");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("running 1 test"), "there is no test {test}:\n{said}");
    (output.status.success(), said)
}
