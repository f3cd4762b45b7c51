//! Failures of which somebody waits are made small as others are, but not to where waiting is no failure.

use super::{failure, records};
use crate::child::is_child;
use selvedge::check::{Arbitrary, Model, Scenario, Spec, Structure};
use selvedge::sync::atomic::{AtomicBool, Ordering};
use selvedge::sync::{Mutex, MutexGuard, thread};

/// Two locks, which some take in the one order and some in the other.
#[derive(Clone, Debug, Arbitrary)]
enum Locking {
    Forth,
    Back,
    One,
}

struct TwoLocks;

impl Spec for TwoLocks {
    type Op = Locking;
    type Ret = ();
    type State = ();

    fn initial(&self) {}

    fn step(&self, (): &mut (), _: &Locking) {}
}

impl Structure for TwoLocks {
    type Sut = [Mutex<()>; 2];

    fn create(&self) -> Self::Sut {
        Default::default()
    }

    fn apply(&self, locks: &Self::Sut, op: &Locking) {
        fn take(lock: &Mutex<()>) -> MutexGuard<'_, ()> {
            lock.lock().expect("nobody panics under it")
        }
        let [first, then] = locks;
        match op {
            Locking::Forth => drop((take(first), take(then))),
            Locking::Back => drop((take(then), take(first))),
            Locking::One => drop(take(first)),
        }
    }
}

/// What is waited for, by looking once and parking: whoever sets it does not say so.
#[derive(Clone, Debug, Arbitrary)]
enum Flagging {
    Wait,
    Set,
    Look,
}

struct Flag;

impl Spec for Flag {
    type Op = Flagging;
    type Ret = bool;
    type State = bool;

    fn initial(&self) -> bool {
        false
    }

    fn step(&self, state: &mut bool, op: &Flagging) -> bool {
        *state = *state || matches!(op, Flagging::Set);
        *state
    }

    fn outcomes(&self, state: &bool, op: &Flagging) -> Vec<(bool, bool)> {
        match op {
            Flagging::Wait if !state => Vec::new(),
            Flagging::Wait | Flagging::Look => vec![(*state, *state)],
            Flagging::Set => vec![(true, true)],
        }
    }
}

impl Structure for Flag {
    type Sut = AtomicBool;

    fn create(&self) -> AtomicBool {
        AtomicBool::new(false)
    }

    fn apply(&self, flag: &AtomicBool, op: &Flagging) -> bool {
        match op {
            Flagging::Wait => {
                while !flag.load(Ordering::Acquire) {
                    thread::park();
                }
                true
            }
            Flagging::Set => {
                flag.store(true, Ordering::Release);
                true
            }
            Flagging::Look => flag.load(Ordering::Acquire),
        }
    }
}

/// Each explorer's test has this scenario and no more.
#[track_caller]
fn assert_is_made_small(name: &str, model: fn() -> Model, message: &str, smallest: &str) {
    if is_child(name) {
        return model().written("model()", module_path!()).check(&format!("harness::{name}"));
    }
    let (passed, said, records) = records(name);
    assert!(!passed, "{said}");
    for record in records {
        let failure = failure(&record);
        assert!(failure.message.starts_with(message), "{}: {}", record.engine, failure.message);
        let test = failure.test.as_ref().expect("a test");
        let module = format!("crate::{}::", module_path!().split_once("::").expect("in a crate").1);
        let operations = test.replace(&module, "");
        assert!(operations.contains(smallest), "{}: not the smallest: {test}", record.engine);
    }
}

#[test]
fn a_deadlock_is_made_small() {
    use Locking::{Back, Forth, One};
    let model = || {
        let scenario = Scenario::new().before([One]).thread([One, Forth]).thread([Back, One]).after([One]);
        Model::of(TwoLocks, scenario)
    };
    let smallest = "Scenario::new().thread([Locking::Forth]).thread([Locking::Back]))";
    assert_is_made_small("explorer::waiting::a_deadlock_is_made_small", model, "deadlock", smallest);
}

/// Without whoever sets the flag, to wait for it for ever is right.
#[test]
fn who_is_waited_for_stays() {
    use Flagging::{Look, Set, Wait};
    let model = || {
        let scenario = Scenario::new().before([Look]).thread([Look, Set]).thread([Wait, Look]).thread([Look]);
        Model::of(Flag, scenario)
    };
    let smallest = "Scenario::new().thread([Flagging::Set]).thread([Flagging::Wait]))";
    assert_is_made_small("explorer::waiting::who_is_waited_for_stays", model, "deadlock", smallest);
}
