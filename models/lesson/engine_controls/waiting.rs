//! What is waited for.

use super::program;
use crate::ALL;
use selvedge::check::{Choice, Model};
use selvedge::sync::atomic::{AtomicBool, Ordering};
use selvedge::sync::{Arc, Condvar, Mutex, hint, thread, time::Duration};

/// What one thread waits for and another announces.
struct News {
    /// Whether there is any.
    there: AtomicBool,
    lock: Mutex<()>,
    changed: Condvar,
}

impl News {
    fn new() -> Arc<Self> {
        Arc::new(News { there: AtomicBool::new(false), lock: Mutex::new(()), changed: Condvar::new() })
    }

    /// Under the lock, or beside it: then the news can come between a look at the flag and the sleep.
    fn announce(&self, locked: bool) {
        let guard = locked.then(|| self.lock.lock().expect("not poisoned"));
        self.there.store(true, Ordering::Release);
        self.changed.notify_one();
        drop(guard);
    }

    /// Looks again after each wake-up, or takes the first one for the news.
    fn wait(&self, looks_again: bool) {
        let mut guard = self.lock.lock().expect("not poisoned");
        while !self.there.load(Ordering::Acquire) {
            guard = self.changed.wait(guard).expect("not poisoned");
            if !looks_again {
                break;
            }
        }
        drop(guard);
        assert!(self.there.load(Ordering::Acquire), "woken without news");
    }

    /// Waits with a limit, and may take its end for the news.
    fn wait_a_while(&self, asks: bool) {
        let mut guard = self.lock.lock().expect("not poisoned");
        while !self.there.load(Ordering::Acquire) {
            let (back, result) =
                self.changed.wait_timeout(guard, Duration::from_millis(1)).expect("not poisoned");
            guard = back;
            if result.timed_out() {
                if asks {
                    return;
                }
                break;
            }
        }
        drop(guard);
        assert!(self.there.load(Ordering::Acquire), "the time was up, without news");
    }
}

/// The main thread waits and another one announces. That one hesitates: the model's wait yields when it ends
/// for no reason, and an engine does not come back to a thread that has yielded while others can run.
fn waiting(property: &str, locked: bool, wait: impl Fn(&News) + Send + Sync + 'static) -> Model {
    program("news", property, move || {
        let news = News::new();
        let announcer = Arc::clone(&news);
        let announcing = thread::spawn(move || {
            thread::yield_now();
            announcer.announce(locked);
        });
        wait(&news);
        announcing.join().expect("no panic");
    })
}

/// A notification beside the lock, which comes when the waiter has looked and does not sleep yet.
mod wake_up_is_lost {
    use super::*;

    fn model(locked: bool) -> Model {
        waiting("no deadlock", locked, |news| news.wait(true)).choices([])
    }

    selvedge::model!(fails, model(false).kills("control: lost wake-up", ALL, ["deadlock"]));
    selvedge::model!(holds, model(true));
}

/// A wake-up that nobody sent.
mod any_wake_up_is_taken {
    use super::*;

    fn model(looks_again: bool) -> Model {
        waiting("no wake-up without news", true, move |news| news.wait(looks_again))
    }

    selvedge::model!(
        fails,
        model(false)
            .kills("control: spurious wake-up", ALL, ["woken without news"])
            .choices([Choice::SpuriousWakeUp])
    );
    selvedge::model!(holds, model(true));
}

/// A time that is up.
mod time_out_is_not_asked_for {
    use super::*;

    fn model(asks: bool) -> Model {
        waiting("no end without news", true, move |news| news.wait_a_while(asks))
    }

    selvedge::model!(
        fails,
        model(false)
            .kills("control: time-out", ALL, ["the time was up, without news"])
            .choices([Choice::TimeOut])
    );
    selvedge::model!(holds, model(true));
}

/// A thread that waits for a flag. If nobody ever sets it, the engines must give up and say why: shuttle by the
/// harness's limit of steps, loom by its own of branches.
mod no_progress {
    use super::*;

    fn model(set: bool) -> Model {
        program("flag", "progress", move || {
            let flag = Arc::new(AtomicBool::new(false));
            let other = Arc::clone(&flag);
            let setting = thread::spawn(move || {
                if set {
                    other.store(true, Ordering::Release);
                }
            });
            while !flag.load(Ordering::Acquire) {
                hint::spin_loop();
            }
            setting.join().expect("no panic");
        })
    }

    const SAYING: [&str; 2] = ["no progress", "maximum number of branches"];
    selvedge::model!(fails, model(false).kills("control: no progress", ALL, SAYING));
    selvedge::model!(holds, model(true));
}
