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
