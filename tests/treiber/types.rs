//! All kinds of values, and who may send and share a stack of them.

use selvedge::reclaim::{Epoch, Leak};
use selvedge::stack::{IntoIter, Pinned, PopAll, TreiberStack};
use std::cell::Cell;
use std::fmt::Debug;
use std::iter::FusedIterator;
use std::panic::RefUnwindSafe;
use std::rc::Rc;
use std::sync::MutexGuard;

#[test]
fn values_without_a_size_are_counted() {
    let stack: TreiberStack<()> = TreiberStack::new();
    (0..100).for_each(|_| stack.push(()));
    assert_eq!(stack.pop(), Some(()));
    assert_eq!(stack.into_iter().count(), 99);
}

#[test]
fn large_and_strictly_aligned_values_keep_their_place() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    #[repr(align(512))]
    struct Aligned(u8);

    let stack: TreiberStack<Aligned> = (0..10).map(Aligned).collect();
    let view = stack.pin();
    for (seen, wanted) in view.iter().zip((0..10).rev()) {
        assert_eq!((std::ptr::from_ref(seen) as usize % 512, seen.0), (0, wanted));
    }
    let big: TreiberStack<[u64; 5_000]> = (0..4).map(|n| [n; 5_000]).collect();
    assert!(big.into_iter().map(|value| (value[0], value[4_999])).eq([(3, 3), (2, 2), (1, 1), (0, 0)]));
}

#[test]
fn values_may_borrow() {
    let text = String::from("the edge of a cloth");
    let stack: TreiberStack<&str> = text.split(' ').collect();
    assert_eq!(stack.pop(), Some("cloth"));
    {
        // Popped nodes may wait in the collector for longer than what their values borrowed.
        let short = String::from("brief");
        let inner: TreiberStack<&str> = TreiberStack::new();
        (0..100).for_each(|_| inner.push(&short));
        assert_eq!(inner.pop_all().filter(|value| *value == "brief").count(), 100);
    }
    assert_eq!(stack.into_iter().collect::<Vec<_>>(), ["a", "of", "edge", "the"]);
}

#[test]
fn values_need_not_be_sent() {
    let stack: TreiberStack<Rc<u8>> = (0..3).map(Rc::new).collect();
    assert_eq!(stack.pop().as_deref(), Some(&2));
    let functions: TreiberStack<Box<dyn Fn() -> u8>> = TreiberStack::new();
    functions.push(Box::new(|| 7));
    assert_eq!(functions.pop().map(|f| f()), Some(7));
}

#[test]
fn iterators_know_whether_they_are_at_their_end() {
    let stack: TreiberStack<u8> = (0..3).collect();
    let view = stack.pin();
    let mut values = view.iter();
    assert_eq!((values.next(), values.size_hint()), (Some(&2), (1, None)));
    // The same values twice, from the same place on.
    assert!(values.clone().eq(values.by_ref()));
    assert_eq!((values.next(), values.size_hint()), (None, (0, Some(0))));
    let mut sum = 0;
    for value in &view {
        sum += value;
    }
    assert_eq!(sum, 3);
    drop(view);
    let (mut all, nothing) = (stack.pop_all(), TreiberStack::<u8>::new().into_iter());
    assert_eq!((all.size_hint(), all.by_ref().count(), all.size_hint()), ((1, None), 3, (0, Some(0))));
    drop(all);
    stack.push(1);
    assert_eq!((nothing.size_hint(), stack.into_iter().size_hint()), ((0, Some(0)), (1, None)));
}

#[test]
fn a_stack_goes_where_its_values_go() {
    // By value from thread to thread: `Send` is all that it takes, and `Sync` adds nothing.
    assert!(has!(TreiberStack<u8>: Send) && has!(TreiberStack<u8>: Sync));
    assert!(has!(TreiberStack<Cell<u8>>: Send) && has!(TreiberStack<Cell<u8>>: Sync));
    assert!(!has!(TreiberStack<Rc<u8>>: Send) && !has!(TreiberStack<Rc<u8>>: Sync));
    assert!(
        !has!(TreiberStack<MutexGuard<'static, u8>>: Send)
            && !has!(TreiberStack<MutexGuard<'static, u8>>: Sync)
    );
    assert!(has!(TreiberStack<u8, Leak>: Send) && !has!(TreiberStack<Rc<u8>, Leak>: Sync));
    assert!(has!(IntoIter<u8, Epoch>: Send) && !has!(IntoIter<Rc<u8>, Epoch>: Send));
    assert!(has!(PopAll<'static, u8, Epoch>: Send) && !has!(PopAll<'static, Rc<u8>, Epoch>: Send));
    // A guard belongs to the thread that pinned.
    assert!(!has!(Pinned<'static, u8, Epoch>: Send) && !has!(Pinned<'static, u8, Epoch>: Sync));
}

#[test]
fn the_usual_traits_are_there() {
    assert!(has!(TreiberStack<Rc<u8>>: Debug) && has!(TreiberStack<u8>: Default));
    assert!(has!(IntoIter<Rc<u8>, Epoch>: FusedIterator) && has!(PopAll<'static, u8, Epoch>: FusedIterator));
    assert!(has!(TreiberStack<u8>: RefUnwindSafe));
}

#[test]
fn debug_shows_what_can_be_known() {
    let stack: TreiberStack<u8> = TreiberStack::new();
    assert_eq!(format!("{stack:?}"), "TreiberStack { is_empty: true, .. }");
    stack.push(1);
    assert_eq!(format!("{stack:?}"), "TreiberStack { is_empty: false, .. }");
    assert_eq!(format!("{:?}", stack.pin()), "Pinned { stack: TreiberStack { is_empty: false, .. }, .. }");
    assert_eq!(format!("{:?}", stack.pin().iter()), "Iter { is_empty: false, .. }");
    assert_eq!(format!("{:?}", stack.pop_all()), "PopAll { is_empty: false, .. }");
    assert_eq!(format!("{:?}", stack.into_iter()), "IntoIter(TreiberStack { is_empty: true, .. })");
}

#[test]
fn iterators_stay_at_their_end() {
    let stack: TreiberStack<u8> = [1].into_iter().collect();
    let mut all = stack.pop_all();
    assert_eq!((all.next(), all.next()), (Some(1), None));
    stack.push(2);
    assert_eq!(all.next(), None, "what came later is not part of it");
    drop(all);
    let mut rest = stack.into_iter();
    assert_eq!((rest.next(), rest.next(), rest.next()), (Some(2), None, None));
}
