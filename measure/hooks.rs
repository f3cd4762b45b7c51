//! What the facade's hooks cost: Treiber's stack, once on the facade and once on bare shuttle, from one text.
//!
//! The one door is for code that is to be checked as it ships. This measures the door itself, so one of the two
//! has to stand outside; nothing else in the package does.

/// The stack and the threads, with what they are made of.
macro_rules! treiber {
    ($sync:path, $thread:path) => {
        use $sync::{AtomicUsize, Ordering};
        use $thread as thread;

        const THREADS: usize = 3;
        const ROUNDS: usize = 2;

        /// Each thread pushes a node of its own and pops one, twice. Nodes are numbers from 1 on, and none is pushed
        /// twice: what is measured is accesses, not memory.
        struct Stack {
            head: AtomicUsize,
            next: [AtomicUsize; 1 + THREADS * ROUNDS],
        }

        impl Stack {
            fn push(&self, node: usize) {
                let mut head = self.head.load(Ordering::Relaxed);
                loop {
                    self.next[node].store(head, Ordering::Relaxed);
                    match self.head.compare_exchange(head, node, Ordering::Release, Ordering::Relaxed) {
                        Ok(_) => return,
                        Err(now) => head = now,
                    }
                }
            }

            fn pop(&self) {
                let mut head = self.head.load(Ordering::Acquire);
                while head != 0 {
                    let next = self.next[head].load(Ordering::Relaxed);
                    match self.head.compare_exchange(head, next, Ordering::Acquire, Ordering::Acquire) {
                        Ok(_) => return,
                        Err(now) => head = now,
                    }
                }
            }
        }

        fn work(stack: &Stack, thread: usize) {
            for round in 0..ROUNDS {
                stack.push(1 + thread * ROUNDS + round);
                stack.pop();
            }
        }

        pub fn execution() {
            let next = std::array::from_fn(|_| AtomicUsize::new(0));
            let stack = std::sync::Arc::new(Stack { head: AtomicUsize::new(0), next });
            let others = (1..THREADS).map(|number| {
                let stack = std::sync::Arc::clone(&stack);
                thread::spawn(move || work(&stack, number))
            });
            let others: Vec<_> = others.collect();
            work(&stack, 0);
            others.into_iter().for_each(|other| other.join().expect("no panic"));
        }
    };
}

mod on_facade {
    treiber!(selvedge::sync::atomic, selvedge::sync::thread);
}

pub use on_facade::execution as facade;

/// The stack on the facade.
pub const FACADE: &str = "hooks/facade";

#[cfg(shuttle)]
pub use bare::{BARE, bare};

#[cfg(shuttle)]
mod bare {
    use selvedge::check::measure::{Limits, Measured};
    use shuttle::scheduler::RandomScheduler;
    use shuttle::{Config, FailurePersistence, Runner};
    use std::time::Instant;

    mod on_shuttle {
        treiber!(shuttle::sync::atomic, shuttle::thread);
    }

    /// The stack on bare shuttle.
    pub const BARE: &str = "hooks/bare";

    /// As many random schedules as on the facade, from the same seed, by the same settings.
    pub fn bare(limits: Limits) -> Measured {
        let mut config = Config::new();
        config.silence_warnings = true;
        config.stack_size = 0x2_0000;
        config.failure_persistence = FailurePersistence::None;
        let scheduler = RandomScheduler::new_from_seed(0, limits.executions as usize);
        let started = Instant::now();
        let executions = Runner::new(scheduler, config).run(on_shuttle::execution) as u64;
        let seconds = started.elapsed().as_secs_f64();
        Measured { executions, pruned: 0, complete: true, seconds, failure: None }
    }
}
