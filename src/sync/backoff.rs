//! What to do before trying again.

use super::hint;

/// Turns a thread may spin before it lets others run, as a power of two.
const SPINS: u32 = 6;

/// Turns in a [moment](Backoff::moment).
const MOMENT: u32 = 128;

/// Waits a little longer each time, for a loop that tries again.
///
/// In a model build a lost race needs no waiting (the next attempt is another step anyway), and waiting for
/// somebody is a yield to the engine.
#[derive(Debug, Default)]
pub struct Backoff {
    turns: u32,
}

impl Backoff {
    /// Before the first attempt.
    #[inline(always)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn spin(&mut self) {
        for _ in 0..1u32 << self.turns.min(SPINS) {
            hint::spin_loop();
        }
        self.turns = self.turns.saturating_add(1);
    }

    /// Somebody else was faster: progress was made, so spin briefly.
    #[inline]
    pub fn lost(&mut self) {
        if cfg!(not(any(loom, shuttle))) {
            self.spin();
        }
    }

    /// Somebody else has to do something first: spin at first, then let others run.
    ///
    /// It ends a turn of a loop that has found nothing to do, and the next turn begins behind it: an engine that explores
    /// goes by that.
    #[inline]
    #[cfg_attr(any(loom, shuttle), track_caller)]
    pub fn wait(&mut self) {
        #[cfg(any(loom, shuttle))]
        super::model::wait_for_others();
        #[cfg(not(any(loom, shuttle)))]
        match self.turns > SPINS {
            true => super::thread::yield_now(),
            false => self.spin(),
        }
    }

    /// Spins while `waiting`, but for a moment only: about as long as an exchange that is contended takes.
    ///
    /// In a model build it does not wait at all. What others may do meanwhile they may do between any two steps.
    #[inline]
    pub fn moment(waiting: impl Fn() -> bool) {
        if cfg!(not(any(loom, shuttle))) {
            let mut turns = 0..MOMENT;
            while waiting() && turns.next().is_some() {
                hint::spin_loop();
            }
        }
    }
}
