//! Addresses that come back, under the explorer. What is expected was derived by hand.

use super::said::BOTH;
use selvedge::check::explore::{Broken, Explored, Explorer, Memory, on_threads_alike};
use selvedge::sync::atomic::{AtomicBool, AtomicPtr, Ordering, Ordering::Relaxed};
use selvedge::sync::{Reuse, heap, thread};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::ptr;

/// All that came of `program`, in which addresses may come back.
fn explored<T: Ord + Debug + Send + 'static>(
    memory: Memory,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> Explored<T> {
    Explorer::new(memory).reuse(Reuse::Chosen).explore(program)
}

/// What `program` returns, and in how many executions each. It may not fail.
#[track_caller]
fn counts<T: Ord + Debug + Send + 'static>(
    memory: Memory,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> BTreeMap<T, u64> {
    let Explored { outcomes, failure, complete, blocked, redundant, .. } = explored(memory, program);
    if let Some(failure) = failure {
        panic!("{failure}");
    }
    assert!(complete && blocked == 0 && redundant == 0);
    outcomes
}

#[track_caller]
fn fails<T: Ord + Debug + Send + 'static>(
    memory: Memory,
    words: &[&str],
    program: impl Fn() -> T + Send + Sync + 'static,
) {
    let explored = explored(memory, program);
    let failure = explored.failure.unwrap_or_else(|| panic!("nothing is wrong: {:?}", explored.outcomes));
    for word in words {
        assert!(failure.message.contains(word), "{memory:?} does not say {word:?}: {failure}");
    }
}

/// A free that is right, as far as these programs know.
fn free<T>(node: *mut T) {
    // SAFETY: freed once and used by nobody, or else the explorer says so.
    unsafe { heap::free(node) };
}

/// Two nodes were freed. The next two allocations: which of the addresses they get.
fn two_of_two() -> [Option<usize>; 2] {
    let old = [heap::alloc(0_u64), heap::alloc(1)];
    old.into_iter().for_each(free);
    // Another size never gets the address of these.
    let other = heap::alloc(0_u8);
    let new = [heap::alloc(2), heap::alloc(3)];
    assert!(!old.contains(&other.cast()));
    free(other);
    new.into_iter().for_each(free);
    new.map(|node| old.iter().position(|old| *old == node))
}

#[test]
fn each_allocation_gets_each_address_that_is_free() {
    let expected = [
        [None, None],
        [None, Some(0)],
        [None, Some(1)],
        [Some(0), None],
        [Some(0), Some(1)],
        [Some(1), None],
        [Some(1), Some(0)],
    ];
    for memory in BOTH {
        assert_eq!(counts(memory, two_of_two), expected.map(|outcome| (outcome, 1)).into());
        // Which freed node is the youngest, no execution says: all of them are tried.
        for reuse in [Reuse::Lifo, Reuse::Fifo] {
            assert_eq!(Explorer::new(memory).reuse(reuse).explore(two_of_two).executions, 7);
        }
        assert_eq!(Explorer::new(memory).reuse(Reuse::Never).explore(two_of_two).executions, 1);
        // They are no disturbances, of which there may be so many.
        assert_eq!(
            Explorer::new(memory).disturbances(0).reuse(Reuse::Chosen).explore(two_of_two).executions,
            7
        );
    }
}

/// A node is freed by main, which says so with `release`; another thread that looks with `acquire` allocates: what
/// it saw, and whether it got the address.
fn told(release: Ordering, acquire: Ordering) -> (bool, bool) {
    let (old, flag) = (heap::alloc(1_u64), &AtomicBool::new(false));
    let address = old.expose_provenance();
    thread::scope(|scope| {
        let other = scope.spawn(move || {
            let seen = flag.load(acquire);
            let new = heap::alloc(2_u64);
            let same = new.expose_provenance() == address;
            free(new);
            (seen, same)
        });
        free(old);
        flag.store(true, release);
        other.join().expect("no panic")
    })
}

#[test]
fn an_address_comes_back_to_who_knows_that_it_is_free() {
    let known = [((false, false), 1), ((true, false), 1), ((true, true), 1)];
    let unknown = [((false, false), 1), ((true, false), 1)];
    for memory in BOTH {
        let told = move |release, acquire| counts(memory, move || told(release, acquire));
        assert_eq!(told(Ordering::Release, Ordering::Acquire), known.into());
        // Sequential consistency knows no weaker ordering.
        let weaker = if memory == Memory::Sc { BTreeMap::from(known) } else { unknown.into() };
        assert_eq!(told(Relaxed, Ordering::Acquire), weaker);
        assert_eq!(told(Ordering::Release, Relaxed), weaker);
    }
}

/// The order in which this run came to the free and to the allocation is nothing that a program could know of.
#[test]
fn an_explorer_that_goes_by_its_own_order_is_caught() {
    for memory in BOTH {
        let told = || told(Relaxed, Relaxed);
        let broken = Explorer::new(memory).reuse(Reuse::Chosen).broken(Broken::AnyFreed).explore(told);
        let right = explored(memory, told);
        assert_eq!(right.failure, None);
        assert!(broken.failure.is_some() || broken.outcomes != right.outcomes, "{broken:?}");
    }
}

/// A location holds a node; main takes it out, frees it, and puts in a new one. The other thread reads the location,
/// and exchanges what it read for something else. Whether the address came back; whether the other thread read the first
/// address, or null; and whether its exchange succeeded.
fn aba() -> (bool, Option<bool>, bool) {
    let old = heap::alloc(1_u64);
    let address = old.expose_provenance();
    let slot = &AtomicPtr::new(old);
    thread::scope(|scope| {
        let other = scope.spawn(move || {
            let (read, taken) = (slot.load(Relaxed), ptr::without_provenance_mut(1));
            let first = (!read.is_null()).then_some(read.expose_provenance() == address);
            (first, first.is_some() && slot.compare_exchange(read, taken, Relaxed, Relaxed).is_ok())
        });
        slot.store(ptr::null_mut(), Relaxed);
        free(old);
        let new = heap::alloc(2_u64);
        slot.store(new, Relaxed);
        let (first, succeeded) = other.join().expect("no panic");
        let same = new.expose_provenance() == address;
        free(new);
        (same, first, succeeded)
    })
}

/// The writes are the initial one, null, and the new node, in this order; what the other thread has written is right
/// behind what it took. It reads null, and is done (1 execution); it reads the new node and takes it (1); or it reads
/// the first one, and its exchange reads the first (and takes it), null (and fails), or the new node: and takes that if
/// and only if it has the same address.
#[test]
fn an_exchange_cannot_tell_two_lives_of_an_address() {
    let without =
        [((None, false), 1), ((Some(false), true), 1), ((Some(true), false), 2), ((Some(true), true), 1)];
    let with = [((None, false), 1), ((Some(true), false), 1), ((Some(true), true), 3)];
    let without = without.map(|((first, succeeded), count)| ((false, first, succeeded), count));
    let with = with.map(|((first, succeeded), count)| ((true, first, succeeded), count));
    for memory in BOTH {
        assert_eq!(counts(memory, aba), without.into_iter().chain(with).collect());
    }
}

/// Main publishes a node, takes it back, and publishes another. Who reads it may have the address from the first life,
/// and looks with `acquire` at what it was published with `release`.
fn second_life(release: Ordering, acquire: Ordering) -> u64 {
    let slot = &AtomicPtr::<u64>::new(ptr::null_mut());
    thread::scope(|scope| {
        let other = scope.spawn(move || {
            let node = slot.load(acquire);
            // SAFETY: freed after the scope, or else the explorer says so.
            if node.is_null() { 0 } else { unsafe { *heap::get(node) } }
        });
        let first = heap::alloc(1_u64);
        free(first);
        let second = heap::alloc(2_u64);
        slot.store(second, release);
        let seen = other.join().expect("no panic");
        free(second);
        seen
    })
}

#[test]
fn who_uses_a_second_life_must_know_of_it() {
    for memory in BOTH {
        let all = move |release, acquire| counts(memory, move || second_life(release, acquire));
        let right = BTreeMap::from([(0, 2), (2, 2)]);
        assert_eq!(all(Ordering::Release, Ordering::Acquire), right);
        for (release, acquire) in [(Relaxed, Ordering::Acquire), (Ordering::Release, Relaxed)] {
            match memory {
                Memory::Sc => assert_eq!(all(release, acquire), right),
                Memory::Weak => {
                    fails(memory, &["before its making is known"], move || second_life(release, acquire))
                }
            }
        }
    }
}

/// A pointer from the first life is used: before the address begins the second, or nobody knows when.
fn stale(joined: bool) {
    let shared = &AtomicPtr::new(heap::alloc(1_u64));
    thread::scope(|scope| {
        // SAFETY: not freed meanwhile if this is joined; else the explorer says so.
        let reader = scope.spawn(|| unsafe { *heap::get(shared.load(Relaxed)) });
        if joined {
            reader.join().expect("no panic");
        }
        free(shared.load(Relaxed));
        free(heap::alloc(2_u64));
    });
}

#[test]
fn a_late_use_is_found_although_the_address_lives() {
    for memory in BOTH {
        assert_eq!(counts(memory, || stale(true)), [((), 2)].into());
        fails(memory, &["use after free", "used by thread 1"], || stale(false));
    }
}

/// The address of a node that was freed.
fn freed() -> usize {
    let old = heap::alloc(1_u64);
    let address = old.expose_provenance();
    free(old);
    address
}

/// Allocates a node and frees it: whether it had this address.
fn takes(address: usize) -> bool {
    let new = heap::alloc(2_u64);
    let same = new.expose_provenance() == address;
    free(new);
    same
}

/// An address was freed before two threads started, and they may be in no order: what the first has seen of the second, and
/// which of them has got it.
fn one_for_two() -> (bool, Option<usize>) {
    let (address, x) = (freed(), &AtomicBool::new(false));
    thread::scope(|scope| {
        let one = scope.spawn(move || (x.load(Relaxed), takes(address)));
        let two = scope.spawn(move || {
            x.store(true, Relaxed);
            takes(address)
        });
        let ((seen, one), two) = (one.join().expect("no panic"), two.join().expect("no panic"));
        (seen, [one, two].into_iter().position(|got| got))
    })
}

/// Neither, the first, or the second: nothing orders the two, so both is no outcome.
#[test]
fn one_address_goes_to_one_of_two() {
    let each = [false, true].map(|seen| [None, Some(0), Some(1)].map(|who| ((seen, who), 1)));
    for memory in BOTH {
        assert_eq!(counts(memory, one_for_two), BTreeMap::from_iter(each.concat()));
    }
}

/// Two that are alike take a node twice each: which of the two had the address of the freed one.
fn alike() -> Vec<[bool; 2]> {
    let address = freed();
    on_threads_alike(2, move |_| [takes(address), takes(address)])
}

/// As long as they have done the same, they have the same to choose from. Who gets it is not compared.
#[test]
fn threads_that_are_alike_choose_from_the_same() {
    let (none, some) = ([false; 2], [[false, true], [true, false], [true, true]]);
    let one_of_two = some.into_iter().flat_map(|some| [vec![none, some], vec![some, none]]);
    let expected: BTreeSet<_> = one_of_two.chain([vec![none, none]]).collect();
    for memory in BOTH {
        assert_eq!(counts(memory, alike).into_keys().collect::<BTreeSet<_>>(), expected, "{memory:?}");
    }
}
