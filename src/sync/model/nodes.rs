//! Heap nodes: poisoned and kept when they are freed.
//!
//! A freed node's value is dropped and its memory kept until the execution ends, so that a late access
//! reads nothing wild and is *noticed*: by [`get`], by [`free`], and by every atomic and cell that lives
//! in the node. The report names the access, the free and the allocation.
//!
//! Address reuse hides late accesses and shows ABA instead; so it is a setting ([`Reuse`]).
//!
//! # Lives of an address, under the explorer
//! An explored execution is a partial order. So an allocation may get the address of a freed node if that free happens
//! before it, whatever this run came to first: that hangs on what the allocation has behind it in the execution, and on
//! nothing else, and each answer is explored once. Of two allocations in no order one at most can have it: in a run the
//! first that comes to it, and in others, in which that one has chosen something else, the other. All lives of an
//! address share its memory. That needs no more: lives are in an order (each free happens before the next allocation),
//! and a run never comes to what happens before an event after it. Say a thread uses the address, and the run has come
//! to the beginning of life k. If that beginning happens before the use, life k is the one meant, and its end is judged
//! as always. If not, the use belongs to an earlier life, and is in no order with the end of that one, since otherwise
//! it would have run before: it is reported before anything is read. No other thread can learn late of a new life and
//! be right.
//!
//! Not explored: an allocator that hands addresses from thread to thread orders the free before the allocation, by
//! its own locks. Here only those frees are known that the program itself orders before.

use super::access::Step;
use super::engine::{self, Canary};
use super::event::{Event, Object, Place, Value};
use super::unwind;
use super::world;
use crate::sync::{Choice, Reuse};
use std::alloc::Layout;
use std::fmt;
use std::panic::Location;

/// Who did it, and where.
#[derive(Clone, Copy)]
struct Deed {
    thread: usize,
    place: Place,
}

impl Deed {
    fn here(place: Place) -> Self {
        Deed { thread: engine::thread_index(), place }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "by thread {} at {}", self.thread, self.place)
    }
}

/// One life of one address.
struct Node {
    address: usize,
    layout: Layout,
    allocated: Deed,
    freed: Option<Deed>,
    /// The address has begun another life: who knows of that, knows of this.
    reused: Option<Canary>,
    /// How many steps had been recorded when this life began.
    #[cfg_attr(not(feature = "check"), allow(dead_code))]
    born: usize,
    canary: Canary,
}

#[derive(Default)]
pub(super) struct Heap {
    nodes: Vec<Node>,
    /// Addresses in rising order, each with the number of the node that lives there now, or lived there last.
    latest: Vec<(usize, usize)>,
    /// The numbers of the nodes that were freed, in that order.
    freed: Vec<usize>,
}

/// Nodes that an execution allocated and never freed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak(Vec<String>);

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leak: {} never freed: {}", self.0.len(), self.0.join(", "))
    }
}

impl std::error::Error for Leak {}

impl Heap {
    /// The node whose memory contains `address`.
    fn find(&self, address: usize) -> Option<(usize, &Node)> {
        let after = self.latest.partition_point(|(first, _)| *first <= address);
        let (_, number) = *self.latest.get(after.checked_sub(1)?)?;
        let node = &self.nodes[number];
        (address < node.address + node.layout.size()).then_some((number, node))
    }

    #[cfg(feature = "check")]
    /// The node that lived at `address` when so many steps had been recorded.
    pub(super) fn name(&self, address: usize, moment: usize) -> Option<String> {
        let lives = self.nodes.iter().enumerate().filter(|(_, node)| node.address == address);
        let mut before = lives.take_while(|(_, node)| node.born <= moment);
        let (first, _) = before.next()?;
        Some(match before.last() {
            Some((now, _)) => format!("node {now} (at the address of node {first})"),
            None => format!("node {first}"),
        })
    }

    /// The node in which `address` lies, if it lies in any. An error if that was freed.
    fn used(&self, address: usize, place: Place) -> Result<Option<&Node>, String> {
        let Some((number, node)) = self.find(address) else { return Ok(None) };
        let Some(freed) = node.freed else { return Ok(Some(node)) };
        let access = Deed::here(place);
        Err(format!(
            "use after free: node {number} used {access}; freed {freed}; allocated {}",
            node.allocated
        ))
    }

    /// The numbers of the nodes whose address may begin another life, oldest free first.
    fn reusable(&self, layout: Layout) -> Vec<usize> {
        let open = |n: &Node| n.reused.is_none() && n.layout == layout;
        self.freed.iter().copied().filter(|&number| open(&self.nodes[number])).collect()
    }

    /// The numbers of the nodes that are free as far as the running thread knows. Their order is the same in each run: by
    /// the thread that allocated them, and as its how-many-eth.
    #[cfg(shuttle)]
    fn known(&self, machine: &dyn super::explored::Machine, layout: Layout) -> Vec<usize> {
        let open = |node: &Node| {
            let known = |reused: &Canary| machine.is_ordered(reused.memory());
            node.layout == layout
                && machine.may_reuse(node.canary.memory())
                && !node.reused.as_ref().is_some_and(known)
        };
        let all = self.freed.iter().copied();
        let mut numbers: Vec<usize> = all.filter(|&number| open(&self.nodes[number])).collect();
        numbers.sort_by_key(|&number| (self.nodes[number].allocated.thread, number));
        numbers
    }

    fn settle(&mut self, address: usize, layout: Layout, allocated: Deed, born: usize) {
        let number = self.nodes.len();
        let canary = engine::canary(allocated.place);
        self.nodes.push(Node { address, layout, allocated, freed: None, reused: None, born, canary });
        match self.latest.binary_search_by_key(&address, |(first, _)| *first) {
            Ok(nth) => self.latest[nth].1 = number,
            Err(nth) => self.latest.insert(nth, (address, number)),
        }
    }

    /// Forgets all nodes, and keeps the memory of the lists for those to come.
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.latest.clear();
        self.freed.clear();
    }

    /// Gives the memory back and reports what was never freed. Then the nodes keep their names, for the trace.
    pub(super) fn close(&mut self) -> Result<(), Leak> {
        let mut lost = Vec::new();
        for (number, node) in self.nodes.iter().enumerate() {
            match node.freed {
                None => lost.push(format!("node {number} allocated {}", node.allocated)),
                Some(_) if node.reused.is_some() => {} // the last life of this address gives it back
                // SAFETY: allocated in `alloc` with this layout, and given back here only.
                Some(_) => unsafe { std::alloc::dealloc(node.address as *mut u8, node.layout) },
            }
        }
        if !lost.is_empty() {
            return Err(Leak(lost));
        }
        self.clear();
        Ok(())
    }
}

/// A node's layout: never empty, so that each node has an address of its own.
fn layout<T>() -> Layout {
    let layout = Layout::new::<T>();
    Layout::from_size_align(layout.size().max(1), layout.align()).expect("one byte fits")
}

/// Panics if the object at `address` lies in a freed node.
pub(super) fn check(address: usize, place: Place) {
    if let Err(fault) = world::with(|w| w.heap.used(address, place).map(|_| ())) {
        unwind::fault(fault);
    }
}

/// Tells the machine of a use of the node in which the object at `address` lies, if it lies in any.
#[cfg(shuttle)]
pub(super) fn touch(machine: &dyn super::explored::Machine, address: usize, place: Place) {
    let found =
        world::with(|w| w.heap.used(address, place).map(|node| node.map(|node| node.canary.memory())));
    match found {
        Err(fault) => unwind::fault(fault),
        Ok(None) => {}
        Ok(Some(memory)) => machine.access(memory, false, place),
    }
}

fn node_step(action: &'static str, writes: bool, place: Place) -> Step {
    Step { object: Object::NONE, action, writes, place, pointers: true, address: None }
}

/// The node whose address the next allocation of this layout gets, if it gets that of a freed one.
fn revived(layout: Layout, place: Place) -> Option<usize> {
    let reuse = world::with(|w| w.reuse());
    if reuse == Reuse::Never || unwind::failing() {
        return None;
    }
    #[cfg(shuttle)]
    if let Some(machine) = super::explored::machine() {
        return given(machine, layout, place);
    }
    let _ = place;
    let old = world::with(|w| w.heap.reusable(layout));
    match reuse {
        Reuse::Never => None,
        Reuse::Lifo => old.last().copied(),
        Reuse::Fifo => old.first().copied(),
        Reuse::Chosen => world::choose(Choice::AddressReuse, old.len() + 1).checked_sub(1).map(|k| old[k]),
    }
}

/// As the machine chooses.
#[cfg(shuttle)]
fn given(machine: &dyn super::explored::Machine, layout: Layout, place: Place) -> Option<usize> {
    let old = Some(world::with(|w| w.heap.known(machine, layout))).filter(|old| !old.is_empty())?;
    // Asked when the answer is looked for: others run before that.
    let free = |answer: usize| world::with(|w| w.heap.nodes[old[answer - 1]].reused.is_none());
    let request = super::explored::Request::Address { answers: old.len() + 1, free: &free };
    let answer = super::explored::ask(machine, place, &request)?;
    (answer.value as usize).checked_sub(1).map(|k| old[k])
}

/// Allocates a node that holds `value`. Whether it gets the address of a freed one is a [`Choice`].
#[track_caller]
pub fn alloc<T>(value: T) -> *mut T {
    let place = Location::caller();
    let layout = layout::<T>();
    let address = match revived(layout, place) {
        Some(number) => world::with(|w| {
            let node = &mut w.heap.nodes[number];
            node.reused = Some(engine::canary(place));
            node.address as *mut u8
        }),
        // SAFETY: the layout is not empty.
        None => unsafe { std::alloc::alloc(layout) },
    };
    if address.is_null() {
        std::alloc::handle_alloc_error(layout);
    }
    let node = address.cast::<T>();
    // SAFETY: fresh memory of this layout, or a freed node's of which the last value was dropped.
    unsafe { node.write(value) };
    let deed = Deed::here(place);
    world::with(|w| w.heap.settle(address as usize, layout, deed, w.now()));
    node_step("alloc", false, place).perform(|| (node, Value::Wrote(address as u64), None))
}

/// The current thread has a guard of this domain from here on, if this execution is explored: a token to end it with. The
/// fence that goes with it comes next.
///
/// An explored execution keeps retired nodes to its end, and says of each use whether the node could have been
/// free then: in all orders that are as good as this one, at once.
pub(crate) fn pin(domain: usize) -> Option<usize> {
    let _ = domain;
    #[cfg(shuttle)]
    return super::explored::machine().map(|machine| machine.pin(domain));
    #[cfg(not(shuttle))]
    None
}

/// The guard ends.
pub(crate) fn unpin(guard: usize) {
    #[cfg(shuttle)]
    if let Some(machine) = super::explored::machine().filter(|_| !unwind::failing()) {
        machine.unpin(guard);
    }
    #[cfg(not(shuttle))]
    let _ = guard;
}

/// `node` is retired, if this execution is explored, and that is told: who has no older guard of this domain may not use
/// it any more.
#[track_caller]
pub(crate) fn retire<T>(node: *mut T, domain: usize) -> bool {
    tell_retired(node as usize, Location::caller());
    #[cfg(shuttle)]
    if let Some(machine) = super::explored::machine().filter(|_| !unwind::failing()) {
        let place = Location::caller();
        if let Some((_, canary)) = living(node as usize, place, "retired") {
            machine.retire(canary.memory(), domain, place);
        }
        return true;
    }
    let _ = (node, domain);
    false
}

/// Writes down that a node is retired: no step, and the trace has it all the same.
fn tell_retired(address: usize, place: Place) {
    if unwind::failing() || !world::with(|w| w.recording()) {
        return;
    }
    let thread = engine::thread_index();
    world::with(|w| {
        let Some((number, _)) = w.heap.find(address) else { return };
        let text = Some(format!("retire node {number}"));
        let value = Value::Wrote(address as u64);
        let (object, action, order, pointers, stale) = (Object::NONE, "retire", None, true, None);
        w.tell(Event { thread, place, object, action, order, value, pointers, text, stale });
    });
}

/// The living node at exactly this address, or a fault that says what it is instead.
fn living(address: usize, place: Place, verb: &str) -> Option<(usize, Canary)> {
    let found = world::with(|w| match w.heap.find(address) {
        Some((number, node)) if node.address == address => match node.freed {
            None => Ok((number, node.canary.clone())),
            Some(freed) => {
                let (now, born) = (Deed::here(place), node.allocated);
                let fault = if verb == "freed" { "double free" } else { "use after free" };
                Err(format!("{fault}: node {number} {verb} {now}; freed {freed}; allocated {born}"))
            }
        },
        // Not even while a chosen panic unwinds: there is nothing to go on with.
        _ => panic!("wild pointer: {address:#x} {verb} {} is no node", Deed::here(place)),
    });
    found.map_err(unwind::fault).ok()
}

/// Marks a node as freed when its destructor has ended, be it by a panic: a `Box` gives its memory back then, too.
struct Buried(usize, Deed);

impl Drop for Buried {
    fn drop(&mut self) {
        world::with(|w| {
            w.heap.nodes[self.0].freed = Some(self.1);
            w.heap.freed.push(self.0);
        });
    }
}

/// Drops the node's value, and poisons and keeps its memory.
///
/// # Safety
/// 1. `node` came from [`alloc`] and was not freed since.
/// 2. Nobody uses it any more.
///
/// Both are checked here, and reported as a panic that names the places.
#[track_caller]
pub unsafe fn free<T>(node: *mut T) {
    if unwind::failing() {
        return; // the execution has failed: a second fault found while it unwinds would hide the first
    }
    let place = Location::caller();
    let address = node as usize;
    node_step("free", true, place).perform(|| {
        engine::point();
        if let Some((number, canary)) = living(address, place, "freed") {
            canary.with_mut(|_| ());
            let deed = Deed::here(place);
            let _buried = Buried(number, deed);
            // SAFETY: alive, as `living` has found, so its value was not dropped yet.
            unsafe { node.drop_in_place() };
        }
        ((), Value::Wrote(address as u64), None)
    });
}

/// The node behind `node`: a step of the model, at which a use after free is noticed.
///
/// # Safety
/// 1. `node` came from [`alloc`], and is not freed while the reference lives.
/// 2. Nobody has a `&mut` to it meanwhile.
///
/// The first is checked here and at each atomic and cell in the node. How long the reference lives nobody sees: a plain field
/// that is read after a later step is not checked again, so what may be late belongs into a cell.
#[track_caller]
pub unsafe fn get<'a, T>(node: *const T) -> &'a T {
    if unwind::failing() {
        // SAFETY: the caller's #1 and #2; the memory of freed nodes is kept.
        return unsafe { &*node };
    }
    let place = Location::caller();
    let address = node as usize;
    node_step("access", false, place).perform(|| {
        engine::point();
        if let Some((_, canary)) = living(address, place, "used") {
            canary.with(|_| ());
        }
        // SAFETY: alive, as `living` has found, or kept; the rest is the caller's #1 and #2.
        (unsafe { &*node }, Value::Read(address as u64), None)
    })
}
