//! A pair of fences, of which one is met often and the other rarely.
//!
//! Together they do what two `fence(SeqCst)` do: of two threads that each write, meet one of the two, and read what the
//! other writes, one at least sees it (not if both meet the light one). With the feature `membarrier`, on Linux, the light
//! one is an order to the compiler alone; the heavy one has the kernel send each processor that runs a thread of this
//! process through a full fence. If that thread is before its light fence then, its later read comes after; if it is behind,
//! its write is done. Without the feature, on other systems, and where the kernel refuses, both are `fence(SeqCst)`.
//!
//! Models check that last form. That the kernel's is as good is what its documentation promises (membarrier(2)).
//!
//! Literature: D. Goldblatt, *Asymmetric fences*, WG21 P1202.

use std::sync::atomic::{Ordering::SeqCst, fence};

/// The frequent one of the pair: see [`heavy_fence`].
#[inline]
pub fn light_fence() {
    if kernel::sends_fences() {
        std::sync::atomic::compiler_fence(SeqCst);
    } else {
        fence(SeqCst);
    }
}

/// The rare one of the pair. A sequentially consistent fence, also towards threads that only meet [`light_fence`].
///
/// With the feature `membarrier`, on Linux, a call of the kernel that takes microseconds; else `fence(SeqCst)`.
///
/// # Panics
/// If the kernel takes back a promise that it made when it was asked the first time.
#[inline]
pub fn heavy_fence() {
    if kernel::sends_fences() {
        kernel::send_fences();
    } else {
        fence(SeqCst);
    }
}

#[cfg(all(feature = "membarrier", target_os = "linux"))]
mod kernel {
    use rustix::thread::{MembarrierCommand, membarrier};
    use std::sync::OnceLock;

    /// Whether the kernel has promised to: asked once, and the same for all threads ever after.
    #[inline]
    pub(super) fn sends_fences() -> bool {
        static PROMISED: OnceLock<bool> = OnceLock::new();
        *PROMISED.get_or_init(|| membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok())
    }

    pub(super) fn send_fences() {
        membarrier(MembarrierCommand::PrivateExpedited).expect("the kernel has registered this process");
    }
}

#[cfg(not(all(feature = "membarrier", target_os = "linux")))]
mod kernel {
    #[inline(always)]
    pub(super) const fn sends_fences() -> bool {
        false
    }

    pub(super) fn send_fences() {}
}

#[cfg(all(test, feature = "membarrier", target_os = "linux", target_arch = "x86_64"))]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::thread;

    /// Two threads come here before each round.
    #[derive(Default)]
    struct Meeting(AtomicUsize);

    impl Meeting {
        fn come(&self, round: usize) {
            self.0.fetch_add(1, SeqCst);
            for turn in 0.. {
                if self.0.load(SeqCst) >= 2 * round {
                    return;
                }
                if turn % 1_000 == 999 { thread::yield_now() } else { std::hint::spin_loop() }
            }
        }
    }

    /// Store buffering: each thread writes the number of the round, meets a fence, and reads what the other writes. In
    /// how many of so many rounds has neither seen the other?
    fn missed(rounds: usize, rare: fn()) -> usize {
        let (meeting, cells) = (Meeting::default(), [const { AtomicUsize::new(0) }; 2]);
        let side = |mine: usize, fence: fn()| -> Vec<bool> {
            let round = |round| {
                meeting.come(round);
                cells[mine].store(round, Relaxed);
                fence();
                cells[1 - mine].load(Relaxed) < round
            };
            (1..=rounds).map(round).collect()
        };
        thread::scope(|scope| {
            let often = scope.spawn(|| side(0, light_fence));
            let rare = side(1, rare);
            often
                .join()
                .expect("no panic")
                .into_iter()
                .zip(rare)
                .filter(|missed| *missed == (true, true))
                .count()
        })
    }

    /// Here alone the pair itself is met: models have two `fence(SeqCst)` in its place.
    #[test]
    fn one_of_two_threads_sees_the_other() {
        assert!(kernel::sends_fences(), "this kernel has no membarrier to be tested");
        assert_eq!(missed(200_000, heavy_fence), 0);
    }

    /// The control: where nobody sends a fence to the other processor, its write is still on the way. On one processor alone
    /// that cannot be seen.
    #[test]
    fn without_the_heavy_one_neither_does() {
        if thread::available_parallelism().is_ok_and(|processors| processors.get() > 1) {
            assert!((0..100).any(|_| missed(50_000, || fence(SeqCst)) > 0), "never in five million rounds");
        }
    }
}
