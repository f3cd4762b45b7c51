//! Progress: what is left of a structure when a thread stops for ever.
//!
//! | level | what is checked |
//! |---|---|
//! | obstruction-free | wherever all other threads are stopped, a thread that runs alone ends its operations |
//! | lock-free | wherever some threads are stopped, all others end their operations |
//! | wait-free | as lock-free, and no operation takes more than so many steps in any execution |
//!
//! The explorer tries all threads but one, and for the latter two each set of threads that leaves one, as those that stop,
//! each before each of its steps, and explores all that the others can do then. Their operations are finitely many, so
//! that they end says that somebody always ends one. A thread that waits in a loop for the stopped one is found, since
//! the explorer knows when a loop only repeats itself ([`explore`](super::explore)).
//!
//! A structure of which some operations are wait-free declares how many steps each of them takes
//! ([`Structure::most_steps`](super::Structure::most_steps)): they are counted in every execution. Where a bound on steps
//! holds in all executions of a scenario, more threads may still need more: it is a statement about the scenario.
//!
//! Literature: M. Herlihy and N. Shavit, *On the nature of progress*, OPODIS 2011.

/// A level of progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A thread that runs alone ends its operations, wherever the others have stopped.
    ObstructionFree,
    /// The others end their operations, wherever one or more threads have stopped.
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

        /// Which threads stop, of these alone if any are named, and where, if they have at most so many events.
        ///
        /// # Panics
        /// If there are too many places to try, or a thread of `stopping` takes no step.
        pub(in crate::check) fn demands(self, longest: &[u16], stopping: Option<&[usize]>) -> Vec<Demand> {
            let threads: Vec<usize> = (0..longest.len()).filter(|&thread| longest[thread] > 0).collect();
            if let Some(absent) = stopping.into_iter().flatten().find(|thread| !threads.contains(thread)) {
                panic!("thread {absent} is to stop, and takes no step: only these do: {threads:?}");
            }
            let alone = self == Progress::ObstructionFree;
            let sets = 1..(1_usize << threads.len()).saturating_sub(1);
            let stopped = sets.map(|set| {
                let stopped = threads.iter().enumerate().filter(move |(nth, _)| set >> nth & 1 == 1);
                stopped.map(|(_, thread)| *thread).collect::<Vec<_>>()
            });
            let stopped = stopped.filter(|stopped| !alone || stopped.len() + 1 == threads.len());
            let may_stop = |thread: &usize| stopping.is_none_or(|stopping| stopping.contains(thread));
            let stopped = stopped.filter(|stopped| stopped.iter().all(may_stop));
            let demands = stopped.flat_map(|stopped| {
                stopped.into_iter().fold(vec![Demand::NONE], |all, thread| {
                    let at = |at| all.iter().map(move |demand| demand.stopping(thread, at));
                    let all: Vec<_> = (0..longest[thread]).flat_map(at).collect();
                    assert!(all.len() <= MOST, "more than {MOST} places to stop at: take a smaller scenario");
                    all
                })
            });
            demands.collect()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::check::explore::NEVER;

        #[test]
        fn each_thread_stops_before_each_of_its_steps() {
            let stopped = |demand: &Demand| demand.stops.iter().filter(|at| **at != NEVER).count();
            let of = |level: Progress, longest: &[u16], count| {
                level.demands(longest, None).iter().filter(|demand| stopped(demand) == count).count()
            };
            assert_eq!(of(Progress::LockFree, &[3, 2, 0], 1), 5);
            assert_eq!(Progress::LockFree.demands(&[3, 2, 0], None).len(), 5);
            // Of three threads, two stop: 2 * 4 + 3 * 4 + 3 * 2 ways. Or one.
            assert_eq!(of(Progress::ObstructionFree, &[3, 2, 4], 2), 26);
            assert_eq!(Progress::ObstructionFree.demands(&[3, 2, 4], None).len(), 26);
            assert_eq!(of(Progress::WaitFree(1), &[3, 2, 4], 2), 26);
            assert_eq!(Progress::WaitFree(1).demands(&[3, 2, 4], None).len(), 26 + 9);
            assert!(Progress::LockFree.demands(&[5], None).is_empty());
            // The third alone, the first alone, or both.
            assert_eq!(Progress::LockFree.demands(&[3, 2, 4], Some(&[0, 2])).len(), 4 + 3 + 3 * 4);
        }
    }
}
