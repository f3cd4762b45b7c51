//! What an execution leaves open besides who runs next: each choice, both ways.

use crate::engine::{failure, outcome, plain, reusing, turned};
use selvedge::sync::atomic::{AtomicU32, Ordering};
use selvedge::sync::model::{self, Oracle, Settings, Value};
use selvedge::sync::time::{Duration, Instant};
use selvedge::sync::{Choice, Condvar, Mutex, Reuse, heap, thread};
use std::rc::Rc;
use std::sync::Arc;

fn weak_exchanges() -> Vec<Result<u32, u32>> {
    let x = AtomicU32::new(0);
    (0..3).map(|n| x.compare_exchange_weak(n, n + 1, Ordering::AcqRel, Ordering::Acquire)).collect()
}

#[test]
fn a_weak_exchange_may_fail_for_no_reason() {
    assert_eq!(outcome(plain, weak_exchanges), [Ok(0), Ok(1), Ok(2)]);
    assert_eq!(outcome(turned(Choice::SpuriousFailure, 0), weak_exchanges), [Err(0), Err(0), Err(0)]);
    assert_eq!(outcome(turned(Choice::SpuriousFailure, 1), weak_exchanges), [Ok(0), Err(1), Err(1)]);
    assert_eq!(outcome(turned(Choice::SpuriousFailure, 3), weak_exchanges), [Ok(0), Ok(1), Ok(2)]);
    // Another kind of choice does not disturb it, and a strong exchange cannot be disturbed.
    assert_eq!(outcome(turned(Choice::SpuriousWakeUp, 0), weak_exchanges), [Ok(0), Ok(1), Ok(2)]);
    let strong = || AtomicU32::new(0).compare_exchange(0, 1, Ordering::AcqRel, Ordering::Acquire);
    assert_eq!(outcome(turned(Choice::SpuriousFailure, 0), strong), Ok(0));
}

#[test]
fn a_spurious_failure_is_logged_as_what_it_is() {
    outcome(turned(Choice::SpuriousFailure, 0), || {
        weak_exchanges();
        let event = &model::events()[0];
        assert_eq!(event.action, "spurious failure");
        assert_eq!((event.value, event.order), (Value::Refused(0, 0), Some(Ordering::Acquire)));
    });
}

#[test]
fn fetch_update_survives_a_spurious_failure() {
    let update = || {
        let x = AtomicU32::new(1);
        (
            x.fetch_update(Ordering::AcqRel, Ordering::Acquire, |v| Some(v * 2)),
            x.into_inner(),
            model::steps(0),
        )
    };
    assert_eq!(outcome(plain, update), (Ok(1), 2, 2));
    assert_eq!(outcome(turned(Choice::SpuriousFailure, 0), update), (Ok(1), 2, 3));
}

#[test]
fn the_engine_is_asked_and_answers() {
    let asked: Arc<std::sync::Mutex<Vec<(Choice, usize)>>> = Arc::default();
    let log = Arc::clone(&asked);
    let engine = move || {
        let log = Arc::clone(&log);
        let ask = move |choice, answers| {
            log.lock().unwrap().push((choice, answers));
            1
        };
        Settings { oracle: Oracle::Engine(Rc::new(ask)), ..Settings::default() }
    };
    assert_eq!(outcome(engine, weak_exchanges), [Err(0), Err(0), Err(0)]);
    assert_eq!(asked.lock().unwrap()[..3], [(Choice::SpuriousFailure, 2); 3]);
    let wild = || Settings { oracle: Oracle::Engine(Rc::new(|_, answers| answers)), ..Settings::default() };
    assert_eq!(failure(wild, || drop(weak_exchanges())), "the engine chose answer 2 of 2");
}

/// Waits once, with nobody there to notify.
fn lonely_wait() -> u32 {
    let (mutex, bell) = (Mutex::new(7), Condvar::new());
    *bell.wait(mutex.lock().unwrap()).unwrap()
}

#[test]
fn a_wait_may_return_for_no_reason() {
    assert_eq!(outcome(turned(Choice::SpuriousWakeUp, 0), lonely_wait), 7);
    assert_eq!(outcome(turned(Choice::SpuriousWakeUp, 0), || (thread::park(), 8).1), 8);
    // The other way is a deadlock: see `locks` and `threads`.
    #[cfg(shuttle)]
    {
        assert!(failure(plain, || _ = lonely_wait()).contains("deadlock"));
        assert!(failure(plain, thread::park).contains("deadlock"));
        assert!(failure(turned(Choice::SpuriousWakeUp, 1), thread::park).contains("deadlock"));
    }
}

const SECOND: Duration = Duration::from_secs(1);

fn timed_wait(notified: bool) -> (bool, Duration) {
    let pair = Arc::new((Mutex::new(()), Condvar::new()));
    let start = Instant::now();
    let guard = pair.0.lock().unwrap();
    let other = notified.then(|| {
        let pair = Arc::clone(&pair);
        thread::spawn(move || {
            drop(pair.0.lock().unwrap());
            pair.1.notify_one();
        })
    });
    let (guard, result) = pair.1.wait_timeout(guard, SECOND).unwrap();
    drop(guard);
    if let Some(other) = other {
        other.join().unwrap();
    }
    (result.timed_out(), start.elapsed())
}

#[test]
fn the_time_of_a_wait_may_be_up() {
    assert_eq!(outcome(turned(Choice::TimeOut, 0), || timed_wait(false)), (true, SECOND));
    assert_eq!(outcome(turned(Choice::TimeOut, 0), || timed_wait(true)), (true, SECOND));
    assert_eq!(outcome(plain, || timed_wait(true)), (false, Duration::ZERO));
    assert_eq!(outcome(turned(Choice::SpuriousWakeUp, 0), || timed_wait(false)), (false, Duration::ZERO));
}

#[test]
fn the_time_of_a_park_may_be_up() {
    let park = || {
        let start = Instant::now();
        thread::park_timeout(SECOND);
        start.elapsed()
    };
    assert_eq!(outcome(turned(Choice::TimeOut, 0), park), SECOND);
    assert_eq!(outcome(turned(Choice::SpuriousWakeUp, 0), park), Duration::ZERO);
    let told = || {
        let start = Instant::now();
        thread::current().unpark();
        thread::park_timeout(SECOND);
        start.elapsed()
    };
    assert_eq!(outcome(plain, told), Duration::ZERO);
}

#[test]
fn model_time_is_the_same_in_each_execution() {
    let later = || {
        let mut now = Instant::now();
        let start = now;
        thread::park_timeout(SECOND);
        now += SECOND;
        assert_eq!(Instant::now(), now);
        assert_eq!(
            (now - start, start.duration_since(now), start - now),
            (SECOND, Duration::ZERO, Duration::ZERO)
        );
        assert_eq!(start.saturating_duration_since(now), Duration::ZERO);
        assert_eq!((now - SECOND, start + SECOND), (start, now));
        assert_eq!(
            (start.checked_add(SECOND), start.checked_add(Duration::MAX)),
            (Some(now), Some(start + Duration::MAX))
        );
        assert_eq!(now.checked_add(Duration::MAX), None);
        let mut before = now;
        before -= SECOND;
        assert!(before < now && before == start);
        // The clock of an execution begins anew: the first moment is always the same.
        format!("{start:?}")
    };
    assert_eq!(outcome(turned(Choice::TimeOut, 0), later), "Instant(0ns)");
}

/// The numbers of the freed nodes whose addresses the next allocations get: two nodes are freed in this order.
fn reused(first: usize) -> Vec<Option<usize>> {
    let nodes = [heap::alloc(0_u32), heap::alloc(1_u32)];
    // SAFETY: each is freed once, and used by nobody.
    unsafe {
        heap::free(nodes[first]);
        heap::free(nodes[1 - first]);
    }
    // Another size never gets the address of these.
    let other = heap::alloc(0_u8);
    assert!(!nodes.contains(&other.cast()));
    let next: Vec<*mut u32> = (0..3).map(heap::alloc).collect();
    // SAFETY: as above.
    unsafe {
        heap::free(other);
        next.iter().for_each(|node| heap::free(*node));
    }
    next.iter().map(|node| nodes.iter().position(|old| old == node)).collect()
}

#[test]
fn addresses_come_back_as_asked() {
    for first in [0, 1] {
        let second = 1 - first;
        let run = move || reused(first);
        assert_eq!(outcome(reusing(Reuse::Never), run), [None, None, None]);
        assert_eq!(
            outcome(reusing(Reuse::Fifo), run),
            [Some(first), Some(second), None],
            "the oldest free first"
        );
        assert_eq!(
            outcome(reusing(Reuse::Lifo), run),
            [Some(second), Some(first), None],
            "the youngest free first"
        );
        assert_eq!(outcome(reusing(Reuse::Chosen), run), [None, None, None], "undisturbed");
    }
}

#[test]
fn the_oracle_chooses_which_address_comes_back() {
    for (answer, wanted) in [(1, [Some(1), Some(0), None]), (2, [Some(0), Some(1), None])] {
        let settings = move || {
            let ask = move |choice, answers: usize| {
                assert_eq!(choice, Choice::AddressReuse);
                answer.min(answers - 1)
            };
            Settings { reuse: Reuse::Chosen, oracle: Oracle::Engine(Rc::new(ask)), ..Settings::default() }
        };
        assert_eq!(outcome(settings, || reused(1)), wanted, "the {answer}-th oldest");
    }
    let nth = |nth| move || Settings { reuse: Reuse::Chosen, ..turned(Choice::AddressReuse, nth)() };
    assert_eq!(outcome(nth(0), || reused(1)), [Some(1), None, None]);
    assert_eq!(outcome(nth(1), || reused(1)), [None, Some(1), None]);
}
