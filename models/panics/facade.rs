//! Whose panic it is, and what is found while a chosen one unwinds.

mod tests {
    use selvedge::check::explore::{Explored, Explorer, Memory};
    use selvedge::check::{catch_chosen, may_panic};
    use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
    use selvedge::sync::{Arc, Mutex, heap, thread};
    use std::collections::BTreeMap;

    const BOTH: [Memory; 2] = [Memory::Sc, Memory::Weak];

    /// Takes a step when it is dropped.
    struct Step<'a>(&'a AtomicU64);

    impl Drop for Step<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    /// One thread may panic, and counts on its way out; the other one looks twice.
    fn unwound() -> (bool, u64, u64) {
        let count = Arc::new(AtomicU64::new(0));
        let other = {
            let count = Arc::clone(&count);
            thread::spawn(move || (count.load(Relaxed), count.load(Relaxed)))
        };
        let whole = catch_chosen(|| {
            let (_one, _two) = (Step(&count), Step(&count));
            may_panic("here");
        });
        let (first, second) = other.join().expect("no panic");
        assert_eq!(count.load(Relaxed), 2);
        (whole.is_some(), first, second)
    }

    /// Two reads of a number that goes from 0 to 2: six, with a panic and without.
    #[test]
    fn what_a_destructor_does_meanwhile_are_steps() {
        for memory in BOTH {
            let Explored { outcomes, executions, failure, complete, .. } =
                Explorer::new(memory).explore(unwound);
            assert_eq!((failure, complete, executions), (None, true, 12));
            let reads = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];
            let both = reads.into_iter().flat_map(|(a, b)| [(false, a, b), (true, a, b)]);
            assert_eq!(outcomes, both.map(|outcome| (outcome, 1)).collect::<BTreeMap<_, _>>());
            assert_eq!(Explorer::new(memory).disturbances(0).explore(unwound).executions, 6);
        }
    }

    /// One panic in an execution, unless more are asked for; whoever comes to its point first.
    #[test]
    fn each_thread_is_asked() {
        let program = || {
            let point = || catch_chosen(|| may_panic("here")).is_some();
            let other = thread::spawn(point);
            (point(), other.join().expect("no panic"))
        };
        for memory in BOTH {
            let panics = |most| Explorer::new(memory).disturbances(most).explore(program).outcomes;
            assert_eq!(panics(0), [((true, true), 1)].into());
            assert_eq!(panics(1), [((false, true), 1), ((true, false), 1), ((true, true), 1)].into());
            let all = [(false, false), (false, true), (true, false), (true, true)];
            assert_eq!(panics(2), all.map(|outcome| (outcome, 1)).into());
        }
    }

    /// What is wrong with `program`.
    #[track_caller]
    fn fails(words: &str, program: fn()) {
        for memory in BOTH {
            let failure = Explorer::new(memory).explore(program).failure.expect("something is wrong");
            assert!(failure.message.contains(words), "{failure}");
        }
        // The machinery has survived it.
        what_a_destructor_does_meanwhile_are_steps();
    }

    #[test]
    fn a_fault_that_is_found_meanwhile_is_told() {
        struct Frees(*mut u64);
        impl Drop for Frees {
            fn drop(&mut self) {
                // SAFETY: none: this is what is to be found.
                unsafe { heap::free(self.0) };
            }
        }
        fails("double free: node 0 freed by thread 0", || {
            let node = heap::alloc(1_u64);
            // The second is forgotten, unless something panics.
            let _ = catch_chosen(|| {
                let (_first, second) = (Frees(node), Frees(node));
                may_panic("here");
                std::mem::forget(second);
            });
        });
    }

    #[test]
    fn a_failure_of_another_thread_meanwhile_is_told() {
        fails("the other one has failed", || {
            let count = Arc::new(AtomicU64::new(0));
            let seen = Arc::clone(&count);
            let other = thread::spawn(move || assert_ne!(seen.load(Relaxed), 1, "the other one has failed"));
            let _ = catch_chosen(|| {
                let step = Step(&count);
                may_panic("here");
                std::mem::forget(step);
            });
            other.join().expect("no panic");
        });
    }

    /// Both wait for ever: main while it unwinds.
    #[test]
    fn a_deadlock_meanwhile_is_told() {
        struct Parks;
        impl Drop for Parks {
            fn drop(&mut self) {
                thread::park();
            }
        }
        fails("deadlock", || {
            let _ = catch_chosen(|| {
                let parks = Parks;
                may_panic("here");
                std::mem::forget(parks);
            });
        });
        let explorer = Explorer::new(Memory::Weak).allow_deadlocks();
        let explored = explorer.explore(|| {
            let whole = catch_chosen(|| {
                let parks = Parks;
                may_panic("here");
                std::mem::forget(parks);
            });
            whole.is_some()
        });
        assert_eq!((explored.executions, explored.blocked, explored.failure), (1, 1, None));
    }

    #[test]
    fn a_lock_is_poisoned_by_who_unwinds_and_by_nobody_else() {
        for memory in BOTH {
            let explored = Explorer::new(memory).explore(|| {
                let (mine, others) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
                let count = AtomicU64::new(0);
                let other = {
                    let others = Arc::clone(&others);
                    thread::spawn(move || drop(others.lock()))
                };
                let whole = catch_chosen(|| {
                    let _held = mine.lock().expect("nobody has panicked yet");
                    let _step = Step(&count);
                    may_panic("here");
                });
                other.join().expect("no panic");
                (whole.is_some(), mine.lock().is_err(), others.lock().is_err())
            });
            assert_eq!(explored.failure, None);
            let seen: Vec<_> = explored.outcomes.into_keys().collect();
            assert_eq!(seen, [(false, true, false), (true, false, false)]);
        }
    }
}
