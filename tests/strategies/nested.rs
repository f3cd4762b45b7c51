//! Nodes whose destructors retire others, in the domain that they are of themselves.

use crate::ledger::{Ledger, Tracked};
use selvedge::reclaim::{Anyone, Ebr, Guard, Hazard, Reclaim};
use selvedge::sync::{heap, thread};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// A domain, and what goes on in it.
struct Nest<'a, R> {
    domain: &'a R,
    book: &'a Ledger,
    retired: AtomicUsize,
    freed: AtomicUsize,
    /// Retirements and flushes, nested ones too, that have begun and not ended.
    under_way: AtomicUsize,
    /// The most of them at once.
    most: AtomicUsize,
    /// Of so much garbage, with so many under way: panics if it is too much.
    judge: fn(&R, usize, usize),
}

/// The root of a tree of nodes, of which each retires its children when it is freed.
struct Node<'a, R: Reclaim> {
    nest: &'a Nest<'a, R>,
    children: usize,
    height: usize,
    _entry: Tracked<'a>,
}

impl<R: Reclaim> Drop for Node<'_, R> {
    fn drop(&mut self) {
        if self.height > 0 {
            (0..self.children).for_each(|_| self.nest.retire(self.children, self.height - 1));
        }
        self.nest.freed.fetch_add(1, SeqCst);
    }
}

impl<'a, R: Reclaim> Nest<'a, R> {
    fn new(domain: &'a R, book: &'a Ledger, judge: fn(&R, usize, usize)) -> Self {
        let [retired, freed, under_way, most] = [const { AtomicUsize::new(0) }; 4];
        Nest { domain, book, retired, freed, under_way, most, judge }
    }

    fn retire(&self, children: usize, height: usize) {
        let node = heap::alloc(Node { nest: self, children, height, _entry: self.book.value() });
        self.during(|| {
            self.retired.fetch_add(1, SeqCst);
            // SAFETY: from `alloc`, linked nowhere, retired once; each test flushes until all destructors have run.
            unsafe { self.domain.pin().retire(node) };
        });
    }

    fn flush(&self) {
        self.during(|| self.domain.flush());
    }

    fn during(&self, act: impl FnOnce()) {
        let now = self.under_way.fetch_add(1, SeqCst) + 1;
        self.most.fetch_max(now, SeqCst);
        act();
        // In this order: what is freed in between makes the difference too small, never too large.
        let retired = self.retired.load(SeqCst);
        let garbage = retired.saturating_sub(self.freed.load(SeqCst));
        (self.judge)(self.domain, garbage, self.most.load(SeqCst));
        self.under_way.fetch_sub(1, SeqCst);
    }

    fn freed(&self) -> usize {
        self.freed.load(SeqCst)
    }

    fn most(&self) -> usize {
        self.most.load(SeqCst)
    }

    /// Each thread retires so many trees; then all is freed, once.
    fn run(&self, threads: usize, trees: usize, children: usize, height: usize) {
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| (0..trees).for_each(|_| self.retire(children, height)));
            }
        });
        while self.book.alive() > 0 {
            self.flush();
        }
        self.book.settle();
    }
}

/// The nodes of a tree.
fn size(children: usize, height: usize) -> usize {
    (0..=height as u32).map(|level| children.pow(level)).sum()
}

/// See `docs/reclamation.md`: two nodes for each operation under way, and nested ones count.
fn bounded<const HAZARDS: usize, const WAITING: usize>(
    domain: &Hazard<Anyone, HAZARDS, WAITING>,
    garbage: usize,
    under_way: usize,
) {
    let limit = domain.limit();
    assert!(garbage <= limit + 2 * under_way, "{garbage} not freed, {under_way} under way, {limit} in slots");
}

#[test]
fn hazard_frees_each_once_and_keeps_its_bound() {
    fn limit<const WAITING: usize>(threads: usize, trees: usize, children: usize, height: usize) -> usize {
        let domain = Hazard::<Anyone, 4, WAITING>::default();
        let book = Ledger::new(threads * trees * size(children, height));
        Nest::new(&domain, &book, bounded).run(threads, trees, children, height);
        assert_eq!(domain.waiting(), 0);
        domain.limit()
    }
    // However deep it is nested, a thread has one slot in its hands: (S + P) / WAITING + 1 blocks, for no shields.
    assert_eq!(limit::<2>(1, 5, 2, 6), 2);
    assert!(limit::<1>(1, 5, 3, 4) <= 2);
    assert_eq!(limit::<64>(1, 5, 2, 6), 64);
    assert!(limit::<2>(4, 20, 2, 4) <= (4 / 2 + 1) * 2);
    assert_eq!(limit::<8>(4, 20, 3, 3), 8);
}

/// A scan frees what waited when it began. The next node of the list finds the room of the one that is just freed.
#[test]
fn a_list_is_freed_one_by_one_and_does_not_nest() {
    const LENGTH: usize = 1000;
    let domain = Hazard::<Anyone, 2, 3>::default();
    let book = Ledger::new(LENGTH + 1);
    let nest = Nest::new(&domain, &book, bounded);
    nest.retire(1, LENGTH);
    for freed in 1..=LENGTH {
        nest.flush();
        assert_eq!((nest.freed(), domain.waiting()), (freed, 1));
    }
    nest.flush();
    assert_eq!((domain.waiting(), domain.limit(), nest.most()), (0, 3, 2));
    book.settle();
}

/// A bag may be emptied while its nodes fill others: those of guards, and of who collects.
#[test]
fn ebr_frees_each_once() {
    fn frees<const PINS: usize, const WAITING: usize>(threads: usize, children: usize, height: usize) {
        let domain = Ebr::<Anyone, PINS, WAITING>::default();
        let book = Ledger::new(threads * 20 * size(children, height));
        Nest::new(&domain, &book, |_, _, _| ()).run(threads, 20, children, height);
        assert_eq!(domain.waiting(), 0);
    }
    frees::<1, 1>(1, 2, 6);
    frees::<1, 1>(4, 2, 4);
    frees::<2, 2>(4, 3, 3);
    frees::<16, 64>(4, 2, 6);
    frees::<2, 1>(1, 1, 200);
}
