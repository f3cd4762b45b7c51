//! Waits that have a time-out.

use super::said::{BOTH, complaint, disturbed};
use selvedge::check::explore::{Explored, Explorer, Memory};
use selvedge::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Release};
use selvedge::sync::time::{Duration, Instant};
use selvedge::sync::{Arc, Condvar, Mutex, thread};

const A_WHILE: Duration = Duration::from_secs(1);

/// What comes of `program` if at most so many time-outs come, and nothing else disturbs it.
#[track_caller]
fn with_time_outs<T: Ord + Send + 'static>(
    memory: Memory,
    most: usize,
    program: fn() -> T,
) -> (Vec<T>, Explored<T>) {
    let mut explored = Explorer::new(memory).disturbances(0).time_outs(most).explore(program);
    if let Some(failure) = &explored.failure {
        panic!("{failure}");
    }
    assert!(explored.complete);
    (std::mem::take(&mut explored.outcomes).into_keys().collect(), explored)
}

/// Waits for somebody who is late: whether the time was up, and whether the news had come.
fn wait_for_a_while() -> (bool, bool) {
    let news = Arc::new((Mutex::new(false), Condvar::new()));
    let told = Arc::clone(&news);
    let teller = thread::spawn(move || {
        *told.0.lock().expect("no panic") = true;
        told.1.notify_all();
    });
    let mut there = news.0.lock().expect("no panic");
    let mut late = false;
    if !*there {
        let (guard, result) = news.1.wait_timeout(there, A_WHILE).expect("no panic");
        (there, late) = (guard, result.timed_out());
    }
    let seen = (late, *there);
    drop(there);
    teller.join().expect("no panic");
    seen
}

#[test]
fn a_time_out_is_a_disturbance() {
    for memory in BOTH {
        assert_eq!(disturbed(memory, 0, wait_for_a_while), [(false, true)]);
        // One disturbance: no news when the time is up, news just then, or a wake-up that nobody sent.
        let one = [(false, false), (false, true), (true, false), (true, true)];
        assert_eq!(disturbed(memory, 1, wait_for_a_while), one);
    }
}

#[test]
fn or_it_is_none_and_counted_apart() {
    for memory in BOTH {
        let (outcomes, explored) = with_time_outs(memory, 1, wait_for_a_while);
        assert_eq!(outcomes, [(false, true), (true, false), (true, true)]);
        assert_eq!(explored.blocked, 0);
        assert_eq!(with_time_outs(memory, 0, wait_for_a_while).0, [(false, true)]);
    }
}

/// Nobody is there who could unpark.
fn sleep() {
    thread::park_timeout(A_WHILE);
}

#[test]
fn a_wait_that_nobody_ends_is_a_deadlock_unless_its_time_out_comes() {
    for memory in BOTH {
        let failure = complaint(memory, &["deadlock", "park, timed"], sleep);
        assert!(failure.message.contains("Explorer::time_outs"), "it says what to do: {failure}");
        assert!(!failure.message.contains("driver.rs"), "no place of the explorer's: {failure}");
        let (outcomes, explored) = with_time_outs(memory, 1, sleep);
        assert_eq!((outcomes, explored.executions, explored.blocked), (vec![()], 1, 1));
        // None may come: that is not the end of it, but nothing wrong either.
        let (outcomes, explored) = with_time_outs(memory, 0, sleep);
        assert_eq!((outcomes, explored.executions, explored.blocked), (vec![], 0, 1));
    }
}

/// Looks again and again whether the other has come: how often the time was up.
fn poll() -> u64 {
    let ready = Arc::new(AtomicBool::new(false));
    let other = Arc::clone(&ready);
    let comes = thread::spawn(move || other.store(true, Release));
    let mut turns = 0;
    while !ready.load(Acquire) {
        thread::park_timeout(A_WHILE);
        turns += 1;
    }
    comes.join().expect("no panic");
    turns
}

#[test]
fn who_polls_does_so_as_often_as_time_outs_may_come() {
    for memory in BOTH {
        for most in 0..4 {
            let (outcomes, explored) = with_time_outs(memory, most, poll);
            assert_eq!(outcomes, (0..=most as u64).collect::<Vec<_>>());
            // After each number of turns that the other has not come by, it waits on.
            assert_eq!((explored.executions, explored.blocked), (most as u64 + 1, most as u64 + 1));
        }
    }
}

/// Two sleep side by side: how long, by the clock of each.
fn sleepers() -> (Duration, Duration) {
    let slept = || {
        let begun = Instant::now();
        sleep();
        begun.elapsed()
    };
    let other = thread::spawn(slept);
    let own = slept();
    (own, other.join().expect("no panic"))
}

/// Or what a clock tells would hang on an order of steps that the explorer takes to be none.
#[test]
fn each_has_its_own_clock() {
    for memory in BOTH {
        let (outcomes, explored) = with_time_outs(memory, 2, sleepers);
        assert_eq!((outcomes, explored.executions), (vec![(A_WHILE, A_WHILE)], 1));
    }
}

/// Two threads wait for each other's lock, and a third one just sleeps.
fn embrace() {
    beside_an_embrace(|_| sleep());
}

/// Or it waits until both have done, and looks again and again.
fn polled_embrace() {
    beside_an_embrace(|done| {
        while !done.load(Acquire) {
            sleep();
        }
    });
}

fn beside_an_embrace(watch: fn(&AtomicBool)) {
    let locks = Arc::new((Mutex::new(()), Mutex::new(())));
    let other = Arc::clone(&locks);
    let done = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&done);
    let sleeper = thread::spawn(move || watch(&told));
    let one = thread::spawn(move || {
        let _first = other.0.lock().expect("no panic");
        let _second = other.1.lock().expect("no panic");
    });
    {
        let _first = locks.1.lock().expect("no panic");
        let _second = locks.0.lock().expect("no panic");
    }
    one.join().expect("no panic");
    done.store(true, Release);
    sleeper.join().expect("no panic");
}

#[test]
fn a_deadlock_beside_a_wait_with_a_time_out_is_one() {
    for memory in BOTH {
        let explored = Explorer::new(memory).disturbances(0).time_outs(1).explore(embrace);
        let failure = explored.failure.expect("two wait for each other for ever");
        assert!(failure.message.contains("deadlock"), "{failure}");
        assert!(!failure.message.contains("park, timed"), "who slept is awake: {failure}");
    }
}

/// What the third one does when its time is up ends no such wait: each of the two waits for the other alone.
#[test]
fn nor_is_it_hidden_by_one_that_waits_again_and_again() {
    for memory in BOTH {
        for most in 0..3 {
            let explorer = Explorer::new(memory).disturbances(0).time_outs(most);
            let failure = explorer.explore(polled_embrace).failure.expect("two wait for each other for ever");
            for word in ["deadlock", "thread 0 in", "thread 2 in", "lock at models/explorer/timed.rs:"] {
                assert!(failure.message.contains(word), "no {word:?} in {failure}");
            }
            assert!(!failure.message.contains("park, timed"), "who sleeps can go on: {failure}");
        }
    }
}

/// Main holds a lock that another waits for; a third one, when its time is up, lets main go on.
fn helped_by_a_time_out() {
    let lock = Arc::new(Mutex::new(()));
    let (other, main) = (Arc::clone(&lock), thread::current());
    let held = lock.lock().expect("no panic");
    let waiter = thread::spawn(move || drop(other.lock().expect("no panic")));
    let helper = thread::spawn(move || {
        sleep();
        main.unpark();
    });
    thread::park();
    drop(held);
    waiter.join().expect("no panic");
    helper.join().expect("no panic");
}

#[test]
fn who_waits_for_one_that_a_time_out_helps_is_in_no_deadlock() {
    for memory in BOTH {
        let (outcomes, explored) = with_time_outs(memory, 1, helped_by_a_time_out);
        assert_eq!((outcomes, explored.blocked > 0), (vec![()], true));
    }
}
