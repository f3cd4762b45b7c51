//! From which writes a read may read, and where in modification order a write may come.
//!
//! Both memory models say it with one number, the *floor* of a location: the newest write that the event
//! cannot overlook. A read reads the floor or something newer, a write comes after the floor.
//!
//! * `Weak` (coherence of RC11): the newest write that happens before, or that a read which happens before
//!   has read. That orderings of the event itself do not matter here follows from coherence of what it
//!   synchronises with.
//! * `Sc`: the newest write in the past of the event, where the past is closed under program order,
//!   reads-from, modification order and reads-before (Shasha and Snir, TOPLAS 1988: an execution is
//!   sequentially consistent if and only if their union has no cycle).

use super::Memory;
use super::clock::{Clock, THREADS};
use super::graph::{Graph, Id};

/// The rank of the newest write of `cell` that an event cannot overlook behind which are the events of `past`:
/// those that happen before it (`Weak`), or any of which the rest of its past follows (`Sc`).
pub(super) fn floor(graph: &Graph, memory: Memory, past: &Clock, cell: u16) -> u16 {
    let closed;
    let past = match memory {
        Memory::Weak => past,
        Memory::Sc => {
            closed = close(graph, past);
            &closed
        }
    };
    let cell = &graph.cells[usize::from(cell)];
    let written = cell.writes.iter().rposition(|id| past.contains(*id)).map_or(0, |nth| nth as u16 + 1);
    let read = cell.reads.iter().filter(|id| past.contains(**id) && !graph.event(**id).blocked);
    let seen = read.map(|id| graph.rank(graph.event(*id).from));
    seen.fold(written, u16::max)
}

/// Everything before the events of `past`, under sequential consistency.
pub(super) fn close(graph: &Graph, past: &Clock) -> Clock {
    let mut closed = Clock::default();
    close_further(graph, &mut closed, past);
    closed
}

/// The same, with `closed`, before whose events nothing is that is not among them: what is there already is not
/// walked again.
pub(super) fn close_further(graph: &Graph, closed: &mut Clock, past: &Clock) {
    let mut done = *closed;
    let wanted = closed;
    wanted.join(past);
    loop {
        let open = |thread: &usize| done.of(*thread) < wanted.of(*thread).min(graph.length(*thread));
        let Some(thread) = (0..THREADS).find(open) else { return };
        let id = Id::new(thread, done.of(thread));
        done.add(id);
        let event = graph.event(id);
        if event.blocked {
            continue;
        }
        if !event.from.is_initial() {
            wanted.add(event.from);
        }
        if event.kind.writes() {
            // The write before it, and who read that one: the rest follows from theirs.
            let previous = graph.write_at(event.location, event.rank - 1);
            wanted.add(previous);
            for &read in &graph.cells[usize::from(event.location)].reads {
                if graph.event(read).from == previous && !graph.event(read).blocked {
                    wanted.add(read);
                }
            }
        }
    }
}

/// Whether `first` comes before `then` under sequential consistency, where `then` has `past` behind it.
pub(super) fn is_before(graph: &Graph, first: Id, past: &Clock) -> bool {
    close(graph, past).contains(first)
}
