//! A guess that differs from thread to thread.

/// A number below `count`, to spread threads over so many places: another for each thread, most likely, and for each
/// `attempt`. In a model build all threads get the same, since executions must be repeatable.
///
/// # Panics
/// If `count` is 0.
#[inline]
#[must_use]
pub fn scatter(count: usize, attempt: u32) -> usize {
    let here = 0_u8;
    // Threads have stacks of their own, so the address of anything on it tells them apart.
    let thread = if cfg!(any(loom, shuttle)) { 0 } else { (&raw const here).addr() as u64 };
    // Fibonacci hashing (Knuth, TAOCP 3, 6.4): the upper bits of the product depend on all bits.
    let mixed = (thread >> 6).wrapping_add(u64::from(attempt)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as usize % count
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    #[test]
    fn attempts_and_threads_are_spread() {
        let mut seen: Vec<usize> = (0..100).map(|attempt| scatter(8, attempt)).collect();
        assert!(seen.iter().all(|place| *place < 8));
        let threads: Vec<_> = (0..64).map(|_| super::super::thread::spawn(|| scatter(1 << 20, 0))).collect();
        let mut threads: Vec<usize> = threads.into_iter().map(|t| t.join().expect("no panic")).collect();
        for (numbers, least) in [(&mut seen, 6), (&mut threads, 2)] {
            numbers.sort_unstable();
            numbers.dedup();
            assert!(numbers.len() >= least, "{numbers:?}");
        }
    }
}
