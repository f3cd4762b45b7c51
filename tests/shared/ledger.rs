//! Values that are entered in a book, so that each one that is lost or dropped twice is noticed.
//!
//! A test file takes this in with `#[path]`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

/// The book: how often each value was dropped.
pub struct Ledger {
    drops: Vec<AtomicU32>,
    made: AtomicU32,
}

/// A value in the book. It borrows the book: whoever holds such values holds nothing `'static`.
pub struct Tracked<'l> {
    ledger: &'l Ledger,
    /// Its number.
    pub id: u32,
    /// Its destructor panics.
    bad: bool,
}

impl Ledger {
    /// An empty book for so many values.
    pub fn new(most: usize) -> Self {
        Ledger { drops: (0..most).map(|_| AtomicU32::new(0)).collect(), made: AtomicU32::new(0) }
    }

    fn make(&self, bad: bool) -> Tracked<'_> {
        let id = self.made.fetch_add(1, Ordering::Relaxed);
        assert!((id as usize) < self.drops.len(), "the book is full");
        Tracked { ledger: self, id, bad }
    }

    /// A new value.
    pub fn value(&self) -> Tracked<'_> {
        self.make(false)
    }

    /// A new value whose destructor panics. Not every test needs one.
    #[allow(dead_code)]
    pub fn bad_value(&self) -> Tracked<'_> {
        self.make(true)
    }

    /// How many values are alive.
    pub fn alive(&self) -> u32 {
        let dropped = self.drops.iter().map(|d| d.load(Ordering::Relaxed).min(1)).sum::<u32>();
        self.made.load(Ordering::Relaxed) - dropped
    }

    /// Panics unless each value was dropped, and once.
    #[track_caller]
    pub fn settle(&self) {
        for id in 0..self.made.load(Ordering::Relaxed) as usize {
            let drops = self.drops[id].load(Ordering::Relaxed);
            assert_eq!(drops, 1, "value {id} was dropped {drops} times");
        }
    }
}

impl Drop for Tracked<'_> {
    fn drop(&mut self) {
        self.ledger.drops[self.id as usize].fetch_add(1, Ordering::Relaxed);
        assert!(!self.bad, "a bad destructor");
    }
}

#[test]
fn the_book_notices_what_is_lost_and_what_is_dropped_twice() {
    let book = Ledger::new(2);
    drop(book.value());
    book.settle();
    let lost = book.value();
    let (ledger, id) = (lost.ledger, lost.id);
    std::mem::forget(lost);
    assert_eq!(book.alive(), 1);
    assert!(catch_unwind(AssertUnwindSafe(|| book.settle())).is_err(), "one is lost");
    drop(Tracked { ledger, id, bad: false });
    book.settle();
    drop(Tracked { ledger, id, bad: false });
    assert!(catch_unwind(AssertUnwindSafe(|| book.settle())).is_err(), "one was dropped twice");
}
