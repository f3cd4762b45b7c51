//! Progress: which structures go on when a thread stops for ever, shown on ours and on controls that do not.

#[path = "../declarations/elimination.rs"]
mod elimination;
// Not every operation of the declaration is used here.
#[allow(dead_code)]
#[path = "../declarations/ring.rs"]
mod ring;
#[path = "../declarations/stack.rs"]
mod stack;
// Not every operation of the declaration is used here.
#[allow(dead_code)]
#[path = "../declarations/versioned.rs"]
mod versioned;
mod wait_free;

use ring::Op::{Close, TryPop, TryPush};
use selvedge::check::{Arbitrary, Engine, Model, Progress, Scenario, Spec, Structure};
use selvedge::reclaim::{Anyone, Ebr, Hazard, Leak};
use selvedge::sync::Mutex;
use stack::Op::{IsEmpty, Peek, Pop, PopAll, Push};
use stack::{Ret, Treiber, treiber};
use std::marker::PhantomData;

/// Both memory models of the explorer, which alone can stop a thread for ever.
const EXPLORER: [Engine; 2] = [Engine::ExplorerSc, Engine::ExplorerWeak];

/// A stack behind a lock: the control of every level.
struct Locked;

impl Spec for Locked {
    type Op = stack::Op;
    type Ret = Ret;
    type State = Vec<u8>;

    fn initial(&self) -> Vec<u8> {
        Vec::new()
    }

    fn step(&self, state: &mut Vec<u8>, op: &stack::Op) -> Ret {
        Treiber::<Leak>(PhantomData).step(state, op)
    }
}

impl Structure for Locked {
    type Sut = Mutex<Vec<u8>>;

    fn create(&self) -> Self::Sut {
        Mutex::new(Vec::new())
    }

    fn apply(&self, sut: &Self::Sut, op: &stack::Op) -> Ret {
        self.step(&mut sut.lock().expect("no panic under this lock"), op)
    }
}

fn stacked() -> Scenario<stack::Op> {
    Scenario::new().before([Push(0)]).thread([Push(1), Pop]).thread([Pop, Push(2)])
}

fn ringed() -> Scenario<ring::Op> {
    Scenario::new().thread([TryPush(1)]).thread([TryPop])
}

mod treiber_stack {
    use super::*;

    selvedge::model!(
        obstruction_free,
        Model::of(treiber(), stacked()).progress(Progress::ObstructionFree).property("obstruction-free")
    );
    selvedge::model!(
        lock_free,
        Model::of(treiber(), stacked()).progress(Progress::LockFree).property("lock-free")
    );
    selvedge::model!(
        lock_free_for_three,
        Model::of(treiber(), Scenario::new().thread([Push(1)]).thread([Pop]).thread([Push(2)]))
            .progress(Progress::LockFree)
            .property("lock-free")
    );
    selvedge::model!(
        looking,
        Model::of(
            treiber(),
            Scenario::new().before([Push(0)]).thread([Pop, Push(1)]).thread([Peek, IsEmpty, PopAll])
        )
        .progress(Progress::LockFree)
        .property("lock-free")
    );
    // Alone, and unless an exchange fails for no reason, a push takes 3 steps (fence, load, exchange); under
    // contention there is no bound.
    selvedge::model!(
        not_wait_free,
        Model::of(treiber(), Scenario::new().thread([Push(1)]).thread([Push(2)]))
            .progress(Progress::WaitFree(3))
            .choices([])
            .kills("control: a lock-free loop has no bound", EXPLORER, ["not wait-free: Push"])
    );
    selvedge::model!(
        bounded_alone,
        Model::of(treiber(), Scenario::new().thread([Push(1)]).thread([]))
            .progress(Progress::WaitFree(3))
            .choices([])
            .property("bounded steps alone")
            .sequential()
    );
}

/// With real strategies in place of `Ghost`: who stops within their bookkeeping holds up nobody either.
mod with_its_strategy {
    use super::*;

    fn model<R: stack::Sees>(called: &str) -> Model {
        let scenario = Scenario::new().before([Push(0), Push(1)]).thread([Pop]).thread([Pop]);
        Model::of(Treiber::<R>(PhantomData), scenario)
            .structure(called)
            .progress(Progress::LockFree)
            .property("lock-free")
            .choices([])
    }

    selvedge::model!(hazard, model::<Hazard<Anyone, 2, 1>>("TreiberStack, Hazard"));
    selvedge::model!(ebr, model::<Ebr<Anyone, 2, 1>>("TreiberStack, Ebr"));
}

mod locked_stack {
    use super::*;

    fn model(progress: Progress) -> Model {
        Model::of(Locked, stacked()).structure("stack behind a lock").progress(progress)
    }

    selvedge::model!(
        not_obstruction_free,
        model(Progress::ObstructionFree).kills(
            "control: a lock is not obstruction-free",
            EXPLORER,
            ["blocks:"]
        )
    );
    selvedge::model!(
        not_lock_free,
        model(Progress::LockFree).kills("control: a lock is not lock-free", EXPLORER, ["blocks:"])
    );
    selvedge::model!(
        not_wait_free,
        model(Progress::WaitFree(100)).kills("control: a lock is not wait-free", EXPLORER, ["blocks:"])
    );
}

/// Vyukov's ring: a thread that has claimed a slot and stops blocks whoever needs that slot next.
mod ring_blocks {
    use super::*;

    selvedge::model!(
        lock_free,
        Model::of(ring::bounded::<u8>(1), ringed()).progress(Progress::LockFree).kills(
            "control: the ring is not lock-free",
            EXPLORER,
            ["blocks:"]
        )
    );
}

/// A door that two threads open, of whom one is enough: who goes through waits, and whoever stops one of the two threads does
/// not see it.
mod two_must_stop {
    use super::*;
    use selvedge::sync::atomic::{AtomicBool, Ordering};
    use selvedge::sync::hint::spin_loop;

    #[derive(Clone, Debug, Arbitrary)]
    enum Op {
        Open,
        Go,
    }

    struct Door;

    impl Spec for Door {
        type Op = Op;
        type Ret = ();
        type State = ();

        fn initial(&self) {}

        fn step(&self, (): &mut (), _: &Op) {}
    }

    impl Structure for Door {
        type Sut = AtomicBool;

        fn create(&self) -> AtomicBool {
            AtomicBool::new(false)
        }

        fn apply(&self, door: &AtomicBool, op: &Op) {
            match op {
                Op::Open => door.store(true, Ordering::Release),
                Op::Go => {
                    while !door.load(Ordering::Acquire) {
                        spin_loop();
                    }
                }
            }
        }
    }

    selvedge::model!(
        not_lock_free,
        Model::of(Door, Scenario::new().thread([Op::Go]).thread([Op::Open]).thread([Op::Open]))
            .structure("door with two porters")
            .progress(Progress::LockFree)
            .kills("control: it takes two that stop", EXPLORER, ["blocks:"])
    );
}

/// A bell behind a lock: who is about to wait for it and stops holds up who rings it.
mod locked_bell {
    use super::*;
    use selvedge::sync::Condvar;

    #[derive(Clone, Debug, Arbitrary)]
    enum Op {
        Wait,
        Ring,
    }

    struct Bell;

    impl Spec for Bell {
        type Op = Op;
        type Ret = ();
        type State = ();

        fn initial(&self) {}

        fn step(&self, (): &mut (), _: &Op) {}
    }

    impl Structure for Bell {
        type Sut = (Mutex<bool>, Condvar);

        fn create(&self) -> Self::Sut {
            (Mutex::new(false), Condvar::new())
        }

        fn apply(&self, (rung, bell): &Self::Sut, op: &Op) {
            let mut rung = rung.lock().expect("no panic under this lock");
            match op {
                Op::Wait => {
                    while !*rung {
                        rung = bell.wait(rung).expect("no panic under this lock");
                    }
                }
                Op::Ring => {
                    *rung = true;
                    bell.notify_all();
                }
            }
        }
    }

    selvedge::model!(
        not_lock_free,
        Model::of(Bell, Scenario::new().thread([Op::Wait]).thread([Op::Ring]))
            .structure("bell behind a lock")
            .progress(Progress::LockFree)
            .stopping([0])
            .kills("control: who waits behind a lock holds up who wakes", EXPLORER, ["blocks:"])
    );
}

/// A stack in numbered cells: a thread that stops with a cell in hand holds up nobody.
mod versioned_stack {
    use super::*;
    use versioned::Op::{IsEmpty, IsFull, Len, Pop, Push};

    fn model(capacity: usize, scenario: Scenario<versioned::Op>) -> Model {
        let stack = versioned::bounded::<u8, 24>(capacity);
        Model::of(stack, scenario).progress(Progress::LockFree).property("lock-free").preemptions(3)
    }

    selvedge::model!(
        lock_free,
        model(2, Scenario::new().before([Push(0)]).thread([Push(1), Pop]).thread([Pop, Push(2)]))
    );
    selvedge::model!(
        lock_free_for_one_place,
        model(1, Scenario::new().thread([Push(1)]).thread([Pop, Push(2)]))
    );
    selvedge::model!(
        looking,
        model(1, Scenario::new().thread([Push(1), Pop]).thread([Len, IsFull, IsEmpty]))
    );
}

/// The ring whose threads help each other: the same scenario as above, and more of it.
mod helping_ring {
    use super::*;
    use ring::Op::{IsClosed, IsEmpty, IsFull, Len, Pop, Push};

    fn model(capacity: usize, scenario: Scenario<ring::Op>) -> Model {
        let ring = ring::helping::<u8, 24>(capacity, 1);
        Model::of(ring, scenario).progress(Progress::LockFree).property("lock-free").preemptions(3)
    }

    selvedge::model!(lock_free, model(1, ringed()));
    selvedge::model!(
        lock_free_2x2,
        model(2, Scenario::new().thread([TryPush(1), TryPop]).thread([TryPop, TryPush(2)]))
    );
    selvedge::model!(
        lock_free_when_full,
        model(1, Scenario::new().before([TryPush(0)]).thread([TryPop, TryPush(1)]).thread([TryPush(2)]))
    );
    selvedge::model!(
        looking,
        model(1, Scenario::new().thread([TryPush(1)]).thread([Len, IsEmpty, IsFull, IsClosed]))
    );

    selvedge::model!(
        closing,
        model(1, Scenario::new().thread([Close]).thread([TryPush(1), TryPop]).before([TryPush(0)]))
    );

    // Whoever sleeps, or is about to, and stops there, holds up nobody who wakes.
    selvedge::model!(
        beside_a_sleeper,
        model(1, Scenario::new().thread([Pop]).thread([TryPush(1)])).stopping([0])
    );
    selvedge::model!(
        closing_beside_a_sleeper,
        model(1, Scenario::new().thread([Push(1)]).thread([Close]).before([TryPush(0)])).stopping([0])
    );
}

/// Threads that meet beside the stack: one that stops with its offer made, or taken, holds up nobody.
mod elimination_stack {
    use super::*;

    fn model(scenario: Scenario<stack::Op>) -> Model {
        Model::of(elimination::eliminating(1), scenario).progress(Progress::LockFree).property("lock-free")
    }

    selvedge::model!(
        lock_free,
        model(Scenario::new().before([Push(0)]).thread([Push(1)]).thread([Push(2), Pop]))
    );
    selvedge::model!(
        lock_free_for_three,
        model(Scenario::new().thread([Push(1)]).thread([Pop]).thread([Push(2)])).choices([])
    );
}
