//! Progress: what is left of a structure when a thread stops for ever.
//!
//! | level | what is checked |
//! |---|---|
//! | obstruction-free | wherever all other threads are stopped, a thread that runs alone ends its operations |
//! | lock-free | wherever one thread is stopped, all others end their operations |
//! | wait-free | as lock-free, and no operation takes more than so many steps in any execution |
//!
//! The explorer tries each thread as the one that stops, before each of its steps, and explores all that the
//! others can do then. Their operations are finitely many, so that they end says that somebody always ends
//! one. A thread that waits in a loop for the stopped one is found, since the explorer knows when a loop only
//! repeats itself ([`explore`](super::explore)). Where a bound on steps holds in all executions of a scenario,
//! more threads may still need more: the bound is a statement about the scenario.
//!
//! Literature: M. Herlihy and N. Shavit, *On the nature of progress*, OPODIS 2011.

/// A level of progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A thread that runs alone ends its operations, wherever the others have stopped.
    ObstructionFree,
    /// The others end their operations, wherever a thread has stopped.
    LockFree,
    /// So do they, and no operation takes more than so many steps (accesses and fences).
    WaitFree(u16),
}

#[cfg(shuttle)]
mod demands {
    use super::Progress;
    use crate::check::explore::Demand;

    /// The most explorations that a check may take.
    const MOST: usize = 100_000;

    impl Progress {
        /// The most steps of an operation.
        pub(in crate::check) fn steps(self) -> Option<u16> {
            match self {
                Progress::WaitFree(steps) => Some(steps),
                Progress::ObstructionFree | Progress::LockFree => None,
            }
        }

        /// Which threads stop, and where, if they have at most so many events.
        ///
        /// # Panics
        /// If there are too many places to try.
        pub(in crate::check) fn demands(self, longest: &[u16]) -> Vec<Demand> {
            let threads: Vec<usize> = (0..longest.len()).filter(|&thread| longest[thread] > 0).collect();
            let stopped = |thread: usize, of: &Demand| {
                let at = |at| {
                    let mut demand = *of;
                    demand.stops[thread] = at;
                    demand
                };
                (0..longest[thread]).map(at).collect::<Vec<_>>()
            };
            if self != Progress::ObstructionFree {
                return threads.iter().flat_map(|&thread| stopped(thread, &Demand::NONE)).collect();
            }
            let alone = |&survivor: &usize| {
                let others = threads.iter().filter(|thread| **thread != survivor);
                others.fold(vec![Demand::NONE], |all, &other| {
                    let all: Vec<_> = all.iter().flat_map(|demand| stopped(other, demand)).collect();
                    assert!(all.len() <= MOST, "more than {MOST} places to stop at: take a smaller scenario");
                    all
                })
            };
            threads.iter().flat_map(alone).collect()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::check::explore::NEVER;

        #[test]
        fn each_thread_stops_before_each_of_its_steps() {
            let lock_free = Progress::LockFree.demands(&[3, 2, 0]);
            assert_eq!(lock_free.len(), 5);
            assert!(
                lock_free.iter().all(|demand| demand.stops.iter().filter(|at| **at != NEVER).count() == 1)
            );
            // Of three threads, two stop: 2 * 4 + 3 * 4 + 3 * 2 ways.
            assert_eq!(Progress::ObstructionFree.demands(&[3, 2, 4]).len(), 26);
        }
    }
}
